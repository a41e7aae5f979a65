"""Pass the conversation to people, by the flow's own decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.core.escalation import Reason
from baton.flows.effects import OfferHandoff
from baton.flows.fields import MOST_TAG, Fields
from baton.flows.scene import Outcome, Said, Scene, Step, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff(Step):
    """Hand over to a queue, with the flow's own word for why and what it knows (H26).

    Example:
        {type: handoff, queue: billing, because: invoice_copy_failed,
         context: "Wants a copy of invoice {{ run.invoice }}."}
    """

    type: ClassVar[str] = "handoff"
    about: ClassVar[str] = "Passes the conversation to a person."
    queue: str
    because: str
    context: str
    tags: tuple[str, ...]

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Handoff":
        """Read the step's fields."""
        return cls(
            queue=fields.word("queue", "Who takes it.", default="", most=MOST_TAG),
            because=fields.word("because", "Why, in a word that reports count.", most=MOST_TAG),
            context=fields.text("context", "What the card says of the matter.", default=""),
            tags=fields.words("tags", "Tags that are suggested to the person."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Offer the handoff and end the run: from here on a person speaks."""
        offer = OfferHandoff(
            reason=Reason.FLOW,
            trigger=self.because,
            queue=self.queue,
            tags=self.tags,
            context=scene.fill(self.context),
        )
        return Stop(effects=(offer,), is_final=True)

    @property
    @override
    def texts(self) -> Mapping[str, str]:
        """What the card says."""
        return {"context": self.context} if self.context else {}
