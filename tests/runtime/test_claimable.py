"""What a claim makes of lanes that changed between looking and locking."""

from baton.store.runtime_store.dialect import Row
from baton.store.runtime_store.inbox import _claimable
from tests.support.effects import START


def a_row(seq: int, *, lane: str = "ann", is_due: bool = True, is_received: bool = True) -> Row:
    key = f"k{seq}"
    return (seq, "gym", lane, "message", key, b"", START, 1, is_due, is_received)


def keys(rows: list[Row]) -> list[str]:
    return [event.dedupe_key for event in _claimable(rows)]


def test_a_lane_postponed_by_its_last_holder_is_left_alone() -> None:
    rows = [a_row(1, is_due=False), a_row(2), a_row(3, lane="bo")]
    assert keys(rows) == ["k3"]


def test_a_fact_from_the_future_ends_a_burst() -> None:
    assert keys([a_row(1), a_row(2, is_received=False), a_row(3)]) == ["k1"]


def test_rows_may_come_in_any_order() -> None:
    assert keys([a_row(3), a_row(1), a_row(2, lane="aaron")]) == ["k2", "k1", "k3"]
