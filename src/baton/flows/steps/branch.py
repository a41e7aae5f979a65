"""Go one way or another by what is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A condition, and where it leads when it is the first to be true."""

    when: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Step):
    """Follow the first case whose condition is true, else `otherwise`.

    Example:
        {type: branch, cases: [{when: run.topic == "billing", then: bill}], otherwise: answer}
    """

    type: ClassVar[str] = "branch"
    about: ClassVar[str] = "Goes one way or another, by a condition."
    is_alike: ClassVar[bool] = True
    cases: tuple[Case, ...]
    otherwise: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Branch":
        """Read the step's fields."""
        return cls(
            cases=fields.entries("cases", "The ways, tried in order.", _case_of),
            otherwise=fields.step("otherwise", "Where it goes when no case holds."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Choose the way; an undealt message goes along."""
        to = next((case.to for case in self.cases if scene.holds(case.when)), self.otherwise)
        return Go(to=to, passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Each case's way and the other one."""
        return (
            *(Way(to=case.to, label=case.when) for case in self.cases),
            Way(to=self.otherwise, label="otherwise"),
        )

    @property
    @override
    def expressions(self) -> Mapping[str, tuple[str, str]]:
        """The cases' conditions."""
        return {f"cases.{place}.when": (one.when, "BOOL") for place, one in enumerate(self.cases)}


def _case_of(fields: Fields) -> Case:
    return Case(
        when=fields.condition("when", "When this way is taken."),
        to=fields.step("then", "Where it leads."),
    )
