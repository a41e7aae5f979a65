"""Borders between two sides: where they should lie, settled, and the same from any start."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from baton.nlu import separating

CHANCE = np.random.default_rng(5)
MANY, WIDE = 300, 40
ROWS = CHANCE.normal(size=(MANY, WIDE)) * (CHANCE.random((MANY, WIDE)) < 0.3)
SIDES = ROWS[:, 0] + ROWS[:, 1] + 0.5 * CHANCE.normal(size=MANY) > 0.6


def told(weights: np.ndarray) -> np.ndarray:
    found: np.ndarray = ROWS @ weights
    return found


def loss(weights: np.ndarray) -> float:
    missing = np.maximum(0, 1 - np.where(SIDES, 1, -1) * told(weights))
    return float(weights @ weights / 2 + 0.5 * (missing**2).sum())


def test_the_border_is_that_of_the_known_machine() -> None:
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - dear to load in every process

    known = LinearSVC(C=0.5, fit_intercept=False, tol=1e-8, max_iter=100_000).fit(ROWS, SIDES)
    found = separating.separated(csr_matrix(ROWS), SIDES, 0.5)
    assert np.abs(told(found) - told(known.coef_[0])).max() < 0.02
    assert loss(found) < loss(known.coef_[0]) * 1.001


def test_any_start_leads_to_the_same_border() -> None:
    one = separating.separated(csr_matrix(ROWS), SIDES, 0.5)
    other = separating.separated(csr_matrix(ROWS), SIDES, 0.5, CHANCE.normal(size=WIDE) * 5)
    assert np.abs(told(one) - told(other)).max() < 0.02


def test_one_side_alone_is_told_as_that_side() -> None:
    everyone = np.ones(MANY, np.bool_)
    rows = csr_matrix(np.hstack([ROWS, np.ones((MANY, 1))]))
    assert (rows @ separating.separated(rows, everyone, 0.5) > 0).all()


def test_what_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separating, "_STEPS", 1)
    with pytest.raises(ArithmeticError, match="300 examples did not settle"):
        separating.separated(csr_matrix(ROWS), SIDES, 0.5)
