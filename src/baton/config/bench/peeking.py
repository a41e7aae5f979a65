"""Experiments without any effect, looked at every day: how often does one seem to have one?

Beside it the interval of one look, looked at as often, which is the fault that the other mends;
and how often, and how soon, an effect of the planned size is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from baton.reports import anytime, intervals, power
from baton.reports.intervals import Interval, Sums

SHARE = 0.30
EFFECT = 0.06
DAYS = 42
"""Six weeks, the longer of the pilots that AB9 asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How many experiments were told to have an effect, and on the median which day."""

    always: int
    once: int
    day: float


def measured(experiments: int, *, seed: int = 1) -> dict[str, object]:
    """Return the share of false alarms of null experiments, and of effects that are found."""
    draws = np.random.default_rng(seed)
    sides = power.Sides(
        spreads=(power.spread_of_share(SHARE + EFFECT), power.spread_of_share(SHARE)),
        shares=(0.5, 0.5),
    )
    contacts = power.needed(sides, EFFECT, reach=sides.always)
    daily = contacts // 2 // DAYS
    planned = sides.variance(contacts)
    null = _looked(draws, experiments, daily, (SHARE, SHARE), planned)
    found = _looked(draws, experiments, daily, (SHARE + EFFECT, SHARE), planned)
    return {
        "experiments": experiments,
        "looks": DAYS,
        "contacts": 2 * daily * DAYS,
        "false_alarms": null.always / experiments,
        "false_alarms_of_one_look": null.once / experiments,
        "found": found.always / experiments,
        "found_on_day": found.day,
    }


def _looked(
    draws: np.random.Generator,
    experiments: int,
    daily: int,
    shares: tuple[float, float],
    planned: float,
) -> Looked:
    always = once = 0
    days: list[int] = []
    for _ in range(experiments):
        ones = [draws.binomial(daily, share, DAYS).cumsum() for share in shares]
        first = next(_told(ones, daily, planned), None)
        if first is not None:
            always += 1
            days.append(first)
        once += any(
            _is_clear(intervals.difference(*_sums(ones, daily, day))) for day in range(1, DAYS + 1)
        )
    return Looked(always=always, once=once, day=float(np.median(days)) if days else 0.0)


def _told(ones: list["np.typing.NDArray[np.int64]"], daily: int, planned: float) -> Iterator[int]:
    for day in range(1, DAYS + 1):
        if _is_clear(anytime.difference(*_sums(ones, daily, day), planned=planned)):
            yield day


def _sums(ones: list["np.typing.NDArray[np.int64]"], daily: int, day: int) -> tuple[Sums, Sums]:
    tried, control = (
        Sums(count=daily * day, total=float(one[day - 1]), squares=float(one[day - 1]))
        for one in ones
    )
    return tried, control


def _is_clear(lies: Interval | None) -> bool:
    return lies is not None and (lies.is_above(0) or lies.is_below(0))
