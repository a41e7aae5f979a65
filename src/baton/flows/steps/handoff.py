"""Pass the conversation to people, by the flow's own decision."""

from dataclasses import dataclass
from typing import ClassVar

from baton.core.escalation import Reason
from baton.flows.effects import OfferHandoff
from baton.flows.fields import Fields
from baton.flows.scene import Input, Outcome, Said, Scene, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """Hand over to a queue, with the flow's own word for why.

    Example:
        {type: handoff, queue: billing, because: invoice_copy_failed}
    """

    type: ClassVar[str] = "handoff"
    queue: str
    because: str

    @classmethod
    def parse(cls, fields: Fields) -> "Handoff":
        """Read the step's fields."""
        return cls(queue=fields.text("queue", ""), because=fields.text("because"))

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Offer the handoff and end the run: from here on a person speaks."""
        offer = OfferHandoff(reason=Reason.FLOW, trigger=self.because, queue=self.queue)
        return Stop(effects=(offer,))

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Never waits; a run that was saved here hands over."""
        return self.enter(scene, None)

    @property
    def targets(self) -> tuple[str, ...]:
        """None: the run ends here."""
        return ()
