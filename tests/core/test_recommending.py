"""Two classes to begin with: with room, for beginners, and when somebody comes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from baton.core.recommending import DayPart, Option, Recommended, part_of, preferred, recommend

ROME = ZoneInfo("Europe/Rome")


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ROME)


def _option(name: str, starts_at: datetime, free: int = 3, *, easy: bool = False) -> Option:
    return Option(name=name, starts_at=starts_at, free=free, suits_beginners=easy)


@pytest.mark.parametrize(
    ("moment", "part"),
    [
        (_at(2, 11, 59), DayPart.MORNING),
        (_at(2, 12), DayPart.AFTERNOON),
        (_at(2, 16, 59), DayPart.AFTERNOON),
        (_at(2, 17), DayPart.EVENING),
        (datetime(2026, 3, 2, 16, tzinfo=UTC), DayPart.EVENING),  # five o'clock there
    ],
)
def test_the_day_has_three_parts_by_the_clock_of_the_place(moment: datetime, part: DayPart) -> None:
    assert part_of(moment, ROME) is part


@pytest.mark.parametrize(
    ("told", "came", "part"),
    [
        ("", (), None),
        ("morning", (), DayPart.MORNING),
        ("morning", (_at(1, 18), _at(2, 18)), DayPart.MORNING),  # what they said counts more
        ("", (_at(1, 18),), None),  # once is no habit
        ("", (_at(1, 18), _at(2, 19)), DayPart.EVENING),
        ("", (_at(1, 18), _at(2, 19), _at(3, 8), _at(4, 9)), None),
        ("", (_at(1, 18), _at(2, 19), _at(3, 8)), DayPart.EVENING),
        ("at night", (_at(1, 8), _at(2, 8)), DayPart.MORNING),
    ],
)
def test_when_somebody_comes_is_what_they_said_or_mostly_did(
    told: str, came: tuple[datetime, ...], part: DayPart | None
) -> None:
    assert preferred(told, came, ROME) is part


YOGA, SPIN, BOX = (
    _option("Yoga", _at(3, 9)), _option("Spin", _at(3, 18)), _option("Box", _at(4, 19)),
)  # fmt: skip


@pytest.mark.req("ON4", "M14")
@pytest.mark.parametrize(
    ("options", "part", "said"),
    [
        ((YOGA, SPIN, BOX), None, Recommended(names=("Yoga", "Spin"))),
        (
            (YOGA, SPIN, BOX),
            DayPart.EVENING,
            Recommended(names=("Spin", "Box"), part=DayPart.EVENING),
        ),
        # Only one is at that hour: nothing is said of it.
        ((YOGA, SPIN), DayPart.EVENING, Recommended(names=("Spin", "Yoga"))),
        # The same class twice is one recommendation; what is full is none.
        ((YOGA, _option("Yoga", _at(5, 9))), None, Recommended(names=("Yoga",))),
        ((_option("Yoga", _at(3, 9), free=0), SPIN), None, Recommended(names=("Spin",))),
        # Where some are for beginners, no other is named.
        (
            (YOGA, _option("Easy Spin", _at(6, 18), easy=True), BOX),
            DayPart.MORNING,
            Recommended(names=("Easy Spin",)),
        ),
        ((), DayPart.MORNING, Recommended(names=())),
    ],
)
def test_two_that_fit_are_recommended(
    options: tuple[Option, ...], part: DayPart | None, said: Recommended
) -> None:
    assert recommend(options, part, ROME) == said
