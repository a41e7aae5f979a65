"""A parcel's way as a drawing of our own: no map of strangers is asked where a buyer lives.

Where its stops have coordinates they lie as they do on a map, north above; otherwise they
follow each other along a line. Numbers are the drawing's own units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from baton.core.orders import Scan

WIDTH, HEIGHT = 320, 120
_EDGE = 28
_MOST_STOPS = 7
_MAX_LABEL = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a parcel was; `label` stands above it, or below, and starts, ends or is centred."""

    name: str
    x: int
    y: int
    label: str = ""
    label_y: int = 0
    anchor: str = "middle"
    is_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The drawing: stops, the line through them, and where the rest of the way leads.

    `onward` is the line to the buyer's door, "" once the parcel is there, and on a map, where
    nobody tells where that is.
    """

    stops: tuple[Stop, ...]
    line: str
    onward: str = ""
    width: int = WIDTH
    height: int = HEIGHT


def route_of(scans: Sequence[Scan], *, is_there: bool) -> Route | None:
    """Return the way of a parcel by its scans, the oldest first; None with no place known."""
    visited = _visited(scans)
    if not visited:
        return None
    on_map = _on_map(visited)
    points = on_map or _in_line(len(visited), is_there=is_there)
    last = len(visited) - 1
    stops = tuple(
        _stop(scan, points, place=number, last=last) for number, scan in enumerate(visited)
    )
    here = stops[-1]
    onward = "" if is_there or on_map else f"{here.x},{here.y} {WIDTH - 12},{HEIGHT // 2}"
    return Route(stops=stops, line=" ".join(f"{x},{y}" for x, y in points), onward=onward)


def _visited(scans: Sequence[Scan]) -> list[Scan]:
    found: list[Scan] = []
    for scan in scans:
        if scan.place and not (found and found[-1].place.casefold() == scan.place.casefold()):
            found.append(scan)
    return [*found[:1], *found[1:][-(_MOST_STOPS - 1) :]]


def _stop(scan: Scan, points: Sequence[tuple[int, int]], *, place: int, last: int) -> Stop:
    x, y = points[place]
    is_labelled = place in (0, last)
    short = scan.place[: _MAX_LABEL - 1] + "…" if len(scan.place) > _MAX_LABEL else scan.place
    # On the side on which the line does not go on.
    beside = points[place - 1 if place else min(1, last)][1]
    is_above = y <= beside
    return Stop(
        name=scan.place,
        x=x,
        y=y,
        label=short if is_labelled else "",
        label_y=y - 14 if is_above else y + 24,
        anchor=_anchor(x),
        is_here=place == last,
    )


def _anchor(x: int) -> str:
    third = WIDTH // 3
    return "start" if x < third else "end" if x > 2 * third else "middle"


def _in_line(count: int, *, is_there: bool) -> list[tuple[int, int]]:
    # What is still before it takes the last quarter of the line.
    right = WIDTH - _EDGE if is_there else WIDTH * 3 // 4
    span = right - _EDGE
    step = span / (count - 1) if count > 1 else 0
    middle = HEIGHT // 2
    return [(round(_EDGE + step * n), middle + (8 if n % 2 else -8)) for n in range(count)]


def _on_map(visited: Sequence[Scan]) -> list[tuple[int, int]]:
    """Return where stops lie on a map, nothing unless each says where it is."""
    places = [
        (one.longitude, one.latitude)
        for one in visited
        if one.longitude is not None and one.latitude is not None
    ]
    if len(places) < len(visited) or len(set(places)) < 2:  # noqa: PLR2004 - a line has two ends
        return []
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    wide, high = WIDTH - 3 * _EDGE, HEIGHT - 2 * _EDGE
    # One scale for both, so that the way keeps its shape.
    scale = min(wide / ((east - west) or 1e-9), high / ((north - south) or 1e-9))
    return [
        (
            round(_EDGE + (x - west) * scale),
            round(_EDGE + (high - (north - south) * scale) / 2 + (north - y) * scale),
        )
        for x, y in places
    ]
