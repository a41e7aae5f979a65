"""What the engine asks of a database, and nothing of what it is used for.

A *lane* is a string that orders work: events and sends of one lane are taken
one after the other, by one worker at a time. Baton uses one lane a contact.
All ports of one engine share its transactions: whatever is written between
`Engine.transaction()` and its end is kept whole or not at all.
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

import msgspec

from baton.runtime.bell import Bell

INBOX, OUTBOX = "inbox", "outbox"
BOXES = (INBOX, OUTBOX)
"""Where work waits; the bell rings each by its name."""

BURST_LIMIT = 50
"""Facts of one lane that are taken together: a burst, but never a whole backlog."""


class TransactionMisuse(RuntimeError):  # noqa: N818 - a programming error, named by what it is
    """A port was used against its transaction: a bug in the caller, never bad input."""


CAUGHT_INSIDE = "a failure inside this transaction was caught: nothing of it is kept"
NOT_BEGUN = "a lane is held until its transaction ends: begin one first"


class Clock(Protocol):
    """Tells the time to the loops; everything below them takes `now` as a parameter."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A fact on its way into the inbox.

    `dedupe_key` is unique within a workspace for ever: a second arrival with
    the same key is not stored. `due_at` may lie a little after `received_at`,
    so that a burst of messages is taken together.
    """

    workspace_id: str
    lane: str
    kind: str
    dedupe_key: str
    body: bytes
    received_at: datetime
    due_at: datetime


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact taken from the inbox; `seq` orders facts of a lane, `attempt` counts from 1.

    What a timer tells at once was never stored: its `seq` is NEVER_STORED.
    """

    seq: int
    workspace_id: str
    lane: str
    kind: str
    dedupe_key: str
    body: bytes
    received_at: datetime
    attempt: int


NEVER_STORED = 0


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """A durable wake-up: at `due_at` it becomes an event of `kind` in its lane, once.

    `key` is unique within a workspace; setting a timer again under its key moves it.
    """

    workspace_id: str
    key: str
    lane: str
    kind: str
    body: bytes
    due_at: datetime

    @property
    def firing_key(self) -> str:
        """The dedupe key of the fact that this timer becomes: set again, it fires again."""
        return f"timer:{self.key}@{_spelled(self.due_at)}"


@lru_cache(maxsize=1_024)
def _spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()  # asked for each timer of a batch, and of few moments


