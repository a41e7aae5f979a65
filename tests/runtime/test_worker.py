"""A worker isolates what fails and keeps everything else going."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from baton.runtime.ports import Engine, Event, TransactionMisuse
from baton.runtime.retry import RetryPolicy
from baton.runtime.worker import Worker
from tests.runtime.conftest import ENGINES
from tests.runtime.test_contract_inbox import keys, take
from tests.support.effects import START, StoppedClock, a_timer, an_arrival, an_effect

pytestmark = pytest.mark.parametrize("database", ENGINES)
SECOND = timedelta(seconds=1)
RETRY = RetryPolicy(first=SECOND, factor=2, max_attempts=3, jitter=0)


class Desk:
    """Decides by writing one effect for each fact; raises at poison."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = StoppedClock()
        self.poison: set[str] = set()
        self.batches: list[list[str]] = []
        self.worker = Worker(
            engine=engine,
            decide=self.decide,
            clock=self.clock,
            retry=RETRY,
            random=lambda: 0.5,
        )

    def decide(self, events: Sequence[Event], _now: datetime) -> None:
        self.engine.outbox.put(
            [an_effect(e.dedupe_key, lane=f"{e.lane}:{e.dedupe_key}") for e in events]
        )
        if self.poison & set(keys(tuple(events))):
            raise ValueError("a customer's words")
        self.batches.append([e.dedupe_key for e in events])

    def effects(self) -> list[str]:
        claimed = self.engine.outbox.claim(
            now=self.clock.now(), limit=999, lease=SECOND, owner="test"
        )
        return sorted(effect.intent_key for effect in claimed)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_a_batch_is_decided_together_and_once(desk: Desk) -> None:
    desk.engine.inbox.append([an_arrival("a"), an_arrival("b"), an_arrival("c", lane="bo")])
    assert desk.worker.run_once() == 3
    assert desk.worker.run_once() == 0
    assert desk.batches == [["a", "b", "c"]]
    assert desk.effects() == ["a", "b", "c"]


def test_the_next_batch_is_looked_at_before_a_lone_writer_writes(
    desk: Desk, engine: Engine
) -> None:
    looked_at: list[list[str]] = []

    def look(events: Sequence[Event]) -> None:
        assert desk.batches == []
        with pytest.raises(TransactionMisuse):  # nobody waits for a look
            engine.inbox.claim(now=desk.clock.now(), limit=1)
        looked_at.append(keys(tuple(events)))
        raise ValueError("what is wrong with a fact is for its decision to say")

    desk.worker.look_ahead = look
    desk.engine.inbox.append([an_arrival("a"), an_arrival("b", lane="bo")])
    assert desk.worker.run_once() == 2
    assert desk.batches == [["a", "b"]]
    assert looked_at == ([["a", "b"]] if engine.has_one_writer else [])


def test_what_came_since_a_look_that_must_be_is_left_for_the_next_round(
    desk: Desk, engine: Engine
) -> None:
    late = [an_arrival("late", lane="bo"), an_arrival("b2")]

    def look(_events: Sequence[Event]) -> None:
        with engine.transaction():
            engine.inbox.append(late)
        late.clear()

    desk.worker.look_ahead = look
    desk.worker.must_look = lambda: True
    desk.engine.inbox.append([an_arrival("a"), an_arrival("b")])
    assert desk.worker.run_once() > 0
    assert desk.batches == [["a", "b"]]
    while desk.worker.run_once():
        pass
    assert [key for batch in desk.batches for key in batch] == ["a", "b", "b2", "late"]


def test_due_timers_fire_into_the_same_batch(desk: Desk) -> None:
    desk.engine.timers.put([a_timer("t"), a_timer("later", due_at=START + SECOND)])
    assert desk.worker.run_once() == 1
    desk.clock.advance(SECOND)
    assert desk.worker.run_once() == 1


def test_a_poisoned_lane_holds_up_nobody_else(desk: Desk) -> None:
    desk.engine.inbox.append([an_arrival(f"k{n}", lane=f"l{n}") for n in range(5)])
    desk.poison = {"k2"}
    assert desk.worker.run_once() == 5
    assert desk.effects() == ["k0", "k1", "k3", "k4"]
    assert desk.worker.run_once() == 0
    desk.poison = set()
    desk.clock.advance(SECOND)
    assert desk.worker.run_once() == 1


def test_a_poisoned_fact_of_a_burst_is_found(desk: Desk) -> None:
    desk.engine.inbox.append([an_arrival(key) for key in ("a", "b", "c")])
    desk.poison = {"b"}
    while desk.worker.run_once():
        pass
    assert desk.batches == [["a"]]
    desk.clock.advance(SECOND)
    while desk.worker.run_once():
        pass
    desk.clock.advance(2 * SECOND)
    while desk.worker.run_once():
        pass
    assert desk.engine.depth(now=desk.clock.now()).parked == 1
    assert desk.batches == [["a"], ["c"]]


