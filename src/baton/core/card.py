"""The context card: what a person needs to act at once, and nothing that they must not see.

One schema in tiers (X6). The header and the trust-repair signals are always
shown; the rest is folded away. A card never holds a raw identifier, a full
transcript or a probability (H6): texts pass through `privacy.mask` and are cut,
and no field could carry a confidence. A guarded one, for a clinic, holds no word of
the contact's at all: what is wanted by its kind, the form's reference and the consent (H16, G17).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import partial

from baton.core import privacy
from baton.core.escalation import Reason
from baton.core.hard_stops import HardStop, HardStopMatch
from baton.core.json import Json

MAX_ACTIONS = 3  # H5: two or three
MAX_MESSAGES = 3  # H1: the last three
MAX_SUMMARY = 200
MAX_QUOTE = 240
MAX_CARD_BYTES = 4_096
MAX_WORD = 40
# A card full of the longest texts still fits: scripts of three and four bytes are cut earlier.
_BYTES_A_CHARACTER = 1.6

MAY_LACK = ("wants", "reference", "identity", "membership", "tags")
"""Fields of a card that may be empty, and that whoever takes the handoff then has to find out."""

_REFERENCE = re.compile(r"(?<![\w@])(?:#\s?\d{3,10}|[A-Z]{2,4}-\d{3,8})(?![\w])")

_NUMBER = re.compile(
    r"(?=.*\d)(?!(?:.*?\d){11})(?=.{3,20}\Z)[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,10}){0,2}"
)
"""The number of an order, a booking or a form as systems write it; more digits are somebody's."""

_WANTS = {
    "membership_cancellation": "to end their membership",
    "refund": "their money back",
    "chargeback": "to reverse a payment through their bank",
    "billing_dispute": "a charge put right",
    "legal": "to settle a legal matter",
    "red_flag": "urgent help with a medical matter",
    "medical": "help with a medical matter",
    "safety": "to report a safety incident",
    "leaving": "to leave for somewhere else",
    "complaint": "a complaint heard",
    "person": "to speak to a person",
}
_OBSTACLE = {
    Reason.HARD_STOP: "this is for a person to decide",
    Reason.REQUESTED: "they asked for a person",
    Reason.NOT_HELPFUL: "the bot's answer did not help",
    Reason.SENSITIVE: "this kind of request is not automated",
    Reason.STRONG_SENTIMENT: "they are upset",
    Reason.FAILED_ATTEMPTS: "the bot could not understand them",
    Reason.REPEATING: "the bot was going round in circles",
    Reason.OPTED_OUT: "they opted out of this channel",
    Reason.FLOW: "the flow needs a person here",
    Reason.STEPPED_IN: "an agent stepped in",
    Reason.UNREADABLE: "a message could not be read by Baton",
    Reason.RULE: "a rule of the house asks for a person",
}


GUARDED = "Words withheld: work from the intake form and the consent alone."
SENSITIVE = "Words withheld: this record is marked as sensitive."
ERASED = "Let go of: what this held of its person is not kept any more."
UNPROVED = "Nobody vouched for who this is: tell nothing of an account."


class Need(StrEnum):
    """What a person has to know to settle a kind of request (T19)."""

    REFERENCE = "reference"  # the number of the order, booking or form
    IDENTITY = "identity"  # that somebody vouched for who it is
    MEMBERSHIP = "membership"


