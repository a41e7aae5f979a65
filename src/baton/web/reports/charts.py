"""Charts as SVG made on the server: they print, they are read aloud, and need no colour.

Lines differ by dashes and by the shape of their points, and are named where they end. What a
chart shows stands beside it in numbers too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_WIDTH, _HEIGHT = 900, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 190, 12, 28
_SPARK = (96, 24)
_MOST_LABELS = 8
_APART = 14  # between two names, so that they do not overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line of a chart: shares of one, None where nothing was counted."""

    title: str
    values: Sequence[float | None]


def lines(curves: Sequence[Curve], labels: Sequence[str], *, title: str) -> SafeString:
    """Return a chart of shares by day or week; "" without two points of time."""
    if len(labels) < 2:  # noqa: PLR2004 - one point is no line
        return mark_safe("")
    top = max((value for one in curves for value in one.values if value is not None), default=1)
    highest = next(limit for limit in (0.1, 0.25, 0.5, 1.0) if top <= limit)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        _WIDTH, _HEIGHT, title, _grid(highest), _days(labels), _curves(curves, highest),
    )  # fmt: skip


def spark(values: Sequence[float | None]) -> SafeString:
    """Return a small line without a scale of its own; "" without two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 - one point is no line
        return mark_safe("")
    width, height = _SPARK
    low, high = min(known), max(known)
    span = (high - low) or 1
    step = (width - 6) / (len(values) - 1)
    points = [
        (3 + place * step, height - 4 - (value - low) / span * (height - 8))
        for place, value in enumerate(values)
        if value is not None
    ]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true"><polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="2.5"/></svg>',
        width, height, _written(points), _n(points[-1][0]), _n(points[-1][1]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A share of one, and between what it lies."""

    title: str
    value: float
    low: float
    high: float


_BAR, _NAME, _SHARE = 22, 240, 60


def bars(drawn: Sequence[Bar], *, title: str) -> SafeString:
    """Return bars with their names, values and what they lie between; "" for fewer than two."""
    if len(drawn) < 2:  # noqa: PLR2004 - one bar compares nothing
        return mark_safe("")
    width = _WIDTH - _NAME - _SHARE
    rows = [
        (
            _n(place * _BAR + 16), _short(one.title), _NAME, _n(place * _BAR + 5),
            _n(one.value * width), _n(_NAME + one.low * width), _n(_NAME + one.high * width),
            _n(place * _BAR + 11.5), _n(place * _BAR + 11.5), _WIDTH, _n(place * _BAR + 16),
            f"{one.value * 100:.0f}",
        )
        for place, one in enumerate(drawn)
    ]  # fmt: skip
    return format_html(
        '<svg class="chart bars" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        _WIDTH, len(drawn) * _BAR + 4, title,
        format_html_join(
            "",
            '<text x="0" y="{}">{}</text><rect class="beam" x="{}" y="{}" width="{}" height="13"/>'
            '<line class="lies" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text x="{}" y="{}" text-anchor="end">{} %</text>',
            rows,
        ),
    )  # fmt: skip


_MOST_LETTERS = 34


def _short(title: str) -> str:
    return title if len(title) <= _MOST_LETTERS else f"{title[: _MOST_LETTERS - 1]}…"


def _grid(highest: float) -> SafeString:
    rows = [(share * highest, _y(share)) for share in (0, 0.5, 1)]
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="axis" x="{}" y="{}" text-anchor="end">{} %</text>',
        (
            (_LEFT, _WIDTH - _RIGHT, _n(y), _n(y), _LEFT - 6, _n(y + 4), f"{share * 100:g}")
            for share, y in rows
        ),
    )


def _days(labels: Sequence[str]) -> SafeString:
    every = -(-len(labels) // _MOST_LABELS)
    return format_html_join(
        "",
        '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (_n(_x(place, len(labels))), _HEIGHT - 8, label)
            for place, label in enumerate(labels)
            if place % every == 0
        ),
    )


def _curves(curves: Sequence[Curve], highest: float) -> SafeString:
    drawn: list[tuple[object, ...]] = []
    taken: list[float] = []
    for place, curve in enumerate(curves):
        points = [
            (_x(at, len(curve.values)), _y(value / highest))
            for at, value in enumerate(curve.values)
            if value is not None
        ]
        if not points:
            continue
        name_y = points[-1][1] + 4
        while any(abs(name_y - other) < _APART for other in taken):
            name_y += _APART if name_y < _HEIGHT / 2 else -_APART
        taken.append(name_y)
        drawn.append((
            place, _written(points), _marks(points, place),
            _WIDTH - _RIGHT + 10, _n(name_y), curve.title,
        ))  # fmt: skip
    return format_html_join(
        "",
        '<g class="curve curve-{}"><polyline points="{}"/>{}<text x="{}" y="{}">{}</text></g>',
        drawn,
    )


def _marks(points: Sequence[tuple[float, float]], place: int) -> SafeString:
    if place == 0:
        shape = '<circle cx="{}" cy="{}" r="3.5"/>'
        return format_html_join("", shape, ((_n(x), _n(y)) for x, y in points))
    shape = '<rect x="{}" y="{}" width="7" height="7"/>'
    return format_html_join("", shape, ((_n(x - 3.5), _n(y - 3.5)) for x, y in points))


def _x(place: int, count: int) -> float:
    return _LEFT + place * (_WIDTH - _LEFT - _RIGHT) / max(1, count - 1)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _written(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
