"""What a document is made of: every field known, in its place, of its kind; no step lost.

These faults come from reading the document (`document.parse`). Here each gets the exact
place of its field, a name, and a word on how to mend it. While there are any, nothing else
is asked: a wrong document never half-loads.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import document, steps
from baton.flows.check.faults import Fault, Finding, Path, Severity, instead
from baton.flows.document import Flow
from baton.flows.fields import Declared, Kind, declared_by

UNKNOWN_STEP, UNREACHABLE = "unknown_step", "unreachable_step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A kind of fault of reading; `told_by` knows it by the words of the reader."""

    name: str
    about: str
    told_by: re.Pattern[str]


SHAPES = (
    Shape(
        name="unknown_field",
        about="A field that no step type or head knows.",
        told_by=re.compile(r"is unknown here"),
    ),
    Shape(
        name="missing_field",
        about="A field that must be there and is not.",
        told_by=re.compile(r"is missing"),
    ),
    Shape(
        name=UNKNOWN_STEP,
        about="A way to a step that does not exist.",
        told_by=re.compile(r"goes to .*does not exist|there is no step"),
    ),
    Shape(
        name=UNREACHABLE,
        about="A step that no way leads to.",
        told_by=re.compile(r"can never be reached"),
    ),
    Shape(
        name="choice_taken",
        about="Two choices of one question that the same reply would mean.",
        told_by=re.compile(r"is taken by another choice"),
    ),
    Shape(
        name="split_shares",
        about="Shares of a split that do not add up to 100, or two variants of one name.",
        told_by=re.compile(r"shares must add up|variant needs a name"),
    ),
    Shape(
        name="long_name",
        about="A name that is too long to be kept with a run, or reported on.",
        told_by=re.compile(r"must have at most \d+ characters"),
    ),
    Shape(name="wrong_value", about="A value of a wrong kind.", told_by=re.compile(r"")),
)


def read(raw: Json) -> Flow | tuple[Fault, ...]:
    """Return the flow of a document, or everything that keeps it from being one."""
    try:
        return document.parse(raw)
    except InvalidInput as refused:
        found = tuple(
            fault for path, words in refused.fields.items() for fault in _faults(raw, path, words)
        )
    # Where a way leads nowhere, what it was meant to reach is not lost: it is the next to mend.
    is_led_astray = any(one.rule == UNKNOWN_STEP for one in found)
    return tuple(one for one in found if one.rule != UNREACHABLE or not is_led_astray)


def located(raw: Json, dotted: str) -> Path:
    """Return the parts of a path that `document.parse` names; a key may hold dots itself."""
    node, path, parts = raw, list[str | int](), dotted.split(".")
    while parts:
        taken: str | int = parts[0]
        count = 1
        if isinstance(node, list) and parts[0].isdecimal():
            taken = int(parts[0])
            node = node[taken] if taken < len(node) else None
        elif isinstance(node, dict):
            keys = (n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in node)
            count = next(keys, 1)
            taken = ".".join(parts[:count])
            node = node.get(taken)
        path.append(taken)
        parts = parts[count:]
    return tuple(path)


def _faults(raw: Json, dotted: str, words: str) -> Iterator[Fault]:
    shape = next(one for one in SHAPES if one.told_by.search(words))
    path = located(raw, dotted)
    if not isinstance(raw, dict):
        found = [Finding(path=(), message=words, mend="write `flow:` and its name first")]
    elif shape.name == UNKNOWN_STEP:
        found = list(_lost_ways(raw, path))
    else:
        plain = words.partition("; known are")[0]
        found = [Finding(path=path, message=plain, mend=_mend(shape.name, raw, path))]
    for one in found:
        yield Fault(
            rule=shape.name,
            severity=Severity.ERROR,
            path=one.path,
            message=one.message,
            mend=one.mend,
        )


def _lost_ways(raw: Mapping[str, Json], path: Path) -> Iterator[Finding]:
    """Yield each field of a step, or the start, that names a step which is not there."""
    known = _steps_of(raw)
    body = raw if path == ("start",) else known.get(str(path[1]))
    inside = body if isinstance(body, dict) else {}
    declared, above = (_head(), ()) if inside is raw else (_declared_of(inside), path)
    for where, target in _ways_in(inside, declared, above):
        if target not in known:
            yield Finding(
                path=where,
                message=f"leads to {target!r}, which does not exist",
                mend=instead(target, known.keys()),
            )


def _ways_in(
    body: Mapping[str, Json], declared: tuple[Declared, ...], path: Path
) -> Iterator[tuple[Path, str]]:
    for one in declared:
        value = body.get(one.name)
        if one.kind is Kind.STEP and isinstance(value, str):
            yield (*path, one.name), value
        if one.kind is Kind.ENTRIES and isinstance(value, list):
            for place, entry in enumerate(value):
                if isinstance(entry, dict):
                    yield from _ways_in(entry, one.inside, (*path, one.name, place))


_MENDS = {
    UNREACHABLE: "let a step lead to it, or take it out",
    "choice_taken": "give it a key and a label of its own",
    "split_shares": "give each variant a name, and shares that come to 100 together",
    "long_name": "choose a shorter name",
}


def _mend(name: str, raw: Mapping[str, Json], path: Path) -> str:
    fields = {one.name: one for one in _fields_at(raw, path)}
    last = str(path[-1])
    if name == "unknown_field":
        return instead(last, fields.keys())
    if name in _MENDS:
        return _MENDS[name]
    known = fields.get(last)
    if known is None:
        return "see docs/flows-check.md"
    return f"it says: {known.about}"


def _fields_at(raw: Mapping[str, Json], path: Path) -> tuple[Declared, ...]:
    """Return the fields of the mapping in which the last part of a path stands."""
    rest, declared = path, _head()
    if path[0] == "steps" and len(path) > 2:  # noqa: PLR2004 - steps, a name, a field of it
        body = _steps_of(raw).get(str(path[1]))
        rest, declared = path[2:], _declared_of(body if isinstance(body, dict) else {})
    while len(rest) > 1:
        inside = {one.name: one for one in declared}.get(str(rest[0]))
        if inside is None:
            return ()
        declared = inside.inside
        rest = rest[2:] if inside.kind is Kind.ENTRIES else rest[1:]
    return declared


def _steps_of(raw: Mapping[str, Json]) -> Mapping[str, Json]:
    found = raw.get("steps")
    return found if isinstance(found, dict) else {}


def _declared_of(body: Mapping[str, Json]) -> tuple[Declared, ...]:
    kind = body.get("type")
    return _of_type(kind) if isinstance(kind, str) and kind in steps.TYPES else _TYPE


@cache
def _of_type(kind: str) -> tuple[Declared, ...]:
    return (*_TYPE, *declared_by(steps.TYPES[kind].parse))


@cache
def _head() -> tuple[Declared, ...]:
    return declared_by(document.head_of)


_TYPE = (
    Declared(
        name="type",
        kind=Kind.WORD,
        about="What kind of step it is.",
        is_required=True,
        options=tuple(steps.TYPES),
    ),
)
