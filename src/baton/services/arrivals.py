"""Facts on their way in: how each kind is written into the inbox and read back.

Bodies are sealed under their lane, so that nobody who copies the queue's rows
can read them or pass one off as another contact's. What names a run of the lane's own
contact and nothing else is no secret, and finds no run of anybody else's: it needs no seal.
"""

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from baton.runtime.ports import Arrival, Event, Timer
from baton.services.facts import KINDS, Fact, SilencePassed
from baton.store.crypto import Keyset

_NAMES = {kind: name for name, kind in KINDS.items()}
_BARE = _NAMES[SilencePassed]
_JSON = b"{"  # which no sealed value begins with: earlier versions sealed these too

_WOKEN = msgspec.json.Decoder(SilencePassed).decode

FactType = TypeVar("FactType", bound=Fact)


def lane_of(keyset: Keyset, workspace_id: str, channel: str, address: str) -> str:
    """Return the lane of a contact who is known by an address alone."""
    return keyset.fingerprint(f"lane:{workspace_id}:{channel}", address)


def push_lane_of(keyset: Keyset, workspace_id: str, visitor: str) -> str:
    """Return the lane of notifications to a visitor's browser, whatever permits them now."""
    return lane_of(keyset, workspace_id, "push", visitor)


def name_of(kind: type[Fact]) -> str:
    """Return the name that a kind of fact has in the inbox."""
    return _NAMES[kind]


def arrival_of(  # noqa: PLR0913 - an envelope has this much written on it
    fact: Fact,
    keyset: Keyset,
    *,
    workspace_id: str,
    lane: str,
    dedupe_key: str,
    received_at: datetime,
    delay: timedelta = timedelta(0),
) -> Arrival:
    """Return a fact as the inbox takes it; it is due after `delay`."""
    return Arrival(
        workspace_id=workspace_id,
        lane=lane,
        kind=_NAMES[type(fact)],
        dedupe_key=dedupe_key,
        body=_sealed(fact, keyset, lane),
        received_at=received_at,
        due_at=received_at + delay,
    )


def timer_of(  # noqa: PLR0913 - see arrival_of
    fact: Fact, keyset: Keyset, *, workspace_id: str, lane: str, key: str, due_at: datetime
) -> Timer:
    """Return a fact that will come true at a moment."""
    return Timer(
        workspace_id=workspace_id,
        key=key,
        lane=lane,
        kind=_NAMES[type(fact)],
        body=_sealed(fact, keyset, lane),
        due_at=due_at,
    )


def fact_of(event: Event, keyset: Keyset) -> Fact:
    """Read an event back; raises KeyError for an unknown kind and SealBroken for a false body."""
    if event.kind == _BARE and event.body.startswith(_JSON):
        return _WOKEN(event.body)
    plain = keyset.unseal(event.body, f"event:{event.lane}")
    return msgspec.json.decode(plain, type=KINDS[event.kind])


def _sealed(fact: Fact, keyset: Keyset, lane: str) -> bytes:
    told = msgspec.json.encode(fact)
    return told if isinstance(fact, SilencePassed) else keyset.seal_bytes(told, f"event:{lane}")
