"""Which rows a page of the reports looks at: the last days, narrowed by some dimensions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo

from baton.core import kpis as core
from baton.core.errors import InvalidInput
from baton.core.kpis import Limits
from baton.reports.slices import Slice
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

_WEEK = timedelta(days=7)
MOST_BACK = 52
"""So many weeks back a report reaches."""

WINDOWS = (7, 28, 90)
DEFAULT_DAYS = 28
FILTERS = (
    "flow", "version", "step", "channel", "inbox", "queue", "agent", "intent", "triage", "reason",
    "variant", "stage", "segment", "pack", "plan", "location", "activity",
)  # fmt: skip
"""By what a window can be narrowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked at: the last days, or a whole week, and values of dimensions.

    `week` counts weeks back from the last whole one; None for the last `days`.
    """

    days: int = DEFAULT_DAYS
    week: int | None = None
    only: Mapping[str, str] = field(default_factory=dict)


def windows_of(house: House, user: User, sought: Sought) -> tuple[Slice, Slice, Limits]:
    """Return the window that is looked at, the one before it, and the limits of now.

    Whoever works for some places sees these alone, in every number (P10).

    Raises InvalidInput for an unknown window.
    """
    if sought.days not in WINDOWS:
        raise InvalidInput({"days": "Choose one of the windows."})
    now = house.clock.now()
    if sought.week is not None:
        return _weeks_of(house, user, sought, now, sought.week)
    # A second further, so that what was written this moment is in it.
    until, span = now + timedelta(seconds=1), timedelta(days=sought.days)
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    looked_at = replace(_slice(user, sought), since=until - span, until=until)
    before = replace(looked_at, since=until - 2 * span, until=until - span)
    return looked_at, before, core.limits_of(policy, now)


def _weeks_of(
    house: House, user: User, sought: Sought, now: datetime, back: int
) -> tuple[Slice, Slice, Limits]:
    zone = inbox.zone_of(user.workspace_id)
    begins, ends = week_of(now, zone, back=back)
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    this = replace(_slice(user, sought), since=begins, until=ends)
    # A day is not always as long: the week before begins by the clock as well.
    before = replace(this, since=week_of(now, zone, back=back + 1)[0], until=begins)
    return this, before, core.limits_of(policy, now)


def _slice(user: User, sought: Sought) -> Slice:
    return Slice(workspace_id=user.workspace_id, only=_only(sought), places=sight.places_of(user))


def _only(sought: Sought) -> dict[str, str | int]:
    """Return what rows must have; a version is a number, and a word that is none fits no row."""
    only: dict[str, str | int] = dict(sought.only)
    if version := sought.only.get("version"):
        only["version"] = int(version) if version.isdecimal() else -1
    return only


def week_of(now: datetime, zone: tzinfo, *, back: int) -> tuple[datetime, datetime]:
    """Return when the last whole week began and ended, or one `back` from it: Monday to Monday."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday()) - back * _WEEK
    return (
        datetime.combine(monday - _WEEK, time(), tzinfo=zone),
        datetime.combine(monday, time(), tzinfo=zone),
    )


def ends_of(looked_at: Slice) -> tuple[datetime, datetime]:
    """Return when a window begins and ends; it must have both ends."""
    if looked_at.since is None or looked_at.until is None:
        message = "a window has two ends"
        raise ValueError(message)
    return looked_at.since, looked_at.until
