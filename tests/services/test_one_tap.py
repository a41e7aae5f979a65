"""One-tap links: what is signed for one errand and one thing opens no other."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand, Tap

_IDS = st.integers(min_value=0, max_value=2**128 - 1).map(lambda number: f"{number:032x}")
_TAPS = st.builds(
    Tap,
    errand=st.sampled_from(Errand),
    workspace_id=_IDS,
    subject=_IDS,
    until=st.dates(min_value=date(2026, 1, 1), max_value=date(2099, 1, 1)),
)


@pytest.mark.req("AP10")
@given(tap=_TAPS, other=st.sampled_from(Errand))
def test_a_token_says_what_was_signed_and_opens_no_other_errand(tap: Tap, other: Errand) -> None:
    token = one_tap.token_of(tap)
    assert one_tap.errand_of(token) is tap.errand
    assert one_tap.read(token, tap.errand) == tap
    renamed = f"{other}{token.removeprefix(tap.errand)}"
    for attempt in (token, renamed):
        if other is not tap.errand:
            assert one_tap.read(attempt, other) is None
    assert (one_tap.read(renamed, tap.errand) is None) == (other is not tap.errand)


@given(tap=_TAPS, other=_TAPS)
def test_no_part_of_one_link_fits_into_another(tap: Tap, other: Tap) -> None:
    parts, foreign = one_tap.token_of(tap), one_tap.token_of(other)
    said, signature = parts.rsplit(":", 1)
    other_said = foreign.rsplit(":", 1)[0]
    if other_said != said:
        assert one_tap.read(f"{other_said}:{signature}", other.errand) is None
        assert one_tap.read(f"{other_said}:{signature}", tap.errand) is None


@given(tap=_TAPS, spot=st.integers(min_value=0), sign=st.characters())
def test_a_changed_sign_makes_it_false(tap: Tap, spot: int, sign: str) -> None:
    token = one_tap.token_of(tap)
    spot %= len(token)
    changed = f"{token[:spot]}{sign}{token[spot + 1 :]}"
    assert one_tap.read(changed, tap.errand) == (tap if changed == token else None)


@given(token=st.text(max_size=400))
def test_garbage_is_false_and_breaks_nothing(token: str) -> None:
    one_tap.errand_of(token)
    assert all(one_tap.read(token, errand) is None for errand in Errand)


@given(tap=_TAPS, days=st.integers(min_value=-400, max_value=400))
def test_a_link_is_good_through_its_last_day(tap: Tap, days: int) -> None:
    noon = datetime.combine(tap.until + timedelta(days=days), time(12), tzinfo=UTC)
    assert tap.has_ended(noon) == (days > 0)
