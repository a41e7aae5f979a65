"""What every engine does as a whole: transactions, rings, leases, depth."""

import threading
from datetime import timedelta

import pytest

from baton.runtime.bell import Ear
from baton.runtime.ports import INBOX, OUTBOX, Again, Depth, Ended, Engine, TransactionMisuse
from tests.runtime.conftest import ENGINES
from tests.runtime.test_contract_inbox import keys, take
from tests.support.effects import START, a_timer, an_arrival, an_effect

pytestmark = pytest.mark.parametrize("database", ENGINES)
MINUTE = timedelta(minutes=1)


class BoomError(Exception):
    pass


def write_everything(engine: Engine) -> None:
    engine.inbox.append([an_arrival("new")])
    engine.timers.put([a_timer("moved", due_at=START + MINUTE), a_timer("new")])
    engine.timers.cancel("gym", ["cancelled"])
    engine.outbox.put([an_effect("new", lane="bo")])
    engine.leases.acquire("duty", "other", now=START + MINUTE, lease=MINUTE)
    (event,) = engine.inbox.claim(now=START, limit=1)[:1]
    engine.inbox.park(event, reason="Boom")


def write_and_fail(engine: Engine) -> None:
    with engine.transaction():
        write_everything(engine)
        raise BoomError


def test_a_failed_transaction_leaves_nothing_behind(engine: Engine) -> None:
    engine.inbox.append([an_arrival("old")])
    engine.timers.put([a_timer("moved"), a_timer("cancelled")])
    engine.leases.acquire("duty", "me", now=START, lease=MINUTE)
    with pytest.raises(BoomError):
        write_and_fail(engine)
    assert engine.timers.fire_due(now=START, limit=10) == 2
    assert not engine.leases.acquire("duty", "other", now=START, lease=MINUTE)
    assert keys(take(engine))[0] == "old"
    assert engine.outbox.claim(now=START, limit=9, lease=MINUTE, owner="w") == ()
    assert engine.depth(now=START) == Depth(due=0, waiting=0, parked=0, oldest_due_at=None)


def test_a_kept_transaction_keeps_everything(engine: Engine) -> None:
    engine.inbox.append([an_arrival("old")])
    engine.timers.put([a_timer("moved"), a_timer("cancelled")])
    with engine.transaction():
        write_everything(engine)
    assert engine.timers.fire_due(now=START, limit=10) == 1
    assert engine.depth(now=START).parked == 1
    assert len(engine.outbox.claim(now=START, limit=9, lease=MINUTE, owner="w")) == 1
    assert not engine.leases.acquire("duty", "me", now=START + MINUTE, lease=MINUTE)


def test_a_nested_transaction_joins_the_outer(engine: Engine) -> None:
    def nest() -> None:
        with engine.transaction():
            with engine.transaction():
                engine.inbox.append([an_arrival("inner")])
            raise BoomError

    with pytest.raises(BoomError):
        nest()
    assert take(engine) == ()


def test_a_failure_caught_inside_condemns_the_whole(engine: Engine) -> None:
    def fail() -> None:
        with engine.transaction():
            engine.inbox.append([an_arrival("inner")])
            raise BoomError

    def swallow() -> None:
        with engine.transaction():
            engine.inbox.append([an_arrival("outer")])
            with pytest.raises(BoomError):
                fail()

    with pytest.raises(TransactionMisuse):
        swallow()
    assert take(engine) == ()
    engine.inbox.append([an_arrival("afterwards")])
    assert keys(take(engine)) == ["afterwards"]


def test_a_ring_is_heard_after_the_transaction(engine: Engine) -> None:
    with Ear(engine.bell, ["inbox"]) as ear:
        with engine.transaction():
            engine.inbox.append([an_arrival("a")])
            assert not ear.wait(0)
        # PostgreSQL's own notifications are tested with a listener elsewhere.
        heard = ear.wait(0)
    assert heard or hasattr(engine, "listening")


