"""Group commit: nothing lost, nothing mixed up, nobody made to wait for others."""

import threading

import pytest

from baton.runtime.memory import MemoryEngine
from baton.runtime.ports import Engine
from baton.runtime.recorder import Overloaded, Recorder
from tests.runtime.conftest import ENGINES
from tests.runtime.test_contract_inbox import keys, take
from tests.support.effects import START, an_arrival


@pytest.mark.parametrize("database", ENGINES)
@pytest.mark.req("DI12")
def test_many_threads_each_learn_what_became_of_their_own(engine: Engine) -> None:
    new: list[bool] = []

    def record(thread: int) -> None:
        for n in range(20):
            # Every fact comes from two threads; one of them is the first.
            arrival = an_arrival(f"{thread // 2}-{n}", lane=f"lane{thread // 2}")
            new.append(recorder.record(arrival).result(10))

    with Recorder(engine) as recorder:
        threads = [threading.Thread(target=record, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (new.count(True), new.count(False)) == (80, 80)
    assert len(take(engine, limit=999)) == 80


@pytest.mark.parametrize("database", ENGINES)
def test_stopping_stores_what_waits(engine: Engine) -> None:
    recorder = Recorder(engine, group=3)
    futures = [recorder.record(an_arrival(f"{n}")) for n in range(10)]
    recorder.start()
    recorder.stop()
    assert [future.result(0) for future in futures] == [True] * 10
    assert keys(take(engine)) == [f"{n}" for n in range(10)]
    with pytest.raises(Overloaded):
        recorder.record(an_arrival("late"))


def test_more_than_fits_is_refused_and_can_come_again() -> None:
    engine = MemoryEngine()
    recorder = Recorder(engine, capacity=2)
    futures = [recorder.record(an_arrival(key)) for key in "ab"]
    with pytest.raises(Overloaded, match="2 arrivals wait"):
        recorder.record(an_arrival("c"))
    with recorder:
        assert all(future.result(10) for future in futures)
        assert recorder.record(an_arrival("c")).result(10)


def test_one_bad_arrival_does_not_fail_the_others() -> None:
    # Two writes an arrival: the group fails at its third, and then the third alone.
    bad_writes = {5, 10}
    writes = iter(range(1, 10_000))

    def before_write() -> None:
        if next(writes) in bad_writes:
            raise OSError("disk")

    engine = MemoryEngine(before_write)
    recorder = Recorder(engine)
    futures = [recorder.record(an_arrival(key)) for key in "abcd"]
    with recorder:
        outcomes = [future.exception(10) for future in futures]
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        type(None),
        OSError,
        type(None),
    ]
    assert keys(take(engine, START)) == ["a", "b", "d"]


def test_who_gave_up_is_left_out() -> None:
    engine = MemoryEngine()
    recorder = Recorder(engine)
    given_up = recorder.record(an_arrival("a"))
    assert given_up.cancel()
    kept = recorder.record(an_arrival("b"))
    with recorder:
        assert kept.result(10)
    assert keys(take(engine)) == ["b"]
