"""What is wrong with an article as written, told at the field, and how it will read (FQ3)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.pack import Article, Pack
from baton.flows import render
from baton.flows.steps import answer

CHANNELS = ("webchat", "whatsapp", "sms", "email")
MAX_ANSWER = 480
MAX_EMAIL = 1_500
MAX_SMS = 320
"""Two SMS of 160 characters: more reads as an e-mail that arrived in pieces."""

MAX_QUESTION = 200
MAX_VARIANTS = 50
MAX_LABEL = 40
MAX_URL = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_SAFE_URL = re.compile(r"(?:https?://|mailto:)\S+|tel:[+\d][\d ().-]*", re.IGNORECASE)

Problem = tuple[str, str]
"""The field and what must change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an article is checked against.

    `others` are the articles that answer beside it; `facts` are those of its
    location, or of the first one; `locations` are the ids that it may name.
    """

    pack: Pack
    others: Sequence[Article]
    facts: dict[str, Json]
    locations: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An article as a contact would read it on a channel, or why it cannot be read."""

    channel: str
    text: str
    problem: str = ""

    @property
    def length(self) -> int:
        """Return how many characters go out."""
        return len(self.text)

    @property
    def is_too_long(self) -> bool:
        """Return whether an SMS takes more than two parts."""
        return self.channel == "sms" and self.length > MAX_SMS


def problems_of(article: Article, around: Surroundings) -> dict[str, str]:
    """Return what must change, by field: the first problem of each."""
    found: dict[str, str] = {}
    for check in _CHECKS:
        for field, problem in check(article, around):
            found.setdefault(field, problem)
    return found


def previews_of(article: Article, facts: dict[str, Json]) -> tuple[Preview, ...]:
    """Return the article on every channel."""
    return tuple(_preview(article, channel, facts) for channel in CHANNELS)


def _preview(article: Article, channel: str, facts: dict[str, Json]) -> Preview:
    try:
        return Preview(channel=channel, text=answer.words_of(article, channel, facts))
    except InvalidInput as error:
        return Preview(channel=channel, text="", problem=_first_line(error))


def _question(article: Article, around: Surroundings) -> Iterator[Problem]:
    if not _NAME.fullmatch(article.name):
        yield "name", "Use small letters, digits and _, and begin with a letter."
    if around.pack.intent(article.intent) is None:
        yield "intent", "Choose what people mean who should get this answer."
    if not article.question or len(article.question) > MAX_QUESTION:
        yield "question", f"Write a question of at most {MAX_QUESTION} characters."


def _variants(article: Article, around: Surroundings) -> Iterator[Problem]:
    if len(article.variants) > MAX_VARIANTS:
        yield "variants", f"Keep at most {MAX_VARIANTS} variants."
    taught = {
        text.casefold(): intent.name for intent in around.pack.intents for text in intent.examples
    } | {text.casefold(): other.intent for other in around.others for text in other.variants}
    for text in article.variants:
        if len(text) > MAX_QUESTION:
            yield "variants", f"“{text[:40]}…” is longer than {MAX_QUESTION} characters."
        if taught.get(text.casefold(), article.intent) != article.intent:
            meant = taught[text.casefold()].replace("_", " ")
            yield "variants", f"“{text}” is an example of “{meant}” already."


def _answers(article: Article, around: Surroundings) -> Iterator[Problem]:
    if not article.answer or len(article.answer) > MAX_ANSWER:
        yield "answer", f"Write an answer of at most {MAX_ANSWER} characters."
    yield from _unreadable("answer", article.answer, around)
    for channel, text in article.channel_answers.items():
        limit = MAX_EMAIL if channel == "email" else MAX_ANSWER
        if channel not in CHANNELS:
            yield "answer", f"There is no channel {channel}."
        if len(text) > limit:
            yield f"answer_{channel}", f"Keep it under {limit} characters."
        yield from _unreadable(f"answer_{channel}", text, around)
    if "sms" in article.channel_answers:
        shown = _preview(article, "sms", around.facts)
        if shown.is_too_long:
            problem = f"With its link this is {shown.length} characters; an SMS holds {MAX_SMS}."
            yield "answer_sms", problem


def _call_to_action(article: Article, around: Surroundings) -> Iterator[Problem]:
    if article.cta_url and not article.cta_label:
        yield "cta_label", "Say what the link does, or leave its address empty too."
    if article.cta_label and not article.cta_url:
        yield "cta_url", "Give the link's address, or leave its label empty too."
    if len(article.cta_label) > MAX_LABEL:
        yield "cta_label", f"Keep it under {MAX_LABEL} characters."
    if len(article.cta_url) > MAX_URL:
        yield "cta_url", f"Keep it under {MAX_URL} characters."
    if article.cta_url:
        yield from _address(article.cta_url, around)


def _address(url: str, around: Surroundings) -> Iterator[Problem]:
    try:
        read = render.render(url, around.facts)
    except InvalidInput as error:
        yield "cta_url", _first_line(error)
        return
    if not _SAFE_URL.fullmatch(read):
        yield "cta_url", "Begin with https://, http://, tel: or mailto:, without blanks."


def _validity(article: Article, around: Surroundings) -> Iterator[Problem]:
    if article.valid_from and article.valid_until and article.valid_until < article.valid_from:
        yield "valid_until", "The last day is before the first."
    if article.location_id and article.location_id not in around.locations:
        yield "location_id", "There is no such location."


def _clash(article: Article, around: Surroundings) -> Iterator[Problem]:
    """Two articles of the same rank on the same day: nobody could say which is given."""
    for other in around.others:
        is_same_place = (other.intent, other.location_id) == (article.intent, article.location_id)
        if is_same_place and _has_days(other) == _has_days(article) and _overlap(other, article):
            what = f"“{other.question}” answers this already. Change that article"
            yield "intent", f"{what}, or give this one days or a location of its own."


def _has_days(article: Article) -> bool:
    return bool(article.valid_from or article.valid_until)


def _overlap(one: Article, other: Article) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_until or date.max, other.valid_until or date.max)


def _unreadable(field: str, text: str, around: Surroundings) -> Iterator[Problem]:
    try:
        render.render(text, around.facts)
    except InvalidInput as error:
        yield field, _first_line(error)


def _first_line(error: InvalidInput) -> str:
    told = error.fields.get("text", str(error)).strip().splitlines()
    return f"This cannot be filled in: {told[0] if told else 'no valid Liquid'}."


_CHECKS = (_question, _variants, _answers, _call_to_action, _validity, _clash)
