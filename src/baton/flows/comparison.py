"""Two versions of a flow held against each other: every value that differs, by its path."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from baton.core.json import Json

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value that differs; None stands for one that is not there.

    `path` is that of the new document, or of the old one where the value went away;
    `places` are the mappings that it lies in, the outermost first, to name entries by.
    """

    path: Path
    old: Json
    new: Json
    places: tuple[Json, ...] = ()

    @property
    def step(self) -> str:
        """Return the step that it is in, "" for the head."""
        is_in_step = len(self.path) > 1 and self.path[0] == "steps"
        return str(self.path[1]) if is_in_step else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of a flow."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the steps that are in both and differ."""
        both = (change.step for change in self.changes if len(change.path) > len(("steps", "name")))
        return tuple(dict.fromkeys(name for name in both if name))

    @property
    def is_empty(self) -> bool:
        """Return whether the two say the same."""
        return not self.changes


def compare(old: Json, new: Json) -> Comparison:
    """Return how a flow's document changed."""
    before, after = _steps_of(old), _steps_of(new)
    return Comparison(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changes=tuple(_changes(old, new, (), ())),
    )


def _steps_of(document: Json) -> dict[str, Json]:
    found = document.get("steps") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _changes(old: Json, new: Json, path: Path, places: tuple[Json, ...]) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        inner = (*places, new)
        for key in dict.fromkeys((*new, *old)):
            yield from _changes(old.get(key), new.get(key), (*path, key), inner)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_changes(old, new, path, (*places, new))
    elif _told(old) != _told(new):
        yield Change(path=path, old=old, new=new, places=places)


def _list_changes(
    old: list[Json], new: list[Json], path: Path, places: tuple[Json, ...]
) -> Iterator[Change]:
    if not all(isinstance(one, dict) for one in (*old, *new)):
        if _told(old) != _told(new):  # a list of words is one value
            yield Change(path=path, old=old, new=new, places=places[:-1])
        return
    ways = SequenceMatcher(a=list(map(_told, old)), b=list(map(_told, new)), autojunk=False)
    for kind, start, end, begin, stop in ways.get_opcodes():
        if kind == "equal":
            continue
        both = min(end - start, stop - begin)
        for place in range(both):
            before, after = old[start + place], new[begin + place]
            yield from _changes(before, after, (*path, begin + place), places)
        for gone in old[start + both : end]:
            yield Change(path=(*path, start + both), old=gone, new=None, places=places)
        for place in range(begin + both, stop):
            yield Change(path=(*path, place), old=None, new=new[place], places=places)


def _told(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
