"""Changing YAML where it changes, and leaving every other character as it was written.

A form knows a value; a person wrote a page with comments, an order and a taste. The
new value is held against the old one, and only what differs is cut out and written
anew, so that comments stay and a review shows what was changed. A comment belongs to
the entry below it, and goes with it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.services.writing import documents
from baton.services.writing.documents import Path
from baton.services.writing.yaml_writing import entry, item, on_line, written

_BLOCK_STEP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Splice:
    """A stretch of the text and what stands there instead."""

    start: int
    end: int
    text: str


def with_value(source: str, path: Path, value: Json) -> str:
    """Return YAML with the value at a path changed; raises InvalidInput where it cannot be.

    The path leads to something that is there, or to a new key of a mapping that is.
    """
    old = documents.read(source, file="").value
    wanted = _replaced(old, path, value)
    if _same(old, wanted):
        return source
    root = YAML(typ="safe", pure=True).compose(source)
    found = _applied(source, list(_Editor(source).edits(root, old, wanted)))
    # What is read back decides: an alias, or a form of YAML that this does not know, changes
    # more or less than was meant.
    if not _reads_as(found, wanted):
        raise InvalidInput({"source": "This cannot be changed by the form. Change it in the YAML."})
    return found


def with_key(source: str, path: Path, name: str) -> str:
    """Return YAML with a mapping's key renamed; the path ends with the key as it is."""
    node = YAML(typ="safe", pure=True).compose(source)
    for part in path[:-1]:
        node = _child(node, part)
    for key, _value in node.value:
        if key.value == path[-1]:
            start, end = key.start_mark.index, key.end_mark.index
            return source[:start] + on_line(name) + source[end:]
    raise InvalidInput({"source": f"There is no {path[-1]!r}."})


def _child(node: Node, part: str | int) -> Node:
    if isinstance(node, SequenceNode):
        items: list[Node] = node.value
        return items[int(part)]
    entries: list[tuple[Node, Node]] = node.value
    return next(value for key, value in entries if key.value == part)


def _replaced(old: Json, path: Path, value: Json) -> Json:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(old, list) and isinstance(first, int) and first < len(old):
        return [_replaced(one, rest, value) if n == first else one for n, one in enumerate(old)]
    if not isinstance(old, dict):
        raise InvalidInput({"source": f"There is no {first!r} to be changed."})
    return {**old, str(first): _replaced(old.get(str(first), {}), rest, value)}


def _same(one: Json, other: Json) -> bool:
    return _told(one) == _told(other)


def _told(value: Json) -> str:
    return json.dumps(value, sort_keys=True)  # here True is not 1, as it is for Python


def _reads_as(source: str, wanted: Json) -> bool:
    try:
        found = documents.read(source, file="").value
    except documents.InvalidDocument:
        return False
    return _same(found, wanted)


def _applied(source: str, edits: list[_Splice]) -> str:
    # From the end, so that no edit moves another's place. At one place the inner collection's
    # lines, which were found first, come to stand before the outer one's.
    placed = sorted(enumerate(edits), key=lambda one: (one[1].start, one[1].end, one[0]))
    for _number, edit in reversed(placed):
        source = source[: edit.start] + edit.text + source[edit.end :]
    return source


