"""Which lessons are encoded: the doubtful ones first, some of every other, the same every time."""

from typing import Any

import numpy as np

from baton.nlu.algebra import sparse
from baton.nlu.choosing import telling

COUNT, MOST = 600, 120
CHANCE = np.random.default_rng(3)
IS_FOR = CHANCE.random(COUNT) < 0.4
# One word tells the side of most; of every fifth lesson nothing is known but a word of no side.
IS_DOUBTFUL = np.arange(COUNT) % 5 == 0


def rows() -> Any:  # scipy's types are not published
    told = np.zeros((COUNT, 4))
    told[~IS_DOUBTFUL & IS_FOR, 0] = 1.0
    told[~IS_DOUBTFUL & ~IS_FOR, 1] = 1.0
    told[IS_DOUBTFUL, 2] = 1.0
    told[:, 3] = 1.0
    return sparse().csr_matrix(told)


def test_what_words_leave_in_doubt_is_taken_before_what_they_tell() -> None:
    taken = telling(rows(), IS_FOR, most=MOST)
    assert abs(len(taken) - MOST) <= 1
    assert IS_DOUBTFUL[taken].mean() > 2 * IS_DOUBTFUL.mean()
    assert not IS_DOUBTFUL[taken].all()  # some of what is certain is heard too


def test_lessons_are_taken_from_everywhere_and_the_same_every_time() -> None:
    taken = telling(rows(), IS_FOR, most=MOST)
    assert (taken == telling(rows(), IS_FOR, most=MOST)).all()
    assert (np.diff(taken) > 0).all()
    fifths = np.bincount(taken * 5 // COUNT, minlength=5)
    assert fifths.min() > MOST // 5 // 2


def test_where_they_are_few_all_are_taken() -> None:
    assert telling(rows(), IS_FOR, most=COUNT).tolist() == list(range(COUNT))
