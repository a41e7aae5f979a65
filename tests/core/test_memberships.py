"""Memberships: what flows hear of each change, what a day does, and what is near to a name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import memberships
from baton.core.memberships import Stand, Standing, Told

MARCH, JUNE = date(2026, 3, 31), date(2026, 6, 30)
DAY = date(2026, 3, 2)
MONTH = timedelta(days=30)
ACTIVE, PAUSED, ENDED = (Stand(standing=one, ends_on=MARCH) for one in Standing)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, ACTIVE, Told.STARTED),
        (None, PAUSED, None),
        (None, ENDED, None),
        (ACTIVE, PAUSED, Told.PAUSED),
        (PAUSED, ACTIVE, Told.RESUMED),
        (ACTIVE, ENDED, Told.ENDED),
        (PAUSED, ENDED, Told.ENDED),
        (ENDED, ACTIVE, Told.STARTED),
        (ACTIVE, Stand(standing=Standing.ACTIVE, ends_on=JUNE), Told.RENEWED),
        (ACTIVE, Stand(standing=Standing.ACTIVE), Told.RENEWED),
        (Stand(standing=Standing.ACTIVE, ends_on=JUNE), ACTIVE, None),
        (Stand(standing=Standing.ACTIVE), ACTIVE, None),
    ],
)
def test_what_is_told_of_a_change(before: Stand | None, after: Stand, told: Told | None) -> None:
    assert memberships.difference(before, after) == told


@given(standing=st.sampled_from(Standing), ends_on=st.none() | st.dates())
def test_the_same_stand_tells_nothing(standing: Standing, ends_on: date | None) -> None:
    stand = Stand(standing=standing, ends_on=ends_on)
    assert memberships.difference(stand, stand) is None


@pytest.mark.req("RN1")
@pytest.mark.parametrize(
    ("standing", "ends_in", "renews", "resumes_in", "told"),
    [
        (Standing.ACTIVE, None, False, None, None),
        (Standing.ACTIVE, 31, False, None, None),
        (Standing.ACTIVE, 30, False, None, Told.ENDING),
        (Standing.ACTIVE, 0, False, None, Told.ENDING),
        (Standing.ACTIVE, -1, False, None, Told.ENDED),
        (Standing.ACTIVE, -1, True, None, None),
        (Standing.PAUSED, 3, False, None, None),
        (Standing.PAUSED, -1, False, 0, Told.ENDED),
        (Standing.PAUSED, None, False, 1, None),
        (Standing.PAUSED, None, True, 0, Told.RESUMED),
        (Standing.ENDED, -1, False, 0, None),
    ],
)
def test_what_a_day_does(
    *,
    standing: Standing,
    ends_in: int | None,
    renews: bool,
    resumes_in: int | None,
    told: Told | None,
) -> None:
    def day(span: int | None) -> date | None:
        return None if span is None else DAY + timedelta(days=span)

    stand = Stand(standing=standing, ends_on=day(ends_in), renews=renews, resume_on=day(resumes_in))
    assert memberships.due(stand, DAY, MONTH) is told


@pytest.mark.req("AP31")
@pytest.mark.parametrize(
    ("words", "is_near"),
    [
        ("M482913", True),
        ("m-482 913", True),
        ("M48291", True),  # one is missing
        ("M482931", True),  # two are swapped
        ("M489999", False),
        ("Mike", True),
        ("Micheal Brandt", True),
        ("josé", True),
        ("jose brant", True),
        ("Mich", True),
        ("Bo", False),
        ("Zoe", False),
        ("", False),
        ("...", False),
    ],
)
def test_what_is_near_enough(*, words: str, is_near: bool) -> None:
    found = memberships.is_near(words, reference="M482913", name="Michael José Brandt")
    assert found is is_near
