"""What a story may expect of a card, a clock, a survey and an approval."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from baton.config.stories.basics import Name, Number, Part, Span, Text, Texts
from baton.core import approvals
from baton.core.roles import Role


class CardExpectation(Part):
    """What the newest handoff's card must hold, and must not."""

    summary: Text | None = Field(None, description="Words that the summary contains.")
    reason: Text | None = None
    trigger: Text | None = None
    reference: str | None = None
    membership: str | None = None
    consent: Text | None = Field(None, description="Words that the consent note contains.")
    asked_for_person: bool | None = None
    urgency_at_least: Annotated[int, Field(ge=0, le=100)] | None = None
    actions: Texts | None = Field(None, description="Words of what the bot did.")
    tags: Texts | None = Field(None, description="Tags that are among the card's.")
    messages: Texts | None = Field(None, description="Words of the contact's last messages.")
    without: Texts | None = Field(None, description="What must stand nowhere on the card.")


class ClockExpectation(Part):
    """The newest promise to the contact."""

    kind: Literal["first_response", "next_response", "async_promise", "resolution"] | None = Field(
        None, description="Without one, the newest that an answer meets."
    )
    state: Literal["running", "paused", "met", "breached", "stopped"] | None = None
    due_in: Span | None = Field(None, description="Counted from its start, in opening hours.")
    due_at: AwareDatetime | None = None


class OpeningExpectation(Part):
    """Somebody who opened the contact's newest card, or their transcript."""

    who: Name
    what: Literal["card", "transcript"]
    ago: Span = Field(description="How long before now.")


class SurveyExpectation(Part):
    """The newest question after a resolution."""

    asked: bool | None = None
    rating: Annotated[int, Field(ge=0, le=10)] | None = Field(None, description="null: unanswered.")
    score: Annotated[float, Field(ge=0, le=100)] | None = None
    words: Text | None = Field(
        None, description="What they said of it, kept beside the rating; null: nothing."
    )


class ApprovalExpectation(Part):
    """The newest thing that was proposed for the contact."""

    kind: approvals.Kind | None = None
    state: approvals.State | None = None
    asked: Role | None = Field(None, description="Whose authority it waits for, or had.")
    amount: Number | None = Field(None, description="In minor units.")
    proposed_by: Text | None = Field(None, description="A user's name, or that of a flow.")
