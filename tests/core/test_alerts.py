"""Alerts: what calls a person, by what they chose, and never in their quiet."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from baton.core import alerts
from baton.core.alerts import Choices
from baton.core.errors import InvalidInput

PARIS = ZoneInfo("Europe/Paris")
NIGHT = Choices(
    kinds=frozenset({"clock_warned"}), has_sound=True, quiet_from=time(22), quiet_until=time(7)
)


@pytest.mark.parametrize(
    ("choices", "kind", "hour", "is_here", "is_called"),
    [
        (NIGHT, "clock_warned", 10, True, True),
        (NIGHT, "clock_breached", 10, True, False),  # not chosen
        (NIGHT, "clock_warned", 10, False, False),  # away
        (NIGHT, "clock_warned", 21, True, False),  # 22:00 in Paris
        (NIGHT, "clock_warned", 5, True, False),
        (NIGHT, "clock_warned", 6, True, True),  # 7:00 in Paris
        (Choices(), "clock_warned", 10, True, False),  # nothing is the default
        (Choices(kinds=frozenset({"clock_warned"})), "clock_warned", 0, True, True),  # no quiet
    ],
)
def test_what_calls_a_person(
    choices: Choices, kind: str, hour: int, *, is_here: bool, is_called: bool
) -> None:
    now = datetime(2026, 1, 12, hour, tzinfo=UTC)
    assert alerts.calls(choices, kind, PARIS, is_here=is_here, now=now) is is_called


def test_choices_are_the_same_after_keeping_and_what_was_never_chosen_is_off() -> None:
    assert alerts.parse(alerts.render(NIGHT)) == NIGHT
    assert alerts.parse({}) == Choices()
    with pytest.raises(InvalidInput):
        alerts.parse_time("late")
