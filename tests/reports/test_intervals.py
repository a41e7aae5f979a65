"""Intervals: known values, and what holds for any count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.reports import intervals


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [
        # Newcombe 1998, table I, method 3 (Wilson's score without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(successes: int, total: int, low: float, high: float) -> None:
    found = intervals.wilson(successes, total)
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_share_lies_within_its_interval(part: int, rest: int) -> None:
    found = intervals.wilson(part, part + rest)
    assert 0 <= found.low <= found.high <= 1
    if part + rest:
        assert found.low <= part / (part + rest) <= found.high


def test_of_nothing_nothing_is_known() -> None:
    assert intervals.wilson(0, 0) == intervals.Interval(low=0, high=1)


@given(st.integers(0, 10_000))
def test_a_count_lies_within_its_interval(count: int) -> None:
    found = intervals.counted(count)
    assert 0 <= found.low <= count <= found.high
