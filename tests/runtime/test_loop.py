"""A loop works while there is work, waits while there is none, and outlives failures."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from baton.runtime.loop import STOP, Loop
from baton.runtime.memory import MemoryEngine
from baton.runtime.ports import Done, Effect, Engine, Event, Outcome
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from tests.runtime.conftest import ENGINES
from tests.support.effects import START, Performing, StoppedClock, a_timer, an_arrival, an_effect

# Far beyond what a test may take: whoever waits this long has missed a ring.
NEVER = timedelta(seconds=30)


class House:
    """A worker that answers each fact with an effect, and a sender that notes it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = StoppedClock()
        self.sent: list[str] = []
        self.is_sent = threading.Event()
        retry = RetryPolicy(jitter=0)
        worker = Worker(
            engine=engine, decide=self.decide, clock=self.clock, retry=retry, random=lambda: 0.5
        )
        sender = Sender(
            engine=engine,
            carriers={"send": Performing(self.perform)},
            clock=self.clock,
            retry=retry,
            random=lambda: 0.5,
            owner="s",
        )
        self.loop = Loop(
            engine=engine,
            clock=self.clock,
            turns=(worker.run_once, sender.run_once),
            patience=NEVER,
        )

    def decide(self, events: Sequence[Event], now: datetime) -> None:
        self.engine.outbox.put(
            [an_effect(f"re:{e.dedupe_key}", lane=e.lane, due_at=now) for e in events]
        )

    def perform(self, effect: Effect) -> Outcome:
        self.sent.append(effect.intent_key)
        self.is_sent.set()
        return Done()

    @contextmanager
    def running(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self.loop.run_until, args=(stop, self.engine.bell))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            self.engine.bell.ring(STOP)
            thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("database", ENGINES)
def test_running_idle_finishes_what_is_due_and_what_follows(engine: Engine) -> None:
    house = House(engine)
    engine.inbox.append([an_arrival("a"), an_arrival("b", lane="bo")])
    assert house.loop.run_idle() == 4
    assert sorted(house.sent) == ["re:a", "re:b"]
    assert house.loop.run_idle() == 0


def test_a_ring_wakes_the_loop() -> None:
    house = House(MemoryEngine())
    with house.running():
        house.engine.inbox.append([an_arrival("a")])
        assert house.is_sent.wait(10)
    assert house.sent == ["re:a"]


def test_a_timer_wakes_the_loop_at_its_moment() -> None:
    house = House(MemoryEngine())
    ticks = iter(range(10**6))

    class TickingClock:
        def now(self) -> datetime:
            return START + next(ticks) * timedelta(milliseconds=10)

    house.loop.clock = TickingClock()
    house.engine.timers.put([a_timer("t", due_at=START + timedelta(milliseconds=60))])
    with house.running():
        house.clock.advance(timedelta(seconds=1))
        assert house.is_sent.wait(10)
    assert house.sent == [
        f"re:{a_timer('t', due_at=START + timedelta(milliseconds=60)).firing_key}"
    ]


def test_a_turn_that_fails_stops_neither_the_loop_nor_the_other_turn() -> None:
    house = House(MemoryEngine())
    failures = iter((OSError("disk"), OSError("disk")))
    failed = threading.Event()

    def fail_twice() -> int:
        if error := next(failures, None):
            raise error
        failed.set()
        return 0

    turns: tuple[Callable[[], int], ...] = (fail_twice, *house.loop.turns)
    house.loop.turns = turns
    house.loop.patience = timedelta(milliseconds=1)
    with house.running():
        house.engine.inbox.append([an_arrival("a")])
        assert failed.wait(10)
        assert house.is_sent.wait(10)
