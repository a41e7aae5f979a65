"""Orthogonal directions made of small turns (Yu et al., 2016: structured orthogonal features).

A large matrix of chance turns no better, takes megabytes, and is read from memory anew for
every text, as the encoder leaves nothing in the processor's cache: it took longer than all
else that is asked of a meaning. A block of small turns takes twenty kilobytes.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

_ROUNDS = 2  # of small turns: a third brings the kernel no nearer


class Block(NamedTuple):
    """As many orthogonal directions as a row has numbers."""

    rounds: tuple[tuple[Floats, Floats, Floats], ...]
    """Signs, then a turn of neighbouring numbers, then one across them."""
    lengths: Floats


def turn(rows: Floats, block: Block) -> Floats:
    """Return how far rows of numbers reach in each direction of a block, a row each."""
    for signs, inner, outer in block.rounds:
        wide = (rows * signs).reshape(-1, len(inner)) @ inner
        across = wide.reshape(-1, len(outer), len(inner)).transpose(0, 2, 1)
        turned = across.reshape(-1, len(outer)) @ outer
        rows = turned.reshape(len(rows), -1).astype(np.float32, copy=False)
    return rows * block.lengths


def drawn(width: int, chance: np.random.Generator) -> Block:
    """Return a block for rows of so many numbers, as long as directions drawn at random are."""
    few = next(size for size in range(int(width**0.5), 0, -1) if width % size == 0)
    signs = np.array([-1.0, 1.0], np.float32)
    rounds = tuple(
        (chance.choice(signs, width), _turned(width // few, chance), _turned(few, chance))
        for _ in range(_ROUNDS)
    )
    return Block(rounds, np.sqrt(chance.chisquare(width, width)).astype(np.float32))


def _turned(size: int, chance: np.random.Generator) -> Floats:
    turned: Floats = np.linalg.qr(chance.normal(size=(size, size)))[0].astype(np.float32)
    return turned
