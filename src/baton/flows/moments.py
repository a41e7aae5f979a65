"""Moments that a flow waits for."""

from datetime import datetime, timedelta, tzinfo


def next_time_of_day(start: datetime, at: str, zone: tzinfo) -> datetime:
    """Return the first moment from `start` on at which the clocks of a zone show `at` ("09:30").

    The clock's time counts, also over a change to or from summer time.
    """
    hour, minute = (int(part) for part in at.split(":"))
    local = start.astimezone(zone)
    found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if found < local:
        found += timedelta(days=1)
    return found.astimezone(start.tzinfo)
