"""Facts, timers and effects to put into an engine; needs no Django."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from baton.core import ids
from baton.runtime.carrier import Errand
from baton.runtime.ports import Arrival, Effect, Outcome, Timer

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def an_arrival(
    key: str = "m1",
    *,
    lane: str = "ann",
    workspace_id: str = "gym",
    at: datetime = START,
    due_at: datetime | None = None,
    body: bytes = b"hello",
) -> Arrival:
    return Arrival(
        workspace_id=workspace_id,
        lane=lane,
        kind="message",
        dedupe_key=key,
        body=body,
        received_at=at,
        due_at=due_at or at,
    )


def a_timer(
    key: str = "t1",
    *,
    lane: str = "ann",
    workspace_id: str = "gym",
    due_at: datetime = START,
    body: bytes = b"wake",
) -> Timer:
    return Timer(
        workspace_id=workspace_id, key=key, lane=lane, kind="timer", body=body, due_at=due_at
    )


def effect_id_of(key: str, *, workspace_id: str = "gym") -> str:
    """Return an id of the right length, the same for the same intent."""
    return hashlib.sha256(f"{workspace_id}:{key}".encode()).hexdigest()[: ids.LENGTH]


def an_effect(
    key: str = "s1",
    *,
    lane: str = "ann",
    workspace_id: str = "gym",
    due_at: datetime = START,
    repeatable: bool = True,
) -> Effect:
    return Effect(
        id=effect_id_of(key, workspace_id=workspace_id),
        workspace_id=workspace_id,
        lane=lane,
        kind="send",
        intent_key=key,
        body=b"reply",
        due_at=due_at,
        repeatable=repeatable,
    )


@dataclass(slots=True)
class StoppedClock:
    """A clock that a test moves by hand."""

    at: datetime = field(default=START)

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


@dataclass(slots=True)
class Performing:
    """Carries effects out by one function, and has nothing of its own to write."""

    perform: Callable[[Effect], Outcome]

    def prepare(self, effects: Sequence[Effect]) -> list[Errand[Outcome]]:
        return [Errand(run=partial(self.perform, effect)) for effect in effects]

    def conclude(self, ended: Sequence[tuple[Effect, Outcome]]) -> list[Outcome]:
        return [outcome for _, outcome in ended]
