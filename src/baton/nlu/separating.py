"""Support vector machines of two sides, squared hinge, by Newton's method on the active set.

Only examples on the wrong side of their margin pull, so each step is a least squares
problem of few rows, solved by conjugate gradients (Keerthi and DeCoste, 2005). It reaches
the same border as LIBLINEAR; started from the border of nearly the same examples it
takes a few steps, which is what leaving a part of them out costs.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baton.nlu.calibration import Doubles

_STEPS = 200
_SETTLED = 1e-2  # of the first slope, by the share of the smaller side: LIBLINEAR's measure
_CLOSELY = 0.1  # a step is solved to this much of the slope
_PRODUCTS = 1_000
_LINE_STEPS = 20
_LINE_SETTLED = 1e-6


def separated(
    rows: Any, is_for: NDArray[np.bool_], stiffness: float, start: Doubles | None = None
) -> Doubles:
    """Return the weights of a border between two sides: above 0 for one, below for the other.

    They are the least of `|weights|^2 / 2 + stiffness * sum(max(0, 1 - side * told)^2)`.

    Args:
        rows: a sparse matrix, a row an example (scipy's types are not published).
        is_for: which examples lie on the side above 0.
        stiffness: how much an example counts beside smoothness; above 0.
        start: weights to start from.

    Raises:
        ArithmeticError: it did not settle.
    """
    sides = np.where(is_for, 1.0, -1.0)
    weights = np.zeros(rows.shape[1]) if start is None else start
    told = rows @ weights
    # Of one side alone there is no border, only a number: as near as if one stood against it.
    smaller = max(min(is_for.mean(), 1.0 - is_for.mean()), 1.0 / len(sides))
    settled = _SETTLED * smaller * _length(2 * stiffness * (rows.T @ sides))
    for _ in range(_STEPS):
        active = np.flatnonzero(sides * told < 1)
        pulling = rows[active]
        slope = weights + 2 * stiffness * (pulling.T @ (told[active] - sides[active]))
        if _length(slope) <= settled:
            return weights
        step = _solved(pulling, stiffness, -slope)
        onward = rows @ step
        line = _Line(float(weights @ step), float(step @ step), 1.0 - sides * told, sides * onward)
        reach = line.least(stiffness)
        weights, told = weights + reach * step, told + reach * onward
    message = f"a border between {len(sides)} examples did not settle in {_STEPS} steps"
    raise ArithmeticError(message)


def _solved(pulling: Any, stiffness: float, goal: Doubles) -> Doubles:
    """Return what `(1 + 2 stiffness pulling' pulling)` turns nearly into the goal."""
    found = np.zeros_like(goal)
    left, way = goal.copy(), goal.copy()
    rest = left @ left
    enough = _CLOSELY * _CLOSELY * rest
    for _ in range(_PRODUCTS):
        if rest <= enough:
            break
        turned = way + 2 * stiffness * (pulling.T @ (pulling @ way))
        share = rest / (way @ turned)
        found += share * way
        left -= share * turned
        rest, before = left @ left, rest
        way = left + (rest / before) * way
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    """What lies along a step: the slope of the weights' length, and how each margin grows."""

    ahead: float
    square: float
    missing: Doubles
    """By how much each example falls short of its margin at the start; below 0 beyond it."""
    onward: Doubles
    """How much nearer a whole step brings it."""

    def least(self, stiffness: float) -> float:
        """Return how far along the least lies; the slope rises all the way."""
        reach = 1.0
        for _ in range(_LINE_STEPS):
            pulls = self.missing > reach * self.onward
            moved, missing = self.onward[pulls], self.missing[pulls]
            slope = self.ahead + reach * self.square
            slope -= 2 * stiffness * float((missing - reach * moved) @ moved)
            change = slope / (self.square + 2 * stiffness * float(moved @ moved))
            reach -= change
            if abs(change) < _LINE_SETTLED:
                break
        return reach


def _length(numbers: Doubles) -> float:
    return float(np.sqrt(numbers @ numbers))
