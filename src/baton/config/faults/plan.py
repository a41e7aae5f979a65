"""What a seed stands for: a list of things that happen, drawn before any of them does.

No step depends on another one having been taken: each carries two numbers that are read
against whatever there is then. So steps may be left out, and the rest still says the same.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

import msgspec


class Kind(StrEnum):
    """What may happen."""

    RUN = "run"  # some actor goes on to where it may be overtaken
    SAY = "say"  # a contact writes
    TELL = "tell"  # a system of the business tells what happened
    DEED = "deed"  # an agent does something in the console
    WAIT = "wait"  # time passes
    DUE = "due"  # time passes up to whatever is due next
    STATEMENT = "statement"  # the database fails at a statement or a commit to come
    ANSWER = "answer"  # the provider fails, or lies, at its next message
    KILL = "kill"  # a process dies where it stands
    CLOCK = "clock"  # a process's clock jumps
    RESTART = "restart"  # the database restarts: each process finds its connection broken
    FLAKE = "flake"  # the network repeats what was delivered
    FORGE = "forge"  # somebody writes under a false signature


FAULTS: Final = (
    Kind.STATEMENT, Kind.ANSWER, Kind.KILL, Kind.CLOCK, Kind.RESTART, Kind.FLAKE, Kind.FORGE,
)  # fmt: skip

_CALM: Final[Mapping[Kind, int]] = {
    Kind.RUN: 780, Kind.SAY: 36, Kind.TELL: 12, Kind.DEED: 40, Kind.WAIT: 34, Kind.DUE: 30,
}  # fmt: skip
_MOST: Final[Mapping[Kind, int]] = {
    Kind.STATEMENT: 40, Kind.ANSWER: 36, Kind.KILL: 14, Kind.CLOCK: 6, Kind.RESTART: 6,
    Kind.FLAKE: 14, Kind.FORGE: 6,
}  # fmt: skip
_SHARES: Final = (0.0, 0.3, 1.0, 1.0)
_RANGE: Final = 1 << 30


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One thing that happens; what `a` and `b` choose depends on its kind."""

    kind: Kind
    a: int
    b: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A seed's steps, in order."""

    seed: int
    steps: tuple[Step, ...]


def draw(seed: int, steps: int) -> Plan:
    """Return a seed's plan; one of fewer steps is the beginning of one of more.

    Each seed leaves out some kinds of faults and has more or less of the others: what one
    kind would hide, another seed shows.
    """
    source = random.Random(seed)  # noqa: S311 - a seed that plays again, not a secret
    weights = dict(_CALM) | {
        kind: round(most * source.choice(_SHARES)) for kind, most in _MOST.items()
    }
    kinds, shares = list(weights), list(accumulate(weights.values()))

    def step() -> Step:
        [kind] = source.choices(kinds, cum_weights=shares)
        return Step(kind, source.randrange(_RANGE), source.randrange(_RANGE))

    return Plan(seed=seed, steps=tuple(step() for _ in range(steps)))
