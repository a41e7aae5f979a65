"""JSON values as the YAML that people would write: short things on a line, long texts folded."""

import json
import re
import textwrap

from baton.core.errors import BatonError
from baton.core.json import Json
from baton.services.writing import documents

WIDTH = 100
_STEP = 2
# Within {} and [] more signs have a meaning; what is not surely plain is quoted.
_PLAIN_INSIDE = re.compile(r"[0-9]+[a-z]|[A-Za-z_](?:[\w./%+-]| (?=[\w./%+-]))*")
_PLAIN = re.compile(r"[0-9]+[a-z]|[A-Za-z(](?:[^\s:#]|:(?=\S)|(?<=\S)#| (?=[^\s#]))*")


def written(value: Json, indent: int, *, is_single_line: bool = False) -> str:
    """Return what stands after a key's colon, or a list's dash, at an indent.

    A block begins with a line break, everything else with a blank.
    """
    if is_single_line or isinstance(value, bool | int | float) or value is None:
        return f" {on_line(value)}"
    if isinstance(value, str):
        return f" {_text(value, indent)}"
    line = on_line(value)
    is_short = len(line) + indent <= WIDTH and not _is_deep(value)
    return f" {line}" if is_short or not value else "\n" + _block(value, indent)


def entry(key: str, value: Json, indent: int) -> str:
    """Return a mapping's entry as lines at an indent, without the last line break."""
    return f"{' ' * indent}{on_line(key)}:{written(value, indent + _STEP)}"


def item(value: Json, indent: int) -> str:
    """Return a list's item as lines at an indent, without the last line break."""
    told = written(value, indent + _STEP)
    if told.startswith("\n"):  # its first line shares the dash's
        told = f" {told.lstrip()}"
    return f"{' ' * indent}-{told}"


def on_line(value: Json) -> str:
    """Return a value on one line, safe inside {} and []."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{on_line(k)}: {on_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(on_line(one) for one in value) + "]"
    if isinstance(value, str):
        is_plain = _PLAIN_INSIDE.fullmatch(value) and _reads_as_text(value)
        return value if is_plain else _quoted(value)
    return json.dumps(value)


def _block(value: Json, indent: int) -> str:
    if isinstance(value, dict):
        return "\n".join(entry(key, one, indent) for key, one in value.items())
    items = value if isinstance(value, list) else []
    return "\n".join(item(one, indent) for one in items)


def _is_deep(value: Json) -> bool:
    """Return whether a collection reads better over several lines."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(one, dict | list) for one in inside) and isinstance(value, dict | list)


def _text(text: str, indent: int) -> str:
    if "\n" in text and _is_clean(text):
        return f"|-\n{textwrap.indent(text, ' ' * indent)}"
    lines = textwrap.wrap(
        text, max(WIDTH - indent, 40), break_long_words=False, break_on_hyphens=False
    )
    if len(lines) > 1 and " ".join(lines) == text and _is_clean(text):
        return ">-\n" + "\n".join(f"{' ' * indent}{line}" for line in lines)
    if _PLAIN.fullmatch(text) and _reads_as_text(text):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    told = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in told)


def _is_clean(text: str) -> bool:
    """Return whether a text survives in a block: no edge blanks, no signs that a block changes."""
    lines = text.split("\n")
    return (
        all(line.isprintable() for line in lines)
        and text == text.strip()
        and not lines[0].startswith(" ")
        and all(line.strip() or not line for line in lines)
    )


def _reads_as_text(text: str) -> bool:
    try:
        return documents.read(text, file="").value == text
    except BatonError:
        return False
