"""A story as its writer sees it: the models behind a story file, and their JSON Schema.

Mistakes of form are found by the models, mistakes of meaning (nobody of that name,
an agent who is told to write first) by `_problems_of`; both name file, line and column.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.ownership import Owner
from baton.core.policy import Policy, parse_duration, with_overrides
from baton.core.presend import Refusal
from baton.core.resolution import Verification
from baton.core.roles import Role
from baton.core.triage import Outcome
from baton.services import documents, packs
from baton.services.documents import Document, InvalidDocument, Path, Problem

STARTS = datetime.fromisoformat("2026-03-02T10:00:00Z")
"""A Monday morning: the place is open."""

MAX_STEPS = 500
_DURATION = {"type": "string", "pattern": "^[0-9]+[smhd]$", "examples": ["90s", "10m", "72h"]}
_TEXTS: dict[str, Any] = {
    "oneOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ]
}


def _parsed_span(value: object) -> object:
    return value if value is None else parse_duration(str(value))


def _listed(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bool | int | float):
        message = f'must be text: put it in quotes, "{value}"'
        raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError alone into a problem
    return tuple(value) if isinstance(value, list) else value


Text: TypeAlias = Annotated[str, Field(min_length=1)]
Texts: TypeAlias = Annotated[
    tuple[Text, ...], Field(min_length=1), BeforeValidator(_listed), WithJsonSchema(_TEXTS)
]
Span: TypeAlias = Annotated[timedelta, BeforeValidator(_parsed_span), WithJsonSchema(_DURATION)]
Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Row: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]{1,3}[0-9]{1,3}$")]
Number: TypeAlias = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    """A mapping of a story: keys that it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Part):
    """Somebody in a story: a contact on a channel, or a member of the staff."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["contact"]}, {"required": ["user"]}]}
    )

    contact: Literal["webchat"] | None = Field(None, description="A customer, and their channel.")
    user: Role | None = Field(None, description="A member of the staff, and their role.")
    name: Text | None = Field(None, description="The name they give; a contact may give none.")
    skills: tuple[Name, ...] = Field((), description="Queues that a user serves beside general.")
    available: bool = Field(default=True, description="Whether a user is on duty at the start.")

    @model_validator(mode="after")
    def _is_one_kind(self) -> "Person":
        if (self.contact is None) == (self.user is None):
            message = "write either contact: webchat or user: with a role"
            raise ValueError(message)
        if self.user is None and (self.skills or not self.available):
            message = "skills and available belong to a user, not to a contact"
            raise ValueError(message)
        return self


class Says(_Part):
    """A contact writes; a list of texts is a burst, one second apart."""

    who: Name
    text: Texts
    id: Name | None = Field(None, description="A name for it, so that it can be delivered again.")


class Identity(_Part):
    """What the business's own site vouches for."""

    id: Text
    name: str = ""
    membership: str = ""


class Arrives(_Part):
    """An event from outside: the site says who a visitor is, or a provider repeats itself."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["identity"]}, {"required": ["redelivery_of"]}]}
    )

    who: Name
    identity: Identity | None = None
    redelivery_of: Name | None = Field(None, description="The id of a `says` above.")

    @model_validator(mode="after")
    def _is_one_event(self) -> "Arrives":
        if (self.identity is None) == (self.redelivery_of is None):
            message = "write either identity or redelivery_of"
            raise ValueError(message)
        return self


class Act(StrEnum):
    """What a member of the staff does."""

    ACCEPT = "accept"
    RELEASE = "release"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    RETURN_TO_BOT = "return_to_bot"
    SNOOZE = "snooze"
    OPEN_CARD = "open_card"
    OPEN_TRANSCRIPT = "open_transcript"
    GO_OFF_DUTY = "go_off_duty"
    COME_ON_DUTY = "come_on_duty"


_NEEDS = {Act.REPLY: "text", Act.NOTE: "text", Act.RESOLVE: "code", Act.SNOOZE: "for"}
_ON_DUTY = (Act.GO_OFF_DUTY, Act.COME_ON_DUTY)


class Does(_Part):
    """A member of the staff acts on a contact's newest conversation."""

    who: Name
    act: Act
    on: Name | None = Field(None, description="The contact; not for going on or off duty.")
    text: Text | None = Field(None, description="For reply and note.")
    code: Text | None = Field(None, description="For resolve.")
    span: Span | None = Field(None, alias="for", description="For snooze.")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Does":
        given = {"text": self.text, "code": self.code, "for": self.span}
        needed = _NEEDS.get(self.act, "")
        if needed and given[needed] is None:
            message = f"the act {self.act} needs {needed!r}"
            raise ValueError(message)
        if spare := [name for name, value in given.items() if value is not None and name != needed]:
            message = f"the act {self.act} takes no {spare[0]!r}"
            raise ValueError(message)
        if (self.on is None) is not (self.act in _ON_DUTY):
            message = f"the act {self.act} {'takes no' if self.on else 'needs'} 'on'"
            raise ValueError(message)
        return self


class CardExpectation(_Part):
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


class ClockExpectation(_Part):
    """The newest promise to the contact."""

    kind: Literal["first_response", "async_promise"] | None = None
    state: Literal["running", "met", "breached"] | None = None
    due_in: Span | None = Field(None, description="Counted from its start, in opening hours.")
    due_at: AwareDatetime | None = None


class SurveyExpectation(_Part):
    """The newest question after a resolution."""

    asked: bool | None = None
    rating: Annotated[int, Field(ge=1, le=5)] | None = Field(None, description="null: unanswered.")
    score: Annotated[float, Field(ge=0, le=100)] | None = None


