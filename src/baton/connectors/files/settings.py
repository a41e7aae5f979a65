"""How a system writes its exports."""

from enum import StrEnum

import msgspec

KIND = "file"


class Dates(StrEnum):
    """How a file writes dates such as 03/04/2026."""

    UNSAID = "unsaid"
    """Nobody said: such dates are refused, unless they can be read in one way alone."""
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class FileSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one system's exports are read; moments without a zone are those of the place."""

    dates: str = Dates.UNSAID.value

    @property
    def days_first(self) -> bool | None:
        """Whether the first number of a date is its day; None where nobody said."""
        return {Dates.DAY_FIRST: True, Dates.MONTH_FIRST: False}.get(Dates(self.dates))


def problems_with(settings: FileSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    if settings.dates in set(Dates):
        return {}
    return {"dates": "Choose how the file writes dates."}
