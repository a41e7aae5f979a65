"""What contacts say, what systems tell and what agents do, chosen by a step's numbers."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from baton.config.faults import letters, matters
from baton.config.faults.letters import Letter
from baton.config.faults.place import ADDRESSES, CHANNELS, WES, Place
from baton.core.errors import BatonError
from baton.core.json import Json
from baton.core.undoing import Act
from baton.runtime.ports import Arrival
from baton.services.desk import agents, offers, passing_on, undoing
from baton.services.doors import chat
from baton.services.house import House
from baton.store.models import Conversation, User

WORDS: Final = (
    "What time do you open?", "qwertz uiop", "Can I talk to a human?", "STOP", "START",
    "I have chest pain and cannot breathe", "I want my money back", "thanks", "5",
    "What does a membership cost?", "Where can I park?",
)  # fmt: skip
_EVENTS: Final = ("news_due", "offer_due", "later_due", "news_due", "offer_due", "consent")
_HOUR: Final = timedelta(hours=1)


def burst_of(b: int) -> tuple[int, ...]:
    """Return a number for each message that somebody writes at once: mostly one, else two."""
    return (b,) if (b >> 20) % 3 else (b, b >> 10)


def says(place: Place, a: int, b: int, *, number: int, at: datetime) -> Letter:
    """Return what a contact writes, on its way to us."""
    address, text = ADDRESSES[a % len(ADDRESSES)], WORDS[b % len(WORDS)]
    return letters.written(place, address, text, f"IN{number:05}", at)


def forges(b: int, *, number: int) -> Letter:
    """Return what somebody writes in a contact's name under a false signature."""
    return letters.forged(WES, WORDS[b % len(WORDS)], f"IN{number:05}")


def tells(place: Place, a: int, b: int, *, number: int, at: datetime) -> Letter:
    """Return what a system of the business tells of a contact, on its way to us."""
    address, event = ADDRESSES[a % len(ADDRESSES)], _EVENTS[b % len(_EVENTS)]
    facts: dict[str, Json] = {"number": f"{number}"}
    if event == "consent":
        is_granted = bool(b & 64)
        event = "consent_given" if is_granted else "consent_withdrawn"
        facts = {"purpose": "promotional", "source": "desk", "at": at.isoformat()}
    entrance = place.inboxes[CHANNELS[address]]

    def arrival(house: House) -> Arrival:
        return chat.event_arrival(
            house,
            entrance,
            webhook_id=f"EV{number:05}",
            event=event,
            contact=address,
            facts=facts,
            name="",
        )

    return Letter(key=f"EV{number:05}", words=event, lane=address, told=arrival)


Deed = Callable[[House, User, str], object]


def deed_of(place: Place, a: int, b: int) -> tuple[str, Callable[[House], None]]:
    """Return what an agent does, in words, and how; what is not allowed changes nothing."""
    names = sorted(place.users)
    name = names[a % len(names)]
    deeds = _deeds_of(place, {place.users[one].id: place.users[two].id for one, two in _PAIRS})
    what, deed = deeds[b % len(deeds)]
    pick = b >> 8

    def act(house: House) -> None:
        found = Conversation.objects.order_by("id").values_list("id", flat=True)
        ids: Sequence[str] = list(found)
        if not ids:
            return
        user = User.objects.get(id=place.users[name].id)
        try:
            deed(house, user, ids[pick % len(ids)])
        except BatonError:
            return

    return f"{name}: {what}", act


_PAIRS: Final = (("sam", "kim"), ("kim", "sam"), ("jo", "sam"))


def _deeds_of(place: Place, other: dict[str, str]) -> list[tuple[str, Deed]]:
    plain: list[tuple[str, Deed]] = [
        ("accept", agents.accept),
        ("accept", agents.accept),
        ("reply", lambda house, user, id_: agents.reply(house, user, id_, "I am on it.")),
        ("reply", lambda house, user, id_: agents.reply(house, user, id_, "It is done.")),
        ("return", agents.return_to_bot),
        ("pass", offers.decline),
        ("undo", undoing.undo),
        ("release", agents.release),
    ]
    undoable: list[tuple[str, Act, Deed]] = [
        ("release", Act.RELEASE, agents.release),
        ("transfer", Act.TRANSFER, lambda house, user, id_: passing_on.transfer(
            house, user, id_, other[user.id]
        )),
        ("move", Act.TRANSFER, lambda house, user, id_: passing_on.move_to_queue(
            house, user, id_, "billing"
        )),
        ("resolve", Act.RESOLVE, lambda house, user, id_: agents.resolve(
            house, user, id_, "answered"
        )),
        ("snooze", Act.SNOOZE, lambda house, user, id_: agents.snooze(
            house, user, id_, house.clock.now() + _HOUR
        )),
    ]  # fmt: skip
    remembered = [(what, partial(_remembered, act, deed)) for what, act, deed in undoable]
    return plain + remembered + matters.deeds_of(place)


def _remembered(act: Act, deed: Deed, house: House, user: User, id_: str) -> None:
    with undoing.remembering(house, user, id_, act):
        deed(house, user, id_)
