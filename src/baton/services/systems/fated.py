"""What came of a thing that a system told."""

from dataclasses import dataclass

from baton.core.fates import Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Its fate, what it became, and why not.

    It `awaits` a booking or a person that has not come yet, "" for neither; `met` are those
    that came with it.
    """

    fate: Fate
    told: str = ""
    reason: str = ""
    awaits: str = ""
    met: tuple[str, ...] = ()