def test_what_keeps_failing_is_parked_after_the_last_attempt(desk: Desk) -> None:
    desk.engine.inbox.append([an_arrival("bad"), an_arrival("good", at=START + SECOND)])
    desk.poison = {"bad"}
    for wait in (1, 2, 4):
        desk.worker.run_once()
        assert desk.batches == []
        desk.clock.advance(wait * SECOND)
    assert desk.engine.depth(now=desk.clock.now()).parked == 1
    desk.worker.run_once()
    assert desk.batches == [["good"]]


class Notebook:
    """A keeper that notes what is parked, and cannot help."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.noted: list[tuple[str, str, int]] = []

    def note(self, event: Event, reason: str, now: datetime) -> None:
        self.noted.append((event.dedupe_key, reason, event.attempt))
        self.engine.outbox.put([an_effect("noted", due_at=now)])

    def rescue(self, event: Event, now: datetime) -> None:
        self.engine.outbox.put([an_effect(f"rescue:{event.dedupe_key}", due_at=now)])
        raise ValueError("a customer's words")


def test_who_keeps_what_is_parked_hears_of_it_and_may_fail(desk: Desk, engine: Engine) -> None:
    keeper = Notebook(engine)
    desk.worker.keeper = keeper
    desk.engine.inbox.append([an_arrival("bad")])
    desk.poison = {"bad"}
    for wait in (1, 2, 4):
        assert keeper.noted == []
        desk.worker.run_once()
        desk.clock.advance(wait * SECOND)
    assert keeper.noted == [("bad", "ValueError", 3)]
    assert desk.engine.depth(now=desk.clock.now()).parked == 1
    assert desk.effects() == ["noted"]


def test_what_a_timer_tells_is_parked_too_when_it_keeps_failing(desk: Desk) -> None:
    bad, good = a_timer("bad"), a_timer("good", lane="bo")
    desk.engine.timers.put([bad, good])
    desk.poison = {bad.firing_key}
    for wait in (1, 2, 4):
        while desk.worker.run_once():
            pass  # ends: what fails is set back
        desk.clock.advance(wait * SECOND)
    assert desk.engine.depth(now=desk.clock.now()).parked == 1
    assert desk.engine.timers.next_due_at() is None
    assert desk.batches == [[good.firing_key]]


def test_a_timer_told_at_once_is_decided_beside_facts_and_leaves_no_row(
    desk: Desk, engine: Engine
) -> None:
    desk.worker.at_once = ("timer",)
    timer = a_timer("t", lane="bo")
    engine.timers.put([timer])
    engine.inbox.append([an_arrival("a", lane="cy"), an_arrival("b", lane="ann")])
    assert desk.worker.run_once() == 3
    assert desk.batches == [["b", timer.firing_key, "a"]]
    assert desk.worker.run_once() == 0
    engine.timers.put([timer])
    assert engine.timers.fire_due(now=START, limit=1) == 1
    assert keys(take(engine)) == [timer.firing_key]  # nothing remembered its first time


def test_what_a_timer_tells_at_once_is_set_back_and_parked_as_any_fact(desk: Desk) -> None:
    desk.worker.at_once = ("timer",)
    bad, good = a_timer("bad"), a_timer("good", lane="bo")
    desk.engine.timers.put([bad, good])
    desk.poison = {bad.firing_key}
    for wait in (1, 2, 4):
        while desk.worker.run_once():
            pass
        desk.clock.advance(wait * SECOND)
    assert desk.engine.depth(now=desk.clock.now()).parked == 1
    assert desk.batches == [[good.firing_key]]


def test_a_decision_that_hides_a_failed_write_is_not_kept(desk: Desk, engine: Engine) -> None:
    def fail() -> None:
        with engine.transaction():
            raise ValueError

    def decide(events: Sequence[Event], now: datetime) -> None:
        desk.decide(events, now)
        with pytest.raises(ValueError):  # noqa: PT011 - swallowed on purpose
            fail()

    desk.worker.decide = decide
    engine.inbox.append([an_arrival("a")])
    assert desk.worker.run_once() == 1
    assert desk.effects() == []
    assert engine.depth(now=START).waiting == 1


def test_a_failure_to_claim_is_raised_and_blamed_on_nobody(desk: Desk, engine: Engine) -> None:
    engine.inbox.append([an_arrival("a")])

    class LostClock:
        def now(self) -> datetime:
            raise ConnectionError

    desk.worker.clock = LostClock()
    with pytest.raises(ConnectionError):
        desk.worker.run_once()
    assert [event.attempt for event in take(engine)] == [1]


def test_reasons_hold_no_words_of_a_customer(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.engine.inbox.append([an_arrival("a")])
    desk.poison = {"a"}
    desk.worker.run_once()
    assert "ValueError" in caplog.text
    assert "customer's words" not in caplog.text
