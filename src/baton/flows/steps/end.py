"""The end of a run."""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.effects import Resolve
from baton.flows.fields import Fields
from baton.flows.scene import Outcome, Said, Scene, Step, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Step):
    """End; `outcome: resolved` closes the conversation as *assumed* resolved (FQ19).

    Example:
        {type: end, outcome: resolved}
    """

    type: ClassVar[str] = "end"
    about: ClassVar[str] = "Ends the run."
    is_alike: ClassVar[bool] = True
    outcome: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "End":
        """Read the step's fields."""
        return cls(
            outcome=fields.word(
                "outcome",
                "Whether the matter counts as resolved.",
                default="",
                options=("resolved",),
            )
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Stop here; a silence is never taken for a confirmation."""
        return Stop(effects=(Resolve(is_confirmed=False),) if self.outcome else ())
