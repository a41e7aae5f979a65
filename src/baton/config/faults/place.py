"""Where it all happens: a workspace with flows and agents, made once; each seed begins from it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from baton.channels.email.settings import EmailSettings, Server
from baton.channels.sandbox.settings import SANDBOX
from baton.config.faults.database import Sandglass
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.bookings import Kind
from baton.core.json import Json
from baton.core.reading import ReaderPort, Reading
from baton.services.bookings import activities
from baton.services.bookings.activities import Offer
from baton.services.doors import chat
from baton.services.doors.chat import Entrance
from baton.services.doors.mailing import Mailbox
from baton.services.doors.provider_hooks import ProviderEntrance
from baton.services.workspace import workspaces
from baton.services.workspace.standards import StandardsCache
from baton.store.crypto import Keyset
from baton.store.models import Inbox, User, Workspace

MIA, BO, VISITOR = "+12025550123", "+12025550199", "visitor-nia"
WES, EVE = "+12025550177", "eve@example.com"
CHANNELS: Final = {MIA: "sms", BO: "sms", VISITOR: "webchat", WES: "whatsapp", EVE: "email"}
ADDRESSES: Final = tuple(CHANNELS)
APP_SECRET, NUMBER_ID = "the secret of Meta's app", "107000000000001"
"""With which Meta's webhooks are signed, and its name for our number."""
DESK: Final = "desk@example.org"
"""Our own address for mail."""
FLOWS: Final = {"news": "transactional", "offer": "promotional", "later": "transactional"}

_STORY = Story.model_validate(
    {
        "story": "faults",
        "title": "Five contacts, three agents, and everything that can go wrong",
        "pack": "fitness",
        "flows": ["csat_after_resolution", "appointment_reminders", "order_updates"],
        "policy": {"offering_queues": "general,billing,retention,clinical"},
        "people": {
            "mia": {"contact": "sms", "name": "Mia"},
            "nia": {"contact": "webchat", "name": "Nia"},
            "wes": {"contact": "whatsapp", "name": "Wes"},
            "eve": {"contact": "email", "name": "Eve"},
            "sam": {"user": "agent", "skills": ["billing", "retention", "clinical"]},
            "kim": {"user": "agent", "skills": ["billing"]},
            "jo": {"user": "senior", "skills": ["billing"]},
        },
        "steps": [{"passes": "1s"}],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The workspace as every seed finds it, in the database that `glass` is turned back to.

    `inboxes` are its entrances by channel, `providers` those at which a provider tells what came.
    `slots` are times that can be booked, of one place each.
    """

    glass: Sandglass
    keyset: Keyset
    workspace_id: str
    begins_at: datetime
    users: Mapping[str, User]
    inboxes: Mapping[str, Entrance]
    providers: Mapping[str, ProviderEntrance]
    mailbox: Mailbox
    slots: tuple[str, ...]
    standards: StandardsCache


class Remembering:
    """A reader that reads each text once a process: what it says depends on nothing else."""

    def __init__(self, reader: ReaderPort) -> None:
        self._reader = reader
        self._known: dict[str, Reading] = {}

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        """Return one reading for each text, in order."""
        unread = tuple(one for one in texts if one not in self._known)
        if unread:
            self._known |= zip(unread, self._reader.read_many(unread), strict=True)
        return tuple(self._known[one] for one in texts)


@contextmanager
def made(source: sqlite3.Connection) -> Iterator[Place]:
    """Make the place in a database of the newest schema and nothing else, copied from `source`."""
    glass = Sandglass()
    try:
        with glass.in_place():
            glass.fill(source)
            place = _furnished(glass)
            glass.keep()
            yield place
    finally:
        glass.close()


def _furnished(glass: Sandglass) -> Place:
    world = founding.make(_STORY)
    house, workspace_id = world.house, world.workspace_id
    for name, purpose in FLOWS.items():
        workspaces.publish(
            house, workspace_id, name, _flow(name, purpose), now=world.now, reason="as it begins"
        )
    workspace = Workspace.objects.get(id=workspace_id)
    Workspace.objects.filter(id=workspace_id).update(revision=workspace.revision + 1)
    standards = StandardsCache(house)
    standards.standards_of(workspace_id)
    entrances: dict[str, Entrance] = {}
    for inbox in Inbox.objects.filter(workspace_id=workspace_id):
        if found := chat.find_entrance(house, standards, inbox.token):
            entrances[inbox.channel] = found
    mail = entrances["email"]
    return Place(
        glass=glass,
        keyset=house.keyset,
        workspace_id=workspace_id,
        begins_at=world.now,
        standards=standards,
        users=world.users,
        inboxes=entrances,
        providers={name: _provider(name, entrances[name]) for name in ("sms", "whatsapp")},
        mailbox=Mailbox(
            inbox_id=mail.inbox_id,
            workspace_id=workspace_id,
            settings=EmailSettings(sender=DESK, outgoing=Server(host="mail.example.org")),
            coalesce_window=timedelta(0),
        ),
        slots=_slots(world),
    )


def _provider(channel: str, inbox: Entrance) -> ProviderEntrance:
    return ProviderEntrance(
        inbox_id=inbox.inbox_id,
        workspace_id=inbox.workspace_id,
        channel=channel,
        provider=SANDBOX,
        region="US",
        hook_url="",
        number_id=NUMBER_ID,
        verify_token="",
        coalesce_window=timedelta(0),
        proofs=(APP_SECRET,),
    )


def _slots(world: World) -> tuple[str, ...]:
    """Offer a class of one place, so that two who want it meet, and another time for it."""
    offer = Offer(name="Yoga", kind=Kind.CLASS, minutes=60, capacity=1)
    activity_id = activities.save(world.house, world.workspace_id, offer, actor="system")
    times = [world.now + timedelta(days=days) for days in (1, 2)]
    return tuple(
        activities.add_slots(world.house, world.workspace_id, activity_id, times, actor="system")
    )


def _flow(name: str, purpose: str) -> Json:
    """Return a flow that says its name and number; `later` says it three hours after."""
    say: Json = {"type": "send", "text": f"{name} {{{{ run.number }}}}", "then": "over"}
    steps: dict[str, Json] = {"say": say, "over": {"type": "end"}}
    if name == "later":
        steps = {"pause": {"type": "wait", "for": "3h", "then": "say"}, **steps}
    return {
        "flow": name,
        "title": name,
        "owner": "CX lead",
        "trigger": {"on": "event", "event": f"{name}_due"},
        "purpose": purpose,
        "facts": {"number": "text"},
        "start": next(iter(steps)),
        "steps": steps,
    }
