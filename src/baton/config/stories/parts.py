"""The parts of a story file: people, steps, and what can be expected.

Each mapping knows its keys; one that it does not know is a mistake. What belongs
together, or excludes each other, is checked here too and stands in the JSON Schema.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from baton.config.stories.basics import (
    ContactChannel,
    Name,
    Number,
    Part,
    Photo,
    Span,
    Text,
    Texts,
)
from baton.config.stories.booking_parts import BookingExpectation, Books, Came
from baton.config.stories.counted_parts import (
    Between,
    Counted,
    TrialExpectation,
    Tries,
    VerdictExpectation,
)
from baton.config.stories.expected_parts import (
    ApprovalExpectation,
    CardExpectation,
    ClockExpectation,
    OpeningExpectation,
    SurveyExpectation,
)
from baton.config.stories.export_parts import Exports
from baton.config.stories.order_parts import Orders
from baton.config.stories.pilot_parts import Pilots
from baton.core import approvals, confidence, retention
from baton.core.confidence import Scope, Thresholds
from baton.core.ownership import Owner
from baton.core.presend import Delay, Refusal
from baton.core.resolution import Verification
from baton.core.roles import Role
from baton.core.triage import Outcome


class Person(Part):
    """Somebody in a story: a contact on a channel, or a member of the staff."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["contact"]}, {"required": ["user"]}]}
    )

    contact: ContactChannel | None = Field(None, description="A customer, and their channel.")
    also: tuple[ContactChannel, ...] = Field(
        (), description="Further channels on which the customer can be reached."
    )
    language: str = Field(
        "",
        pattern=r"^([a-z]{2,3}(-[A-Z]{2})?)?$",
        description="The customer's language, as a connected system tells it with its events.",
    )
    user: Role | None = Field(None, description="A member of the staff, and their role.")
    name: Text | None = Field(None, description="The name they give; a contact may give none.")
    skills: tuple[Name, ...] = Field((), description="Queues that a user serves beside general.")
    available: bool = Field(default=True, description="Whether a user is on duty at the start.")

    @model_validator(mode="after")
    def _is_one_kind(self) -> "Person":
        if (self.contact is None) == (self.user is None):
            message = "write either contact: with a channel or user: with a role"
            raise ValueError(message)
        if self.user is None and (self.skills or not self.available):
            message = "skills and available belong to a user, not to a contact"
            raise ValueError(message)
        if self.user is not None and (self.also or self.language):
            message = "also and language belong to a contact, not to a user"
            raise ValueError(message)
        return self


class SetThresholds(Part):
    """Thresholds that somebody set before it begins: for an intent, a flow, or everywhere."""

    model_config = ConfigDict(
        json_schema_extra={"not": {"required": ["intent", "flow"]}},
    )

    intent: Name | None = None
    flow: Name | None = None
    answer: Annotated[float, Field(ge=confidence.MIN_ANSWER, le=confidence.MAX_ANSWER)]
    floor: Annotated[float, Field(ge=confidence.MIN_FLOOR, le=confidence.MAX_FLOOR)]

    @model_validator(mode="after")
    def _is_one_scope(self) -> "SetThresholds":
        if self.intent and self.flow:
            message = "write an intent or a flow; one entry sets one"
            raise ValueError(message)
        if problems := confidence.problems_with(self.value):
            raise ValueError(" ".join(problems.values()))
        return self

    @property
    def scope(self) -> Scope:
        """What they are set for."""
        if self.intent:
            return Scope.INTENT
        return Scope.FLOW if self.flow else Scope.WORKSPACE

    @property
    def name(self) -> str:
        """The intent's or the flow's name, "" for everywhere."""
        return self.intent or self.flow or ""

    @property
    def value(self) -> Thresholds:
        """The thresholds themselves."""
        return Thresholds(answer=self.answer, floor=self.floor)


class Says(Part):
    """A contact writes, or sends a photo; a list of texts is a burst, one second apart."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["text"]}, {"required": ["photo"]}]}
    )

    who: Name
    text: Texts = ()
    photo: Photo | None = Field(None, description="Photos come with the first text.")
    id: Name | None = Field(None, description="A name for it, so that it can be delivered again.")

    @model_validator(mode="after")
    def _says_something(self) -> "Says":
        if not self.text and not self.photo:
            message = "write text, or photo: true"
            raise ValueError(message)
        return self


class Identity(Part):
    """What the business's own site vouches for."""

    id: Text
    name: str = ""
    membership: str = ""


