"""When a person is called away from what they do: by what they chose, and never in their quiet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from baton.core import quiet
from baton.core.errors import InvalidInput
from baton.core.json import Json

CALL_GAP = timedelta(seconds=30)
"""How long a browser that was called from afar rests: what comes meanwhile is told at once."""


class Rhythm(StrEnum):
    """How often somebody wants an email of what they have not seen."""

    NEVER = "never"
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What one person wants to be called for; nothing is the default.

    `kinds` are kinds of notices. Between `quiet_from` and `quiet_until`, by the clock of their
    place, nothing calls; equal times keep no quiet. `digest` is how often an email tells of
    what was not seen; with `has_weekly` one brings the weekly report on Mondays;
    the last one that they need no more is that of `weekly_on`.
    """

    kinds: frozenset[str] = frozenset()
    has_sound: bool = False
    quiet_from: time = time(0)
    quiet_until: time = time(0)
    digest: Rhythm = Rhythm.NEVER
    has_weekly: bool = False
    weekly_on: date | None = None


def calls(choices: Choices, kind: str, zone: ZoneInfo, *, is_here: bool, now: datetime) -> bool:
    """Return whether a notice of a kind calls a person; who is away is not called."""
    if not is_here or kind not in choices.kinds:
        return False
    return not quiet.is_quiet(now, zone, choices.quiet_from, choices.quiet_until)


def call_at(last: datetime, now: datetime) -> datetime | None:
    """Return when a browser is to call again, None where a call to come tells this, too.

    `last` is when it called last, or is going to.
    """
    return None if last >= now else max(now, last + CALL_GAP)


def parse(kept: Mapping[str, Json]) -> Choices:
    """Read choices as `render` keeps them; what was never chosen is off."""
    kinds = kept.get("kinds", [])
    return Choices(
        kinds=frozenset(str(kind) for kind in kinds) if isinstance(kinds, list) else frozenset(),
        has_sound=kept.get("has_sound") is True,
        quiet_from=parse_time(str(kept.get("quiet_from", "00:00"))),
        quiet_until=parse_time(str(kept.get("quiet_until", "00:00"))),
        digest=Rhythm(str(kept.get("digest", Rhythm.NEVER))),
        has_weekly=kept.get("has_weekly") is True,
        weekly_on=date.fromisoformat(str(kept["weekly_on"])) if kept.get("weekly_on") else None,
    )


def render(choices: Choices) -> dict[str, Json]:
    """Return choices as they are kept."""
    return {
        "kinds": [*sorted(choices.kinds)],
        "has_sound": choices.has_sound,
        "quiet_from": f"{choices.quiet_from:%H:%M}",
        "quiet_until": f"{choices.quiet_until:%H:%M}",
        "digest": choices.digest.value,
        "has_weekly": choices.has_weekly,
        "weekly_on": choices.weekly_on.isoformat() if choices.weekly_on else None,
    }


def parse_time(text: str) -> time:
    """Read a time of day; raises InvalidInput."""
    try:
        return time.fromisoformat(text or "00:00").replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise InvalidInput({"quiet": "write a time of day, as 21:00"}) from None
