"""Wait for silence to last, or for the contact to write first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from baton.flows.fields import Fields
from baton.flows.scene import Awaits, Go, Input, Outcome, Said, Scene, Stay, Waiting

# A flow names these spans by the policy's own field, so that a workspace sets them once.
POLICY_SPANS = ("idle_after_answer", "csat_delay", "csat_window")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Wait a span, written as "10m" or as the name of a policy's field.

    Example:
        {type: wait, for: idle_after_answer, then: close, on_message: answer}
    """

    type: ClassVar[str] = "wait"
    span: timedelta | str
    then: str
    on_message: str

    @classmethod
    def parse(cls, fields: Fields) -> "Wait":
        """Read the step's fields."""
        named = fields.text("for", "")
        span = named if named in POLICY_SPANS else fields.duration("for")
        if span is None:
            fields.problem(
                "for", f"must be a span such as 10m, or one of {', '.join(POLICY_SPANS)}"
            )
        return cls(
            span=span or timedelta(0),
            then=fields.text("then"),
            on_message=fields.text("on_message", ""),
        )

    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Begin to wait; an undealt message is dealt with at once."""
        if said is not None and self.on_message:
            return Go(to=self.on_message, passes_on=True)
        span = getattr(scene.policy, self.span) if isinstance(self.span, str) else self.span
        awaits = Awaits.MESSAGE if self.on_message else Awaits.TIME
        return Stay(waiting=Waiting(awaits=awaits), wake_after=span)

    def resume(self, scene: Scene, given: Input) -> Outcome:
        """Go on after the silence, or with what was said."""
        if isinstance(given, Said):
            return Go(to=self.on_message or self.then, passes_on=True)
        return Go(to=self.then)

    @property
    def targets(self) -> tuple[str, ...]:
        """Where silence and where a message lead."""
        return (self.then, self.on_message) if self.on_message else (self.then,)
