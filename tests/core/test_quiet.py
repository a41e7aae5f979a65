"""Quiet hours by the contact's own clock, on days on which clocks change as well."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.core import quiet

ZONES = ("UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
_TIMES = st.builds(time, hour=st.integers(0, 23), minute=st.sampled_from([0, 15, 30, 45]))
_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "until"),
    [
        ("2026-03-02T20:59:59+00:00", "Europe/London", None),
        ("2026-03-02T21:00:00+00:00", "Europe/London", "2026-03-03T08:00+00:00"),
        ("2026-03-03T07:59:59+00:00", "Europe/London", "2026-03-03T08:00+00:00"),
        ("2026-03-03T08:00:00+00:00", "Europe/London", None),
        ("2026-03-02T21:00:00+00:00", "America/New_York", None),
        ("2026-03-28T22:00:00+00:00", "Europe/London", "2026-03-29T08:00+01:00"),  # forward
        ("2026-10-24T22:00:00+01:00", "Europe/London", "2026-10-25T08:00+00:00"),  # back
    ],
)
def test_from_nine_until_eight(moment: str, zone: str, until: str | None) -> None:
    found = quiet.ends_at(at(moment), ZoneInfo(zone), time(21), time(8))
    assert found == (at(until) if until else None)


def test_equal_times_keep_no_quiet_hours() -> None:
    assert quiet.ends_at(at("2026-03-02T21:00Z"), ZoneInfo("UTC"), time(8), time(8)) is None


@given(_MOMENTS, st.sampled_from(ZONES), _TIMES, _TIMES)
@example(at("2026-03-29T00:59Z"), "Europe/London", time(0, 30), time(1, 30))  # 1:30 is left out
@example(at("2026-10-25T00:10Z"), "Europe/London", time(0, 30), time(1, 30))  # and comes twice
@example(at("2026-10-25T01:10Z"), "Europe/London", time(0, 30), time(1, 30))
def test_they_end_soon_and_are_over_then(
    moment: datetime, name: str, begins: time, ends: time
) -> None:
    zone = ZoneInfo(name)
    until = quiet.ends_at(moment, zone, begins, ends)
    assert (until is None) is not quiet.is_quiet(moment, zone, begins, ends)
    if until is not None:
        assert moment < until <= moment + timedelta(hours=25)
        assert not quiet.is_quiet(until, zone, begins, ends)