class Expectation(_Part):
    """What must be true now; every key is optional, and only those written are looked at."""

    of: Name | None = Field(None, description="The contact; else the one last concerned.")
    reply: Texts | None = Field(None, description="Words of the replies since the last step.")
    replies: Number | None = Field(None, description="How many replies since the last step.")
    choices: tuple[Text, ...] | None = Field(None, description="Keys that the last reply offers.")
    owner: Owner | None = None
    status: Literal["open", "snoozed", "resolved"] | None = None
    queue: str | None = None
    request_type: str | None = None
    triage: Outcome | None = None
    failed_attempts: Number | None = None
    in_review: bool | None = Field(None, description="A person is asked to look at an answer.")
    flagged: bool | None = None
    recontacts: Number | None = None
    conversations: Number | None = None
    messages: Number | None = Field(None, description="How many messages of the contact are kept.")
    resolution: Verification | None = None
    resolved_by: Literal["bot", "agent"] | None = None
    escalations: tuple[Text, ...] | None = Field(None, description="All triggers logged so far.")
    intent: str | None = Field(None, description="The likeliest of the last turn.")
    card: CardExpectation | None = None
    clock: ClockExpectation | None = None
    survey: SurveyExpectation | None = None
    undelivered: Refusal | None = Field(None, description="Why a message since was not sent.")
    audit: dict[Name, Number] | None = Field(None, description="Entries of the workspace.")
    chain: Literal["intact"] | None = Field(None, description="The audit chain verifies.")
    kpi: dict[Name, float | None] | None = None
    error: Text | None = Field(None, description="Words with which the last act was refused.")


_STEP_KINDS = ("says", "passes", "arrives", "does", "expect")


class Step(_Part):
    """One thing that happens, or what must be true after it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    says: Says | None = None
    passes: Span | None = None
    arrives: Arrives | None = None
    does: Does | None = None
    expect: Expectation | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Step":
        if sum(getattr(self, kind) is not None for kind in _STEP_KINDS) != 1:
            message = f"a step is one of {', '.join(_STEP_KINDS)}"
            raise ValueError(message)
        return self


class Story(_Part):
    """A story: who takes part, what happens, and what must be true."""

    story: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w-]*$", max_length=60)]
    title: Text
    rows: tuple[Row, ...] = Field((), description="The rows of the contract that it proves.")
    pack: Name
    starts: AwareDatetime = STARTS
    policy: dict[str, bool | int | float | str] = Field(
        default_factory=dict,
        description="Limits of this story's workspace, by their name in the policy.",
        json_schema_extra={"propertyNames": {"enum": [field.name for field in fields(Policy)]}},
    )
    people: Annotated[dict[Name, Person], Field(min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MAX_STEPS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDocument:
    """A story and the places of all its parts in the file."""

    story: Story
    source: Document

    def problem(self, path: Path, message: str) -> Problem:
        """Return a problem at a path of the document."""
        return self.source.problem(path, message)


def parse_story(text: str, *, file: str) -> StoryDocument:
    """Read a story; raises InvalidDocument with every problem found."""
    source = documents.read(text, file=file)
    story = documents.parse_document(Story, source)
    if problems := tuple(_problems_of(story, source)):
        raise InvalidDocument(problems)
    return StoryDocument(story=story, source=source)


def story_schema() -> dict[str, Json]:
    """Return the JSON Schema of a story file."""
    schema = Story.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _problems_of(story: Story, source: Document) -> Iterator[Problem]:
    if story.pack not in packs.list_packs():
        known = ", ".join(packs.list_packs())
        yield source.problem(("pack",), f"no pack {story.pack!r}; there are {known}")
    try:
        with_overrides(Policy(), dict(story.policy))
    except InvalidInput as error:
        for name, why in error.fields.items():
            yield source.problem(("policy", name), why)
    if not any(person.contact for person in story.people.values()):
        yield source.problem(("people",), "nobody writes here; add a contact")
    said: dict[str, str] = {}
    for place, step in enumerate(story.steps):
        for path, wanted, name in _names_in(step):
            yield from _problems_of_name(story, source, ("steps", place, *path), wanted, name)
        yield from _problems_of_ids(source, place, step, said)


def _names_in(step: Step) -> Iterator[tuple[Path, str, str]]:
    """Yield each place where a person is named, and what they must be there."""
    if step.says:
        yield ("says", "who"), "contact", step.says.who
    if step.arrives:
        yield ("arrives", "who"), "contact", step.arrives.who
    if step.does:
        yield ("does", "who"), "user", step.does.who
    if step.does and step.does.on:
        yield ("does", "on"), "contact", step.does.on
    if step.expect and step.expect.of:
        yield ("expect", "of"), "contact", step.expect.of


def _problems_of_name(
    story: Story, source: Document, path: Path, wanted: str, name: str
) -> Iterator[Problem]:
    person = story.people.get(name)
    if person is None:
        known = ", ".join(story.people)
        yield source.problem(path, f"nobody is called {name!r}; the people are {known}")
    elif (person.contact is None) is (wanted == "contact"):
        yield source.problem(path, f"must be a {wanted}, which {name!r} is not")


def _problems_of_ids(
    source: Document, place: int, step: Step, said: dict[str, str]
) -> Iterator[Problem]:
    if step.says and step.says.id:
        if step.says.id in said:
            path = ("steps", place, "says", "id")
            yield source.problem(path, f"the id {step.says.id!r} stands twice; keep one")
        said[step.says.id] = step.says.who
    again = step.arrives.redelivery_of if step.arrives else None
    if step.arrives and again and said.get(again) != step.arrives.who:
        path = ("steps", place, "arrives", "redelivery_of")
        yield source.problem(path, f"{step.arrives.who!r} said nothing above with the id {again!r}")
