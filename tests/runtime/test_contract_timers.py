"""What every set of timers does, whatever it is kept in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.runtime.ports import NEVER_STORED, Engine, TransactionMisuse
from tests.runtime.conftest import ENGINES
from tests.runtime.test_contract_inbox import keys, take
from tests.support.effects import START, a_timer, an_arrival

pytestmark = pytest.mark.parametrize("database", ENGINES)
MINUTE = timedelta(minutes=1)


def test_a_due_timer_becomes_a_fact_once(engine: Engine) -> None:
    engine.timers.put([a_timer("t", lane="bo", body=b"x"), a_timer("u", due_at=START + MINUTE)])
    assert engine.timers.fire_due(now=START, limit=10) == 1
    assert engine.timers.fire_due(now=START, limit=10) == 0
    (event,) = take(engine)
    assert (event.lane, event.kind, event.body, event.received_at) == ("bo", "timer", b"x", START)


def test_a_timer_set_again_moves(engine: Engine) -> None:
    engine.timers.put([a_timer("t", body=b"old")])
    engine.timers.put([a_timer("t", due_at=START + MINUTE, body=b"new", lane="bo")])
    assert engine.timers.fire_due(now=START, limit=10) == 0
    assert engine.timers.fire_due(now=START + MINUTE, limit=10) == 1
    assert [(e.lane, e.body) for e in take(engine, START + MINUTE)] == [("bo", b"new")]


def test_the_last_timer_of_a_key_wins_within_one_call(engine: Engine) -> None:
    engine.timers.put([a_timer("t", body=b"old"), a_timer("t", body=b"new")])
    engine.timers.fire_due(now=START, limit=10)
    assert [e.body for e in take(engine)] == [b"new"]


def test_a_timer_that_fired_can_be_set_for_later(engine: Engine) -> None:
    engine.timers.put([a_timer("t")])
    engine.timers.fire_due(now=START, limit=10)
    engine.timers.put([a_timer("t", due_at=START + MINUTE)])
    engine.timers.fire_due(now=START + MINUTE, limit=10)
    assert len(take(engine, START + MINUTE)) == 2


def test_a_timer_set_for_a_moment_at_which_it_fired_adds_nothing(engine: Engine) -> None:
    for _ in range(2):
        engine.timers.put([a_timer("t")])
        engine.timers.fire_due(now=START, limit=10)
    assert len(take(engine)) == 1


def test_cancelled_timers_do_not_fire(engine: Engine) -> None:
    engine.timers.put([a_timer("t"), a_timer("u"), a_timer("t", workspace_id="shop")])
    assert engine.timers.cancel("gym", ["t", "unknown"]) == 1
    assert engine.timers.fire_due(now=START, limit=10) == 2
    assert engine.timers.cancel("gym", ["u"]) == 0


def test_a_held_timer_tells_its_moment_until_it_has_fired(engine: Engine) -> None:
    engine.timers.put(
        [a_timer("t", due_at=START), a_timer("t", workspace_id="shop", due_at=START + MINUTE)]
    )
    with engine.transaction():
        assert engine.timers.hold("gym", "t") == START
        assert engine.timers.hold("gym", "unknown") is None
    assert engine.timers.fire_due(now=START, limit=1) == 1
    with engine.transaction():
        assert engine.timers.hold("gym", "t") is None


def test_a_limit_fires_the_earliest_first(engine: Engine) -> None:
    engine.timers.put([a_timer(f"t{n}", lane=f"l{n}", due_at=START - n * MINUTE) for n in range(5)])
    assert engine.timers.fire_due(now=START, limit=2) == 2
    assert sorted(e.lane for e in take(engine)) == ["l3", "l4"]


def test_timers_of_one_lane_become_facts_in_the_order_of_their_moments(engine: Engine) -> None:
    engine.timers.put([a_timer("late", due_at=START), a_timer("early", due_at=START - MINUTE)])
    engine.inbox.append([an_arrival("before")])
    engine.timers.fire_due(now=START, limit=10)
    names = [key.split("@")[0] for key in keys(take(engine))]
    assert names == ["before", "timer:early", "timer:late"]


def told(engine: Engine, *, now: datetime = START, kinds: Sequence[str] = ("timer",)) -> list[str]:
    """What is told at once, in a transaction that is kept."""
    with engine.transaction():
        events = engine.timers.take_due(now=now, limit=10, kinds=kinds)
    assert {event.seq for event in events} <= {NEVER_STORED}
    return [event.dedupe_key.split("@")[0] for event in events]


def test_a_timer_told_at_once_is_gone_and_leaves_nothing(engine: Engine) -> None:
    engine.timers.put([a_timer("t", lane="bo", body=b"x"), a_timer("u", due_at=START + MINUTE)])
    with engine.transaction():
        (event,) = engine.timers.take_due(now=START, limit=10, kinds=["timer"])
    assert (event.lane, event.kind, event.body, event.received_at) == ("bo", "timer", b"x", START)
    assert (event.dedupe_key, event.attempt) == (a_timer("t").firing_key, 1)
    assert told(engine) == []
    assert take(engine) == ()
    assert engine.timers.next_due_at() == START + MINUTE


def test_a_timer_is_told_again_when_its_transaction_is_not_kept(engine: Engine) -> None:
    engine.timers.put([a_timer("t")])

    def fail() -> None:
        with engine.transaction():
            assert len(engine.timers.take_due(now=START, limit=10, kinds=["timer"])) == 1
            raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011 - the test's own
            fail()
    assert told(engine) == ["timer:t"]


def test_only_some_kinds_are_told_at_once_and_in_order_with_the_others(engine: Engine) -> None:
    early = replace(a_timer("early", due_at=START - MINUTE), kind="alarm")
    engine.timers.put([early, a_timer("late"), a_timer("free", lane="bo")])
    assert told(engine) == ["timer:free"]
    assert [key.split("@")[0] for key in keys(take(engine))] == ["timer:early", "timer:late"]


def test_a_timer_waits_behind_the_facts_of_its_lane(engine: Engine) -> None:
    engine.inbox.append([an_arrival("before", due_at=START + MINUTE)])
    engine.timers.put([a_timer("t"), a_timer("u", workspace_id="shop")])
    assert told(engine) == ["timer:u"]
    assert take(engine) == ()
    names = [key.split("@")[0] for key in keys(take(engine, START + MINUTE))]
    assert names == ["before", "timer:t"]


def test_timers_of_one_lane_are_told_at_once_by_their_moments(engine: Engine) -> None:
    engine.timers.put(
        [
            a_timer("late", lane="bo"),
            a_timer("ann"),
            a_timer("early", lane="bo", due_at=START - MINUTE),
        ]
    )
    assert told(engine) == ["timer:ann", "timer:early", "timer:late"]


def test_taking_needs_a_transaction(engine: Engine) -> None:
    with pytest.raises(TransactionMisuse):
        engine.timers.take_due(now=START, limit=1, kinds=["timer"])


def test_the_next_due_moment(engine: Engine) -> None:
    assert engine.timers.next_due_at() is None
    engine.timers.put(
        [a_timer("t", due_at=START + MINUTE), a_timer("u", due_at=START + 2 * MINUTE)]
    )
    assert engine.timers.next_due_at() == START + MINUTE


def test_empty_calls_change_nothing(engine: Engine) -> None:
    engine.timers.put([])
    assert engine.timers.cancel("gym", []) == 0
    assert engine.timers.fire_due(now=START, limit=10) == 0
