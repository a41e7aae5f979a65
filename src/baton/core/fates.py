"""What became of a thing that a connected system told."""

from enum import StrEnum


class Fate(StrEnum):
    """The fate of a delivery; the words stand in the database."""

    TOLD = "told"
    """Flows heard of it."""
    KEPT = "kept"
    """It was kept, and is no news for anybody."""
    UNCHANGED = "unchanged"
    """It says what was known already."""
    IGNORED = "ignored"
    """No mapping is for it."""
    ASKING = "asking"
    """Its system is asked for what it did not tell, and it is taken with the answer."""
    WAITING = "waiting"
    """It came before the booking that it is about, and is taken once that comes."""
    PARKED = "parked"
    """It could not be taken: somebody mends the cause, and takes it again."""


class Step(StrEnum):
    """How far a file of another system is on its way in; the words stand in the database."""

    READING = "reading"
    CHECKING = "checking"
    CHECKED = "checked"
    """What would come of it is known; somebody says whether it is imported."""
    IMPORTING = "importing"
    DONE = "done"
    CANCELLED = "cancelled"
