"""The nearest lessons, and the features that stand for a kernel."""

import numpy as np

from baton.nlu.encoder import WIDTH, Floats
from baton.nlu.meaning import BROAD, Meaning
from baton.nlu.nearness import Nearness

CHANCE = np.random.default_rng(5)
LAYERS, SUBJECTS, EACH = 3, 30, 12


def meanings(centres: int, each: int) -> Floats:
    """Return meanings that lie round some centres, each layer of unit length."""
    middle = np.repeat(CHANCE.normal(size=(centres, LAYERS, WIDTH)), each, axis=0)
    rows = middle + 0.7 * CHANCE.normal(size=middle.shape)
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    found: Floats = rows.reshape(len(rows), -1).astype(np.float32)
    return found


LESSONS = meanings(SUBJECTS, EACH)
IS_FOR = np.arange(len(LESSONS)) % 3 == 0


def test_what_was_taught_is_its_own_nearest_and_left_out_it_is_not() -> None:
    nearness, unseen = Nearness.taught(LESSONS, IS_FOR)
    for place in (0, 1, 2, 100, 359):
        for_it, against_it, *few = nearness.signs(Meaning(LESSONS[place]))
        own, other = (for_it, against_it) if IS_FOR[place] else (against_it, for_it)
        assert np.isclose(own, 1.0, atol=1e-4)
        assert other < 0.95
        # Of the other side nothing was left out: teaching and reading tell the same.
        left = unseen[place]
        side = 1 if IS_FOR[place] else 0
        assert np.isclose(left[side], other, atol=1e-4)
        assert np.isclose(left[2 + side], few[side], atol=1e-4)
        assert left[1 - side] < 0.95


def test_a_side_that_nothing_was_taught_for_is_far() -> None:
    nearness, unseen = Nearness.taught(LESSONS, np.zeros(len(LESSONS), np.bool_))
    assert nearness.signs(Meaning(LESSONS[0]))[0] == -1.0
    assert (unseen[:, 0] == -1.0).all()


def test_features_of_small_turns_stand_for_the_kernel() -> None:
    some = meanings(6, 4)
    told = np.array([Meaning(row).features(BROAD) for row in some])
    squares = ((some[:, None] - some[None]) ** 2).sum(axis=2) / LAYERS
    kernel = np.exp(-BROAD.sharpness * squares)
    assert np.allclose(told @ told.T, kernel, atol=0.08)
    assert np.abs(told @ told.T - kernel).mean() < 0.02
