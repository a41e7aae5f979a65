"""Who belongs: how a membership stands, and what flows hear when that changes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LEFT_TAG = "cancelled"
"""The mark of a contact who left: flows that sell to members leave them alone (AP17)."""


class Standing(StrEnum):
    """How a membership stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Told(StrEnum):
    """What flows hear of a membership."""

    STARTED = "membership_started"
    PAUSED = "membership_paused"
    RESUMED = "membership_resumed"
    RENEWED = "membership_renewed"
    ENDED = "membership_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A membership as far as flows care; it goes on without end where `ends_on` is None."""

    standing: Standing
    ends_on: date | None = None


def difference(before: Stand | None, after: Stand) -> Told | None:
    """Return what is told when a membership went from one stand to another."""
    old = before.standing if before else Standing.ENDED
    if old is not after.standing:
        return _CHANGED[old, after.standing] if before or after.standing in _BEGUN else None
    is_longer = (
        before is not None
        and before.ends_on is not None
        and (after.ends_on is None or after.ends_on > before.ends_on)
    )
    return Told.RENEWED if is_longer and after.standing is Standing.ACTIVE else None


_BEGUN = frozenset({Standing.ACTIVE, Standing.PAUSED})
_CHANGED: dict[tuple[Standing, Standing], Told | None] = {
    (Standing.ENDED, Standing.ACTIVE): Told.STARTED,
    (Standing.ENDED, Standing.PAUSED): None,  # nothing begins with it
    (Standing.PAUSED, Standing.ACTIVE): Told.RESUMED,
    (Standing.ACTIVE, Standing.PAUSED): Told.PAUSED,
    (Standing.ACTIVE, Standing.ENDED): Told.ENDED,
    (Standing.PAUSED, Standing.ENDED): Told.ENDED,
}
