"""Memberships: what flows hear of each change, and that the same stand tells nothing twice."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import memberships
from baton.core.memberships import Stand, Standing, Told

MARCH, JUNE = date(2026, 3, 31), date(2026, 6, 30)
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
