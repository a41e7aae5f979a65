"""Wishes for a booking: which free times fit what was named."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.core import wishing
from baton.core.recommending import DayPart
from baton.core.wishing import Chance, Fitting, Wish

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def chance(name: str, hours: int) -> Chance:
    return Chance(slot_id=name, activity_id=name[0], starts_at=MONDAY + timedelta(hours=hours))


YOGA_MON, YOGA_TUE = chance("y1", 18), chance("y2", 24 + 7)
SPIN_TUE, SPIN_WED = chance("s1", 24 + 18), chance("s2", 48 + 18)
ALL = (SPIN_WED, YOGA_TUE, SPIN_TUE, YOGA_MON)
TUESDAY = ("2026-03-03",)


@pytest.mark.req("ON21")
@pytest.mark.parametrize(
    ("wish", "fitting", "ids"),
    [
        (Wish(activities=("y",)), Fitting.WELL, ("y1", "y2")),
        (Wish(days=TUESDAY), Fitting.WELL, ("y2", "s1")),
        (Wish(days=TUESDAY, part=DayPart.EVENING), Fitting.WELL, ("s1",)),
        (Wish(activities=("y",), days=TUESDAY, times=("18:00",)), Fitting.OTHER_TIME, ("y2",)),
        (Wish(activities=("s",), days=("2026-03-02",)), Fitting.OTHER_DAY, ("s1", "s2")),
        (Wish(activities=("y",), times=("06:00", "18:00")), Fitting.WELL, ("y1",)),
        (Wish(days=TUESDAY, after="17:30"), Fitting.WELL, ("s1",)),
        (Wish(days=TUESDAY, before="12:00"), Fitting.WELL, ("y2",)),
        (Wish(activities=("p",)), Fitting.NONE, ()),
    ],
)
def test_what_was_named_is_offered_and_what_is_nearest_where_it_is_not_free(
    wish: Wish, fitting: Fitting, ids: tuple[str, ...]
) -> None:
    found = wishing.choose(ALL, wish, UTC, most=3)
    assert (found[0], tuple(one.slot_id for one in found[1])) == (fitting, ids)


def test_a_later_word_counts_over_an_earlier_one_and_keeps_the_rest() -> None:
    earlier = Wish(activities=("y",), days=TUESDAY, times=("18:00",), places=2)
    later = Wish(days=("2026-03-05",)).over(earlier)
    assert later == Wish(activities=("y",), days=("2026-03-05",), times=("18:00",), places=2)
    assert Wish(part=DayPart.MORNING).over(earlier).times == ()


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("How do I book a class?", True),
        ("hi, how far in advance can i book", True),
        ("do i need to book classes or just turn up", True),
        ("where do i reserve a spot", True),
        ("is there a page where i can book", True),
        ("is there a free spot in yoga tonight", False),
        ("can you book me into yoga tomorrow?", False),
        ("can i move my class to another day", False),
        ("please cancel my booking", False),
        ("somehow book me in", False),
    ],
)
def test_a_question_how_is_told_from_a_wish(said: str, asks: bool) -> None:  # noqa: FBT001
    assert wishing.asks_how(said) is asks


def test_days_span_from_the_first_to_the_end_of_the_last() -> None:
    span = wishing.span_of(Wish(days=("2026-03-03", "2026-03-05")), UTC)
    assert span == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=4))
    assert wishing.span_of(Wish(), UTC) is None
    assert wishing.days_of_week("2026-W99") == wishing.days_of_week("soon") == ()
