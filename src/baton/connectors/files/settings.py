"""How a system writes its exports."""

from enum import StrEnum

from baton.connectors import Watched, problems_with_watched

KIND = "file"


class Dates(StrEnum):
    """How a file writes dates such as 03/04/2026."""

    UNSAID = "unsaid"
    """Nobody said: such dates are refused, unless they can be read in one way alone."""
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class FileSettings(Watched, frozen=True, kw_only=True):
    """How one system's exports are read; moments without a zone are those of the place.

    With a `url` the newest export is fetched from there, and imported when it has changed.
    """

    dates: str = Dates.UNSAID.value

    @property
    def days_first(self) -> bool | None:
        """Whether the first number of a date is its day; None where nobody said."""
        return {Dates.DAY_FIRST: True, Dates.MONTH_FIRST: False}.get(Dates(self.dates))


def problems_with(settings: FileSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems = problems_with_watched(settings) if settings.url else {}
    if settings.dates not in set(Dates):
        problems["dates"] = "Choose how the file writes dates."
    return problems