def test_a_lane_is_locked_until_the_transaction_ends(engine: Engine) -> None:
    order: list[str] = []
    is_asking = threading.Event()

    def decide() -> None:
        is_asking.set()
        with engine.transaction():
            engine.lock_lane("gym", "ann")
            order.append("second")
        engine.close()

    with engine.transaction():
        engine.lock_lane("gym", "ann")
        thread = threading.Thread(target=decide)
        thread.start()
        assert is_asking.wait(5)
        thread.join(0.05)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_leases(engine: Engine) -> None:
    def acquire(owner: str, after: timedelta) -> bool:
        return engine.leases.acquire("daily", owner, now=START + after, lease=MINUTE)

    assert acquire("a", timedelta(0))
    assert not acquire("b", MINUTE / 2)
    assert acquire("a", MINUTE / 2)  # renewed
    assert not acquire("b", MINUTE)
    assert acquire("b", MINUTE * 3 / 2)
    engine.leases.release("daily", "a")
    assert not acquire("a", MINUTE * 2)
    engine.leases.release("daily", "b")
    assert acquire("a", MINUTE * 2)
    assert engine.leases.acquire("weekly", "b", now=START, lease=MINUTE)
    engine.leases.release_all("b")  # who stops keeps nobody waiting, and takes nobody's duty
    assert engine.leases.acquire("weekly", "a", now=START, lease=MINUTE)
    assert not acquire("b", MINUTE * 2)


def test_depth_counts_what_waits(engine: Engine) -> None:
    engine.inbox.append(
        [
            an_arrival("due", due_at=START - MINUTE),
            an_arrival("later", lane="bo", due_at=START + MINUTE),
        ]
    )
    engine.outbox.put([an_effect("done", due_at=START), an_effect("later", due_at=START + MINUTE)])
    assert engine.depth(now=START) == Depth(
        due=2, waiting=2, parked=0, oldest_due_at=START - MINUTE
    )
    engine.outbox.claim(now=START, limit=1, lease=MINUTE, owner="w")
    assert engine.depth(now=START) == Depth(
        due=1, waiting=3, parked=0, oldest_due_at=START - MINUTE
    )


def test_the_next_due_moment_looks_at_all_ports(engine: Engine) -> None:
    assert engine.next_due_at() is None
    engine.timers.put([a_timer("t", due_at=START + 9 * MINUTE)])
    assert engine.next_due_at() == START + 9 * MINUTE
    engine.outbox.put([an_effect("a", due_at=START + 8 * MINUTE)])
    assert engine.next_due_at() == START + 8 * MINUTE
    engine.inbox.append([an_arrival("a", due_at=START + 7 * MINUTE)])
    assert engine.next_due_at() == START + 7 * MINUTE


def test_each_box_has_a_next_moment_of_its_own(engine: Engine) -> None:
    engine.timers.put([a_timer("t", due_at=START + 5 * MINUTE)])
    engine.outbox.put([an_effect("a", due_at=START + 3 * MINUTE)])
    assert engine.next_due_at([INBOX]) == START + 5 * MINUTE
    assert engine.next_due_at([OUTBOX]) == START + 3 * MINUTE
    engine.inbox.append([an_arrival("a", due_at=START + 4 * MINUTE)])
    assert engine.next_due_at([INBOX]) == START + 4 * MINUTE
    engine.outbox.claim(now=START + 3 * MINUTE, limit=9, lease=MINUTE, owner="w")
    assert engine.next_due_at([OUTBOX]) == START + 4 * MINUTE  # the end of the lease


def test_what_is_held_up_is_not_next(engine: Engine) -> None:
    engine.inbox.append([an_arrival("head", due_at=START + 5 * MINUTE), an_arrival("behind")])
    assert engine.next_due_at() == START + 5 * MINUTE
    engine.outbox.put([an_effect("a"), an_effect("b")])
    (first,) = engine.outbox.claim(now=START, limit=9, lease=MINUTE, owner="w")
    assert engine.next_due_at() == START + MINUTE  # the end of the lease
    busy = Ended(effect=first, outcome=Again(reason="busy"), retry_at=START + 2 * MINUTE)
    engine.outbox.settle([busy], now=START)
    assert engine.next_due_at() == START + 2 * MINUTE
