"""Documents that people write: YAML in, values with a position for every mistake out.

Packs, flows and stories are written by hand, so every refusal names the file, the
line and the column, and says how to mend it. Only the JSON part of YAML is read: no
tags, no dates, no merging, and `0123` or `+15551234567` stay text, because they are
order and telephone numbers more often than sums. Size, depth and the growth by
aliases are bounded.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Protocol,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process
from yaml import MarkedYAMLError, YAMLError, events

from baton.core.errors import BatonError
from baton.core.json import Json

# libyaml's parser, thirty times as fast; a platform without it has the same in Python.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path: TypeAlias = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

MAX_CHARACTERS = 1_000_000
MAX_NODES = 200_000  # after aliases are followed, so that nine lines cannot grow to a gigabyte
MAX_DEPTH = 50
_SHOWN_VALUE = 40
_NEAR_ENOUGH = 60  # rapidfuzz's score of two keys that differ by a slip or a swapped word
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, Json] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a document; lines and columns count from 1."""

    file: str
    line: int
    column: int
    path: str
    message: str

    @property
    def text(self) -> str:
        """Return the problem in one line, as compilers print theirs."""
        place = f"{self.file}:{self.line}:{self.column}: "
        return place + (f"{self.path}: " if self.path else "") + self.message


class InvalidDocument(BatonError):  # noqa: N818 - as in core.errors
    """A document cannot be used; `problems` says where and how to mend it."""

    code: ClassVar[str] = "invalid_document"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.text for problem in problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A value and where it began; `keys` has the place of each key of a mapping."""

    value: Json
    line: int
    column: int
    size: int = 1
    children: "dict[str | int, _Node]" = field(default_factory=dict)
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that was read: its value, and the place of everything in it."""

    file: str
    root: _Node
    text: str = ""

    @property
    def value(self) -> Json:
        """Return the whole document as JSON."""
        return self.root.value

    def problem(self, path: Path, message: str, *, at: int | None = None) -> Problem:
        """Return a problem at a path; a path that leads nowhere points at its nearest parent.

        `at` counts characters into the text that stands there. Where the text is written in
        the document letter for letter, the problem points at the very character.
        """
        node, place = self.root, (self.root.line, self.root.column)
        shown: list[str] = []
        for part in path:
            child = node.children.get(part)
            if child is None:  # a union's branch, which pydantic names, or a missing key
                continue
            place = node.keys.get(str(part), (child.line, child.column))
            shown.append(f"[{part}]" if isinstance(part, int) else f".{part}")
            node = child
        if at is not None:
            place = self._inside(node, at) or place
        where = "".join(shown).lstrip(".")
        return Problem(file=self.file, line=place[0], column=place[1], path=where, message=message)

    def _inside(self, node: _Node, at: int) -> tuple[int, int] | None:
        """Return the place of a character of a text, None when it is folded or escaped."""
        lines = self.text.splitlines()
        if not isinstance(node.value, str) or not 1 <= node.line <= len(lines):
            return None
        if at > len(node.value):  # in words that stand elsewhere, as an approved template's do
            return None
        written = lines[node.line - 1][node.column - 1 :]
        quote = written[:1] if written[:1] in ("'", '"') else ""
        if not written.startswith(quote + node.value):
            return None
        return node.line, node.column + len(quote) + at


