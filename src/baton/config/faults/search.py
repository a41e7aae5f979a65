"""Plays seeds one after the other, and makes what fails short."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from baton.config.faults import place as places
from baton.config.faults import plan as plans
from baton.config.faults.place import Place
from baton.config.faults.plan import FAULTS, Plan
from baton.config.faults.shrink import shrink
from baton.config.faults.trial import Broken, Played, Trial
from baton.core.json import Json

MOST_TRIES = 600
"""How often parts of a plan are played to make it short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A seed that broke a law: where, and the shortest plan found that still does."""

    seed: int
    broken: Broken
    plan: Plan
    told: list[str] = field(default_factory=list)

    def render(self) -> str:
        """Return the finding in lines for people."""
        kept = self.plan.steps
        faults = sum(step.kind in FAULTS for step in kept)
        head = (
            f"seed {self.seed}, step {self.broken.step}: {self.broken.law}\n"
            f"  {len(kept)} steps are enough for it, {faults} of them faults:"
        )
        return "\n".join([head, *(f"  {line}" for line in self.told)])

    def as_row(self) -> dict[str, Json]:
        """Return the finding as JSON; `plan` plays again by itself."""
        return {
            "seed": self.seed,
            "step": self.broken.step,
            "law": self.broken.law,
            "plan": [[step.kind.value, step.a, step.b] for step in self.plan.steps],
            "told": list(self.told),
        }


class Search:
    """A place in which seeds are played."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._trial = Trial(place)

    def play(self, seed: int, steps: int) -> Played:
        """Play one seed."""
        return self._trial.play(plans.draw(seed, steps))

    def explain(self, played: Played, steps: int, *, most: int = MOST_TRIES) -> Finding:
        """Make the plan of a seed that failed short, and tell what happens in it."""
        if played.broken is None:
            message = f"seed {played.seed} broke no law"
            raise ValueError(message)
        law = _kind_of(played.broken.law)
        whole = plans.draw(played.seed, steps)
        begun = replace(whole, steps=whole.steps[: played.broken.step + 1])
        rests = played.broken.step == len(whole.steps)
        shorter = shrink(begun, lambda plan: self._breaks(plan, law, rests=rests), most=most)
        telling = Trial(self._place, is_telling=True)
        try:
            told = telling.play(shorter).told
        finally:
            telling.close()
        return Finding(seed=played.seed, broken=played.broken, plan=shorter, told=told)

    def close(self) -> None:
        """Give the threads back."""
        self._trial.close()

    def _breaks(self, plan: Plan, law: str, *, rests: bool) -> bool:
        broken = self._trial.play(plan, rests=rests).broken
        return broken is not None and _kind_of(broken.law) == law


@contextmanager
def search_in(source: sqlite3.Connection) -> Iterator[Search]:
    """Make a place from a migrated, empty database and play seeds in it."""
    with places.made(source) as place:
        search = Search(place)
        try:
            yield search
        finally:
            search.close()


def _kind_of(law: str) -> str:
    """Return a law without whom it was broken for."""
    return law.partition(":")[0].partition("'")[0].partition('"')[0]
