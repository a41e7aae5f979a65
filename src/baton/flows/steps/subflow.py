"""Go through another flow and come back."""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.fields import Fields
from baton.flows.scene import Call, Outcome, Said, Scene, Step, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Subflow(Step):
    """Go through another flow's steps with the same facts; its end leads to `then`.

    Example:
        {type: subflow, flow: collect_evidence, then: decide}
    """

    type: ClassVar[str] = "subflow"
    about: ClassVar[str] = "Goes through another flow and comes back."
    flow: str
    then: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Subflow":
        """Read the step's fields."""
        return cls(
            flow=fields.word("flow", "The other flow's name."),
            then=fields.step("then", "What follows its end."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Begin the other flow."""
        return Call(flow=self.flow, then=self.then)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """The step after the other flow; what waits is inside that one."""
        return (Way(to=self.then, label=f"after {self.flow}"),)
