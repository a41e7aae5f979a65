"""What became of a thing that a connected system told."""

from enum import StrEnum


class Fate(StrEnum):
    """The fate of a delivery; the words stand in the database."""

    TOLD = "told"
    """Flows heard of it."""
    UNCHANGED = "unchanged"
    """It says what was known already."""
    IGNORED = "ignored"
    """No mapping is for it."""
    PARKED = "parked"
    """It could not be taken: somebody mends the cause, and takes it again."""
