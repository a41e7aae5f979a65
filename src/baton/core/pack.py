"""An industry pack: data that turns the same engine into a gym's, a shop's, a clinic's.

A pack holds no code. Files in `baton/packs/<name>/` are parsed and checked by
`services.packs`; the rest of Baton sees only these frozen values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

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
        needs: what a person has to know to settle it, of `core.card.Need` (T19).
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
    needs: tuple[str, ...] = ()


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

    Attributes:
        variants: other ways to ask; more examples to teach the intent by.
        channel_answers: an answer of its own for some channels, by channel.
        valid_from, valid_until: the first and the last day on which it is given.
        location_id: the one location that it is about; "" means all.
        version: how often it was saved; a pack's own article is version 1.
    """

    name: str
    intent: str
    question: str
    answer: str
    cta_label: str = ""
    cta_url: str = ""
    variants: tuple[str, ...] = ()
    channel_answers: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None
    location_id: str = ""
    version: int = 1

    def is_valid_on(self, day: date) -> bool:
        """Return whether it may be given on a day of its location."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)

    def answer_on(self, channel: str) -> str:
        """Return the answer as it is worded for a channel."""
        return self.channel_answers.get(channel, self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A waiting list of people, with the clocks it promises (R6, U6).

    All of them count business minutes. `async_window_minutes` is the window promised when
    nobody is free; with 0, `next_response_minutes` is as the first, and `resolution_minutes`
    as the workspace's policy says. `priority` sorts queues, high first.
    """

    name: str
    title: str
    first_response_minutes: int
    async_window_minutes: int
    next_response_minutes: int = 0
    resolution_minutes: int = 0
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedResponse:
    """An agent's saved reply, written by typing `/short_code`."""

    short_code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode:
    """A reason that people choose from a list, so that it can be counted."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionOffer:
    """What somebody who wants to leave may be offered; an amount is what it costs."""

    name: str
    title: str
    amount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StopExample:
    """A message that teaches what stops automation; `kind` is "" for what must not."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One industry, whole.

    Attributes:
        policy: overrides of `core.policy.Policy`, by field name.
        flows: flow documents as parsed YAML, by flow name.
        library: the flows of the library that a workspace begins with besides.
        copy: sentences that the bot says outside flows, by key.
        stop_examples: messages for and against each kind of hard stop (U16, U20).
        grant_reasons: why money or an exception is granted (E38).
        churn_reasons: why somebody wants to leave (E22).
        offers: what they may be offered to stay.
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
    library: tuple[str, ...] = ()
    stop_examples: tuple[StopExample, ...] = ()
    grant_reasons: tuple[ReasonCode, ...] = ()
    churn_reasons: tuple[ReasonCode, ...] = ()
    offers: tuple[RetentionOffer, ...] = ()

    # By name, since every message looks several of them up.
    _request_types: dict[str, RequestType] = field(init=False, repr=False, compare=False)
    _intents: dict[str, Intent] = field(init=False, repr=False, compare=False)
    _answers: dict[str, tuple[Article, ...]] = field(init=False, repr=False, compare=False)
    _queues: dict[str, Queue] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index what is looked up; a frozen value is filled in once, here."""
        kinds = {kind.name: kind for kind in self.request_types}
        object.__setattr__(self, "_request_types", kinds)
        object.__setattr__(self, "_intents", {one.name: one for one in self.intents})
        answers: dict[str, tuple[Article, ...]] = {}
        for one in self.articles:
            answers[one.intent] = (*answers.get(one.intent, ()), one)
        object.__setattr__(self, "_answers", answers)
        object.__setattr__(self, "_queues", {queue.name: queue for queue in self.queues})

    def request_type(self, name: str) -> RequestType | None:
        """Return the request type of that name, or None."""
        return self._request_types.get(name)

    def intent(self, name: str) -> Intent | None:
        """Return the intent of that name, or None."""
        return self._intents.get(name)

    def articles_for(self, intent: str) -> tuple[Article, ...]:
        """Return every article about an intent, whatever its days and its location."""
        return self._answers.get(intent, ())

    def article_for(
        self, intent: str, *, day: date | None = None, location_id: str = ""
    ) -> Article | None:
        """Return the article that answers an intent on a day at a location, or None.

        One for that very location wins over a general one, then one with days of its
        own (a notice) over one without. No day means any.
        """
        fitting = [
            article
            for article in self.articles_for(intent)
            if article.location_id in ("", location_id)
            and (day is None or article.is_valid_on(day))
        ]
        return min(fitting, key=_generality, default=None)

    def queue(self, name: str) -> Queue:
        """Return the queue of that name; the first queue serves unknown names."""
        return self._queues.get(name, self.queues[0])


def _generality(article: Article) -> tuple[bool, bool]:
    has_days = bool(article.valid_from or article.valid_until)
    return (not article.location_id, not has_days)
