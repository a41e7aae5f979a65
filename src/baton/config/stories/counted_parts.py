"""The parts of a story about numbers: matters that were counted before, and what is said of them.

A verdict takes hundreds of matters, which nobody would write down one by one: a story says how
many there were and how they ended, and the verdict is drawn by the code that draws every other.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from baton.config.stories.basics import Name, Number, Part, Span, Text, Texts

MOST_MATTERS = 20_000


class Marks(Part):
    """Marks of contacts, from 0 to 100: how many, around which mean, and how far apart."""

    count: Annotated[int, Field(ge=1, le=MOST_MATTERS)]
    mean: Annotated[float, Field(ge=0, le=100)]
    spread: Annotated[float, Field(ge=0, le=50)] = 10.0

    @model_validator(mode="after")
    def _lies_on_the_scale(self) -> "Marks":
        if not self.spread <= self.mean <= 100 - self.spread:
            message = "mean and spread leave the scale of 0 to 100"
            raise ValueError(message)
        return self

    def at(self, place: int) -> float:
        """Return the mark at a place: one above the mean, one below, and the last of odd ones."""
        if place == self.count - 1 and self.count % 2:
            return self.mean
        return self.mean + (self.spread if place % 2 else -self.spread)


class Between(Part):
    """A count that chance has a hand in: who is in a share, of so many, is nobody's choice."""

    at_least: Number
    at_most: Number


class Counted(Part):
    """Matters of a flow that have ended, evenly over a while that ended so long ago.

    Those who were handed over come first, those who came back and who gave a mark are spread over
    the rest of them alike. With an experiment each is of a contact who was dealt the arm.
    """

    matters: Annotated[int, Field(ge=1, le=MOST_MATTERS)]
    flow: Name | Literal[""] = ""
    handed_over: Number = 0
    came_back: Number = Field(0, description="Of those that nobody was needed for, the last.")
    marks: Marks | None = Field(None, description="Of those that nobody was needed for.")
    marks_after_handoff: Marks | None = None
    over: Span = Field(description="Evenly over this while.")
    ago: Span | None = Field(None, description="How long ago the last ended; else now.")
    experiment: Name | None = None
    arm: Text | None = None
    paid: Number = Field(0, description="What each of the contacts paid, in minor units.")

    @model_validator(mode="after")
    def _adds_up(self) -> "Counted":
        alone = self.matters - self.handed_over
        if alone < self.came_back or alone < (self.marks.count if self.marks else 0):
            message = "more came back or gave a mark than there were"
            raise ValueError(message)
        if self.marks_after_handoff and self.marks_after_handoff.count > self.handed_over:
            message = "more gave a mark after a handoff than were handed over"
            raise ValueError(message)
        if (self.experiment is None) is not (self.arm is None) or (self.paid and not self.arm):
            message = "experiment and arm belong together, and paid to both"
            raise ValueError(message)
        return self


class Tries(Part):
    """Somebody begins an experiment on a limit: contacts are dealt one of its values."""

    who: Name
    name: Name
    limit: Name = Field(description="A limit of the policy, as max_failed_attempts.")
    values: tuple[int, ...]
    metric: Name
    baseline: float
    effect: float
    least_days: Number = 28
    text: Text = "to know before it holds for all"


class VerdictExpectation(Part):
    """What the last whole week's report says of a flow."""

    verdict: Text
    because: Texts | None = Field(None, description="Words of its reasons.")
    urgent: bool | None = Field(None, description="It is the one urgent fix of the week.")


class TrialExpectation(Part):
    """What an experiment says of an arm beside the control."""

    arm: Text
    ruling: Text
    values: dict[Name, int] | None = Field(None, description="So many contacts have a value.")
    changes: dict[Name, float] | None = Field(
        None, description="The arm's mean less the control's, by KPI; money in minor units."
    )
