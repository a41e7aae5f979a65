"""What every inbox does, whatever it is kept in."""

from datetime import datetime, timedelta

import pytest

from baton.runtime.ports import BURST_LIMIT, Engine, Event, TransactionMisuse
from tests.runtime.conftest import ENGINES
from tests.support.effects import START, an_arrival

pytestmark = pytest.mark.parametrize("database", ENGINES)
SECOND = timedelta(seconds=1)


def take(
    engine: Engine, now: datetime = START, limit: int = 100, *, complete: bool = True
) -> tuple[Event, ...]:
    with engine.transaction():
        events = engine.inbox.claim(now=now, limit=limit)
        if complete:
            engine.inbox.complete([event.seq for event in events])
    return events


def keys(events: tuple[Event, ...]) -> list[str]:
    return [event.dedupe_key for event in events]


@pytest.mark.req("DI12")
def test_a_fact_known_already_is_not_stored_again(engine: Engine) -> None:
    assert engine.inbox.append([an_arrival("a"), an_arrival("b")]) == (True, True)
    assert engine.inbox.append([an_arrival("b"), an_arrival("c")]) == (False, True)
    assert keys(take(engine)) == ["a", "b", "c"]


@pytest.mark.req("DI12")
def test_a_decided_fact_is_remembered(engine: Engine) -> None:
    engine.inbox.append([an_arrival("a")])
    take(engine)
    assert engine.inbox.append([an_arrival("a")]) == (False,)
    assert take(engine) == ()


def test_duplicates_within_one_call_and_equal_keys_of_two_workspaces(engine: Engine) -> None:
    stored = engine.inbox.append(
        [an_arrival("a"), an_arrival("a"), an_arrival("a", workspace_id="shop")]
    )
    assert stored == (True, False, True)
    assert [(e.workspace_id, e.dedupe_key) for e in take(engine)] == [("gym", "a"), ("shop", "a")]


def test_an_event_carries_its_arrival(engine: Engine) -> None:
    at = START + timedelta(microseconds=7)
    engine.inbox.append([an_arrival("a", at=at, body=b"\x00\xff' %s {}")])
    (event,) = take(engine, at)
    assert event == Event(
        seq=event.seq,
        workspace_id="gym",
        lane="ann",
        kind="message",
        dedupe_key="a",
        body=b"\x00\xff' %s {}",
        received_at=at,
        attempt=1,
    )


def test_nothing_comes_before_it_is_due(engine: Engine) -> None:
    engine.inbox.append([an_arrival("a", due_at=START + 2 * SECOND)])
    assert take(engine, START + SECOND) == ()
    assert keys(take(engine, START + 2 * SECOND)) == ["a"]


def test_a_burst_comes_with_its_first_message(engine: Engine) -> None:
    engine.inbox.append(
        [
            an_arrival("a", at=START, due_at=START + 2 * SECOND),
            an_arrival("b", at=START + SECOND, due_at=START + 3 * SECOND),
            an_arrival("c", at=START + 3 * SECOND, due_at=START + 5 * SECOND),
        ]
    )
    assert keys(take(engine, START + 2 * SECOND)) == ["a", "b"]
    assert keys(take(engine, START + 5 * SECOND)) == ["c"]


def test_a_later_fact_waits_for_the_oldest_of_its_lane(engine: Engine) -> None:
    engine.inbox.append([an_arrival("a", due_at=START + 5 * SECOND), an_arrival("b")])
    assert take(engine, START) == ()
    assert keys(take(engine, START + 5 * SECOND)) == ["a", "b"]


def test_order_is_by_lane_then_by_arrival(engine: Engine) -> None:
    engine.inbox.append(
        [an_arrival("3", lane="bo"), an_arrival("1", lane="al"), an_arrival("2", lane="bo")]
    )
    assert [(e.lane, e.dedupe_key) for e in take(engine)] == [("al", "1"), ("bo", "3"), ("bo", "2")]


