"""When one of the staff gets an email of what they have not seen: as they chose, never in quiet."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from baton.core import alerts, staff_digest
from baton.core.alerts import Choices, Rhythm

PARIS = ZoneInfo("Europe/Paris")


def at(hour: int) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{hour:02}:00Z")  # one hour earlier than in Paris


@pytest.mark.parametrize(
    ("rhythm", "quiet", "hours"),
    [
        (Rhythm.NEVER, (0, 0), set()),
        (Rhythm.HOURLY, (0, 0), set(range(24))),
        (Rhythm.HOURLY, (20, 7), set(range(6, 19))),
        (Rhythm.DAILY, (0, 0), {7}),  # eight o'clock in Paris
        (Rhythm.DAILY, (7, 9), set()),
    ],
)
def test_each_gets_it_in_their_rhythm(
    rhythm: Rhythm, quiet: tuple[int, int], hours: set[int]
) -> None:
    chosen = Choices(digest=rhythm, quiet_from=time(quiet[0]), quiet_until=time(quiet[1]))
    due = {
        hour for hour in range(24)
        if staff_digest.is_due(chosen, at(hour), PARIS, daily_at=time(8))
    }  # fmt: skip
    assert due == hours
    assert alerts.parse(alerts.render(chosen)) == chosen


def test_they_are_looked_for_at_full_hours() -> None:
    assert staff_digest.next_tick(datetime.fromisoformat("2026-03-02T10:59:59Z")) == at(11)
    assert staff_digest.next_tick(at(11)) == at(12)
    assert alerts.parse({}).digest is Rhythm.NEVER
