"""Typed access to a document's fields, with the path of whatever is wrong.

A step type says what it is made of by asking for it, once. Asked with a document in
hand, `Fields` gives the values and notes every fault; asked without one, it only notes
what was asked for, and from that come the JSON Schema, the editor's forms and the docs.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

import msgspec

from baton.core.json import Json
from baton.core.policy import parse_duration
from baton.flows.values import ValueType

Made = TypeVar("Made")


class Kind(StrEnum):
    """What a field holds; the editor has one control for each."""

    WORD = "word"  # a name, written as it is
    TEXT = "text"  # what somebody reads; Liquid
    CONDITION = "condition"  # CEL, true or false
    VALUE = "value"  # CEL of any type
    STEP = "step"  # the name of another step
    SPAN = "span"  # "10m", "24h"
    CLOCK = "clock"  # a time of day, "09:30"
    NUMBER = "number"
    WHOLE = "whole"  # a whole number
    FLAG = "flag"
    WORDS = "words"  # a list of names
    TEXTS = "texts"  # texts by name
    VALUES = "values"  # CEL by name
    TYPES = "types"  # the types of facts by name
    ENTRIES = "entries"  # a list of mappings
    ENTRY = "entry"  # one mapping
    STEPS = "steps"  # the steps by name


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A field as a step type asked for it.

    `inside` are the fields of its entries, for a list of mappings or one mapping; `least`
    is the lowest number that it takes, for a whole one, and `most` the most characters of
    a name, or of each in a list; 0 bounds nothing.
    """

    name: str
    kind: Kind
    about: str
    is_required: bool
    options: tuple[str, ...] = ()
    inside: tuple["Declared", ...] = ()
    least: int = 0
    most: int = 0


FACT_NAME = "(?!(?:in|true|false|null)$)[A-Za-z_][A-Za-z0-9_]{0,63}"
"""What a fact may be called: a name that conditions can write, so none of CEL's own words."""

MOST_NAME = 60
"""The most characters of a name: of a flow, a step, a variant, an event. Its column has no more."""

MOST_TAG = 40
"""The most characters of what reports count and queues are called."""

MOST_FACT = 64
"""The most characters of a fact's name, as `FACT_NAME` has it."""

_MISSING = object()
_MOST = 10**15  # more is no count of anything, and no number that JSON keeps exactly
_HALF = re.compile(r"[\ud800-\udfff]")


