"""Splits: the same contact the same way for ever, and shares as the document says (AB4, PL22)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baton.core import share
from baton.flows.effects import NoteExposure
from baton.flows.scene import Go
from baton.flows.steps.split import Split, Variant
from tests.flows.scenes import a_scene

SCENE = a_scene()
SHARES = st.lists(st.integers(1, 40), min_size=1, max_size=5).map(lambda some: (*some[:4], 100))
CONTACTS = [f"contact-{number}" for number in range(4_000)]


def a_split(name: str, *shares: int) -> Split:
    cut: list[int] = []
    for one in shares:
        cut.append(min(one, 100 - sum(cut)))
    variants = tuple(
        Variant(name=str(place), share=one, to=str(place)) for place, one in enumerate(cut) if one
    )
    return Split(split=name, variants=variants)


def dealt(split: Split, draw: str) -> str:
    outcome = split.enter(replace(SCENE, draw=draw), None)
    assert isinstance(outcome, Go)
    [seen] = outcome.effects
    assert seen == NoteExposure(split=split.split, variant=outcome.to)
    return outcome.to


@pytest.mark.req("AB4", "PL22")
@given(st.text(max_size=12), st.text(max_size=12), SHARES)
def test_a_contact_is_always_dealt_the_same(draw: str, name: str, shares: tuple[int, ...]) -> None:
    split = a_split(name, *shares)
    assert dealt(split, draw) == dealt(split, draw)
    assert 0 <= share.place_of(draw, name) < 1


@pytest.mark.req("AB4", "PL22")
@pytest.mark.parametrize("shares", [(50, 50), (10, 90), (1, 99), (20, 30, 50)])
def test_shares_are_near_what_the_document_says(shares: tuple[int, ...]) -> None:
    counts = Counter(dealt(a_split("timing", *shares), draw) for draw in CONTACTS)
    for place, percent in enumerate(shares):
        # Four standard deviations of a draw of so many: the names are fixed, so is the count.
        odds = percent / 100
        margin = 4 * (odds * (1 - odds) / len(CONTACTS)) ** 0.5
        assert counts[str(place)] / len(CONTACTS) == pytest.approx(odds, abs=margin)


@pytest.mark.req("AB4")
def test_splits_deal_independently_of_each_other() -> None:
    both = Counter(
        (dealt(a_split("timing", 50, 50), draw), dealt(a_split("words", 50, 50), draw))
        for draw in CONTACTS
    )
    for pair in (("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")):
        assert both[pair] / len(CONTACTS) == pytest.approx(0.25, abs=0.03)


@pytest.mark.req("PL22")
@given(st.text(max_size=12), st.integers(1, 98), st.integers(1, 98))
def test_a_share_that_grows_takes_nobody_away(draw: str, less: int, more: int) -> None:
    less, more = sorted((less, more))
    if dealt(a_split("rollout", less, 100), draw) == "0":
        assert dealt(a_split("rollout", more, 100), draw) == "0"


@pytest.mark.req("G55")
def test_a_pilot_takes_its_share_of_new_bookings_week_by_week() -> None:
    pilot = a_split("reminder_pilot", 25, 75)
    for week in range(5):
        bookings = [f"contact {week}.{number}" for number in range(2_000)]
        enrolled = sum(dealt(pilot, one) == pilot.variants[0].name for one in bookings)
        assert 0.22 <= enrolled / len(bookings) <= 0.28, week
