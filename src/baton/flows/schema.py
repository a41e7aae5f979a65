"""The JSON Schema of a flow document, made from the fields that its parsers ask for.

Editors that know JSON Schema complete and explain names by it. It tells the form of a
document alone; that steps exist, conditions fit and texts can be filled in is for
`baton check` to say.
"""

from collections.abc import Iterable

from baton.core.json import Json
from baton.flows import document, steps
from baton.flows.fields import FACT_NAME, MOST_NAME, Declared, Kind, declared_by

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: dict[str, Json] = {"type": "string", "minLength": 1}
_SPAN: dict[str, Json] = {"type": "string", "pattern": "^[0-9]+[smhd]$"}
_CLOCK: dict[str, Json] = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"}
_PLAIN: dict[Kind, dict[str, Json]] = {
    Kind.WORD: _TEXT,
    Kind.TEXT: _TEXT,
    Kind.CONDITION: _TEXT,
    Kind.VALUE: _TEXT,
    Kind.STEP: _TEXT,
    Kind.CLOCK: _CLOCK,
    Kind.NUMBER: {"type": "number"},
    Kind.FLAG: {"type": "boolean"},
}


def flow_schema() -> dict[str, Json]:
    """Return the schema of a flow document."""
    return {
        "$schema": _DIALECT,
        "title": "Flow",
        "description": "An automation: what starts it, what it does, and who answers for it.",
        **_mapping_of(declared_by(document.head_of)),
        "$defs": {"step": _any_step(), **{name: _step_of(name) for name in steps.TYPES}},
    }


def _any_step() -> dict[str, Json]:
    """Return the schema of a step, by its type: a mistake is told of that type alone."""
    return {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"description": "What kind of step it is.", "enum": [*steps.TYPES]},
        },
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in steps.TYPES
        ],
    }


def _step_of(name: str) -> dict[str, Json]:
    kind = steps.TYPES[name]
    own = Declared(name="type", kind=Kind.WORD, about=kind.about, is_required=True, options=(name,))
    fields = _mapping_of((own, *declared_by(kind.parse)))
    return {"description": kind.about, **fields}


def _mapping_of(declared: Iterable[Declared]) -> dict[str, Json]:
    fields = tuple(declared)
    found: dict[str, Json] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {one.name: {"description": one.about, **_of(one)} for one in fields},
    }
    required: list[Json] = [one.name for one in fields if one.is_required]
    return {**found, "required": required} if required else found


def _of(one: Declared) -> dict[str, Json]:  # noqa: PLR0911 - one line a kind
    name: dict[str, Json] = {**_TEXT, "maxLength": one.most} if one.most else _TEXT
    named: dict[str, Json] = {"enum": [*one.options]} if one.options else name
    match one.kind:
        case Kind.WORD:
            return named
        case Kind.SPAN:
            return {"anyOf": [_SPAN, named]} if one.options else _SPAN
        case Kind.WHOLE:
            return {"type": "integer", "minimum": one.least}
        case Kind.WORDS:
            return {"type": "array", "items": named}
        case Kind.ENTRIES:
            return {"type": "array", "minItems": 1, "items": _mapping_of(one.inside)}
        case Kind.ENTRY:
            return _mapping_of(one.inside)
        case _:
            return _PLAIN.get(one.kind) or _by_name(one)


def _by_name(one: Declared) -> dict[str, Json]:
    found: dict[str, Json] = {"type": "object", "additionalProperties": _TEXT}
    if one.kind is Kind.STEPS:
        found["propertyNames"] = {"maxLength": MOST_NAME}
        found["additionalProperties"] = {"$ref": "#/$defs/step"}
    elif one.kind is Kind.TYPES:
        found["propertyNames"] = {"pattern": f"^{FACT_NAME}$"}
        found["additionalProperties"] = {"enum": [*one.options]}
    elif one.options:
        found["propertyNames"] = {"enum": [*one.options]}
    return {**found, "minProperties": 1} if one.is_required else found