@dataclass(slots=True)
class Fields:
    """One mapping of a flow document.

    Each getter notes a problem (path and words) and returns an empty value
    instead of raising, so that one reading of a document finds all its faults.
    `about` is what the editor, the schema and the docs say of the field.
    """

    raw: Mapping[str, Json]
    path: str
    problems: dict[str, str]
    declared: dict[str, Declared] = field(default_factory=dict)

    def word(
        self,
        name: str,
        about: str,
        *,
        default: str | None = None,
        options: tuple[str, ...] = (),
        most: int = MOST_NAME,
    ) -> str:
        """Return a name; without a default it must be there, with options it must be one."""
        self._declare(
            name, Kind.WORD, about, is_required=default is None, options=options, most=most
        )
        found = self._text(name, default)
        if options and found and found not in options:
            self.problem(name, f"must be one of {', '.join(options)}")
        self.bound(name, found, most)
        return found

    def text(self, name: str, about: str, *, default: str | None = None) -> str:
        """Return what somebody reads, a Liquid text."""
        self._declare(name, Kind.TEXT, about, is_required=default is None)
        return self._text(name, default)

    def condition(self, name: str, about: str, *, default: str | None = None) -> str:
        """Return the source of a condition in CEL; "" where there is none."""
        self._declare(name, Kind.CONDITION, about, is_required=default is None)
        return self._text(name, default)

    def step(self, name: str, about: str, *, default: str | None = None) -> str:
        """Return the name of the step that follows."""
        self._declare(name, Kind.STEP, about, is_required=default is None)
        return self._text(name, default)

    def span(self, name: str, about: str, *, known: tuple[str, ...] = ()) -> timedelta | str | None:
        """Return a span such as "10m", one of the known names of spans, or None."""
        self._declare(name, Kind.SPAN, about, is_required=False, options=known)
        value = self._get(name)
        if value is _MISSING:
            return None
        if value in known:
            return str(value)
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.problem(name, f"{error}{', or ' + ', '.join(known) if known else ''}")
            return None

    def duration(self, name: str, about: str) -> timedelta | None:
        """Return a span such as "10m", or None when it is absent."""
        found = self.span(name, about)
        return found if isinstance(found, timedelta) else None

    def clock(self, name: str, about: str) -> str:
        """Return a time of day such as "09:30", "" when it is absent."""
        self._declare(name, Kind.CLOCK, about, is_required=False)
        found = self._text(name, "")
        if found and not _is_time_of_day(found):
            self.problem(name, f'must be a time of day in quotes, such as "09:30", not {found!r}')
            return ""
        return found

    def number(self, name: str, about: str, *, default: float | None = None) -> float:
        """Return a number; without a default it must be there."""
        self._declare(name, Kind.NUMBER, about, is_required=default is None)
        return self._number(name, default)

    def whole(self, name: str, about: str, *, default: int | None = None, least: int = 0) -> int:
        """Return a whole number, `least` or more."""
        self._declare(name, Kind.WHOLE, about, is_required=default is None, least=least)
        found = self._number(name, default)
        if found != int(found) or found < least:
            self.problem(name, f"must be a whole number, {least} or more")
        return int(found)

    def flag(self, name: str, about: str) -> bool:
        """Return true or false; absent is false."""
        self._declare(name, Kind.FLAG, about, is_required=False)
        value = self._get(name)
        if value is _MISSING or isinstance(value, bool):
            return value is True
        self.problem(name, "must be true or false")
        return False

    def words(self, name: str, about: str, *, options: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of names, empty when it is absent."""
        self._declare(name, Kind.WORDS, about, is_required=False, options=options, most=MOST_NAME)
        value = self._get(name)
        if value is _MISSING:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            self.problem(name, "must be a list of words")
            return ()
        for place, one in enumerate(value):
            if options and one not in options:
                self.problem(f"{name}.{place}", f"must be one of {', '.join(options)}")
            self.bound(f"{name}.{place}", str(one), MOST_NAME)
        return tuple(str(one) for one in value)

    def texts(self, name: str, about: str, *, options: tuple[str, ...] = ()) -> dict[str, str]:
        """Return texts by name, empty when they are absent."""
        self._declare(name, Kind.TEXTS, about, is_required=False, options=options)
        found = self._texts_of(name)
        for key in found:
            if options and key not in options:
                self.problem(f"{name}.{key}", f"must be one of {', '.join(options)}")
        return found

    def values(self, name: str, about: str, *, is_required: bool = False) -> dict[str, str]:
        """Return sources of CEL values by name."""
        self._declare(name, Kind.VALUES, about, is_required=is_required)
        found = self._texts_of(name)
        if is_required and not found:
            self.problem(name, "must have at least one entry")
        return found

    def types(self, name: str, about: str) -> dict[str, ValueType]:
        """Return the types of facts by name, empty when they are absent."""
        known = tuple(kind.value for kind in ValueType)
        self._declare(name, Kind.TYPES, about, is_required=False, options=known)
        raw = self._texts_of(name)
        for fact, kind in raw.items():
            if kind not in known:
                self.problem(f"{name}.{fact}", f"must be one of {', '.join(known)}")
            elif not re.fullmatch(FACT_NAME, fact):
                self.problem(f"{name}.{fact}", "must be a name of letters, digits and underscores")
        return {fact: ValueType(kind) for fact, kind in raw.items() if kind in known}

    def mapping(self, name: str, about: str) -> Mapping[str, Json]:
        """Return a mapping that must be there, for the caller to read."""
        self._declare(name, Kind.STEPS, about, is_required=True)
        value = self._get(name)
        if isinstance(value, dict) and value:
            return value
        self.problem(name, "is missing" if value is _MISSING else "must be a mapping")
        return {}

    def entries(
        self, name: str, about: str, parse: Callable[["Fields"], Made], *, is_required: bool = True
    ) -> tuple[Made, ...]:
        """Return a list of mappings, each read by `parse`."""
        self._declare(name, Kind.ENTRIES, about, is_required=is_required, inside=declared_by(parse))
        value = self._get(name)
        if value is _MISSING and not is_required:
            return ()
        if not isinstance(value, list) or not value:
            self.problem(name, "must be a list with at least one entry")
            return ()
        return tuple(
            made
            for place, entry in enumerate(value)
            if (made := self._entry(f"{name}.{place}", entry, parse)) is not None
        )

    def entry(
        self, name: str, about: str, parse: Callable[["Fields"], Made], *, is_required: bool = True
    ) -> Made | None:
        """Return one mapping, read by `parse`; None when it is absent or wrong."""
        self._declare(name, Kind.ENTRY, about, is_required=is_required, inside=declared_by(parse))
        value = self._get(name)
        if value is _MISSING and not is_required:
            return None
        return self._entry(name, value, parse)

    def has(self, name: str) -> bool:
        """Return whether the document has the field."""
        return name in self.raw

    def problem(self, name: str, words: str) -> None:
        """Note what is wrong with a field; the first word stands, the others follow from it."""
        self.problems.setdefault(self.path_of(name), words)

    def bound(self, name: str, word: str, most: int) -> None:
        """Note a name that is too long to be kept; on PostgreSQL no run could be saved with it."""
        if len(word) > most:
            self.problem(name, f"must have at most {most} characters, not {len(word)}")

    def path_of(self, name: str) -> str:
        """Return the path of a field in its document."""
        return f"{self.path}.{name}".strip(".")

    def finish(self) -> None:
        """Note every field that nobody asked for."""
        for name in self.raw.keys() - self.declared.keys():
            self.problem(name, f"is unknown here; known are {', '.join(sorted(self.declared))}")

    def _declare(  # noqa: PLR0913 - a declaration has these
        self,
        name: str,
        kind: Kind,
        about: str,
        *,
        is_required: bool,
        options: tuple[str, ...] = (),
        inside: tuple[Declared, ...] = (),
        least: int = 0,
        most: int = 0,
    ) -> None:
        self.declared[name] = Declared(
            name=name,
            kind=kind,
            about=about,
            is_required=is_required,
            options=options,
            inside=inside,
            least=least,
            most=most,
        )

    def _get(self, name: str) -> object:
        return self.raw.get(name, _MISSING)

    def _text(self, name: str, default: str | None) -> str:
        value = self._get(name)
        if value is _MISSING and default is not None:
            return default
        if isinstance(value, str) and value and not _HALF.search(value):
            return value
        self.problem(name, "is missing" if value is _MISSING else "must be a text, not empty")
        return ""

    def _number(self, name: str, default: float | None) -> float:
        value = self._get(name)
        if value is _MISSING and default is not None:
            return default
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not -_MOST <= value <= _MOST  # not a number at all is not among them either
        ):
            self.problem(name, "is missing" if value is _MISSING else "must be a number")
            return default or 0.0
        return float(value)

    def _texts_of(self, name: str) -> dict[str, str]:
        value = self._get(name)
        if value is _MISSING:
            return {}
        if not isinstance(value, dict):
            self.problem(name, "must be a mapping")
            return {}
        found = {}
        for key, text in value.items():
            if isinstance(text, str) and text and not _HALF.search(text):
                found[key] = text
            else:
                self.problem(f"{name}.{key}", "must be a text, not empty")
        return found

    def _entry(self, name: str, raw: object, parse: Callable[["Fields"], Made]) -> Made | None:
        if not isinstance(raw, dict):
            self.problem(name, "is missing" if raw is _MISSING else "must be a mapping")
            return None
        inner = Fields(raw=raw, path=self.path_of(name), problems=self.problems)
        made = parse(inner)
        inner.finish()
        return made


def declared_by(parse: Callable[[Fields], object]) -> tuple[Declared, ...]:
    """Return the fields that a parser asks for, in the order in which it asks."""
    fields = Fields(raw={}, path="", problems={})
    parse(fields)
    return tuple(fields.declared.values())


def each(declared: tuple[Declared, ...]) -> Iterator[Declared]:
    """Yield fields with those inside them, outer ones first."""
    for one in declared:
        yield one
        yield from each(one.inside)


def _is_time_of_day(text: str) -> bool:
    hour, _, minute = text.partition(":")
    is_digits = hour.isdecimal() and minute.isdecimal() and len(minute) == len("00")
    return is_digits and int(hour) < 24 and int(minute) < 60  # noqa: PLR2004 - a day has these