class _Composer:
    """Builds nodes from the parser's events, within the limits."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._anchors: dict[str, _Node | None] = {}
        self._nodes = 0

    def compose(self, text: str) -> _Node:
        stream: Iterator[events.Event] = yaml.parse(text, Loader=_LOADER)
        root = _Node(value=None, line=1, column=1)
        documents = 0
        for event in stream:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refusal(event, "a second document; write one document a file")
                root = self._node(next(stream), stream, 0)
        return root

    def _node(self, event: events.Event, stream: Iterator[events.Event], depth: int) -> _Node:
        if isinstance(event, events.AliasEvent):
            node = self._aliased(event)
        else:
            anchor: str | None = getattr(event, "anchor", None)
            if anchor:
                self._anchors[anchor] = None
            node = self._fresh(event, stream, depth)
            if anchor:
                self._anchors[anchor] = node
        return node

    def _aliased(self, event: events.AliasEvent) -> _Node:
        node = self._anchors.get(str(event.anchor))
        if node is None:
            raise self._refusal(event, f"*{event.anchor} has no finished &{event.anchor} above it")
        self._count(event, node.size)
        return node

    def _fresh(self, event: events.Event, stream: Iterator[events.Event], depth: int) -> _Node:
        self._count(event, 1)
        if depth > MAX_DEPTH:
            raise self._refusal(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, events.ScalarEvent):
            line, column = _place(event.start_mark)
            return _Node(value=self._scalar(event), line=line, column=column)
        if tag := getattr(event, "tag", None):
            raise self._refusal(event, f"the tag {tag} is not allowed; write plain values")
        if isinstance(event, events.SequenceStartEvent):
            return self._sequence(event, stream, depth)
        return self._mapping(event, stream, depth)

    def _sequence(self, start: events.Event, stream: Iterator[events.Event], depth: int) -> _Node:
        children: dict[str | int, _Node] = {}
        while not isinstance(event := next(stream), events.SequenceEndEvent):
            children[len(children)] = self._node(event, stream, depth + 1)
        line, column = _place(start.start_mark)
        value: Json = [child.value for child in children.values()]
        size = 1 + sum(child.size for child in children.values())
        return _Node(value=value, line=line, column=column, size=size, children=children)

    def _mapping(self, start: events.Event, stream: Iterator[events.Event], depth: int) -> _Node:
        children: dict[str | int, _Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        while not isinstance(event := next(stream), events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent):
                raise self._refusal(event, "a key must be a word")
            key = str(event.value)
            if key in keys:
                raise self._refusal(
                    event, f"the key {key!r} stands twice (first in line {keys[key][0]}); keep one"
                )
            keys[key] = _place(event.start_mark)
            children[key] = self._node(next(stream), stream, depth + 1)
        line, column = _place(start.start_mark)
        value: Json = {str(key): child.value for key, child in children.items()}
        size = 1 + sum(child.size for child in children.values())
        return _Node(value=value, line=line, column=column, size=size, children=children, keys=keys)

    def _scalar(self, event: events.ScalarEvent) -> Json:
        text = str(event.value)
        if event.tag not in {None, "!", "tag:yaml.org,2002:str"}:
            raise self._refusal(event, f"the tag {event.tag} is not allowed; write plain values")
        if event.tag or event.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _count(self, event: events.Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self._refusal(event, f"more than {MAX_NODES} values, aliases included")

    def _refusal(self, event: events.Event, message: str) -> InvalidDocument:
        line, column = _place(event.start_mark)
        return refused(self._file, message, line, column)


def read(text: str, *, file: str) -> Document:
    """Read YAML; raises InvalidDocument when it is not well-formed or over the limits."""
    if len(text) > MAX_CHARACTERS:
        raise refused(file, f"longer than {MAX_CHARACTERS} characters; split it")
    if half := _SURROGATE.search(text):
        before = text[: half.start()]
        line, column = before.count("\n") + 1, half.start() - before.rfind("\n")
        raise refused(file, "half of a character (a lone surrogate)", line, column)
    try:
        return Document(file=file, root=_Composer(file).compose(text), text=text)
    except MarkedYAMLError as error:
        line, column = _within(text, *_place(error.problem_mark or error.context_mark))
        raise refused(file, f"no valid YAML: {error.problem}", line, column) from error
    except YAMLError as error:
        raise refused(file, f"no valid YAML: {str(error).splitlines()[0]}") from error


def parse(model: type[Model], text: str, *, file: str) -> Model:
    """Read a document into a model; raises InvalidDocument with every problem found."""
    return parse_document(model, read(text, file=file))


def parse_document(model: type[Model], document: Document) -> Model:
    """Check a document that was read against a model, strictly: text is no number."""
    try:
        # By way of JSON, where strict still lets a list be a tuple and a word an enum.
        return model.model_validate_json(json.dumps(document.value), strict=True)
    except ValidationError as error:
        raise InvalidDocument(
            tuple(
                document.problem(_path_of(detail), _advice(model, detail))
                for detail in _own_faults(error.errors(include_url=False))
            )
        ) from error


def _own_faults(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out that a list is too short when only its wrong items made it so."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(
            len(p) > len(detail["loc"]) and p[: len(detail["loc"])] == detail["loc"] for p in places
        )
    ]


def _path_of(detail: ErrorDetails) -> Path:
    return detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]


def _advice(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind, loc, given = detail["type"], detail["loc"], detail["input"]
    if kind == "missing":
        return f"the key {str(loc[-1])!r} is missing"
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), _allowed_keys(model, loc[:-1]))
    if kind == "string_type" and isinstance(given, bool | int | float):
        return f'must be text: put it in quotes, "{json.dumps(given)}"'
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    message = detail["msg"].replace("Input should be", "must be")
    if isinstance(given, dict | list) or given is None:
        return message
    shown = repr(given)
    return f"{message}, not {shown[:_SHOWN_VALUE]}{'...' * (len(shown) > _SHOWN_VALUE)}"


def _unknown_key(key: str, allowed: tuple[str, ...]) -> str:
    nearest = process.extractOne(key, allowed, score_cutoff=_NEAR_ENOUGH)
    if nearest is not None:
        return f"unknown key {key!r}; did you mean {nearest[0]!r}?"
    return f"unknown key {key!r}" + (f"; allowed here: {', '.join(allowed)}" if allowed else "")


def _allowed_keys(model: type[BaseModel], loc: Path) -> tuple[str, ...]:
    """Return the keys of the models that a location may hold, following its annotations."""
    types: list[Any] = [model]
    for part in loc:
        members = [member for kind in types for member in _members(kind)]
        inside = [found for member in members for found in _inside(member, part)]
        # A part that leads nowhere is the name of a union's branch: keep that branch.
        types = inside or [member for member in members if _is_branch(member, part)] or members
    models = [kind for outer in types for kind in _members(outer) if _is_model(kind)]
    return tuple(sorted({f.alias or n for kind in models for n, f in kind.model_fields.items()}))


def _members(kind: Any) -> list[Any]:
    if get_origin(kind) is Annotated:
        return _members(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return [member for option in get_args(kind) for member in _members(option)]
    return [kind]


def _inside(kind: Any, part: str | int) -> list[Any]:
    if isinstance(part, int):
        return [item for item in get_args(kind) if item is not Ellipsis]
    if get_origin(kind) is dict:
        return [get_args(kind)[1]]
    if _is_model(kind):
        return [f.annotation for n, f in kind.model_fields.items() if part in {n, f.alias}]
    return []


def _is_branch(kind: Any, part: str | int) -> bool:
    return _is_model(kind) and (
        kind.__name__ == part
        or any(part in get_args(f.annotation) for f in kind.model_fields.values())
    )


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


class _Mark(Protocol):
    """A place as the parser counts: from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


def _place(mark: _Mark | None) -> tuple[int, int]:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _within(text: str, line: int, column: int) -> tuple[int, int]:
    """Return a place, or the end of the text for one behind it."""
    lines = text.splitlines() or [""]
    return (line, column) if line <= len(lines) else (len(lines), len(lines[-1]) + 1)


def refused(file: str, message: str, line: int = 1, column: int = 1) -> InvalidDocument:
    """Return the refusal of a whole file, at a place of it."""
    problem = Problem(file=file, line=line, column=column, path="", message=message)
    return InvalidDocument((problem,))
