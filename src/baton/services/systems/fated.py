"""What came of a thing that a system told."""

from dataclasses import dataclass

from baton.core.fates import Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Its fate, what it became, and why not."""

    fate: Fate
    told: str = ""
    reason: str = ""
