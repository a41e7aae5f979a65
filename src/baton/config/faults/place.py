"""Where it all happens: a workspace with flows and agents, made once; each seed begins from it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from baton.channels.sandbox.settings import SANDBOX
from baton.config.faults.database import Sandglass
from baton.config.stories import world as worlds
from baton.config.stories.document import Story
from baton.core.json import Json
from baton.core.reading import ReaderPort, Reading
from baton.services.doors import chat
from baton.services.doors.chat import Entrance
from baton.services.doors.provider_hooks import ProviderEntrance
from baton.services.workspace import workspaces
from baton.services.workspace.workspaces import StandardsCache
from baton.store.crypto import Keyset
from baton.store.models import Inbox, User, Workspace

MIA, BO, VISITOR = "+12025550123", "+12025550199", "visitor-nia"
ADDRESSES: Final = (MIA, BO, VISITOR)
FLOWS: Final = {"news": "transactional", "offer": "promotional", "later": "transactional"}

_STORY = Story.model_validate(
    {
        "story": "faults",
        "title": "Three contacts, two agents, and everything that can go wrong",
        "pack": "fitness",
        "policy": {"offering_queues": "general,billing,retention,clinical"},
        "people": {
            "mia": {"contact": "sms", "name": "Mia"},
            "nia": {"contact": "webchat", "name": "Nia"},
            "sam": {"user": "agent", "skills": ["billing", "retention", "clinical"]},
            "kim": {"user": "agent", "skills": ["billing"]},
        },
        "steps": [{"passes": "1s"}],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The workspace as every seed finds it, in the database that `glass` is turned back to."""

    glass: Sandglass
    keyset: Keyset
    workspace_id: str
    begins_at: datetime
    users: Mapping[str, User]
    chat: Entrance
    phone: Entrance
    provider: ProviderEntrance
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
    world = worlds.make(_STORY)
    house, workspace_id = world.house, world.workspace_id
    for name, purpose in FLOWS.items():
        workspaces.publish(
            house, workspace_id, name, _flow(name, purpose), now=world.now, reason="as it begins"
        )
    workspace = Workspace.objects.get(id=workspace_id)
    Workspace.objects.filter(id=workspace_id).update(revision=workspace.revision + 1)
    standards = StandardsCache(house)
    standards.standards_of(workspace_id)
    entrances = {}
    for inbox in Inbox.objects.filter(workspace_id=workspace_id):
        entrances[inbox.channel] = chat.find_entrance(house, standards, inbox.token)
    phone, own = entrances["sms"], entrances["webchat"]
    if phone is None or own is None:
        message = "the place has lost its inboxes"
        raise RuntimeError(message)
    return Place(
        glass=glass,
        keyset=house.keyset,
        workspace_id=workspace_id,
        begins_at=world.now,
        standards=standards,
        users=world.users,
        chat=own,
        phone=phone,
        provider=ProviderEntrance(
            inbox_id=phone.inbox_id,
            workspace_id=workspace_id,
            channel="sms",
            provider=SANDBOX,
            region="US",
            hook_url="",
            number_id="",
            verify_token="",
            coalesce_window=world.policy.coalesce_window,
            proofs=(),
        ),
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