class EffectState(StrEnum):
    """Where a thing to do stands."""

    DUE = "due"
    CLAIMED = "claimed"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    PARKED = "parked"


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A thing to do in the outside world, at most once for each `intent_key`.

    `repeatable` says that doing it twice is the same as doing it once (the
    receiver tells duplicates apart). What is not repeatable and was being done
    when a worker died is *unknown*, never done again by itself.

    `attempt` counts tries since the effect was put or re-driven; `claim` counts
    hand-outs for ever, so that a worker whose lease ran out cannot settle what
    another has taken since.
    """

    id: str
    workspace_id: str
    lane: str
    kind: str
    intent_key: str
    body: bytes
    due_at: datetime
    repeatable: bool
    attempt: int = 0
    claim: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The effect took place; `receipt` is the receiver's name for it, if any."""

    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """It did not take place, and may succeed later; `after` overrides the back-off."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """It was not tried, for it is not to take place before a moment; no failed attempt."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It will not take place: the answer is final, and its reason is kept.

    `code` is the receiver's own word for it, if it gave one.
    """

    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody can say whether it took place (a time-out after sending)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """It cannot go on without a person (a wrong setting); shown and re-driven by hand."""

    reason: str


Outcome = Done | Again | Later | Refused | Unknown | Park


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A try that is over: `retry_at` applies to `Again` alone, where None parks the effect."""

    effect: Effect
    outcome: Outcome
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much waits: due now, waiting for later, parked, and the oldest due moment.

    Facts being retried and effects being sent count as waiting; effects whose
    outcome is unknown count as parked, for both want a look from outside.
    """

    due: int
    waiting: int
    parked: int
    oldest_due_at: datetime | None


class Inbox(Protocol):
    """Facts to be decided, each once, in order within a lane."""

    def append(self, arrivals: Sequence[Arrival]) -> tuple[bool, ...]:
        """Store facts; False at the place of each whose dedupe key is known already."""
        ...

    def claim(self, *, now: datetime, limit: int) -> tuple[Event, ...]:
        """Take the due facts of lanes that nobody else holds, oldest lanes first.

        A lane is due when its oldest fact is; then its later facts that have
        been received by `now` come along. The lanes stay held until the
        transaction ends. Events come sorted by lane, then by `seq`.
        """
        ...

    def complete(self, seqs: Sequence[int]) -> None:
        """Mark facts as decided; their bodies are dropped, their keys remembered."""
        ...

    def postpone(self, event: Event, *, until: datetime, reason: str) -> None:
        """Count a failed attempt; the whole lane waits until then, to keep its order."""
        ...

    def park(self, event: Event, *, reason: str) -> None:
        """Set a fact aside where a person sees it; its lane goes on without it."""
        ...

    def redrive(self, seqs: Sequence[int], *, now: datetime) -> int:
        """Put parked facts back, due now; return how many were parked."""
        ...


class Timers(Protocol):
    """Wake-ups that survive any crash."""

    def put(self, timers: Sequence[Timer]) -> None:
        """Set timers; one with a known key is moved and its body replaced.

        The fact that a timer becomes is named by its key and due moment, so a
        timer set again fires again, but never twice for one moment.
        """
        ...

    def cancel(self, workspace_id: str, keys: Sequence[str]) -> int:
        """Forget timers that have not fired; return how many there were."""
        ...

    def hold(self, workspace_id: str, key: str) -> datetime | None:
        """Keep a timer from firing until the transaction ends; return its moment.

        None when there is none: it was never set, or it has fired. Whoever also locks what
        a decision locks holds the timer first, as a decision does by letting it fire.
        """
        ...

    def fire_due(self, *, now: datetime, limit: int) -> int:
        """Move due timers into the inbox, each once; return how many."""
        ...

    def take_due(self, *, now: datetime, limit: int, kinds: Collection[str]) -> tuple[Event, ...]:
        """Move due timers into the inbox, but for those that are told at once; return these.

        Told at once is a timer of one of these `kinds` whose lane is free: nobody holds it,
        no fact waits in it, and no timer of another kind is due there. It leaves nothing
        behind, so a timer set again for the same moment is told again. The lanes stay held
        until the transaction ends; the facts come sorted by lane, then by their moments.
        """
        ...

    def next_due_at(self) -> datetime | None:
        """Return the moment of the earliest timer, or None."""
        ...


class Outbox(Protocol):
    """Things to do outside, in order within a lane."""

    def put(self, effects: Sequence[Effect]) -> tuple[bool, ...]:
        """Store effects; False at the place of each whose intent key is known already."""
        ...

    def claim(
        self,
        *,
        now: datetime,
        limit: int,
        lease: timedelta,
        owner: str,
        kinds: Collection[str] | None = None,
    ) -> tuple[Effect, ...]:
        """Take the next due effect of each free lane, for as long as `lease`.

        Of some `kinds` alone, where they are named; others keep their place in their lane.
        A lane is free while none of its effects is claimed or waits to be tried
        again. An effect that was put for later and never tried holds nobody up.
        Effects whose lease ran out first become due again if repeatable, and
        unknown if not.
        """
        ...

    def held(self, effects: Sequence[Effect]) -> tuple[Effect, ...]:
        """Return those that their claim still holds, and keep it so until the transaction ends.

        Asked before anything of them is begun: a sender that stood still for longer than its
        lease must not begin what another one has, or is about to have.
        """
        ...

    def settle(self, ended: Sequence[Ended], *, now: datetime) -> None:
        """Record attempts and where their effects stand now.

        A lane waits for an effect that is tried again, and for none that was put off
        with `Later`: that one is as if put anew for its moment. A late answer,
        after the lease ran out, still counts when it is final and nobody has
        taken the effect since; otherwise only the attempt is recorded.
        """
        ...

    def redrive(self, ids: Sequence[str], *, now: datetime) -> int:
        """Put parked or unknown effects back, due now; return how many there were."""
        ...

    def resolve_unknown(self, effect_id: str, outcome: Done | Refused, *, now: datetime) -> None:
        """Settle an unknown effect by what a receipt or a look-up said.

        Changes nothing for an effect that is not unknown: receipts come twice,
        and before the sender has settled.
        """
        ...


class Leases(Protocol):
    """Named duties that one process does at a time (a daily check, a database's only engine)."""

    def acquire(self, name: str, owner: str, *, now: datetime, lease: timedelta) -> bool:
        """Take or renew a duty; False while another owner's lease still runs."""
        ...

    def release(self, name: str, owner: str) -> None:
        """Give a duty up, if held."""
        ...

    def release_all(self, owner: str) -> None:
        """Give up every duty of an owner that ends: the next one need not wait."""
        ...


class Engine(Protocol):
    """The ports of one database, and its transactions."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def bell(self) -> Bell:
        """Rings when the surrounding transaction has been kept; `append` and `put` ring it."""
        ...

    @property
    def has_one_writer(self) -> bool:
        """Whether a transaction keeps every other writer out, whatever it touches."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Keep everything written inside, or nothing; a nested one joins the outer.

        Raises TransactionMisuse when a nested failure was caught inside, since
        nothing is kept then.
        """
        ...

    def lock_lane(self, workspace_id: str, lane: str) -> None:
        """Hold a lane until the transaction ends, waiting for whoever decides in it."""
        ...

    def next_due_at(
        self, boxes: Collection[str] = BOXES, kinds: Collection[str] | None = None
    ) -> datetime | None:
        """Return the earliest moment at which something in these boxes is due, or None.

        Timers count to the inbox, into which they fire. Of the outbox, effects of some
        `kinds` alone count, where they are named.
        """
        ...

    def close(self) -> None:
        """Give this thread's connection back; called by a thread that ends."""
        ...

    def depth(self, *, now: datetime) -> Depth:
        """Return how much work waits in the inbox and the outbox."""
        ...
