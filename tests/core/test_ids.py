"""Ids: they sort by time, never repeat, and come out the same from the same seed."""

import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.ids import LENGTH, IdSource

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(tzinfo=UTC)
)


def a_source(seed: int = 1) -> IdSource:
    return IdSource(random.Random(seed).getrandbits)  # noqa: S311 - repeatable


@pytest.mark.req("DI19")
@given(st.lists(MOMENTS, min_size=2, max_size=20))
def test_ids_sort_by_time_and_then_by_their_making(moments: list[datetime]) -> None:
    source = a_source()
    made = [source.next_id(moment) for moment in sorted(moments)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


@given(st.lists(MOMENTS, min_size=2, max_size=20))
def test_a_clock_that_steps_back_makes_no_id_fall_behind(moments: list[datetime]) -> None:
    source = a_source()
    made = [source.next_id(moment) for moment in moments]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


@given(MOMENTS, MOMENTS)
def test_ids_of_two_sources_sort_by_time(first: datetime, second: datetime) -> None:
    earlier, later = sorted((first, second))
    if later - earlier >= timedelta(milliseconds=1):
        assert a_source(1).next_id(earlier) < a_source(2).next_id(later)


@given(MOMENTS, st.integers(0, 2**73 - 1))
def test_an_id_is_a_uuid_of_version_7_with_its_moment_in_front(moment: datetime, tail: int) -> None:
    made = IdSource(lambda _bits: tail).next_id(moment)
    assert len(made) == LENGTH
    parsed = uuid.UUID(made)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert int(made[:12], 16) == int(moment.timestamp() * 1000)


def test_counting_up_stays_in_order_where_the_tail_is_full() -> None:
    source = IdSource(lambda bits: 2**bits - 1)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    made = [source.next_id(now) for _ in range(100)]
    assert made == sorted(made)
    assert len(set(made)) == 100


def test_the_same_seed_makes_the_same_ids() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert a_source(7).next_id(now) == a_source(7).next_id(now)
    assert a_source(7).next_id(now) != a_source(8).next_id(now)
