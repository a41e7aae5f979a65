"""Several workers and senders on PostgreSQL, in real threads, never meet in one lane."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest

from baton.runtime.ports import Done, Effect, Event, Outcome
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from baton.store.models.runtime import RuntimeEffect, RuntimeEvent
from baton.store.runtime_store import DjangoEngine
from tests.support.effects import START, Performing, StoppedClock, a_timer, an_arrival, an_effect

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database", ["postgres"])]
RETRY = RetryPolicy(first=timedelta(microseconds=1), ceiling=timedelta(microseconds=1), jitter=0)
WORKERS = 4


class Tracker:
    """Notices when two threads are in one lane at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self.collisions: list[str] = []

    @contextmanager
    def within(self, lanes: set[str]) -> Iterator[None]:
        with self._lock:
            self.collisions.extend(lanes & self._busy)
            self._busy |= lanes
        try:
            yield
        finally:
            with self._lock:
                self._busy -= lanes


def in_threads(engine: DjangoEngine, makers: Sequence[Callable[[], Callable[[], int]]]) -> None:
    """Run turns until each has found nothing several times; raise what any raised."""
    begin = threading.Barrier(len(makers))
    errors: list[BaseException] = []

    def run(make: Callable[[], Callable[[], int]]) -> None:
        try:
            turn = make()
            begin.wait()
            idle = 0
            while idle < 20:
                idle = 0 if turn() else idle + 1
        except BaseException as error:  # noqa: BLE001 - shown to the test
            errors.append(error)
        finally:
            engine.close()

    threads = [threading.Thread(target=run, args=(make,)) for make in makers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert not any(thread.is_alive() for thread in threads)


def test_a_lane_has_one_worker_and_each_fact_one_decision(
    django_engine: DjangoEngine, alias: str
) -> None:
    engine, tracker = django_engine, Tracker()
    clock = StoppedClock(START + timedelta(minutes=1))
    for start in range(0, 1_200, 100):
        engine.inbox.append(
            [
                an_arrival(f"k{n:05}", lane=f"lane{n % 37}", at=START + timedelta(microseconds=n))
                for n in range(start, start + 100)
            ]
        )
    engine.timers.put([a_timer(f"t{n}", lane=f"lane{n % 37}") for n in range(200)])

    def make(seed: int) -> Callable[[], int]:
        chance = random.Random(seed)  # noqa: S311 - which decisions fail, the same every time

        def decide(events: Sequence[Event], now: datetime) -> None:
            with tracker.within({event.lane for event in events}):
                effects = [an_effect(e.dedupe_key, lane=e.lane, due_at=now) for e in events]
                assert all(engine.outbox.put(effects))
                if chance.random() < 0.05:
                    raise ValueError

        return Worker(
            engine=engine,
            decide=decide,
            clock=clock,
            retry=RetryPolicy(first=RETRY.first, ceiling=RETRY.ceiling, max_attempts=10**6),
            random=lambda: 0.0,
            batch=10,
        ).run_once

    in_threads(engine, [partial(make, seed) for seed in range(WORKERS)])
    clock.advance(timedelta(seconds=1))
    in_threads(engine, [partial(make, seed) for seed in range(WORKERS)])
    while make(99)():  # whatever failed at the very end
        clock.advance(timedelta(seconds=1))

    assert tracker.collisions == []
    assert not RuntimeEvent.objects.using(alias).exclude(state="done").exists()
    decided = RuntimeEffect.objects.using(alias).order_by("seq")
    assert decided.count() == 1_400
    for lane in range(37):
        keys = decided.filter(lane=f"lane{lane}").values_list("intent_key", flat=True)
        messages = [key for key in keys if key.startswith("k")]
        assert messages == sorted(messages)


def test_senders_share_the_work_and_keep_each_lanes_order(django_engine: DjangoEngine) -> None:
    engine, tracker, clock = django_engine, Tracker(), StoppedClock()
    engine.outbox.put([an_effect(f"e{n:05}", lane=f"lane{n % 60}") for n in range(600)])
    received: list[tuple[str, str]] = []

    def perform(effect: Effect) -> Outcome:
        with tracker.within({effect.lane}):
            received.append((effect.lane, effect.intent_key))
        return Done()

    def make(owner: int) -> Callable[[], int]:
        return Sender(
            engine=engine,
            carriers={"send": Performing(perform)},
            clock=clock,
            retry=RETRY,
            random=lambda: 0.5,
            owner=f"s{owner}",
            batch=7,
        ).run_once

    in_threads(engine, [partial(make, owner) for owner in range(WORKERS)])

    assert tracker.collisions == []
    assert set(Counter(key for _, key in received).values()) == {1}
    assert len(received) == 600
    for lane in range(60):
        keys = [key for where, key in received if where == f"lane{lane}"]
        assert keys == sorted(keys)


def test_several_processes_fire_a_timer_once(django_engine: DjangoEngine, alias: str) -> None:
    engine = django_engine
    engine.timers.put([a_timer(f"t{n}", lane=f"lane{n}") for n in range(300)])
    fired: list[int] = []

    def turn() -> int:
        count = engine.timers.fire_due(now=START, limit=10)
        fired.append(count)
        return count

    in_threads(engine, [lambda: turn] * WORKERS)
    assert sum(fired) == 300
    assert RuntimeEvent.objects.using(alias).count() == 300


def test_several_processes_tell_a_timer_at_once_or_by_the_inbox_and_only_once(
    django_engine: DjangoEngine,
) -> None:
    engine = django_engine
    engine.timers.put([a_timer(f"t{n}", lane=f"lane{n % 40}") for n in range(200)])
    engine.inbox.append([an_arrival(f"m{n}", lane=f"lane{n}") for n in range(0, 40, 2)])
    told: list[str] = []

    def turn() -> int:
        with engine.transaction():
            taken = engine.timers.take_due(now=START, limit=10, kinds=["timer"])
            claimed = engine.inbox.claim(now=START, limit=10)
            engine.inbox.complete([event.seq for event in claimed])
        told.extend(event.dedupe_key for event in (*taken, *claimed))
        return len(taken) + len(claimed)

    in_threads(engine, [lambda: turn] * WORKERS)
    assert len(told) == len(set(told)) == 220


@pytest.mark.req("DI12")
def test_the_same_facts_delivered_by_several_processes_at_once_are_stored_once(
    django_engine: DjangoEngine, alias: str
) -> None:
    engine = django_engine
    stored: list[bool] = []

    def make() -> Callable[[], int]:
        rounds = iter(range(20))

        def turn() -> int:
            number = next(rounds, None)
            if number is None:
                return 0
            keys = [f"{number}-{n}" for n in range(10)]
            stored.extend(engine.inbox.append([an_arrival(key, lane=key) for key in keys]))
            return 1

        return turn

    in_threads(engine, [make] * WORKERS)
    assert stored.count(True) == 200
    assert RuntimeEvent.objects.using(alias).count() == 200


def test_a_person_waits_for_the_worker_in_their_lane(
    django_engine: DjangoEngine, alias: str
) -> None:
    engine = django_engine
    engine.inbox.append([an_arrival("a")])
    is_deciding, order = threading.Event(), list[str]()

    def act() -> None:
        assert is_deciding.wait(10)
        with engine.transaction():
            engine.lock_lane("gym", "ann")
            order.append("person")
        engine.close()

    person = threading.Thread(target=act)
    person.start()
    with engine.transaction():
        events = engine.inbox.claim(now=START, limit=1)
        is_deciding.set()
        person.join(0.1)
        order.append("worker")
        engine.inbox.complete([event.seq for event in events])
    person.join(10)
    assert order == ["worker", "person"]
    assert RuntimeEvent.objects.using(alias).get().state == "done"