class Arrives(Part):
    """An event from outside.

    The site says who a visitor is, a provider repeats itself, or a connected system tells
    what happened in a contact's world.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["identity"]},
                {"required": ["redelivery_of"]},
                {"required": ["event"]},
            ]
        }
    )

    who: Name
    identity: Identity | None = None
    redelivery_of: Name | None = Field(None, description="The id of a `says` above.")
    event: Name | None = Field(None, description="What happened, as in booking_created.")
    facts: dict[Name, JsonValue] = Field(
        default_factory=dict, description="What the event brings; times with their offset."
    )

    @model_validator(mode="after")
    def _is_one_event(self) -> "Arrives":
        given = (self.identity, self.redelivery_of, self.event)
        if sum(one is not None for one in given) != 1:
            message = "write one of identity, redelivery_of and event"
            raise ValueError(message)
        if self.facts and self.event is None:
            message = "facts belong to an event"
            raise ValueError(message)
        return self


class Act(StrEnum):
    """What a member of the staff does."""

    ACCEPT = "accept"
    RELEASE = "release"
    TRANSFER = "transfer"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    RETURN_TO_BOT = "return_to_bot"
    SNOOZE = "snooze"
    OPEN_CARD = "open_card"
    OPEN_TRANSCRIPT = "open_transcript"
    PASS = "pass"  # noqa: S105 - an act, no secret
    UNDO = "undo"
    GO_OFF_DUTY = "go_off_duty"
    COME_ON_DUTY = "come_on_duty"
    REVIEW = "review"
    END_SUPERVISION = "end_supervision"
    PROPOSE = "propose"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    RECONSIDER = "reconsider"
    CARRY_OUT = "carry_out"
    TELL_RETENTION = "tell_retention"


_NEEDS: dict[Act, tuple[str, ...]] = {
    Act.REPLY: ("text",),
    Act.NOTE: ("text",),
    Act.RESOLVE: ("code",),
    Act.TRANSFER: ("code",),
    Act.SNOOZE: ("for",),
    Act.REVIEW: ("code",),
    Act.END_SUPERVISION: ("text",),
    Act.PROPOSE: ("kind", "amount", "code"),
    Act.DECLINE: ("text",),
    Act.CARRY_OUT: ("text",),
    Act.TELL_RETENTION: ("code", "outcome"),
}
_MAY_TAKE: dict[Act, tuple[str, ...]] = {
    Act.PROPOSE: ("text",),
    Act.TELL_RETENTION: ("wish", "offer"),
    Act.TRANSFER: ("text",),
}
_OF_NOBODY = (Act.GO_OFF_DUTY, Act.COME_ON_DUTY, Act.END_SUPERVISION)


class Does(Part):
    """A member of the staff acts on a contact's newest conversation."""

    who: Name
    act: Act
    on: Name | None = Field(None, description="The contact; not for acts that concern nobody.")
    text: Text | None = Field(
        None,
        description="For reply, note, end_supervision and decline (the reason), carry_out (its "
        "number elsewhere) and propose (what it concerns).",
    )
    code: Text | None = Field(
        None,
        description="For resolve; for review, the verdict; for propose and tell_retention, the "
        "reason's code; for transfer, who gets it.",
    )
    span: Span | None = Field(None, alias="for", description="For snooze.")
    kind: approvals.Kind | None = Field(None, description="For propose.")
    amount: Number | None = Field(None, description="For propose, in minor units.")
    outcome: retention.Outcome | None = Field(None, description="For tell_retention.")
    wish: retention.Wish | None = Field(None, description="For tell_retention; else cancel.")
    offer: Name | None = Field(None, description="For tell_retention: a code of the pack.")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Does":
        given = {
            "text": self.text,
            "code": self.code,
            "for": self.span,
            "kind": self.kind,
            "amount": self.amount,
            "outcome": self.outcome,
            "wish": self.wish,
            "offer": self.offer,
        }
        needed = _NEEDS.get(self.act, ())
        if missing := [name for name in needed if given[name] is None]:
            message = f"the act {self.act} needs {missing[0]!r}"
            raise ValueError(message)
        taken = (*needed, *_MAY_TAKE.get(self.act, ()))
        if spare := [name for name, v in given.items() if v is not None and name not in taken]:
            message = f"the act {self.act} takes no {spare[0]!r}"
            raise ValueError(message)
        if (self.on is None) is not (self.act in _OF_NOBODY):
            message = f"the act {self.act} {'takes no' if self.on else 'needs'} 'on'"
            raise ValueError(message)
        return self


