"""What stands in the files of a pack, key by key; `packs` puts them together."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, RootModel

from baton.core.card import Need
from baton.core.hard_stops import HardStop

Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=2000)]
AnswerChannel: TypeAlias = Literal["webchat", "whatsapp", "sms", "email"]
Axis: TypeAlias = Annotated[int, Field(ge=0, le=3)]


class Part(BaseModel):
    """A mapping of a pack's file: keys that it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QueuePart(Part):
    name: Name
    title: Text
    first_response_minutes: Annotated[int, Field(gt=0)]
    async_window_minutes: Annotated[int, Field(gt=0)]
    next_response_minutes: Annotated[int, Field(ge=0)] = 0
    resolution_minutes: Annotated[int, Field(ge=0)] = 0
    priority: int = 0


class RequestTypePart(Part):
    name: Name
    title: Text
    complexity: Annotated[int, Field(ge=0, le=5)]
    emotion: Axis
    frequency_per_week: Annotated[int, Field(ge=0)]
    value: Axis
    queue: Name = "general"
    about: Literal["", "booking", "membership"] = ""
    tags: tuple[Name, ...] = ()
    needs: tuple[Need, ...] = ()


class CannedPart(Part):
    short_code: Name
    text: Text


class PackFile(Part):
    title: Text
    locale: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
    queues: Annotated[tuple[QueuePart, ...], Field(min_length=1)]
    library: tuple[Name, ...] = ()
    request_types: tuple[RequestTypePart, ...]
    canned: tuple[CannedPart, ...] = ()
    policy: dict[str, bool | int | float | str] = Field(default_factory=dict)


class IntentPart(Part):
    """`examples` holds one example a line, so that nobody has to quote a question mark.

    `also` holds further ones that tell the intent from its neighbours. They weigh nothing in
    what is heard as a hard stop, where many ways to say one harmless thing would drown the rest.
    """

    name: Name
    request_type: Name
    wants: Text
    examples: str
    also: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.harmless, *lines_of(self.also))

    @property
    def harmless(self) -> tuple[str, ...]:
        return lines_of(self.examples)


class IntentsFile(Part):
    intents: tuple[IntentPart, ...]


class ArticlePart(Part):
    name: Name
    intent: Name
    question: Text
    answer: Annotated[str, Field(min_length=1, max_length=480)]
    cta_label: Annotated[str, Field(max_length=40)] = ""
    cta_url: Annotated[str, Field(max_length=500)] = ""
    channel_answers: dict[AnswerChannel, Annotated[str, Field(min_length=1, max_length=1500)]] = (
        Field(default_factory=dict)
    )


class KnowledgeFile(Part):
    articles: tuple[ArticlePart, ...]


class VocabularyFile(Part):
    """`owner` is the role that answers for these words (U16)."""

    owner: Text = "Compliance lead"
    words: dict[Name, tuple[Text, ...]]


class StopPart(Part):
    """One message a line, as with intents: what stops, and what only sounds like it."""

    for_: Annotated[str, Field(alias="for")]
    against: str = ""


class StopsFile(Part):
    """`owner` is the role that answers for these words (U16)."""

    owner: Text = "Compliance lead"
    stops: dict[HardStop, StopPart] = Field(default_factory=dict)
    against: str = ""


class ReasonPart(Part):
    name: Name
    title: Annotated[str, Field(min_length=1, max_length=80)]


class OfferPart(ReasonPart):
    amount_minor: Annotated[int, Field(ge=0)] = 0


class ActingFile(Part):
    """What people choose from as they act; a pack's own lists stand in place of the base's."""

    grant_reasons: tuple[ReasonPart, ...] = ()
    churn_reasons: tuple[ReasonPart, ...] = ()
    offers: tuple[OfferPart, ...] = ()


class CopyFile(RootModel[dict[Name, Text]]):
    pass


def lines_of(block: str) -> tuple[str, ...]:
    return tuple(line for line in map(str.strip, block.splitlines()) if line)
