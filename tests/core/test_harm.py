"""What counts as harm: a table for each rule."""

from itertools import pairwise

import pytest

from baton.core import harm
from baton.core.harm import Change, Part

UP, DOWN, MAYBE = Change(low=0.1, high=0.3), Change(low=-0.3, high=-0.1), Change(low=-0.1, high=0.3)


def days(*shares: tuple[int, int]) -> list[Part]:
    return [Part(count=count, among=among) for count, among in shares]


@pytest.mark.req("AL1")
@pytest.mark.parametrize(
    ("three", "change", "is_found"),
    [
        (days((10, 100), (15, 100), (20, 100)), UP, True),
        (days((10, 100), (10, 100), (20, 100)), UP, False),  # one day alone
        (days((15, 100), (10, 100), (20, 100)), UP, False),
        (days((10, 100), (15, 100), (20, 100)), MAYBE, False),  # by chance, perhaps
        (days((10, 100), (3, 20), (20, 100)), UP, False),  # too few on a day
    ],
)
def test_a_trend_is_two_rises_that_are_clear(
    three: list[Part], change: Change, *, is_found: bool
) -> None:
    assert harm.is_rising(three, change, least=30) is is_found


@pytest.mark.req("AL2", "U12")
@pytest.mark.parametrize(
    ("day", "usual", "change", "is_found"),
    [
        ((15, 100), (10, 100), UP, True),  # exactly one and a half times
        ((14, 100), (10, 100), UP, False),
        ((15, 100), (10, 100), MAYBE, False),  # within its band
        ((6, 29), (10, 100), UP, False),
        ((15, 100), (2, 29), UP, False),
    ],
)
def test_a_jump_is_large_and_clear(
    day: tuple[int, int], usual: tuple[int, int], change: Change, *, is_found: bool
) -> None:
    one, other = days(day, usual)
    assert harm.has_jumped(one, other, change, times=1.5, least=30) is is_found


@pytest.mark.req("AL2", "U12")
@pytest.mark.parametrize(
    ("means", "change", "is_found"),
    [((80, 75), DOWN, True), ((80, 75.1), DOWN, False), ((80, 70), MAYBE, False)],
)
def test_a_drop_of_csat_is_large_and_clear(
    means: tuple[float, float], change: Change, *, is_found: bool
) -> None:
    assert harm.has_dropped(means, change, by=5) is is_found


@pytest.mark.req("AL10", "K10")
def test_the_bot_closes_too_early_where_both_rise() -> None:
    assert harm.closes_too_early(UP, UP)
    for one, other in pairwise((UP, DOWN, UP, MAYBE, UP)):
        assert not harm.closes_too_early(one, other)