def test_a_limit_takes_the_oldest_lanes_first(engine: Engine) -> None:
    engine.inbox.append(
        [an_arrival(str(n), lane=f"lane{n}", at=START - n * SECOND) for n in range(10)]
    )
    assert sorted(keys(take(engine, limit=3))) == ["7", "8", "9"]
    assert sorted(keys(take(engine, limit=3))) == ["4", "5", "6"]


def test_a_long_backlog_of_one_lane_comes_in_bursts(engine: Engine) -> None:
    engine.inbox.append([an_arrival(f"{n:03}") for n in range(BURST_LIMIT + 5)])
    assert keys(take(engine)) == [f"{n:03}" for n in range(BURST_LIMIT)]
    assert len(take(engine)) == 5


def test_bursts_count_toward_the_limit(engine: Engine) -> None:
    engine.inbox.append(
        [an_arrival(f"{lane}{n}", lane=lane) for lane in "abcdef" for n in range(20)]
    )
    assert len(take(engine, limit=50)) == 60


def test_what_was_claimed_and_not_completed_comes_again(engine: Engine) -> None:
    engine.inbox.append([an_arrival("a")])
    assert take(engine, complete=False) == take(engine)


def test_a_postponed_lane_waits_whole_and_in_order(engine: Engine) -> None:
    engine.inbox.append([an_arrival("a"), an_arrival("b"), an_arrival("c", lane="bo")])
    first, *_ = take(engine, complete=False)
    engine.inbox.postpone(first, until=START + 9 * SECOND, reason="Boom")
    engine.inbox.append([an_arrival("d")])
    assert keys(take(engine, START + SECOND)) == ["c"]
    later = take(engine, START + 9 * SECOND)
    assert [(e.dedupe_key, e.attempt) for e in later] == [("a", 2), ("b", 1), ("d", 1)]


def test_a_parked_fact_lets_its_lane_go_on_and_returns_first(engine: Engine) -> None:
    engine.inbox.append([an_arrival("a"), an_arrival("b")])
    first, *_ = take(engine, complete=False)
    engine.inbox.park(first, reason="Boom")
    assert engine.depth(now=START).parked == 1
    assert keys(take(engine)) == ["b"]
    engine.inbox.append([an_arrival("c")])
    assert engine.inbox.redrive([first.seq, 99_999], now=START) == 1
    again = take(engine)
    assert [(e.dedupe_key, e.attempt, e.body) for e in again] == [
        ("a", 1, b"hello"),
        ("c", 1, b"hello"),
    ]
    assert engine.inbox.redrive([first.seq], now=START) == 0


def test_a_decided_fact_can_no_longer_be_postponed_or_parked(engine: Engine) -> None:
    engine.inbox.append([an_arrival("a")])
    (event,) = take(engine)
    engine.inbox.postpone(event, until=START, reason="late")
    engine.inbox.park(event, reason="late")
    assert take(engine) == ()
    assert engine.depth(now=START).parked == 0


def test_five_thousand_arrivals_in_one_call(engine: Engine) -> None:
    stored = engine.inbox.append(
        [an_arrival(f"k{n % 4_000}", lane=f"lane{n % 700}") for n in range(5_000)]
    )
    assert stored == (True,) * 4_000 + (False,) * 1_000
    assert engine.depth(now=START).due == 4_000


def test_empty_calls_change_nothing(engine: Engine) -> None:
    assert engine.inbox.append([]) == ()
    engine.inbox.complete([])
    assert engine.inbox.redrive([], now=START) == 0
    assert take(engine) == ()


def test_a_claim_needs_a_transaction_to_hold_its_lanes(engine: Engine) -> None:
    with pytest.raises(TransactionMisuse):
        engine.inbox.claim(now=START, limit=1)
    with pytest.raises(TransactionMisuse):
        engine.lock_lane("gym", "ann")
