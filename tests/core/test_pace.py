"""How fast an inbox may send: every limit holds, in order, and answers never wait."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import pace
from baton.core.pace import Pace, Taken

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONDAY = NOON.date()


def moments(limits: Pace, count: int, now: datetime = NOON) -> list[datetime]:
    """Return when so many messages that are ready at once may leave."""
    taken: Taken | None = None
    found = []
    for _ in range(count):
        at, taken = pace.take(limits, taken, now)
        found.append(at)
    return found


@pytest.mark.req("C19")
@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        (Pace(), [0, 0, 0]),
        (Pace(per_second=2), [0, 0.5, 1]),
        (Pace(per_minute=2), [0, 30, 60]),
        (Pace(per_second=10, per_minute=60), [0, 1, 2]),
        (Pace(per_day=2), [0, 0, 12 * 3600]),
        (Pace(begun_per_day=2), [0, 0, 12 * 3600]),
        (Pace(per_day=1, begun_per_day=2), [0, 12 * 3600, 36 * 3600]),
    ],
)
def test_when_messages_leave(limits: Pace, seconds: list[float]) -> None:
    assert [(at - NOON).total_seconds() for at in moments(limits, 3)] == seconds


@pytest.mark.req("C19")
def test_a_new_sender_doubles_every_day_until_its_limit() -> None:
    limits = Pace(per_day=300, warm_up_from=50, warm_up_on=MONDAY)
    days = [limits.most_on(MONDAY + timedelta(days=n)) for n in range(5)]
    assert days == [50, 100, 200, 300, 300]
    unlimited = Pace(warm_up_from=50, warm_up_on=MONDAY)
    assert [unlimited.most_on(MONDAY + timedelta(days=n)) for n in (1, 29, 30, 400)] == [
        100,
        50 * 2**29,
        0,
        0,
    ]


@given(
    st.integers(0, 5), st.integers(0, 20), st.integers(0, 30), st.integers(1, 80),
)  # fmt: skip
def test_no_limit_is_ever_passed(second: int, minute: int, day: int, count: int) -> None:
    found = moments(Pace(per_second=second, per_minute=minute, per_day=day), count)
    assert found == sorted(found)
    by_day: Counter[date] = Counter(at.date() for at in found)
    assert not day or max(by_day.values()) <= day
    for limit, span in ((second, timedelta(seconds=1)), (minute, timedelta(minutes=1))):
        for place, at in enumerate(found):
            assert not limit or sum(at <= one < at + span for one in found[place:]) <= limit + 1


def test_an_answer_counts_and_never_waits() -> None:
    limits = Pace(per_minute=1, per_day=3)
    taken = pace.count_answer(limits, None, NOON)
    at, taken = pace.take(limits, taken, NOON)
    assert at == NOON + timedelta(minutes=1)
    taken = pace.count_answer(limits, taken, NOON)
    at, _taken = pace.take(limits, taken, NOON)
    assert at == datetime(2026, 3, 3, tzinfo=UTC)  # the day was full with the answer


@pytest.mark.req("C19")
def test_answers_do_not_count_against_what_a_provider_lets_one_begin() -> None:
    limits = Pace(begun_per_day=1)
    taken = pace.count_answer(limits, None, NOON)
    taken = pace.count_answer(limits, taken, NOON)
    at, taken = pace.take(limits, taken, NOON)
    assert (at, taken.count, taken.begun) == (NOON, 3, 1)
    taken = pace.count_answer(limits, taken, NOON)
    assert pace.take(limits, taken, NOON)[0] > NOON
