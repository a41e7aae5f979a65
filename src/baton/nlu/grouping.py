"""Finds which texts ask the same, where nobody said what there is to ask.

Each meaning is first drawn to those nearest to it, which closes the gaps inside a topic
and leaves those between topics. Then the two groups whose joining blurs them least are
joined, again and again (Ward, 1963), and of all the numbers of groups on that way the
least is taken that separates about as well as the best one. Nothing is drawn by chance.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from baton.nlu.encoder import Floats, Meanings
from baton.nlu.neighbours import last_layers

Labels: TypeAlias = NDArray[np.intp]

MOST = 6_000
"""Texts grouped at once: time and memory grow with the square of their number."""

# Chosen on the training and validation parts of CLINC150 and BANKING77 (docs/assess.md).
_NEIGHBOURS, _FEWEST = 10, 3
_ROOT = 5  # a fifth of the square root of the texts, between the two
_ROUNDS = 3
_DRAWN = 0.5
_ABOUT_AS_GOOD = 0.98
_MOST_GROUPS = 400
_LEAST_A_GROUP = 4  # texts, on the average, in the finest cut that is looked at
_STEP = 1.12  # from one number of groups that is tried to the next
_CHUNK = 1_000
_TINY = 1e-9


def group(meanings: Meanings) -> Labels:
    """Return each text's group, from 0 on; raises ValueError for more than MOST texts.

    Args:
        meanings: a row a text, as `Encoder.corpus` returns them.
    """
    count = len(meanings)
    if count > MOST:
        message = f"{count} texts are too many to be grouped at once; {MOST} are the most"
        raise ValueError(message)
    if count < 2 * _LEAST_A_GROUP:
        return np.zeros(count, np.intp)
    drawn = _drawn(last_layers(meanings))
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - dear to load

    tree = linkage(drawn, "ward")
    cuts = [fcluster(tree, size, "maxclust") - 1 for size in _sizes(count)]
    apart = [_separation(drawn, labels) for labels in cuts]
    enough = max(apart) * _ABOUT_AS_GOOD
    chosen = next(labels for labels, one in zip(cuts, apart, strict=True) if one >= enough)
    return np.asarray(chosen, np.intp)


def centres(meanings: Meanings, labels: Labels) -> Floats:
    """Return the mean meaning of each group, of unit length, a row a group."""
    known = last_layers(meanings)
    sums: Floats = np.zeros((int(labels.max(initial=-1)) + 1, known.shape[1]), np.float32)
    np.add.at(sums, labels, known)
    return _unit(sums)


def likeness(meanings: Meanings, middle: Floats) -> Floats:
    """Return how near each meaning is to one of unit length (-1 to 1)."""
    near: Floats = last_layers(meanings) @ middle
    return near


def _sizes(count: int) -> Iterator[int]:
    """Yield the numbers of groups to try, the least first."""
    most = min(_MOST_GROUPS, count // _LEAST_A_GROUP)
    size = 2.0
    while size <= most:
        yield int(size)
        size = max(size * _STEP, size + 1)


def _drawn(known: Floats) -> Floats:
    """Return unit meanings, each moved towards the mean of its neighbours, a few times."""
    few = max(_FEWEST, round(len(known) ** 0.5 / _ROOT))
    near = _neighbours(known, min(_NEIGHBOURS, few))
    moved = known
    for _ in range(_ROUNDS):
        means = np.empty_like(moved)
        for first in range(0, len(moved), _CHUNK):
            means[first : first + _CHUNK] = moved[near[first : first + _CHUNK]].mean(axis=1)
        moved = _unit((1 - _DRAWN) * moved + _DRAWN * _unit(means))
    return moved


def _neighbours(known: Floats, count: int) -> NDArray[np.intp]:
    """Return the places of each text's nearest others."""
    near = np.empty((len(known), count), np.intp)
    for first in range(0, len(known), _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, len(known)))
        likeness = known[rows] @ known.T
        likeness[np.arange(len(rows)), rows] = -2.0  # nobody is their own neighbour
        near[rows] = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    return near


def _separation(drawn: Floats, labels: Labels) -> float:
    """Return how much nearer texts lie to their own group than to the next one (0 to 1).

    A silhouette to the groups' centres: of its own group's, each text is left out itself.
    """
    groups = int(labels.max()) + 1
    if groups == 1:
        return 0.0
    sums: Floats = np.zeros((groups, drawn.shape[1]), np.float32)
    np.add.at(sums, labels, drawn)
    sizes = np.bincount(labels, minlength=groups)[labels]
    own = np.where(sizes == 1, 1.0, 1.0 - (_unit(sums[labels] - drawn) * drawn).sum(axis=1))
    others = 1.0 - drawn @ _unit(sums).T
    others[np.arange(len(drawn)), labels] = np.inf
    nearest = others.min(axis=1)
    return float(np.mean((nearest - own) / np.maximum(np.maximum(own, nearest), _TINY)))


def _unit(rows: Floats) -> Floats:
    scaled: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY)
    return scaled