class Expectation(Part):
    """What must be true now; every key is optional, and only those written are looked at."""

    of: Name | None = Field(None, description="The contact; else the one last concerned.")
    reply: Texts | None = Field(None, description="Words of the replies since the last step.")
    replies: Number | None = Field(None, description="How many replies since the last step.")
    choices: tuple[Text, ...] | None = Field(None, description="Keys that the last reply offers.")
    channel: ContactChannel | None = Field(None, description="Where the last reply went.")
    template: str | None = Field(
        None, description='The approved template that the last reply went as; "" is none.'
    )
    owner: Owner | None = None
    status: Literal["open", "snoozed", "resolved"] | None = None
    queue: str | None = None
    request_type: str | None = None
    triage: Outcome | None = None
    failed_attempts: Number | None = None
    in_review: bool | None = Field(None, description="A person is asked to look at an answer.")
    flagged: bool | None = None
    breaches: tuple[Text, ...] | None = Field(
        None, description="What is broken or forgotten in the conversation now, in order of name."
    )
    notices: dict[Name, tuple[Text, ...]] | None = Field(
        None, description="What members of the staff have not seen yet, newest first."
    )
    recontacts: Number | None = None
    conversations: Number | None = None
    messages: Number | None = Field(None, description="How many messages of the contact are kept.")
    resolution: Verification | None = None
    resolved_by: Literal["bot", "agent"] | None = None
    escalations: tuple[Text, ...] | None = Field(
        None, description="All triggers of a handoff that were logged so far."
    )
    flags: tuple[Text, ...] | None = Field(
        None, description="All live flags that were raised so far, while the bot had it."
    )
    intent: str | None = Field(None, description="The likeliest of the last turn.")
    card: CardExpectation | None = None
    clock: ClockExpectation | None = None
    survey: SurveyExpectation | None = None
    approval: ApprovalExpectation | None = None
    booking: BookingExpectation | None = None
    tasks: tuple[Text, ...] | None = Field(
        None, description="Words of what people have to do for the contact; none: nothing."
    )
    free: dict[Name, Number] | None = Field(None, description="Places left, by slot.")
    drafted: str | None = Field(None, description="Words of the last draft in shadow.")
    undelivered: Refusal | None = Field(None, description="Why a message since was not sent.")
    held: Delay | None = Field(None, description="Why a message waits for its time.")
    audit: dict[Name, Number] | None = Field(None, description="Entries of the workspace.")
    opened: tuple[OpeningExpectation, ...] | None = Field(
        None, description="What the audit trail tells an auditor of the story, oldest first."
    )
    offered_to: Name | Literal[""] | None = Field(
        None, description='Who of the staff is asked to take it at this moment; "" is nobody.'
    )
    chain: Literal["intact"] | None = Field(None, description="The audit chain verifies.")
    kpi: dict[Name, float | None] | None = None
    runs: dict[Name, Number | Between] | None = Field(
        None, description="Contacts a flow took, by flow."
    )
    weekly: dict[Name, VerdictExpectation] | None = Field(
        None, description="What the last whole week's report says, by flow."
    )
    experiment: dict[Name, TrialExpectation] | None = None
    error: Text | None = Field(None, description="Words with which the last act was refused.")


_STEP_KINDS = (
    "says",
    "passes",
    "arrives",
    "does",
    "books",
    "orders",
    "exports",
    "came",
    "pilots",
    "counted",
    "tries",
    "expect",
)


class Step(Part):
    """One thing that happens, or what must be true after it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    says: Says | None = None
    passes: Span | None = None
    arrives: Arrives | None = None
    does: Does | None = None
    books: Books | None = None
    orders: Orders | None = None
    exports: Exports | None = None
    came: Came | None = None
    pilots: Pilots | None = None
    counted: Counted | None = None
    tries: Tries | None = None
    expect: Expectation | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Step":
        if sum(getattr(self, kind) is not None for kind in _STEP_KINDS) != 1:
            message = f"a step is one of {', '.join(_STEP_KINDS)}"
            raise ValueError(message)
        return self
