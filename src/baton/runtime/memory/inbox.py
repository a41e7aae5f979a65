"""The inbox in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, groupby, islice, takewhile

from baton.runtime.memory.journal import Table
from baton.runtime.memory.space import Space
from baton.runtime.ports import BURST_LIMIT, Arrival, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    arrival: Arrival
    seq: int
    due_at: datetime
    failures: int = 0
    reason: str = ""

    @property
    def place(self) -> tuple[str, str, int]:
        return self.arrival.workspace_id, self.arrival.lane, self.seq

    def as_event(self) -> Event:
        taken = self.arrival
        return Event(
            seq=self.seq,
            workspace_id=taken.workspace_id,
            lane=taken.lane,
            kind=taken.kind,
            dedupe_key=taken.dedupe_key,
            body=taken.body,
            received_at=taken.received_at,
            attempt=self.failures + 1,
        )


class MemoryInbox:
    """Facts to be decided; finished ones leave only their dedupe key behind."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._seqs = count(1)
        self._keys: Table[tuple[str, str], None] = Table(space.journal)
        self._pending: Table[int, _Fact] = Table(space.journal)
        self._parked: Table[int, _Fact] = Table(space.journal)

    def append(self, arrivals: Sequence[Arrival]) -> tuple[bool, ...]:
        """Store facts; False at the place of each whose dedupe key is known already."""
        with self._space.transaction():
            stored = tuple(self._append_one(arrival) for arrival in arrivals)
            if any(stored):
                self._space.ring("inbox")
            return stored

    def _append_one(self, arrival: Arrival) -> bool:
        key = (arrival.workspace_id, arrival.dedupe_key)
        if key in self._keys:
            return False
        seq = next(self._seqs)
        self._keys.put(key, None)
        self._pending.put(seq, _Fact(arrival=arrival, seq=seq, due_at=arrival.due_at))
        return True

    def claim(self, *, now: datetime, limit: int) -> tuple[Event, ...]:
        """Take the due facts of the oldest due lanes."""
        self._space.require_transaction()
        due = [lane for lane in self._lanes() if lane[0].due_at <= now]
        due.sort(key=lambda lane: (lane[0].due_at, lane[0].seq))
        taken: list[_Fact] = []
        for lane in due:
            if len(taken) >= limit:
                break
            received = takewhile(lambda fact: fact.arrival.received_at <= now, lane)
            taken.extend(islice(received, BURST_LIMIT))
        return tuple(fact.as_event() for fact in sorted(taken, key=lambda fact: fact.place))

    def _lanes(self) -> Iterable[list[_Fact]]:
        ordered = sorted(self._pending, key=lambda fact: fact.place)
        return [list(lane) for _, lane in groupby(ordered, key=lambda fact: fact.place[:2])]

    def complete(self, seqs: Sequence[int]) -> None:
        """Mark facts as decided."""
        with self._space.transaction():
            for seq in seqs:
                if seq in self._pending:
                    self._pending.drop(seq)

    def postpone(self, event: Event, *, until: datetime, reason: str) -> None:
        """Count a failed attempt; the whole lane waits until then."""
        with self._space.transaction():
            for fact in self._pending:
                if fact.place[:2] != (event.workspace_id, event.lane):
                    continue
                later = replace(fact, due_at=max(fact.due_at, until))
                if fact.seq == event.seq:
                    later = replace(later, failures=fact.failures + 1, reason=reason)
                self._pending.put(fact.seq, later)

    def park(self, event: Event, *, reason: str) -> None:
        """Set a fact aside where a person sees it; its lane goes on without it."""
        with self._space.transaction():
            fact = self._pending.find(event.seq)
            if fact is not None:
                self._pending.drop(event.seq)
                self._parked.put(event.seq, replace(fact, reason=reason))

    def redrive(self, seqs: Sequence[int], *, now: datetime) -> int:
        """Put parked facts back, due now; return how many were parked."""
        with self._space.transaction():
            parked = [fact for fact in map(self._parked.find, sorted(set(seqs))) if fact]
            for fact in parked:
                self._parked.drop(fact.seq)
                self._pending.put(fact.seq, replace(fact, due_at=now, failures=0, reason=""))
            if parked:
                self._space.ring("inbox")
            return len(parked)

    def busy_lanes(self) -> set[tuple[str, str]]:
        """Return the lanes in which a fact waits."""
        return {fact.place[:2] for fact in self._pending}

    def waiting_due_ats(self) -> tuple[datetime, ...]:
        """Return the due moment of every pending fact."""
        return tuple(fact.due_at for fact in self._pending)

    def head_due_ats(self) -> tuple[datetime, ...]:
        """Return the due moment of each lane's oldest fact."""
        return tuple(lane[0].due_at for lane in self._lanes())

    def count_parked(self) -> int:
        """Return how many facts are set aside."""
        return len(tuple(self._parked))
