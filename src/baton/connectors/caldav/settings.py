"""Where a calendar lies on its CalDAV server, and how often it is looked at."""

from baton.connectors import Watched, problems_with_watched

KIND = "caldav"


class CaldavSettings(Watched, frozen=True, kw_only=True):
    """A calendar's own address (a collection), with who may read it."""

    url: str
    minutes: int = 15


def problems_with(settings: CaldavSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems = problems_with_watched(settings)
    if not settings.user:
        problems["user"] = "A calendar's server wants to know who asks."
    return problems
