"""How effects are carried out: prepared together, done side by side, concluded together.

A carrier never writes while it asks the outside, and never asks while it writes: so a
batch costs a transaction before it and one after it, however many effects it holds.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from baton.runtime.ports import Effect, Outcome
from baton.runtime.trial import Failed, tried

Heard = TypeVar("Heard")
T = TypeVar("T")

_TOGETHER_SECONDS = 0.1
"""How long what has ended waits for the rest, so that a batch is settled in few transactions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand(Generic[Heard]):
    """What is left to do outside, when all that has to be known before it is written down.

    `run` may be called in any thread, since it touches no database; one that
    `asks_database` is left to the sender's own. Where it brings back an `Outcome`, there
    is nothing to conclude.
    """

    run: Callable[[], Heard | Outcome]
    asks_database: bool = False


class Carrier(Protocol[Heard]):
    """Carries out effects of one kind; `Heard` is what it brings back from outside."""

    def prepare(self, effects: Sequence[Effect]) -> Sequence[Outcome | Errand[Heard]]:
        """Return at the place of each effect what came of it, or what is left to do outside.

        Runs in a transaction that is kept before any errand runs. What it raises undoes
        it: nothing was begun.
        """
        ...

    def conclude(self, ended: Sequence[tuple[Effect, Heard]]) -> Sequence[Outcome]:
        """Write down what was heard, and return at its place what stands of each effect.

        Runs in the transaction that settles the effects, which come in the order of their ids.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """A carrier of rare effects, which each read and write for themselves: one by one."""

    perform: Callable[[Effect], Outcome]

    def prepare(self, effects: Sequence[Effect]) -> Sequence[Errand[Outcome]]:
        """Leave everything to do."""
        return [Errand(run=partial(self.perform, one), asks_database=True) for one in effects]

    def conclude(self, ended: Sequence[tuple[Effect, Outcome]]) -> Sequence[Outcome]:
        """Return what each came to: it has written that down itself."""
        return [outcome for _, outcome in ended]


class Hands(Protocol):
    """Whoever runs errands."""

    def do(self, work: Sequence[Callable[[], T]]) -> Iterator[list[tuple[int, T | Failed]]]:
        """Do pieces of work; yield the places and ends of those that have ended, until all have."""
        ...

    def close(self) -> None:
        """Let the hands go, when nothing is being done."""
        ...


class OneHand:
    """Does one piece of work after the other, in the caller's thread."""

    def do(self, work: Sequence[Callable[[], T]]) -> Iterator[list[tuple[int, T | Failed]]]:
        """Yield each as soon as it has ended."""
        for place, piece in enumerate(work):
            yield [(place, tried(piece))]

    def close(self) -> None:
        """Hold nothing."""


class ManyHands:
    """Does so many pieces of work at a time, each in a thread."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="baton-hand")

    def do(self, work: Sequence[Callable[[], T]]) -> Iterator[list[tuple[int, T | Failed]]]:
        """Yield what has ended, so that a slow piece holds up the settling of no other."""
        going = {self._pool.submit(tried, piece): place for place, piece in enumerate(work)}
        while going:
            ended, _ = wait(going, timeout=_TOGETHER_SECONDS)
            if not ended:
                ended, _ = wait(going, return_when=FIRST_COMPLETED)
            yield [(going.pop(one), one.result()) for one in ended]

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
