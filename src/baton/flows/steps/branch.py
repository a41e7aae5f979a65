"""Go one way or another by what the run has learned."""

from dataclasses import dataclass
from typing import ClassVar

from baton.flows.fields import Fields
from baton.flows.scene import Go, Input, Outcome, Said, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Follow the case that equals a variable's value, else `otherwise`.

    Example:
        {type: branch, on: topic, cases: [{is: billing, then: billing}], otherwise: answer}
    """

    type: ClassVar[str] = "branch"
    on: str
    cases: dict[str, str]
    otherwise: str

    @classmethod
    def parse(cls, fields: Fields) -> "Branch":
        """Read the step's fields."""
        cases: dict[str, str] = {}
        for entry in fields.items("cases"):
            cases[entry.text("is")] = entry.text("then")
            entry.finish()
        return cls(on=fields.text("on"), cases=cases, otherwise=fields.text("otherwise"))

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Choose the way; an undealt message goes along."""
        value = str(scene.variables.get(self.on, ""))
        return Go(to=self.cases.get(value, self.otherwise), passes_on=said is not None)

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Never waits; a run that was saved here chooses again."""
        return self.enter(scene, given if isinstance(given, Said) else None)

    @property
    def targets(self) -> tuple[str, ...]:
        """Each case's way and the other one."""
        return (*dict.fromkeys(self.cases.values()), self.otherwise)
