"""The back-off: how long, how spread, how often."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.runtime.retry import RetryPolicy
from tests.support.effects import START

SECOND = timedelta(seconds=1)
PLAIN = RetryPolicy(first=SECOND, factor=2, ceiling=10 * SECOND, max_attempts=6, jitter=0)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10)])
def test_the_wait_doubles_up_to_the_ceiling(attempt: int, seconds: int) -> None:
    assert PLAIN.next_attempt(attempt, now=START, random=0.3) == START + seconds * SECOND


@pytest.mark.parametrize("attempt", [6, 7, 1_000])
def test_after_the_last_attempt_there_is_none(attempt: int) -> None:
    assert PLAIN.next_attempt(attempt, now=START, random=0) is None


@given(
    attempt=st.integers(1, 10**6),
    random=st.floats(0, 1, exclude_max=True),
    jitter=st.floats(0, 1),
    factor=st.floats(1, 1e6),
)
def test_the_wait_stays_within_its_spread(
    attempt: int, random: float, jitter: float, factor: float
) -> None:
    policy = RetryPolicy(
        first=SECOND, factor=factor, ceiling=60 * SECOND, max_attempts=10**6 + 1, jitter=jitter
    )
    at = policy.next_attempt(attempt, now=START, random=random)
    assert at is not None
    wait = (at - START) / SECOND
    assert 1 - jitter - 1e-5 <= wait <= 60 * (1 + jitter) + 1e-5


@given(st.integers(1, 20), st.floats(0, 1, exclude_max=True))
def test_without_spread_a_later_attempt_never_waits_less(attempt: int, random: float) -> None:
    policy = RetryPolicy(first=SECOND, factor=1.7, max_attempts=99, jitter=0)
    sooner = policy.next_attempt(attempt, now=START, random=random)
    later = policy.next_attempt(attempt + 1, now=START, random=random)
    assert sooner is not None
    assert later is not None
    assert sooner <= later


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": timedelta(0)},
        {"first": 2 * SECOND, "ceiling": SECOND},
        {"factor": 0.5},
        {"max_attempts": 0},
        {"jitter": 1.5},
        {"jitter": -0.1},
    ],
)
def test_a_policy_that_cannot_back_off_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a retry policy needs"):
        RetryPolicy(**wrong)  # type: ignore[arg-type] # one of several fields at a time
