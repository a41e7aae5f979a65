"""Texts filled in with values as long as they may get, to see whether they still fit."""

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows.check.subject import Subject
from baton.flows.render import Manner, find_mistake, mentions_in, render
from baton.flows.values import ValueType

# The longest day of the calendar in most languages is a Wednesday in September; the hour
# has two digits on every clock.
_MOMENT = "2026-09-30T22:00:00+00:00"

_OF_TYPE: dict[ValueType, Json] = {
    ValueType.TEXT: "M" * 20,
    ValueType.NUMBER: 99_999,
    ValueType.DECIMAL: 9_999.99,
    ValueType.MONEY: 9_999_99,
    ValueType.TIME: _MOMENT,
    ValueType.DATE: _MOMENT[:10],
    ValueType.FLAG: True,
    ValueType.WORDS: ["M" * 10] * 3,
}
# What a name says of the length of its text, by its last part: (ending, characters).
_LENGTHS = (
    ("preferences_url", 130),  # a contact's id, a day and their signature
    ("url", 40),
    ("link", 40),
    ("first_name", 12),
    ("name", 20),
    ("phone", 16),
    ("address", 45),
    ("code", 10),
    ("order", 10),
    ("booking", 10),
    ("invoice", 10),
    ("reference", 10),
    ("id", 10),
    ("channel", 8),
    ("language", 5),
)
_USUAL = 20


def fill(text: str, subject: Subject, locale: str) -> str | None:
    """Return a text with the longest values in it, None when it cannot be filled in.

    Why it cannot is for the rules about values to say.
    """
    facts: dict[str, dict[str, Json]] = {}
    try:
        for mention in mentions_in(text):
            room, *inside = mention.path
            _put(facts.setdefault(room, {}), inside, _longest(mention.path, subject))
        manner = Manner(locale=locale, currency=subject.around.policy.currency)
        return render(text, facts, manner)
    except (InvalidInput, TypeError):
        return None


def problem_with(text: str, subject: Subject) -> str:
    """Return why a text cannot be filled in even when all is there, "" when it can.

    Only what the flow's own facts decide is told: their types are known.
    """
    if find_mistake(text) is not None:
        return ""
    mentions = mentions_in(text)
    types = dict(subject.flow.names)
    if not all(len(one.path) > 1 and one.path[0] == "run" for one in mentions):
        return ""
    if not all(one.path[1] in types for one in mentions):
        return ""
    try:
        render(text, {"run": {name: _OF_TYPE[kind] for name, kind in types.items()}})
    except InvalidInput as error:
        return next(iter(error.fields.values()))
    return ""


def _longest(path: tuple[str, ...], subject: Subject) -> Json:
    name = ".".join(path)
    if name in subject.around.examples:
        return subject.around.examples[name]
    kind = dict(subject.flow.names).get(path[1]) if len(path) > 1 and path[0] == "run" else None
    if kind is not None and kind is not ValueType.TEXT:
        return _OF_TYPE[kind]
    last = path[-1]
    return "M" * next((length for ending, length in _LENGTHS if last.endswith(ending)), _USUAL)


def _put(room: dict[str, Json], inside: list[str], value: Json) -> None:
    """Put a value at its place, with the mappings that lead there."""
    at = room
    for part in inside[:-1]:
        below = at.setdefault(part, {})
        if not isinstance(below, dict):
            return
        at = below
    if inside:
        at.setdefault(inside[-1], value)
