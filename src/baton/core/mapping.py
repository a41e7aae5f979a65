"""How another system's fields become ours: a map that people make by a form.

A map says when it is for a payload, what it makes of it (an event that flows hear, or a
record), and where each of our fields stands in theirs. A place is a path into the
payload (`data.customer.phones[0].number`) or, written `=word`, always that word. A row
of a file is a payload too: its columns are the names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from baton.core.json import Json

EVENT = "event"
"""What a map makes when flows are told of it as it stands."""

PERSON_FIELDS = ("phone", "email", "person_id", "name", "language")
"""Who a payload is about, field by field; one of the first three makes them known."""

SHIPMENT, TRACKING, SLOT = "shipment", "tracking", "slot"
_OF_NOBODY = frozenset({SHIPMENT, TRACKING, SLOT})
"""What names no person: a parcel belongs to whose order it is, a time to whoever books it."""

MAX_MAPS = 30
MAX_FIELDS = 40
MAX_PATH = 200
MAX_TEXT = 500
_MAX_ITEMS = 50
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PART = re.compile(r"\[(\d{1,4})\]|\[\"([^\"\]]{1,120})\"\]|\.?([^.\[\]]{1,120})")
_ROOT = re.compile(r"\$\.?")


class FieldMap(msgspec.Struct, frozen=True, kw_only=True):
    """One map of a connected system.

    Attributes:
        name: what people call it.
        makes: `EVENT`, or the kind of record.
        event: the event's name, where it makes one.
        when: a place that says whether the map is for a payload; "" for all.
        equals: what stands there, "" for anything but nothing.
        fields: our field -> its place in theirs.
        words: the system's word -> ours, for fields that take one of a few words.
    """

    name: str
    makes: str = EVENT
    event: str = ""
    when: str = ""
    equals: str = ""
    fields: dict[str, str] = {}
    words: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What a map made of a payload: who it is about, and what else it says."""

    by: FieldMap
    person: Mapping[str, str]
    facts: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """Why a payload could not be taken: what must change, by field."""

    problems: Mapping[str, str]


def first_for(maps: tuple[FieldMap, ...], payload: Json) -> FieldMap | None:
    """Return the first map that is for a payload, or None."""
    return next((one for one in maps if is_for(one, payload)), None)


def is_for(one: FieldMap, payload: Json) -> bool:
    """Return whether a map is for a payload."""
    if not one.when:
        return True
    found = pick(payload, one.when)
    if not one.equals:
        return found not in (None, "", [], {})
    return text_of(found).strip().casefold() == one.equals.strip().casefold()


def apply(one: FieldMap, payload: Json) -> Mapped | Unmapped:
    """Make of a payload what a map says; what is missing is left out, what cannot be is told."""
    person: dict[str, str] = {}
    facts: dict[str, Json] = {}
    problems: dict[str, str] = {}
    for name, place in one.fields.items():
        found = pick(payload, place)
        if found in (None, ""):
            continue
        if name in PERSON_FIELDS:
            person[name] = text_of(found).strip()
            if len(person[name]) > MAX_TEXT or not person[name]:
                problems[name] = f"{place} is no {name.replace('_', ' ')}"
        elif _is_plain(found):
            said = text_of(found).strip()
            facts[name] = one.words.get(said, found) if isinstance(found, str) else found
        else:
            problems[name] = f"{place} holds a list or an object, or a very long text"
    is_known = any(person.get(known) for known in PERSON_FIELDS[:3])
    if not is_known and one.makes not in _OF_NOBODY:
        problems.setdefault("person", "it names neither a phone, an email nor an id of a person")
    return Unmapped(problems=problems) if problems else Mapped(by=one, person=person, facts=facts)


def pick(payload: Json, place: str) -> Json:
    """Return what stands at a place of a payload, None where nothing does."""
    if place.startswith("="):
        return place[1:]
    if isinstance(payload, dict) and place in payload:
        return payload[place]  # a name that holds dots or brackets itself
    found = payload
    for number, quoted, name in _PART.findall(_ROOT.sub("", place, count=1)):
        if number:
            found = _item(found, int(number))
        else:
            found = found.get(quoted or name) if isinstance(found, dict) else None
    return found


def problems_with(one: FieldMap) -> dict[str, str]:
    """Return what is wrong with a map as somebody wrote it, by field.

    Whether a record can be made by it, `core.making` says.
    """
    problems: dict[str, str] = {}
    if not one.name.strip():
        problems["name"] = "Give the mapping a name."
    if one.makes == EVENT and not _NAME.fullmatch(one.event):
        problems["event"] = "Name the event in small letters, digits and _, as booking_created."
    is_known = any(one.fields.get(known) for known in PERSON_FIELDS[:3])
    if not is_known and one.makes not in _OF_NOBODY:
        problems["phone"] = "Say where a phone, an email or an id of the person stands."
    for name, place in one.fields.items():
        if problem := _problem_with_field(name, place):
            problems[name if name in PERSON_FIELDS else "facts"] = problem
    if one.when and (problem := problem_with_place(one.when)):
        problems["when"] = problem
    if len(one.fields) > MAX_FIELDS:
        problems["facts"] = f"A mapping has at most {MAX_FIELDS} fields."
    return problems


def _problem_with_field(name: str, place: str) -> str:
    if not _NAME.fullmatch(name):
        return f"{name[:40]!r} is no name: small letters, digits and _."
    return problem_with_place(place)


def problem_with_place(place: str) -> str:
    """Return why a text cannot be a place in a payload, "" when it can."""
    if not place or len(place) > MAX_PATH:
        return f"Write a place of at most {MAX_PATH} characters."
    if place.startswith("="):
        return ""
    bare = _ROOT.sub("", place, count=1)
    if bare and "".join(found.group() for found in _PART.finditer(bare)) == bare:
        return ""
    return f"{place[:40]!r} is no place. Write it as data.customer.phones[0].number."


def places_of(payload: Json, *, most: int = 200) -> tuple[tuple[str, str], ...]:
    """Return where something stands in a payload, and what, to choose from."""
    found: list[tuple[str, str]] = []
    _walk(payload, "", found, most)
    return tuple(found)


def text_of(value: Json) -> str:
    """Return a value as people write it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case list() | dict():
            return ""
        case _:
            return str(value)


def _walk(value: Json, place: str, found: list[tuple[str, str]], most: int) -> None:
    if len(found) >= most:
        return
    match value:
        case dict():
            for name, inner in value.items():
                _walk(inner, _joined(place, name), found, most)
        case list():
            for number, inner in enumerate(value[:5]):
                _walk(inner, f"{place}[{number}]", found, most)
        case _:
            found.append((place, text_of(value)))


def _joined(place: str, name: str) -> str:
    if re.search(r"[.\[\]]", name):
        return f'{place}["{name}"]'
    return f"{place}.{name}" if place else name


def _item(value: Json, number: int) -> Json:
    return value[number] if isinstance(value, list) and number < len(value) else None


def _is_plain(value: Json) -> bool:
    match value:
        case dict():
            return False
        case list():
            return len(value) <= _MAX_ITEMS and all(
                not isinstance(item, (list, dict)) and len(text_of(item)) <= MAX_TEXT
                for item in value
            )
        case _:
            return len(text_of(value)) <= MAX_TEXT
