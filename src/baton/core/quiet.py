"""Quiet hours: when a business leaves people alone, by the clock on their own wall."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(moment: datetime, zone: ZoneInfo, begins: time, ends: time) -> bool:
    """Return whether a moment lies in the quiet hours; none are kept if both times are equal."""
    local = moment.astimezone(zone).time()
    if begins <= ends:
        return begins <= local < ends
    return local >= begins or local < ends


def ends_at(moment: datetime, zone: ZoneInfo, begins: time, ends: time) -> datetime | None:
    """Return the moment at which the quiet hours that hold now are over; None if none hold."""
    if not is_quiet(moment, zone, begins, ends):
        return None
    today = moment.astimezone(zone).date()
    over = _moment(datetime.combine(today, ends), zone)
    if over > moment:
        return over
    return _moment(datetime.combine(today + timedelta(days=1), ends), zone)


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Return when a local time has surely come, on days on which clocks change as well.

    A time that comes twice has come the second time; one that is left out, once the
    clock has moved past it. Either is the later of the two readings.
    """
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
