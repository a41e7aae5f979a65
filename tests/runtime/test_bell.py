"""Rings reach every ear, after the transaction, across processes on PostgreSQL."""

import asyncio
import threading

import pytest

from baton.runtime.bell import AsyncEar, Ear, LocalBell
from baton.store.runtime_store import DjangoEngine
from tests.runtime.conftest import DATABASES
from tests.support.effects import an_arrival


def test_an_ear_hears_its_topics_alone() -> None:
    bell = LocalBell()
    with Ear(bell, ["inbox", "outbox"]) as ear, Ear(bell, ["other"]) as other:
        bell.ring("outbox")
        assert ear.wait(0)
        assert not ear.wait(0)
        assert not other.wait(0)


def test_a_ring_wakes_a_waiting_thread() -> None:
    bell = LocalBell()
    heard: list[bool] = []
    with Ear(bell, ["inbox"]) as ear:
        thread = threading.Thread(target=lambda: heard.append(ear.wait(10)))
        thread.start()
        bell.ring("inbox")
        thread.join(10)
    assert heard == [True]


def test_nobody_is_called_after_leaving() -> None:
    bell = LocalBell()
    calls: list[str] = []
    leave_first = bell.subscribe(["a", "b"], calls.append)
    leave_second = bell.subscribe(["a"], lambda topic: calls.append(f"second {topic}"))
    leave_first()
    bell.ring("a")
    bell.ring("b")
    leave_second()
    bell.ring("a")
    leave_second()
    assert calls == ["second a"]


def test_everything_is_rung_after_rings_may_have_been_missed() -> None:
    bell = LocalBell()
    calls: list[str] = []
    bell.subscribe(["a", "b"], calls.append)
    bell.ring_everything()
    assert sorted(calls) == ["a", "b"]


def test_a_task_hears_a_ring_from_another_thread() -> None:
    bell = LocalBell()

    async def listen() -> tuple[frozenset[str], ...]:
        with AsyncEar(bell, ["lane:ann", "typing"]) as ear:
            silent = await ear.hear(0)
            for topic in ("lane:ann", "typing", "lane:bob"):
                await asyncio.to_thread(bell.ring, topic)
            return silent, await ear.hear(10), await ear.hear(0)

    assert asyncio.run(listen()) == (frozenset(), frozenset({"lane:ann", "typing"}), frozenset())


def test_a_ring_to_a_task_whose_loop_has_ended_is_lost_quietly() -> None:
    bell = LocalBell()

    async def subscribe() -> AsyncEar:
        return AsyncEar(bell, ["inbox"])

    asyncio.run(subscribe())
    bell.ring("inbox")


@pytest.mark.parametrize("database", DATABASES)
def test_engines_hear_each_other(alias: str, database: str) -> None:
    here = DjangoEngine(alias)
    # On SQLite a process has one engine; on PostgreSQL another stands for another process.
    there = DjangoEngine(alias) if database == "postgres" else here
    with there.listening(), Ear(there.bell, ["inbox", "workspace:gym"]) as ear:
        while ear.wait(0):  # a listener that begins rings once, for what it may have missed
            pass
        with here.transaction():
            here.inbox.append([an_arrival("a")])
            here.bell.ring("workspace:gym")
            assert not ear.wait(0.05)
        assert ear.wait(10)
        while ear.wait(0.05):
            pass
        here.bell.ring("workspace:gym")
        assert ear.wait(10)


class BoomError(Exception):
    pass


@pytest.mark.parametrize("database", DATABASES)
def test_a_failed_transaction_rings_nobody(alias: str) -> None:
    engine = DjangoEngine(alias)

    def fail() -> None:
        with engine.transaction():
            engine.bell.ring("inbox")
            raise BoomError

    with engine.listening(), Ear(engine.bell, ["inbox"]) as ear:
        while ear.wait(0):
            pass
        with pytest.raises(BoomError):
            fail()
        assert not ear.wait(0.05)
