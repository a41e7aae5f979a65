"""A flow as the YAML that people write: read as far as it can be, and changed step by step."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import document as flow_documents
from baton.flows import steps
from baton.flows.document import Flow
from baton.flows.fields import Declared, Fields, Kind, declared_by
from baton.services.writing import documents, yaml_edits, yaml_writing
from baton.services.writing.documents import Document, InvalidDocument, Path

MAX_SOURCE = 200_000
"""Characters of a flow; the largest that come with Baton have a tenth of it."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
PAGE_NAME = re.compile(r"[-a-zA-Z0-9_]{1,60}")
"""What a step may be called, so that addresses and rows can hold its name."""

STEP_TYPES = steps.TYPES
"""The types of steps by name, in the order in which the editor offers them."""

_HEAD_FIRST = ("flow", "title", "owner", "technical_owner", "rollback", "purpose", "channels")
_STEPS_LAST = ("start", "steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A flow as far as its document can be understood, and what is wrong with it, by path."""

    document: Document
    flow: Flow | None
    problems: dict[str, str]

    @property
    def raw(self) -> dict[str, Json]:
        """Return the document itself."""
        value = self.document.value
        return value if isinstance(value, dict) else {}

    def step(self, name: str) -> dict[str, Json]:
        """Return a step as it is written, {} when there is none."""
        found = steps_of(self.raw).get(name)
        return found if isinstance(found, dict) else {}


def read(source: str, *, name: str = "flow") -> Document:
    """Read a flow's YAML; raises InvalidInput with the place of what cannot be read."""
    if len(source) > MAX_SOURCE:
        raise InvalidInput({"source": f"A flow may have at most {MAX_SOURCE:,} characters."})
    try:
        found = documents.read(source, file=name)
    except InvalidDocument as error:
        told = "; ".join(
            f"line {one.line}, column {one.column}: {one.message}" for one in error.problems
        )
        raise InvalidInput({"source": f"This is no YAML that can be read: {told}."}) from error
    if not isinstance(found.value, dict):
        raise InvalidInput({"source": "A flow is a mapping: begin with flow: and its name."})
    return found


def sketch_of(source: str, *, name: str = "flow") -> Sketch:
    """Return what can be understood of a flow, whatever is wrong with it; raises as `read`."""
    found = read(source, name=name)
    raw = found.value if isinstance(found.value, dict) else {}
    problems: dict[str, str] = {}
    try:
        flow_documents.parse(raw)
    except InvalidInput as error:
        problems = error.fields
    return Sketch(document=found, flow=drawn(raw), problems=problems)


def drawn(raw: dict[str, Json]) -> Flow | None:
    """Return a flow as far as it can be drawn and previewed, whatever is wrong with it."""
    told: dict[str, Json] = dict(raw)
    if not isinstance(raw.get("trigger"), dict):
        told["trigger"] = {"on": "call"}
    return flow_documents.head_of(Fields(raw=told, path="", problems={}))


def head_fields() -> dict[str, Declared]:
    """Return the fields of a flow's head, by name."""
    # With a trigger in hand every field is asked for.
    fields = Fields(raw={"trigger": {"on": "call"}}, path="", problems={})
    flow_documents.head_of(fields)
    return fields.declared


def steps_of(raw: dict[str, Json]) -> dict[str, Json]:
    """Return the steps as they are written."""
    found = raw.get("steps")
    return found if isinstance(found, dict) else {}


def dumped(raw: Json) -> str:
    """Return a document whose YAML nobody kept as YAML, the steps as a reader meets them."""
    if not isinstance(raw, dict):
        return ""
    between = [key for key in raw if key not in (*_HEAD_FIRST, *_STEPS_LAST)]
    lines = [
        yaml_writing.entry(key, raw[key], 0)
        for key in (*_HEAD_FIRST, *between, "start")
        if key in raw
    ]
    lines.append("steps:")
    written = steps_of(raw)
    for name in _in_order(raw):
        body = written[name]
        lines.append(f"  {yaml_writing.on_line(name)}:")
        ordered = {"type": "", **body} if isinstance(body, dict) else {}
        lines += [yaml_writing.entry(key, one, 4) for key, one in ordered.items()]
    return "\n".join(lines) + "\n"


def digest_of(value: Json) -> str:
    """Return what tells this value from every other: what somebody saw when they began to write."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def value_at(raw: Json, path: Path) -> Json:
    """Return what stands at a path, None when nothing does."""
    for part in path:
        if isinstance(raw, dict) and str(part) in raw:
            raw = raw[str(part)]
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            return None
    return raw


def with_step(source: str, name: str, kind: str, *, after: str) -> str:
    """Add a step behind another one, into its way on where it has just one.

    Raises InvalidInput for a name that is taken or cannot be, or an unknown type.
    """
    raw = sketch_of(source).raw
    _require_free(name, raw)
    if kind not in steps.TYPES:
        raise InvalidInput({"type": "There is no such type of step."})
    written = steps_of(raw)
    before = written.get(after)
    following = before.get("then") if isinstance(before, dict) else None
    body: dict[str, Json] = {"type": kind}
    for field in declared_by(steps.TYPES[kind].parse):
        if field.kind is Kind.STEP and field.is_required and isinstance(following, str):
            body[field.name] = following
    changed: dict[str, Json] = {}
    for one, value in written.items():
        changed[one] = value
        if one == after:
            changed[name] = body
            if isinstance(before, dict) and isinstance(following, str):
                changed[one] = {**before, "then": name}
    changed.setdefault(name, body)
    return yaml_edits.with_value(source, ("steps",), changed)


def with_step_renamed(source: str, name: str, wanted: str) -> str:
    """Rename a step wherever it is named; raises InvalidInput as `with_step`."""
    raw = sketch_of(source).raw
    if name not in steps_of(raw):
        raise InvalidInput({"name": f"There is no step {name!r}."})
    _require_free(wanted, raw)
    source = yaml_edits.with_key(source, ("steps", name), wanted)
    for path in _targets(sketch_of(source).raw):
        if value_at(sketch_of(source).raw, path) == name:
            source = yaml_edits.with_value(source, path, wanted)
    return source


def without_step(source: str, name: str) -> str:
    """Take a step out; what led to it is told as a fault until it leads elsewhere."""
    raw = sketch_of(source).raw
    kept = {one: body for one, body in steps_of(raw).items() if one != name}
    return yaml_edits.with_value(source, ("steps",), kept)


def led_to(raw: dict[str, Json], name: str) -> tuple[str, ...]:
    """Return the steps that lead to one, "" being the start."""
    found = (path for path in _targets(raw) if value_at(raw, path) == name)
    return tuple(dict.fromkeys(str(path[1]) if len(path) > 1 else "" for path in found))


def _targets(raw: dict[str, Json]) -> Iterator[Path]:
    """Yield the path of every field that names a step."""
    yield ("start",)
    for name, body in steps_of(raw).items():
        kind = body.get("type") if isinstance(body, dict) else None
        if isinstance(kind, str) and kind in steps.TYPES:
            yield from _step_fields(declared_by(steps.TYPES[kind].parse), body, ("steps", name))


def _step_fields(declared: tuple[Declared, ...], body: Json, path: Path) -> Iterator[Path]:
    for field in declared:
        here = (*path, field.name)
        value = value_at(body, (field.name,))
        if field.kind is Kind.STEP:
            yield here
        elif field.kind is Kind.ENTRY:
            yield from _step_fields(field.inside, value, here)
        elif field.kind is Kind.ENTRIES and isinstance(value, list):
            for place, entry in enumerate(value):
                yield from _step_fields(field.inside, entry, (*here, place))


def _require_free(name: str, raw: dict[str, Json]) -> None:
    if not NAME.fullmatch(name):
        raise InvalidInput({"name": "Use small letters, digits and _, and begin with a letter."})
    if name in steps_of(raw):
        raise InvalidInput({"name": f"There is a step {name!r} already."})


def _in_order(raw: dict[str, Json]) -> list[str]:
    """Return the steps from the start on, those that nothing leads to last."""
    flow = drawn(raw)
    written = steps_of(raw)
    found: dict[str, None] = {}
    waiting = [flow.start] if flow else []
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in written:
            continue
        found[name] = None
        step = flow.steps.get(name) if flow else None
        waiting += [way.to for way in step.ways] if step else []
    return [*found, *(name for name in written if name not in found)]
