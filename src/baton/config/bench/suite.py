"""The measurements that are made beside a floor, as one suite whose results are kept and compared.

What is compared is never a rate, for machines differ and swing by a third within the hour. It
is the share of its own floor that a part reached: both were measured within one run, on one
machine, by turns. A share stays where it is when the machine is slow, and falls when the code is.
"""

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Row = Mapping[str, object]

ALLOWED_FALL: Final = 0.3
"""How far below the median of earlier runs a share may lie: floors alone swing by about that."""
_LOOK_BACK = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One measurement: `sizes` and what is `fixed` as its module takes them, and its share.

    One without a database is the same on each.
    """

    name: str
    module: str
    sizes: tuple[int, ...]
    share: Callable[[Row], float]
    fixed: tuple[int, ...] = ()
    reader: str = "full"
    has_database: bool = True

    def scaled(self, scale: float) -> tuple[int, ...]:
        """Return its sizes, made smaller."""
        return (*(max(1, round(size * scale)) for size in self.sizes), *self.fixed)


def _of(row: Row, key: str) -> float:
    return float(str(row[key]))


PARTS: Final = (
    Part(
        name="inbound", module="inbound", sizes=(6_000,), reader="plain",
        share=lambda row: _of(row, "floor_ratio"),
    ),
    Part(name="send", module="send", sizes=(3_000,), share=lambda row: _of(row, "bare_ratio")),
    Part(
        name="timers", module="timers", sizes=(1_000_000, 100_000),
        share=lambda row: _of(row, "floor_ratio"),
    ),
    Part(
        name="sealing", module="sealing", sizes=(6_000,), reader="plain",
        share=lambda row: 1 - _of(row, "cost"),
    ),
    Part(
        name="churn", module="scoring", sizes=(1_000_000,), fixed=(8,), reader="plain",
        share=lambda row: 1 / _of(row, "ratio"),
    ),
    Part(
        name="returns", module="deciding", sizes=(50_000,), has_database=False,
        share=lambda row: _of(row, "rate_per_s") / _of(row, "floor_per_s"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """A part that reached much less of its floor than it used to."""

    part: str
    share: float
    before: float

    def render(self) -> str:
        """Say it for people."""
        return f"{self.part} reached {self.share:.2f} of its floor, and {self.before:.2f} before"


def shares_of(kept: Path) -> list[dict[str, float]]:
    """Return the shares of each run that a file of results keeps, the oldest first."""
    if not kept.exists():
        return []
    return [json.loads(line)["shares"] for line in kept.read_text().splitlines() if line]


def keep(kept: Path, about: Mapping[str, object], shares: Mapping[str, float]) -> None:
    """Add a run to a file of results, as one line."""
    with kept.open("a") as file:
        file.write(json.dumps({**about, "shares": dict(shares)}) + "\n")


def fallen(shares: Mapping[str, float], before: Sequence[Mapping[str, float]]) -> list[Fallen]:
    """Return what fell beyond what is allowed, against the median of the latest runs that had it.

    >>> fallen({"send": 0.4}, [{"send": 0.6}, {"send": 0.7}, {"send": 0.5}])
    [Fallen(part='send', share=0.4, before=0.6)]
    """
    found = []
    for part, share in shares.items():
        known = [run[part] for run in before if part in run][-_LOOK_BACK:]
        median = statistics.median(known) if known else 0.0
        if share < median * (1 - ALLOWED_FALL):
            found.append(Fallen(part=part, share=share, before=median))
    return found
