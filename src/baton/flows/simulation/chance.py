"""The luck of one contact: numbers that follow from the seed and from what is drawn for.

Nothing is drawn in a row, so the same seed gives a contact the same life whoever else
lives beside them and in whatever order they are looked at.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from baton.core import share

Option = TypeVar("Option")
Range = tuple[timedelta, timedelta]
"""The shortest and the longest span of a kind."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What fate has in store for a contact; `purpose` names what is drawn for."""

    seed: int
    contact: str

    def place(self, purpose: str) -> float:
        """Return a number in [0, 1)."""
        return share.place_of(self.contact, f"{self.seed}\0{purpose}")

    def happens(self, likely: float, purpose: str) -> bool:
        """Return whether something happens that does so with a share from 0 to 1."""
        return self.place(purpose) < likely

    def one_of(self, options: Sequence[Option], purpose: str) -> Option:
        """Return one of some options, each as likely as any other."""
        return options[int(self.place(purpose) * len(options))]

    def whole(self, least: int, most: int, purpose: str) -> int:
        """Return a whole number from `least` to `most`."""
        return least + int(self.place(purpose) * (most - least + 1))

    def span(self, between: Range, purpose: str) -> timedelta:
        """Return a span within a range, in whole seconds."""
        least, most = between
        return least + timedelta(seconds=int(self.place(purpose) * (most - least).total_seconds()))

    def gap(self, mean: timedelta, purpose: str) -> timedelta:
        """Return the time until something that comes by chance once in `mean` on average."""
        return timedelta(seconds=int(-math.log(1 - self.place(purpose)) * mean.total_seconds()))
