"""Who belongs: how a membership stands, what a day does to it, and what flows hear of that."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rapidfuzz.distance import DamerauLevenshtein

from baton.core import text

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
    ENDING = "membership_ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A membership as far as flows care; it goes on without end where `ends_on` is None.

    Attributes:
        ends_on: its last day; one that `renews` goes on behind it.
        resume_on: the day on which one that is paused goes on.
    """

    standing: Standing
    ends_on: date | None = None
    renews: bool = False
    resume_on: date | None = None


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


LONGEST_PAUSE = timedelta(days=92)
"""As the flow `membership_pause` tells members: up to three months."""


def due(stand: Stand, today: date, notice: timedelta) -> Told | None:
    """Return what a day does to a membership: it goes on again, ends, or will end soon (RN1)."""
    if stand.standing is Standing.ENDED:
        return None
    if stand.ends_on is not None and not stand.renews:
        if stand.ends_on < today:
            return Told.ENDED
        if stand.standing is Standing.ACTIVE and stand.ends_on - today <= notice:
            return Told.ENDING
    is_back = stand.resume_on is not None and stand.resume_on <= today
    return Told.RESUMED if stand.standing is Standing.PAUSED and is_back else None


_SHORTEST = 3  # of a short form: "Mik" for "Mikaela"
_SHORTEST_SLIP = 4  # below it, one letter more or less makes another word
_NICKNAMES = {
    "alex": ("alexander", "alexandra", "alejandro", "alejandra"),
    "andy": ("andrew", "andrea"),
    "bill": ("william",),
    "bob": ("robert",),
    "dick": ("richard",),
    "jack": ("john",),
    "jim": ("james",),
    "kate": ("katherine", "catherine"),
    "lola": ("dolores",),
    "lupe": ("guadalupe",),
    "maggie": ("margaret",),
    "mike": ("michael",),
    "nacho": ("ignacio",),
    "paco": ("francisco",),
    "peggy": ("margaret",),
    "pepe": ("jose",),
    "rick": ("richard", "ricardo"),
    "steve": ("stephen", "steven"),
    "ted": ("edward", "theodore"),
    "tony": ("anthony", "antonio"),
}


def is_near(given: str, *, reference: str, name: str) -> bool:
    """Return whether what a member wrote means this membership of theirs (AP31).

    A number is known with one slip; a name by any of its parts, with one slip, in a short
    form, or by a common nickname. Whose it is has been asked before: what is near is never
    looked for among other people's.
    """
    said = "".join(_words(given))
    if said and _is_slip(said, "".join(_words(reference))):
        return True
    return any(_is_called(one, part) for one in _words(given) for part in _words(name))


def _words(given: str) -> list[str]:
    """Return words without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", text.bare(given))
    return "".join(one if one.isalnum() else " " for one in plain if not _is_mark(one)).split()


def _is_mark(sign: str) -> bool:
    return bool(unicodedata.combining(sign))


def _is_called(said: str, part: str) -> bool:
    is_short = len(said) >= _SHORTEST and part.startswith(said)
    return is_short or _is_slip(said, part) or part in _NICKNAMES.get(said, ())


def _is_slip(said: str, meant: str) -> bool:
    if said == meant:
        return True
    if min(len(said), len(meant)) < _SHORTEST_SLIP:
        return False
    return DamerauLevenshtein.distance(said, meant, score_cutoff=1) <= 1
