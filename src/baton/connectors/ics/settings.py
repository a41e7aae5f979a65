"""Where a calendar's feed lies, and how often it is looked at."""

from baton.connectors import Watched, problems_with_watched

KIND = "ics"


class IcsSettings(Watched, frozen=True, kw_only=True):
    """A feed under an address that is looked at every few minutes."""

    url: str
    minutes: int = 15


def problems_with(settings: IcsSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    return problems_with_watched(settings)
