"""What words name of something to book."""

from datetime import UTC, datetime
from typing import Any

import pytest

from baton.core.recommending import DayPart
from baton.core.wishing import Wish
from baton.nlu.wishes import activities_in, wish_in

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
NAMES = {"y": "Yoga", "h": "Hot Yoga", "s": "Spin Class", "p": "Personal training"}
EVENING = DayPart.EVENING


@pytest.mark.req("ON21")
@pytest.mark.parametrize(
    ("said", "named"),
    [
        (
            "can you book me into yoga tomorrow?",
            {"activities": ("h", "y"), "days": ("2026-03-03",)},
        ),
        (
            "hot yoga thursday at 6pm pls",
            {"activities": ("h",), "days": ("2026-03-05",), "times": ("18:00",)},
        ),
        ("book 2 places in spin", {"activities": ("s",), "places": 2}),
        ("a spot for two in the spinn class", {"activities": ("s",), "places": 2}),
        (
            "sign me up for spin on friday evening",
            {"activities": ("s",), "days": ("2026-03-06",), "part": EVENING},
        ),
        ("anything after 6 on wednesday", {"days": ("2026-03-04",), "after": "18:00"}),
        ("the 7am spin", {"activities": ("s",), "times": ("07:00",)}),
        ("tuesday next week", {"days": ("2026-03-10",)}),
        ("this weekend", {"days": ("2026-03-07", "2026-03-08")}),
        ("spin before 9am", {"activities": ("s",), "before": "09:00"}),
        ("the 6 o'clock one", {"times": ("06:00", "18:00")}),
        ("book a class for me pls", {}),
        ("put me in", {}),
    ],
)
def test_class_day_hour_and_places_are_read_from_words(said: str, named: dict[str, Any]) -> None:
    assert wish_in(said, NAMES, NOW) == Wish(**named)


@pytest.mark.req("ON21", "TP3")
@pytest.mark.parametrize(
    ("said", "named"),
    [
        (
            "resérvame yoga mañana a las 6 de la tarde",
            {"activities": ("h", "y"), "days": ("2026-03-03",), "times": ("18:00",)},
        ),
        ("el jueves", {"days": ("2026-03-05",)}),
        ("Pasado mañana por la mañana", {"days": ("2026-03-04",), "part": DayPart.MORNING}),
        (
            "hot yoga el miércoles a las siete y media de la tarde",
            {"activities": ("h",), "days": ("2026-03-04",), "times": ("19:30",)},
        ),
        ("el sábado a las 18", {"days": ("2026-03-07",), "times": ("18:00",)}),
        ("el domingo a las 18.30", {"days": ("2026-03-08",), "times": ("18:30",)}),
        ("a las 8 de la mañana", {"times": ("08:00",)}),
        ("la de las seis", {"times": ("06:00", "18:00")}),
        ("hoy por la noche", {"days": ("2026-03-02",), "part": EVENING}),
        ("esta tarde", {"days": ("2026-03-02",), "after": "12:00", "before": "20:00"}),
        ("después de las 6 el viernes", {"days": ("2026-03-06",), "after": "18:00"}),
        ("spin antes de las 9", {"activities": ("s",), "before": "21:00"}),
        ("dos plazas en spin", {"activities": ("s",), "places": 2}),
        ("spin para tres", {"activities": ("s",), "places": 3}),
        ("el martes de la semana que viene", {"days": ("2026-03-10",)}),
        ("este fin de semana", {"days": ("2026-03-07", "2026-03-08")}),
        ("al mediodía", {"times": ("12:00",)}),
        ("a la una", {"times": ("01:00", "13:00")}),
        ("quiero una clase", {}),
        ("yoga, la de mañana", {"activities": ("h", "y"), "days": ("2026-03-03",)}),
    ],
)
def test_the_same_is_read_from_spanish_words(said: str, named: dict[str, Any]) -> None:
    assert wish_in(said, NAMES, NOW) == Wish(**named)


def test_a_class_that_there_is_not_is_none_and_any_text_is_read() -> None:
    assert activities_in("zumba with anna", NAMES) == ()
    assert activities_in("", NAMES) == ()
    assert wish_in("y" * 5_000, NAMES, NOW) == Wish()
