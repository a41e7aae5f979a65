"""Where the steps of a flow stand in its picture: in ranks from the start down.

A layered layout after Sugiyama: ways that lead back are turned round, steps stand one
rank below the lowest that leads to them, a way over several ranks gets a bend in each, and
the ranks are ordered so that few ways cross. The same flow always gives the same picture.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from baton.flows.document import Flow

BOX_WIDTH, BOX_HEIGHT = 184, 54
_GAP, _BEND_GAP, _RANK_GAP, _BEND_WIDTH, _MARGIN = 26, 10, 66, 8, 12
_SWEEPS = 12

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A step's place; x and y are its upper left corner."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All ways from one step to another, with a label each, along its points."""

    start: str
    to: str
    labels: tuple[str, ...]
    points: tuple[Point, ...]
    leads_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A picture's parts and its size."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Node:
    """A step, or the bend of a way in a rank that it passes."""

    name: str
    bend: int = 0  # 0 is a step; a bend is named by its way

    @property
    def width(self) -> float:
        return BOX_WIDTH if self.bend == 0 else _BEND_WIDTH


@dataclass(slots=True)
class _Graph:
    """The ranks with their nodes, and who is joined to whom below."""

    ranks: list[list[_Node]]
    below: dict[_Node, list[_Node]] = field(default_factory=lambda: defaultdict(list))
    above: dict[_Node, list[_Node]] = field(default_factory=lambda: defaultdict(list))

    def join(self, upper: _Node, lower: _Node) -> None:
        self.below[upper].append(lower)
        self.above[lower].append(upper)


def layout(flow: Flow) -> Layout:
    """Return the picture of a flow; ways to steps that there are not are left out."""
    edges = _edges_of(flow)
    back = _leading_back(flow, edges)
    forward = [(to, start) if (start, to) in back else (start, to) for start, to in edges]
    ranks = _ranks_of(flow, forward)
    graph, chains = _graph_of(ranks, edges, back)
    _order(graph)
    places = _places_of(graph)
    return _drawn(graph, places, edges, chains, back)


def _edges_of(flow: Flow) -> dict[tuple[str, str], tuple[str, ...]]:
    edges: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, step in flow.steps.items():
        for way in step.ways:
            if way.to in flow.steps:
                edges[name, way.to] = (*edges.get((name, way.to), ()), way.label)
    return edges


def _leading_back(flow: Flow, edges: Mapping[tuple[str, str], object]) -> set[tuple[str, str]]:
    """Return the ways to a step that is already behind, seen from the start."""
    after: dict[str, list[str]] = defaultdict(list)
    for start, to in edges:
        after[start].append(to)
    seen: set[str] = set()
    back: set[tuple[str, str]] = set()
    for root in (flow.start, *flow.steps):
        if root not in seen and root in flow.steps:
            back |= _back_from(root, after, seen)
    return back


def _back_from(root: str, after: Mapping[str, list[str]], seen: set[str]) -> set[tuple[str, str]]:
    back: set[tuple[str, str]] = set()
    path = [(root, iter(after.get(root, ())))]
    on_path = {root}
    seen.add(root)
    while path:
        name, following = path[-1]
        to = next(following, None)
        if to is None:
            on_path.discard(name)
            path.pop()
        elif to in on_path:
            back.add((name, to))
        elif to not in seen:
            seen.add(to)
            on_path.add(to)
            path.append((to, iter(after.get(to, ()))))
    return back


def _ranks_of(flow: Flow, forward: Sequence[tuple[str, str]]) -> dict[str, int]:
    ranks = dict.fromkeys(flow.steps, 0)
    for _round in flow.steps:  # as often as the longest path may be long
        moved = False
        for start, to in forward:
            if start != to and ranks[to] < ranks[start] + 1:
                ranks[to] = ranks[start] + 1
                moved = True
        if not moved:
            break
    return ranks


def _graph_of(
    ranks: Mapping[str, int],
    edges: Mapping[tuple[str, str], tuple[str, ...]],
    back: set[tuple[str, str]],
) -> tuple[_Graph, dict[tuple[str, str], list[_Node]]]:
    graph = _Graph(ranks=[[] for _rank in range(max(ranks.values(), default=0) + 1)])
    for name, rank in ranks.items():
        graph.ranks[rank].append(_Node(name))
    chains: dict[tuple[str, str], list[_Node]] = {}
    for number, (start, to) in enumerate(edges, start=1):
        upper, lower = (to, start) if (start, to) in back else (start, to)
        chain = [_Node(upper)]
        for rank in range(ranks[upper] + 1, ranks[lower]):
            bend = _Node(f"{start}>{to}@{rank}", number)
            graph.ranks[rank].append(bend)
            chain.append(bend)
        chain.append(_Node(lower))
        if upper != lower:
            for one, other in pairwise(chain):
                graph.join(one, other)
        chains[start, to] = chain
    return graph, chains


def _order(graph: _Graph) -> None:
    """Sort each rank by where its neighbours stand, down and up again, and keep the best."""
    best, fewest = [list(rank) for rank in graph.ranks], _crossings(graph)
    for sweep in range(_SWEEPS):
        goes_down = sweep % 2 == 0
        places = range(1, len(graph.ranks)) if goes_down else range(len(graph.ranks) - 2, -1, -1)
        for place in places:
            fixed = graph.ranks[place - 1 if goes_down else place + 1]
            at = {node: number for number, node in enumerate(fixed)}
            joined = graph.above if goes_down else graph.below
            _sort(graph.ranks[place], at, joined)
        found = _crossings(graph)
        if found < fewest:
            best, fewest = [list(rank) for rank in graph.ranks], found
    graph.ranks[:] = best


