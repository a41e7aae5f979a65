"""An industry pack: data that turns the same engine into a gym's, a shop's, a clinic's.

A pack holds no code. Files in `baton/packs/<name>/` are parsed and checked by
`services.packs`; the rest of Baton sees only these frozen values.
"""

from dataclasses import dataclass, field

from baton.core.json import Json
from baton.core.reading import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestType:
    """A kind of request with its triage axes (T1, U2).

    Attributes:
        complexity: 0 (look-up) to 5 (needs outside knowledge or judgement).
        emotion: 0 (none) to 3 (distress).
        frequency_per_week: how often it comes in an average week.
        value: business value, 0 to 3.
        about: the object that a bare "cancel" means after it: "booking", "membership" or "" (X4).
        tags: suggested tags for a person (E39).
        queue: the queue that a person takes it from.
    """

    name: str
    title: str
    complexity: int
    emotion: int
    frequency_per_week: int
    value: int
    queue: str = "general"
    about: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something that people mean, taught by examples; belongs to one request type.

    `wants` completes the sentence "The customer wants ..." on a card.
    """

    name: str
    request_type: str
    wants: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A knowledge-base answer to one intent: one or two sentences, one call to action (FQ3).

    `answer` is a Liquid text over `business` and `location`. `cta_label` and
    `cta_url` are both set or both empty; the address may hold Liquid too.
    """

    name: str
    intent: str
    question: str
    answer: str
    cta_label: str = ""
    cta_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A waiting list of people, with the clocks it promises (R6, U6).

    `first_response_minutes` counts business minutes; `async_window_minutes` is
    the window promised when nobody is free. `priority` sorts queues, high first.
    """

    name: str
    title: str
    first_response_minutes: int
    async_window_minutes: int
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedResponse:
    """An agent's saved reply, written by typing `/short_code`."""

    short_code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One industry, whole.

    Attributes:
        policy: overrides of `core.policy.Policy`, by field name.
        flows: flow documents as parsed YAML, by flow name.
        copy: sentences that the bot says outside flows, by key.
    """

    name: str
    title: str
    locale: str
    request_types: tuple[RequestType, ...]
    intents: tuple[Intent, ...]
    articles: tuple[Article, ...]
    vocabulary: Vocabulary
    queues: tuple[Queue, ...]
    canned: tuple[CannedResponse, ...]
    copy: dict[str, str]
    policy: dict[str, Json]
    flows: dict[str, Json]

    # By name, since every message looks several of them up.
    _request_types: dict[str, RequestType] = field(init=False, repr=False, compare=False)
    _intents: dict[str, Intent] = field(init=False, repr=False, compare=False)
    _answers: dict[str, Article] = field(init=False, repr=False, compare=False)
    _queues: dict[str, Queue] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index what is looked up; a frozen value is filled in once, here."""
        kinds = {kind.name: kind for kind in self.request_types}
        object.__setattr__(self, "_request_types", kinds)
        object.__setattr__(self, "_intents", {one.name: one for one in self.intents})
        object.__setattr__(self, "_answers", {one.intent: one for one in self.articles})
        object.__setattr__(self, "_queues", {queue.name: queue for queue in self.queues})

    def request_type(self, name: str) -> RequestType | None:
        """Return the request type of that name, or None."""
        return self._request_types.get(name)

    def intent(self, name: str) -> Intent | None:
        """Return the intent of that name, or None."""
        return self._intents.get(name)

    def article_for(self, intent: str) -> Article | None:
        """Return the article that answers an intent, or None."""
        return self._answers.get(intent)

    def queue(self, name: str) -> Queue:
        """Return the queue of that name; the first queue serves unknown names."""
        return self._queues.get(name, self.queues[0])