class _Editor:
    """Holds two values against each other along the nodes of the first one's text."""

    def __init__(self, source: str) -> None:
        self._source = source

    def edits(self, node: Node, old: Json, new: Json) -> Iterator[_Splice]:
        """Yield what makes a collection's text say the new value."""
        if isinstance(node, MappingNode) and isinstance(old, dict) and isinstance(new, dict):
            if _is_on_line(node) or not new:
                yield from self._flow(node, old, new)
            else:
                yield from self._mapping(node, old, new)
        elif isinstance(node, SequenceNode) and isinstance(old, list) and isinstance(new, list):
            if _is_on_line(node) or not new or not self._is_listed(node):
                yield from self._flow(node, old, new)
            else:
                yield from self._sequence(node, old, new)
        elif not _same(old, new):
            yield self._rewritten(node, new)

    def _flow(self, node: Node, old: Json, new: Json) -> Iterator[_Splice]:
        """Change single values of a collection on one line; write it anew when its form differs."""
        if _is_on_line(node) and _shape(old) == _shape(new):
            for child, before, after in _pairs(node, old, new):
                yield from self.edits(child, before, after)
        else:
            yield self._rewritten(node, new)

    def _rewritten(self, node: Node, new: Json) -> _Splice:
        start, end = node.start_mark.index, self._end(node)
        return _Splice(start=start, end=end, text=on_line(new))

    # A mapping's entries, each on lines of its own.

    def _mapping(
        self, node: MappingNode, old: dict[str, Json], new: dict[str, Json]
    ) -> Iterator[_Splice]:
        indent = node.start_mark.column
        gone = old.keys() - new.keys()
        for place, (key, value) in enumerate(node.value):
            name = key.value
            if name in gone:
                following = node.value[place + 1][0] if place + 1 < len(node.value) else None
                yield self._removed(key, self._entry_end(key, value), following)
            elif not _same(old[name], new[name]):
                yield from self._changed(key, value, old[name], new[name])
        yield from self._added(node, old, new, indent)

    def _changed(self, key: Node, value: Node, old: Json, new: Json) -> Iterator[_Splice]:
        if _goes_inside(value, old, new):
            yield from self.edits(value, old, new)
            return
        end = self._entry_end(key, value)
        rest = self._source[end : self._line_end(end)]
        text = written(new, key.start_mark.column + _BLOCK_STEP, is_single_line="#" in rest)
        yield _Splice(start=self._colon(key) + 1, end=end, text=text)

    def _added(
        self, node: MappingNode, old: dict[str, Json], new: dict[str, Json], indent: int
    ) -> Iterator[_Splice]:
        ends = {key.value: self._entry_end(key, value) for key, value in node.value}
        after = next(reversed(ends))  # without a neighbour above, at the end
        told: dict[str, list[str]] = {}
        for name, value in new.items():
            if name in old:
                after = name
            else:
                told.setdefault(after, []).append(entry(name, value, indent))
        for neighbour, lines in told.items():
            place = self._line_end(ends[neighbour])
            yield _Splice(start=place, end=place, text="".join(f"\n{line}" for line in lines))

    # A list's items, each behind a dash.

    def _sequence(self, node: SequenceNode, old: list[Json], new: list[Json]) -> Iterator[_Splice]:
        indent = node.start_mark.column
        ways = SequenceMatcher(a=list(map(_told, old)), b=list(map(_told, new)))
        for _kind, start, end, begin, stop in ways.get_opcodes():
            both = min(end - start, stop - begin)
            for place in range(both):
                one = node.value[start + place]
                yield from self._item(one, old[start + place], new[begin + place], indent)
            for place in range(start + both, end):
                one = node.value[place]
                yield self._removed_item(one)
            if begin + both < stop:
                lines = [item(new[place], indent) for place in range(begin + both, stop)]
                yield self._inserted(node, start + both, lines)

    def _item(self, node: Node, old: Json, new: Json, indent: int) -> Iterator[_Splice]:
        if _same(old, new) or _goes_inside(node, old, new):
            yield from self.edits(node, old, new)
            return
        end = self._end(node)
        rest = self._source[end : self._line_end(end)]
        start = self._dash(node)
        text = on_line(new) if "#" in rest else item(new, indent)[indent + 2 :]
        yield _Splice(start=start + 2, end=end, text=text)

    def _inserted(self, node: SequenceNode, place: int, lines: list[str]) -> _Splice:
        if place == 0:
            start = self._source.rfind("\n", 0, self._dash(node.value[0])) + 1
            return _Splice(start=start, end=start, text="".join(f"{line}\n" for line in lines))
        at = self._line_end(self._end(node.value[place - 1]))
        return _Splice(start=at, end=at, text="".join(f"\n{line}" for line in lines))

    def _removed_item(self, node: Node) -> _Splice:
        return self._without_lines(self._dash(node), self._end(node))

    def _removed(self, key: Node, end: int, following: Node | None) -> _Splice:
        start = key.start_mark.index
        is_first_on_line = not self._source[self._line_start(start) : start].strip()
        if is_first_on_line or following is None:
            return self._without_lines(start, end)
        return _Splice(start=start, end=following.start_mark.index, text="")

    def _without_lines(self, start: int, end: int) -> _Splice:
        """Cut whole lines, with the comments that stand right above them."""
        first = self._line_start(start)
        column = start - first
        while first > 0:
            above = self._line_start(first - 1)
            line = self._source[above : first - 1]
            if not line.strip().startswith("#") or len(line) - len(line.lstrip()) != column:
                break
            first = above
        last = self._line_end(end)
        if first == 0:
            return _Splice(start=0, end=min(last + 1, len(self._source)), text="")
        return _Splice(start=first - 1, end=last, text="")

    # Places in the text.

    def _entry_end(self, key: Node, value: Node) -> int:
        colon = self._colon(key)
        if value.start_mark.index <= key.start_mark.index:  # an alias: its node stands elsewhere
            return colon + len(re.split(r"\s+#", self._source[colon : self._line_end(colon)])[0])
        return max(self._end(value), colon + 1) if not _is_empty(value) else colon + 1

    def _end(self, node: Node) -> int:
        """Return where a node's own text ends, before blank lines and comments."""
        if isinstance(node, ScalarNode) or _is_on_line(node) or not node.value:
            end: int = node.end_mark.index
            is_block = getattr(node, "style", None) in {"|", ">"}
            return len(self._source[:end].rstrip()) if is_block else end
        if isinstance(node, SequenceNode):
            return self._end(node.value[-1])
        return self._entry_end(*node.value[-1])

    def _colon(self, key: Node) -> int:
        return self._source.index(":", key.end_mark.index)

    def _dash(self, node: Node) -> int:
        return self._source.rindex("-", 0, node.start_mark.index)

    def _is_listed(self, node: SequenceNode) -> bool:
        """Return whether every item begins a line with its dash."""
        return all(
            not _is_empty(one)
            and self._source[self._line_start(one.start_mark.index) : one.start_mark.index].strip()
            == "-"
            for one in node.value
        )

    def _line_start(self, place: int) -> int:
        return self._source.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        found = self._source.find("\n", place)
        return len(self._source) if found < 0 else found


def _is_on_line(node: Node) -> bool:
    """Return whether a collection is written as {} or []."""
    return isinstance(node, CollectionNode) and bool(node.flow_style)


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index


def _goes_inside(node: Node, old: Json, new: Json) -> bool:
    """Return whether a collection can be changed where it differs, rather than written anew."""
    is_mapping = isinstance(old, dict) and isinstance(new, dict)
    is_list = isinstance(old, list) and isinstance(new, list)
    if not (is_mapping or is_list) or not old or not new:
        return False
    return not _is_on_line(node) or _shape(old) == _shape(new)


def _shape(value: Json) -> object:
    return (
        sorted(value) if isinstance(value, dict) else len(value) if isinstance(value, list) else 0
    )


def _pairs(node: Node, old: Json, new: Json) -> Iterator[tuple[Node, Json, Json]]:
    if isinstance(node, MappingNode) and isinstance(old, dict) and isinstance(new, dict):
        for key, value in node.value:
            if key.value in new:
                yield value, old[key.value], new[key.value]
    elif isinstance(node, SequenceNode) and isinstance(old, list) and isinstance(new, list):
        yield from zip(node.value, old, new, strict=False)
