"""A flow as a picture: SVG made here, its steps links, the same told as a list beside it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from baton.flows.document import Flow
from baton.flows.layout import BOX_HEIGHT, BOX_WIDTH, Box, Layout, Line, Point, layout
from baton.web import words

_NAME_SIGNS, _LABEL_SIGNS = 22, 24
_DEPTHS = (20, 42, 31, 53, 12)  # from the box, or from a bend: where a label may stand
_SIGN_WIDTH, _LABEL_HEIGHT, _COUNT_GAP = 7.2, 14, 5
_Area: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom
_SIGNS = frozenset('"=<>.')  # of a condition, which is shown as it is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the picture says beside the steps themselves.

    `links` lead to a step's page; `waiting` counts the runs in it; `taken` counts how often
    a way was taken, from a step to a step; `kinds` is a word for the style of some steps:
    added, changed, removed, faulty, passed, last or here.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[tuple[str, str], int] = field(default_factory=dict)
    kinds: Mapping[str, Collection[str]] = field(default_factory=dict)


def drawn(flow: Flow, marks: Marks, *, name: str) -> SafeString:
    """Return a flow's picture; `name` tells it from others in the same page."""
    found = layout(flow)
    return format_html(
        '<svg class="diagram" viewBox="0 0 {} {}" width="{}" height="{}" role="group" '
        'aria-labelledby="{}-title {}-about"><title id="{}-title">{}</title>'
        '<desc id="{}-about">{}</desc>{}{}{}</svg>',
        found.width,
        found.height,
        found.width,
        found.height,
        name,
        name,
        name,
        f"The steps of {flow.title}",
        name,
        "Every step and way of this picture also stands in the list of steps.",
        format_html_join("", "{}", ((_line(one),) for one in found.lines)),
        format_html_join("", "{}", ((_box(flow, one, marks),) for one in found.boxes)),
        format_html_join("", "{}", ((_written(one),) for one in _labels(found, marks))),
    )


def _box(flow: Flow, box: Box, marks: Marks) -> SafeString:
    is_first = ("first",) if box.name == flow.start else ()
    kinds = " ".join((*is_first, *sorted(marks.kinds.get(box.name, ()))))
    inside = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="10"></rect>{}{}{}',
        box.x,
        box.y,
        BOX_WIDTH,
        BOX_HEIGHT,
        _text(box.x + 14, box.y + 23, "box-name", _cut(words.plain(box.name), _NAME_SIGNS)),
        _text(box.x + 14, box.y + 41, "box-type", _type_of(flow, box.name)),
        _badge(box, marks.waiting.get(box.name, 0)),
    )
    label = _spoken(flow, box.name, marks)
    kind = flow.steps[box.name].type
    if box.name not in marks.links:
        return format_html(
            '<g class="box type-{} {}" aria-label="{}">{}</g>', kind, kinds, label, inside
        )
    return format_html(
        '<a class="box type-{} {}" href="{}" aria-label="{}">{}</a>',
        kind,
        kinds,
        marks.links[box.name],
        label,
        inside,
    )


def _badge(box: Box, count: int) -> SafeString:
    if not count:
        return mark_safe("")
    width = 22 + 8 * len(f"{count:,}")
    left, top = box.x + BOX_WIDTH - width + 8, box.y - 9
    return format_html(
        '<g class="badge"><rect x="{}" y="{}" width="{}" height="20" rx="10"></rect>{}</g>',
        left,
        top,
        width,
        format_html(
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            left + width / 2,
            top + 14,
            f"{count:,}",
        ),
    )


def _line(line: Line) -> SafeString:
    (_left, before_y), (x, y) = line.points[-2], line.points[-1]
    is_loop = line.start == line.to
    turn = "left" if is_loop else "down" if y > before_y else "up"
    return format_html(
        '<path class="way{}" d="{}"></path><path class="tip" d="{}"></path>',
        " returns" if line.leads_back else "",
        _curve(line.points, is_loop=is_loop),
        _tip(x, y, turn),
    )


def _curve(points: tuple[Point, ...], *, is_loop: bool) -> str:
    (x, y), *rest = points
    parts = [f"M{x:g} {y:g}"]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        parts.append(
            f"Q{max(x, to_x):g} {middle:g} {to_x:g} {to_y:g}"
            if is_loop
            else f"C{x:g} {middle:g} {to_x:g} {middle:g} {to_x:g} {to_y:g}"
        )
        x, y = to_x, to_y
    return "".join(parts)


