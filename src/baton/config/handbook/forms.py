"""The fields of a JSON Schema as rows for people."""

from collections.abc import Iterator
from typing import Any

from baton.config.handbook.markdown import code

Schema = dict[str, Any]

_SPANS = {
    "^[0-9]+[smhd]$": "a while, as `90s`, `10m`, `72h`, `2d`",
    "^([01]?[0-9]|2[0-3]):[0-5][0-9]$": "a time of day, as `18:30`",
}
_PLAIN = {
    "string": "text",
    "boolean": "yes or no",
    "integer": "whole number",
    "number": "number",
    "null": "nothing",
}


def rows_of(schema: Schema, whole: Schema, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Give every field below a mapping: its path, its form, and what it means.

    `whole` is the document whose `$defs` the references lead to. A field of a named definition is
    told by that name: its fields stand under a heading of their own.
    """
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        place = f"{path}{name}"
        must = ", required" if name in required else ""
        yield code(place), f"{form_of(field, whole)}{must}", field.get("description", "")
        yield from rows_of(field, whole, f"{place}.")
        yield from rows_of(field.get("items", {}), whole, f"{place}[].")


def form_of(schema: Schema, whole: Schema) -> str:
    """Return what may stand in a field, in a few words."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        meant = whole["$defs"][name]
        return _words(meant["enum"]) if "enum" in meant else name.rpartition("__")[2]
    if "enum" in schema:
        return _words(schema["enum"])
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        told = [form_of(one, whole) for one in choices if one.get("type") != "null"]
        if all(told):
            return " or ".join(dict.fromkeys(told))
    return _by_type(schema, whole)


def _by_type(schema: Schema, whole: Schema) -> str:
    match schema.get("type"):
        case "array":
            return f"list of: {form_of(schema.get('items', {}), whole)}"
        case "object":
            return _mapping(schema, whole)
        case "string" if schema.get("pattern") in _SPANS:
            return _SPANS[schema["pattern"]]
        case str(kind):
            return _PLAIN[kind]
        case _:
            return "any value"


def _mapping(schema: Schema, whole: Schema) -> str:
    values = [*schema.get("patternProperties", {}).values()]
    if isinstance(extra := schema.get("additionalProperties"), dict):
        values.append(extra)
    return f"by name: {form_of(values[0], whole)}" if values else "mapping"


def _words(values: list[Any]) -> str:
    return "one of " + ", ".join(code(str(value)) for value in values)
