"""When one of the staff gets an email of what they have not seen: as they chose."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from baton.core import quiet
from baton.core.alerts import Choices, Rhythm


def next_tick(now: datetime) -> datetime:
    """Return the next full hour, at which digests are looked for."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def is_weekly_due(choices: Choices, now: datetime, zone: ZoneInfo, *, daily_at: time) -> bool:
    """Return whether somebody's report of the week goes: from Monday on, once a week.

    It goes at the hour of `daily_at` by the clock of the place; who was away then, as a
    machine may be, is not forgotten.
    """
    here = now.astimezone(zone)
    monday = monday_of(now, zone)
    if here < datetime.combine(monday, daily_at.replace(minute=0), tzinfo=zone):
        return False
    return choices.has_weekly and (choices.weekly_on is None or choices.weekly_on < monday)


def monday_of(now: datetime, zone: ZoneInfo) -> date:
    """Return the Monday of a moment's week, by the clock of the place."""
    today = now.astimezone(zone).date()
    return today - timedelta(days=today.weekday())


def is_due(choices: Choices, now: datetime, zone: ZoneInfo, *, daily_at: time) -> bool:
    """Return whether a person's digest goes at a full hour.

    What would fall into their quiet hours goes with the first one after them; a daily one
    goes at the hour of `daily_at` by the clock of their place.
    """
    if quiet.is_quiet(now, zone, choices.quiet_from, choices.quiet_until):
        return False
    match choices.digest:
        case Rhythm.HOURLY:
            return True
        case Rhythm.DAILY:
            return now.astimezone(zone).hour == daily_at.hour
        case _:
            return False