def _tip(x: float, y: float, turn: str) -> str:
    match turn:
        case "down":
            return f"M{x - 4.5:g} {y - 8:g}L{x:g} {y:g}L{x + 4.5:g} {y - 8:g}Z"
        case "up":
            return f"M{x - 4.5:g} {y + 8:g}L{x:g} {y:g}L{x + 4.5:g} {y + 8:g}Z"
        case _:
            return f"M{x + 8:g} {y - 4.5:g}L{x:g} {y:g}L{x + 8:g} {y + 4.5:g}Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    """What stands on a way: why it is taken and how often, around a middle point."""

    told: str
    taken: int
    at: Point = (0.0, 0.0)

    @property
    def shown(self) -> str:
        return _cut(self.told, _LABEL_SIGNS - len(self.count))

    @property
    def count(self) -> str:
        return f"{self.taken:,}" if self.taken else ""

    @property
    def area(self) -> _Area:
        x, y = self.at
        half = _SIGN_WIDTH * (len(self.shown) + len(self.count) + 1) / 2
        return (x - half, y - _LABEL_HEIGHT / 2, x + half, y + _LABEL_HEIGHT / 2)


def _labels(found: Layout, marks: Marks) -> Iterator[_Label]:
    """Yield the labels, each where it covers as little as can be of boxes and other labels."""
    covered: list[_Area] = [
        (box.x, box.y, box.x + BOX_WIDTH, box.y + BOX_HEIGHT) for box in found.boxes
    ]
    for line in sorted(found.lines, key=lambda one: (one.start, one.points[1])):
        label = _Label(
            told=joined_labels(line.labels), taken=marks.taken.get((line.start, line.to), 0)
        )
        if not label.told and not label.taken:
            continue
        options = [replace(label, at=point) for point in _along(line.points)]
        best = min(options, key=lambda one: _hidden(one.area, covered))
        covered.append(best.area)
        yield best


def _along(points: Sequence[Point]) -> Iterator[Point]:
    """Yield the places on a way for its label, those near its start first."""
    for start, end in pairwise(points):
        for depth in _DEPTHS:
            if depth < abs(end[1] - start[1]):
                yield _down(start, end, depth)
    yield points[-1]  # a way too short for any


def _hidden(one: _Area, covered: Sequence[_Area]) -> float:
    """Return how much of others an area would cover."""
    left, top, right, bottom = one
    return sum(
        (min(right, other[2]) - max(left, other[0])) * (min(bottom, other[3]) - max(top, other[1]))
        for other in covered
        if other[0] < right and left < other[2] and other[1] < bottom and top < other[3]
    )


def _written(label: _Label) -> SafeString:
    x, y = label.at
    times = f"taken {words.times(label.taken)}" if label.taken else ""
    return format_html(
        '<text class="way-label" x="{}" y="{}" text-anchor="middle">{}{}<title>{}</title></text>',
        round(x, 1),
        round(y + 4, 1),
        label.shown,
        format_html('<tspan class="way-count" dx="{}">{}</tspan>', _COUNT_GAP, label.count)
        if label.count
        else "",
        ": ".join(filter(None, (label.told, times))),
    )


def joined_labels(labels: Iterable[str]) -> str:
    """Return what leads from one step to another, as people read it."""
    found = (label if _SIGNS & set(label) else words.plain(label) for label in labels if label)
    return ", ".join(found)


def _down(start: Point, end: Point, depth: float) -> Point:
    """Return the point of a drawn curve that lies so far below, or above, its start."""
    (x, y), (to_x, to_y) = start, end
    low, high = 0.0, 1.0
    for _halving in range(12):
        t = (low + high) / 2
        share = 1.5 * (1 - t) * t + t**3  # of the height, with both handles in the middle
        low, high = (t, high) if share * abs(to_y - y) < depth else (low, t)
    return x + (to_x - x) * (3 * low**2 - 2 * low**3), y + (depth if to_y > y else -depth)


def _text(x: float, y: float, kind: str, told: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', kind, x, y, told)


def _type_of(flow: Flow, name: str) -> str:
    is_first = "first, " if name == flow.start else ""
    return f"{is_first}{words.step_type(flow.steps[name].type)}"


def _spoken(flow: Flow, name: str, marks: Marks) -> str:
    parts = [words.plain(name), _type_of(flow, name)]
    if count := marks.waiting.get(name, 0):
        parts.append(f"{count:,} waiting")
    parts += sorted(marks.kinds.get(name, ()))
    return ", ".join(parts)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
