"""When one of the staff gets an email of what they have not seen: as they chose."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from baton.core import quiet
from baton.core.alerts import Choices, Rhythm


def next_tick(now: datetime) -> datetime:
    """Return the next full hour, at which digests are looked for."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


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