def _sort(rank: list[_Node], at: Mapping[_Node, int], joined: Mapping[_Node, list[_Node]]) -> None:
    def middle(place: int) -> float:
        found = [at[one] for one in joined.get(rank[place], ()) if one in at]
        return sum(found) / len(found) if found else float(place)

    wanted = [middle(place) for place in range(len(rank))]
    rank[:] = [rank[place] for place in sorted(range(len(rank)), key=lambda one: wanted[one])]


def _crossings(graph: _Graph) -> int:
    total = 0
    for upper, lower in pairwise(graph.ranks):
        at = {node: number for number, node in enumerate(lower)}
        ends = [at[to] for node in upper for to in sorted(graph.below[node], key=at.__getitem__)]
        total += sum(1 for n, one in enumerate(ends) for other in ends[n + 1 :] if other < one)
    return total


def _places_of(graph: _Graph) -> dict[_Node, float]:
    """Return the middle of every node: near its neighbours, never over another."""
    places: dict[_Node, float] = {}
    for rank in graph.ranks:
        left = 0.0
        for node in rank:
            places[node] = left + node.width / 2
            left += node.width + _GAP
    for _sweep in range(_SWEEPS):
        for rank in (*graph.ranks, *reversed(graph.ranks)):
            wanted = [_wanted(node, graph, places) for node in rank]
            places.update(zip(rank, _apart(rank, wanted), strict=True))
    return places


def _wanted(node: _Node, graph: _Graph, places: Mapping[_Node, float]) -> float:
    near = [places[one] for one in (*graph.above[node], *graph.below[node])]
    return sum(near) / len(near) if near else places[node]


def _apart(rank: Sequence[_Node], wanted: Sequence[float]) -> list[float]:
    """Return the places nearest to the wanted ones that the widths allow.

    Those with the least squares of all moves, by pooling neighbours that would overlap
    (Ayer et al., 1955).
    """
    starts = list(accumulate((_between(*pair) for pair in pairwise(rank)), initial=0.0))
    pools: list[tuple[float, int]] = []  # the mean of what a pool wants, and how many it has
    for want, start in zip(wanted, starts, strict=True):
        mean, count = want - start, 1
        while pools and pools[-1][0] > mean:
            before, members = pools.pop()
            mean = (mean * count + before * members) / (count + members)
            count += members
        pools.append((mean, count))
    shifts = (mean for mean, count in pools for _ in range(count))
    return [start + shift for start, shift in zip(starts, shifts, strict=True)]


def _between(one: _Node, other: _Node) -> float:
    gap = _GAP if one.bend == 0 and other.bend == 0 else _BEND_GAP
    return (one.width + other.width) / 2 + gap


def _drawn(
    graph: _Graph,
    places: Mapping[_Node, float],
    edges: Mapping[tuple[str, str], tuple[str, ...]],
    chains: Mapping[tuple[str, str], list[_Node]],
    back: set[tuple[str, str]],
) -> Layout:
    shift = _MARGIN - min(
        (places[one] - one.width / 2 for r in graph.ranks for one in r), default=0
    )
    rank_of = {node: number for number, rank in enumerate(graph.ranks) for node in rank}
    x = {node: place + shift for node, place in places.items()}
    y = {node: _MARGIN + number * (BOX_HEIGHT + _RANK_GAP) for node, number in rank_of.items()}
    boxes = [
        Box(name=node.name, x=round(x[node] - BOX_WIDTH / 2, 1), y=y[node])
        for node in rank_of
        if node.bend == 0
    ]
    lines = [
        Line(
            start=start,
            to=to,
            labels=tuple(label for label in labels if label),
            points=tuple(_points(chains[start, to], x, y, graph, turned=(start, to) in back)),
            leads_back=(start, to) in back,
        )
        for (start, to), labels in edges.items()
    ]
    width = max((x[node] + node.width / 2 for node in rank_of), default=0) + _MARGIN
    loops = any(start == to for start, to in edges)
    return Layout(
        boxes=tuple(boxes),
        lines=tuple(lines),
        width=round(width + (_GAP if loops else 0), 1),
        height=len(graph.ranks) * (BOX_HEIGHT + _RANK_GAP) - _RANK_GAP + 2 * _MARGIN,
    )


def _points(
    chain: Sequence[_Node],
    x: Mapping[_Node, float],
    y: Mapping[_Node, float],
    graph: _Graph,
    *,
    turned: bool,
) -> Iterator[Point]:
    upper, lower = chain[0], chain[-1]
    if upper == lower:  # a loop beside its own box
        right, top = x[upper] + BOX_WIDTH / 2, y[upper]
        yield from ((right, top + 16), (right + _GAP, top + 27), (right, top + 38))
        return
    found: list[Point] = [
        (_port(upper, chain[1], graph.below[upper], x, turned=turned), y[upper] + BOX_HEIGHT),
        *((x[bend], y[bend] + BOX_HEIGHT / 2) for bend in chain[1:-1]),
        (_port(lower, chain[-2], graph.above[lower], x, turned=turned), y[lower]),
    ]
    for across, down in reversed(found) if turned else found:
        yield round(across, 1), round(down, 1)


def _port(
    node: _Node,
    neighbour: _Node,
    joined: Sequence[_Node],
    x: Mapping[_Node, float],
    *,
    turned: bool,
) -> float:
    """Return where a way leaves or meets a box: in the order of the other ends.

    Of two ways between the same steps, the one that leads back stands on the right.
    """
    order = sorted(joined, key=lambda one: x[one])
    first = order.index(neighbour)
    place = first + order.count(neighbour) - 1 if turned else first
    share = (place + 1) / (len(order) + 1)
    return x[node] + (share - 0.5) * BOX_WIDTH * 0.7
