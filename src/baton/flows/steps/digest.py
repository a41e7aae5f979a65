"""Keep a line for the contact's next digest instead of writing at once (C20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from typing_extensions import override

from baton.flows.effects import AddToDigest
from baton.flows.fields import Fields
from baton.flows.moments import next_time_of_day
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way
from baton.flows.wording import versions_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest(Step):
    """Add a line to a digest; the first line sets when all of them go out as one message.

    Example:
        {type: digest, digest: orders, text: "Order {{ run.order }} is packed.", at: "18:00",
         opening: "Your orders today:", then: done}
    """

    type: ClassVar[str] = "digest"
    about: ClassVar[str] = "Collects small news into one message."
    digest: str
    line: str
    line_in: Mapping[str, str]
    opening: str
    opening_in: Mapping[str, str]
    after: timedelta | None
    at: str
    then: str
    muted: bool

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Digest":
        """Read the step's fields; it goes out after a span or at a time of day."""
        step = cls(
            digest=fields.word("digest", "The digest's name."),
            line=fields.text("text", "The line."),
            line_in=fields.texts("text_in", "The line in other languages, by language."),
            opening=fields.text("opening", "What stands above the lines."),
            opening_in=fields.texts("opening_in", "That in other languages, by language."),
            after=fields.duration("after", "How long after its first line it goes out."),
            at=fields.clock("at", "The time of day at which it goes out."),
            then=fields.step("then", "What follows."),
            muted=fields.flag("muted", "It is switched off, and the flow goes on."),
        )
        if (step.after is None) is (step.at == ""):
            fields.problem("at", "choose one of at and after")
        return step

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Keep the line unless it is switched off, and go on."""
        if self.muted:
            return Go(to=self.then, passes_on=said is not None)
        due = scene.now + (self.after or timedelta(0))
        if self.at:
            due = next_time_of_day(due, self.at, scene.manner.zone)
        kept = AddToDigest(
            digest=self.digest,
            line=scene.fill_in(self.line, self.line_in),
            opening=scene.fill_in(self.opening, self.opening_in),
            due_at=due,
        )
        return Go(to=self.then, effects=(kept,), passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """The one step that follows."""
        return (Way(to=self.then),)

    @property
    @override
    def texts(self) -> Mapping[str, str]:
        """The line and what stands above it."""
        return {
            "text": self.line,
            "opening": self.opening,
            **versions_below("text_in", self.line_in),
            **versions_below("opening_in", self.opening_in),
        }

    @property
    @override
    def said_besides(self) -> Mapping[str, Mapping[str, str]]:
        """The line and what stands above it."""
        return {"text": self.line_in, "opening": self.opening_in}
