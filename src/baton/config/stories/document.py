"""A story file: its head, its JSON Schema, and the mistakes that only the whole shows.

Mistakes of form are found by the models, mistakes of meaning (nobody of that name,
an agent who is told to write first) by `_problems_of`; both name file, line and column.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from baton.config.stories.basics import ContactChannel, Name, Part, Row, Text
from baton.config.stories.booking_parts import Bookable
from baton.config.stories.parts import Person, SetThresholds, Step
from baton.core import return_policy
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.policy import Policy, with_overrides
from baton.core.return_policy import ReturnPolicy
from baton.flows import document as flows
from baton.services.workspace import library, packs
from baton.services.writing import documents
from baton.services.writing.documents import Document, InvalidDocument, Path, Problem

STARTS = datetime.fromisoformat("2026-03-02T10:00:00Z")
"""A Monday morning: the place is open."""

MAX_STEPS = 500


class Story(Part):
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
    thresholds: tuple[SetThresholds, ...] = Field(
        (), description="Thresholds of confidence that somebody set before it begins."
    )
    flows: tuple[Name, ...] = Field(
        (), description="Templates of the library that the workspace has started from."
    )
    switched_on: dict[Name, tuple[Name, ...]] = Field(
        default_factory=dict,
        description="Messages of those flows that come switched off, and are on here: their steps.",
    )
    own_flows: dict[Name, dict[str, JsonValue]] = Field(
        default_factory=dict, description="Flows that the workspace wrote itself, by their name."
    )
    over: tuple[ContactChannel, ...] = Field(
        (), description="Channels: it is played once over each, with every contact there."
    )
    actions: dict[Name, dict[Name, JsonValue]] = Field(
        default_factory=dict,
        description="Actions of connected systems, and what each returns whenever it is called.",
    )
    return_rules: dict[Name, JsonValue] = Field(
        default_factory=dict,
        description="Rules of returns that somebody wrote before it begins, by their name.",
        json_schema_extra={
            "propertyNames": {"enum": [field.name for field in fields(ReturnPolicy)]}
        },
    )
    activities: dict[Name, Bookable] = Field(
        default_factory=dict,
        description="What can be booked, with its slots; each slot has a name of its own.",
    )
    templates: dict[Name, Text] = Field(
        default_factory=dict,
        description="WhatsApp templates, in English, that are approved before it begins.",
    )
    supervised: bool = Field(
        default=False, description="The workspace is new: nothing closes without a person."
    )
    people: Annotated[dict[Name, Person], Field(min_length=1)]
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MAX_STEPS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDocument:
    """A story and the places of all its parts in the file."""

    story: Story
    source: Document

    def over(self, channel: ContactChannel) -> "StoryDocument":
        """Return the story with every contact of it on one channel."""
        people = {
            name: person.model_copy(update={"contact": channel}) if person.contact else person
            for name, person in self.story.people.items()
        }
        return replace(self, story=self.story.model_copy(update={"people": people}))

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
    yield from _problems_of_limits(story, source)
    yield from _problems_of_thresholds(story, source)
    yield from _problems_of_flows(story, source)
    yield from _problems_of_own_flows(story, source)
    if not any(person.contact for person in story.people.values()):
        yield source.problem(("people",), "nobody writes here; add a contact")
    said: dict[str, str] = {}
    for place, step in enumerate(story.steps):
        for path, wanted, name in _names_in(step):
            yield from _problems_of_name(story, source, ("steps", place, *path), wanted, name)
        yield from _problems_of_ids(source, place, step, said)


def _problems_of_limits(story: Story, source: Document) -> Iterator[Problem]:
    try:
        with_overrides(Policy(), dict(story.policy))
    except InvalidInput as error:
        for name, why in error.fields.items():
            yield source.problem(("policy", name), why)
    try:
        return_policy.parse_policy(json.loads(json.dumps(story.return_rules)))
    except InvalidInput as error:
        for name, why in error.fields.items():
            yield source.problem(("return_rules", name), why)


def _problems_of_flows(story: Story, source: Document) -> Iterator[Problem]:
    known = {template.name for template in library.list_templates()}
    for place, name in enumerate(story.flows):
        if name not in known:
            names = ", ".join(sorted(known))
            yield source.problem(("flows", place), f"no template {name!r}; there are {names}")
        elif name in _begun(story):
            message = f"the pack {story.pack!r} begins with {name!r} already; leave it out"
            yield source.problem(("flows", place), message)
    for name, steps in story.switched_on.items():
        muted = library.muted_in(name) if name in story.flows and name in known else ()
        for step in sorted({*steps} - {*muted}):
            yield source.problem(("switched_on", name), f"no message {step!r} is off there")


def _problems_of_own_flows(story: Story, source: Document) -> Iterator[Problem]:
    for own, written in story.own_flows.items():
        try:
            flows.parse({**written, "flow": own})
        except InvalidInput as error:
            for field, why in error.fields.items():
                yield source.problem(("own_flows", own), f"{field}: {why}")


def _begun(story: Story) -> tuple[str, ...]:
    """Return the flows of the library that a workspace of the story's pack begins with."""
    return packs.load_pack(story.pack).library if story.pack in packs.list_packs() else ()


def _problems_of_thresholds(story: Story, source: Document) -> Iterator[Problem]:
    if story.pack not in packs.list_packs():
        return
    pack = packs.load_pack(story.pack)
    for place, one in enumerate(story.thresholds):
        if one.intent and pack.intent(one.intent) is None:
            yield source.problem(("thresholds", place, "intent"), f"no intent {one.intent!r}")
        if one.flow and one.flow not in pack.flows:
            known = ", ".join(sorted(pack.flows))
            message = f"no flow {one.flow!r}; the pack has {known}"
            yield source.problem(("thresholds", place, "flow"), message)


_WHOSE = {
    **dict.fromkeys(("says", "arrives", "books", "orders", "came"), "contact"),
    **dict.fromkeys(("does", "pilots", "tries"), "user"),
}
"""What somebody must be who is named as `who` of a step."""


def _names_in(step: Step) -> Iterator[tuple[Path, str, str]]:
    """Yield each place where a person is named, and what they must be there."""
    for kind, wanted in _WHOSE.items():
        if part := getattr(step, kind):
            yield (kind, "who"), wanted, part.who
    for place, line in enumerate(step.exports.lines if step.exports else ()):
        yield ("exports", "lines", place, "who"), "contact", line.who
    if step.does and step.does.on:
        yield ("does", "on"), "contact", step.does.on
    if step.books and step.books.by:
        yield ("books", "by"), "user", step.books.by
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