def left_to_find(needs: Iterable[str], known: Mapping[Need, bool]) -> tuple[Need, ...]:
    """Return what is needed and not known yet, in the order in which it is needed."""
    return tuple(need for need in map(Need, needs) if not known[need])


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """The three trust-repair signals (H9)."""

    negative_messages: int
    urgent_words: tuple[str, ...]
    asked_for_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What whoever takes it may grant, and where it goes beyond that (H3)."""

    bot_minor: int
    agent_minor: int
    currency: str
    path: tuple[str, ...] = ("senior", "manager")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCard:
    """A handoff's compact payload; see `SCHEMA` for its form as JSON."""

    summary: str
    urgency: int
    urgency_cause: str
    reference: str
    last_actions: tuple[str, ...]
    authority: Authority
    consent: str
    signals: Signals
    last_messages: tuple[str, ...]
    tags: tuple[str, ...]
    membership: str
    reason: str
    trigger: str
    privacy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a card is made from; raw, and never stored as it is.

    `messages` are the contact's own, oldest first; `references` the numbers of orders and
    bookings that they name, the newest first; `actions` what the bot did, oldest first;
    `settled` what people did before the contact came back; `wants` completes
    "The contact wants ..." if the intent is known.
    `context` is what the flow that hands over says of the matter (H26), "" without one;
    `matter` is its order, booking or form, as the flow knows it, also where it was interrupted;
    `names` are the contact's, as they are known; `is_identified` says that somebody vouched for
    who the contact is. With `is_guarded` no word of the contact's or about them may stand on the
    card, nor with `is_sensitive`: a system marked their record so (H17).
    """

    reason: Reason
    trigger: str
    wants: str
    messages: tuple[str, ...]
    actions: tuple[str, ...]
    urgency: int
    urgency_cause: str
    negative_messages: int
    urgent_words: tuple[str, ...]
    asked_for_person: bool
    tags: tuple[str, ...]
    membership: str
    authority: Authority
    consent: str
    references: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    context: str = ""
    matter: str = ""
    is_identified: bool = True
    names: tuple[str, ...] = ()
    is_guarded: bool = False
    is_sensitive: bool = False


def urgent_words_of(stops: Iterable[HardStopMatch]) -> tuple[str, ...]:
    """Return the words behind hard stops, each once and the shortest of those that overlap.

    A wish for a person has a signal of its own.
    """
    said = {stop.text: None for stop in stops if stop.kind is not HardStop.PERSON}
    return tuple(
        one
        for one in said
        if not any(word != one and word.casefold() in one.casefold() for word in said)
    )


def build(material: Material, tokenise: privacy.Tokenise) -> ContextCard:
    """Make the card; every text that a person wrote is masked and cut."""
    withholds = material.is_guarded or material.is_sensitive
    if withholds:
        material = _guarded(material, tokenise)
    mask = partial(privacy.mask, tokenise=tokenise, names=material.names)
    summary = mask(material.context or _summary_of(material))
    masked = [mask(message) for message in material.messages]
    told = (*reversed(masked), summary)
    said = next((m[0] for text in told if (m := _REFERENCE.search(text))), "")
    named = (number for one in material.references if (number := _number_of(one, tokenise)))
    reference = next(named, "") or said or _number_of(material.matter, tokenise)
    # What people did last is not pushed out by what was asked after it (H13).
    tried = material.actions[-(MAX_ACTIONS - len(material.settled[-1:])) :]
    return ContextCard(
        summary=_cut(summary, MAX_SUMMARY),
        urgency=material.urgency,
        urgency_cause=material.urgency_cause,
        reference=reference.replace(" ", "").lstrip("#"),
        last_actions=tuple(
            _cut(mask(action), MAX_QUOTE) for action in (*material.settled[-1:], *tried)
        ),
        authority=material.authority,
        consent=material.consent,
        signals=Signals(
            negative_messages=material.negative_messages,
            urgent_words=tuple(_cut(mask(word), MAX_WORD) for word in material.urgent_words[:5]),
            asked_for_person=material.asked_for_person,
        ),
        last_messages=()
        if withholds
        else tuple(_cut(text, MAX_QUOTE) for text in masked[-MAX_MESSAGES:]),
        tags=tuple(_cut(tag, MAX_WORD) for tag in material.tags[:8]),
        membership=_cut(privacy.mask(material.membership, tokenise), MAX_WORD),
        reason=material.reason.value,
        trigger=_cut(material.trigger, MAX_WORD),
        privacy=_privacy_of(material),
    )


def missing_from(material: Material, made: ContextCard) -> tuple[str, ...]:
    """Return which of the fields that people work from a card could not be given (K35).

    A guarded card withholds most of them on purpose; there the reference alone counts.
    """
    given = {
        "wants": bool(material.context or _WANTS.get(material.trigger) or material.wants),
        "reference": bool(made.reference),
        "identity": material.is_identified,
        "membership": bool(made.membership),
        "tags": bool(made.tags),
    }
    withholds = material.is_guarded or material.is_sensitive
    counted = ("reference",) if withholds else MAY_LACK
    return tuple(name for name in counted if not given[name])


def _guarded(material: Material, tokenise: privacy.Tokenise) -> Material:
    """Return what may stand on a guarded card: of the flow's words, the form's reference alone."""
    written = _REFERENCE.search(privacy.mask(material.context, tokenise))
    form = written[0] if written else _number_of(material.matter, tokenise)
    return replace(
        material,
        wants="help with a matter that is theirs alone",
        messages=(form,) if form else (),
        references=(),
        actions=(),
        settled=(),
        urgent_words=(),
        tags=(),
        membership="",
        context="",
    )


def _number_of(told: str, tokenise: privacy.Tokenise) -> str:
    """Return a matter's number, "" where it could be anything else, as somebody's name."""
    number = privacy.mask(told, tokenise)
    return number if _NUMBER.fullmatch(number) else ""


def _privacy_of(material: Material) -> str:
    if material.is_guarded:
        return GUARDED
    if material.is_sensitive:
        return SENSITIVE
    return "" if material.is_identified else UNPROVED


def _summary_of(material: Material) -> str:
    wants = _WANTS.get(material.trigger, "") or material.wants
    subject = "A member" if material.membership else "The contact"
    summary = f"{subject} wants {wants or 'something the bot did not understand'}"
    return f"{summary}; {_OBSTACLE[material.reason]}."


def render_json(card: ContextCard) -> str:
    """Return the card as JSON text, within `MAX_CARD_BYTES`."""
    return _ENCODE(card)


def parse_json(text: str) -> ContextCard:
    """Read a card back from `render_json`; raises TypeError or KeyError for another document."""
    told = json.loads(text)
    # Cards that were made before there was a note on privacy have none.
    told.setdefault("privacy", "")
    told["signals"] = Signals(
        **(told["signals"] | {"urgent_words": tuple(told["signals"]["urgent_words"])})
    )
    told["authority"] = Authority(
        **(told["authority"] | {"path": tuple(told["authority"]["path"])})
    )
    for name in ("last_actions", "last_messages", "tags"):
        told[name] = tuple(told[name])
    return ContextCard(**told)


def emptied(card: ContextCard) -> ContextCard:
    """Return a card of which its person is gone: why and how urgent it was, and no word."""
    return replace(
        card,
        summary="",
        reference="",
        last_actions=(),
        consent="",
        signals=replace(card.signals, urgent_words=()),
        last_messages=(),
        membership="",
        privacy=ERASED,
    )


def _cut(text: str, limit: int) -> str:
    """Return a text in one line of so many characters, and of bytes that a card has room for."""
    line = " ".join(text.split())
    cut = line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
    while _weight(cut) > limit * _BYTES_A_CHARACTER:
        cut = cut[: len(cut) * 9 // 10].rstrip("… ") + "…"
    return cut


def _weight(text: str) -> int:
    return len(_ENCODE(text).encode())


def _by_name(part: object) -> dict[str, object]:
    """Return a part of a card as JSON takes it, without the deep copy that `asdict` makes."""
    if not isinstance(part, (ContextCard, Signals, Authority)):
        raise TypeError(type(part))
    return {field.name: getattr(part, field.name) for field in fields(part)}


# Made once: a card measures a dozen texts.
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_by_name).encode


_STRING: dict[str, Json] = {"type": "string"}


def _strings(limit: int) -> dict[str, Json]:
    return {"type": "array", "maxItems": limit, "items": {"type": "string", "maxLength": MAX_QUOTE}}


SCHEMA: dict[str, Json] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "ContextCard",
    "type": "object",
    "additionalProperties": False,
    "required": [
        "summary",
        "urgency",
        "urgency_cause",
        "reference",
        "last_actions",
        "authority",
        "consent",
        "signals",
        "last_messages",
        "tags",
        "membership",
        "reason",
        "trigger",
        "privacy",
    ],
    "properties": {
        "summary": {"type": "string", "minLength": 1, "maxLength": MAX_SUMMARY},
        "urgency": {"type": "integer", "minimum": 0, "maximum": 100},
        "urgency_cause": _STRING,
        "reference": {"type": "string", "maxLength": 20},
        "last_actions": _strings(MAX_ACTIONS),
        "authority": {
            "type": "object",
            "additionalProperties": False,
            "required": ["bot_minor", "agent_minor", "currency", "path"],
            "properties": {
                "bot_minor": {"type": "integer", "minimum": 0},
                "agent_minor": {"type": "integer", "minimum": 0},
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "path": _strings(5),
            },
        },
        "consent": _STRING,
        "signals": {
            "type": "object",
            "additionalProperties": False,
            "required": ["negative_messages", "urgent_words", "asked_for_person"],
            "properties": {
                "negative_messages": {"type": "integer", "minimum": 0},
                "urgent_words": _strings(5),
                "asked_for_person": {"type": "boolean"},
            },
        },
        "last_messages": _strings(MAX_MESSAGES),
        "tags": _strings(8),
        "membership": _STRING,
        "reason": {"enum": [reason.value for reason in Reason]},
        "trigger": _STRING,
        "privacy": {"enum": ["", GUARDED, UNPROVED]},
    },
}
