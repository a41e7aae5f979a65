"""The end of a run."""

from dataclasses import dataclass
from typing import ClassVar

from baton.flows.effects import Resolve
from baton.flows.fields import Fields
from baton.flows.scene import Input, Outcome, Said, Scene, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """End; `outcome: resolved` closes the conversation as *assumed* resolved (FQ19).

    Example:
        {type: end, outcome: resolved}
    """

    type: ClassVar[str] = "end"
    outcome: str

    @classmethod
    def parse(cls, fields: Fields) -> "End":
        """Read the step's fields."""
        outcome = fields.text("outcome", "")
        if outcome not in ("", "resolved"):
            fields.problem("outcome", "must be resolved, or left out")
        return cls(outcome=outcome)

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Stop here; a silence is never taken for a confirmation."""
        return Stop(effects=(Resolve(is_confirmed=False),) if self.outcome else ())

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Never waits; a run that was saved here ends."""
        return self.enter(scene, None)

    @property
    def targets(self) -> tuple[str, ...]:
        """None: the run ends here."""
        return ()
