"""A pack of one's own begins as a copy of one that is like it, whole and ready to be changed."""

import json
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from baton.core.errors import InvalidInput

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MAX_TITLE = 80
_LEADING = re.compile(r"\A(?:#.*\n)+")
_TITLE = re.compile(r"^title: .*$", re.MULTILINE)
_BUSINESS = re.compile(r"^business: .*$", re.MULTILINE)
_SHARED = "hard_stops.yaml"
"""What alarms one trade alarms all: a copy would teach every line of it twice."""


def begin(like: Traversable, into: Path, *, title: str) -> tuple[str, ...]:
    """Copy a pack into a new folder under another title; returns the files that it made.

    Raises InvalidInput for a folder that is there already, or a name or title that no pack
    can have.
    """
    _refuse(into, title)
    made = []
    for name, text in _texts_of(like):
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_retitled(name, text, title, like.name), "utf-8")
        made.append(name)
    return tuple(made)


def _refuse(into: Path, title: str) -> None:
    if not _NAME.fullmatch(into.name):
        wanted = "write small letters, digits and _, beginning with a letter, as in dance_school"
        raise InvalidInput({"name": f"{into.name!r} is no name of a pack; {wanted}"})
    if into.exists():
        raise InvalidInput({"name": f"{into} is there already; choose another name"})
    if not title.strip() or len(title) > _MAX_TITLE or not title.isprintable():
        raise InvalidInput({"title": f"write 1 to {_MAX_TITLE} characters in one line"})


def _texts_of(like: Traversable) -> Iterator[tuple[str, str]]:
    for entry in sorted(like.iterdir(), key=lambda one: one.name):
        if entry.name == "flows":
            for flow in sorted(entry.iterdir(), key=lambda one: one.name):
                yield f"flows/{flow.name}", flow.read_text("utf-8")
        elif entry.name.endswith(".yaml") and entry.name != _SHARED:
            yield entry.name, entry.read_text("utf-8")


def _retitled(name: str, text: str, title: str, like: str) -> str:
    quoted = json.dumps(title, ensure_ascii=False)
    if name == "pack.yaml":
        text = _LEADING.sub(
            f"# Begun as a copy of {like}; docs/packs.md says what stands where.\n", text
        )
        return _TITLE.sub(lambda _: f"title: {quoted}", text, count=1)
    if name == "demo.yaml":
        return _BUSINESS.sub(lambda _: f"business: {quoted}", text, count=1)
    return text
