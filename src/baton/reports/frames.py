"""A window's rows as columns in memory, on which the rules of KPIs are tested at once.

A day is kept as a segment beside its rows (`services.evidence.days`); one that changed since
is read from the rows themselves, so that a number never waits for anything to be kept. What
a rule finds here is what `core.kpis.holds` says, and what opening the rows finds.
"""

import operator
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from baton.core.kpis import Column, Condition, Either, Given, Grain, Limits, Op, Rule
from baton.reports import segments, slices
from baton.reports.segments import Numbers, Places, Segment
from baton.reports.slices import Slice
from baton.reports.sources import LISTS, SOURCES
from baton.store.models import EvidenceDay, EvidenceMark

Mask = npt.NDArray[np.bool_]

_DAY = timedelta(days=1)
_MOVING = frozenset({Given.SILENT_SINCE, Given.NOW})  # another limit at each look
_TESTS: Mapping[Op, Callable[[Any, Any], Any]] = {
    Op.IS: operator.eq,
    Op.IS_NOT: operator.ne,
    Op.OVER: operator.gt,
    Op.AT_MOST: operator.le,
    Op.AT_LEAST: operator.ge,
    Op.KNOWN: lambda found, _: ~np.isnan(found),
    Op.UNKNOWN: lambda found, _: np.isnan(found),
}


_Masks = dict[tuple[Rule | Condition | Either, int], Mask]


class Frame:
    """The rows of some days, ordered by their moments; columns and tests are made once."""

    def __init__(self, grain: Grain, parts: Sequence[Segment]) -> None:
        self._texts = frozenset(segments.texts_of(grain))
        self._at = SOURCES[grain].at
        self.count = sum(one.count for one in parts)
        self._parts = [one for one in parts if one.count]
        self._numbers: dict[str, Numbers] = {}
        self._groups: dict[str, tuple[Places, tuple[Any, ...]]] = {}
        self._masks: _Masks = {}
        self._moment: tuple[Limits | None, _Masks] = (None, {})

    def numbers(self, name: str) -> Numbers:
        """Return a column of numbers."""
        if name not in self._numbers:
            self._numbers[name] = segments.joined_numbers(self._parts, name)
        return self._numbers[name]

    def groups(self, name: str) -> tuple[Places, tuple[Any, ...]]:
        """Return each row's place among the values of a column, and these values."""
        if name not in self._groups:
            if self._is_text(name):
                self._groups[name] = segments.joined_places(self._parts, name)
            else:
                values, places = np.unique(self.numbers(name), return_inverse=True)
                self._groups[name] = places.astype(np.int32), tuple(int(one) for one in values)
        return self._groups[name]

    def words(self, name: str, rows: slice) -> frozenset[str]:
        """Return all words of a column on some rows' days, one by one where it has several."""
        ends = np.cumsum([part.count for part in self._parts])
        low, high, _ = rows.indices(self.count)
        first, last = np.searchsorted(ends, (low, high - 1), side="right")
        told = {word for part in self._parts[first : last + 1] for word in part.words[name]}
        if name in LISTS:
            told = {word for several in told for word in several.split(",")}
        return frozenset(told - {""})

    def between(self, since: datetime | None, until: datetime | None) -> slice:
        """Return which rows are of a window."""
        began = self.numbers(self._at)
        low, high = (
            None if one is None else int(np.searchsorted(began, segments.number_of(one)))
            for one in (since, until)
        )
        return slice(low, high)

    def passing(self, rule: Rule, limits: Limits) -> Mask:
        """Return which rows pass all tests of a rule."""
        return self._kept(rule, limits, lambda: self._all(self._part(p, limits) for p in rule))

    def having(self, only: Mapping[str, str | int | tuple[str, ...]]) -> Mask:
        """Return which rows have the values that are asked for, or one of several."""
        return self._all(
            self._any(self._equal(name, one) for one in value)
            if isinstance(value, tuple)
            else self._equal(name, value)
            for name, value in only.items()
        )

    def _part(self, part: Condition | Either, limits: Limits) -> Mask:
        if isinstance(part, Either):
            return self._kept(
                part, limits, lambda: self._any(self._part(p, limits) for p in part.conditions)
            )
        return self._kept(part, limits, lambda: self._test(part, limits))

    def _kept(
        self, part: Rule | Condition | Either, limits: Limits, make: Callable[[], Mask]
    ) -> Mask:
        """Return what passes, from the look before where that is the same at any moment."""
        if any(one.value in _MOVING for one in _conditions(part)):
            masks = self._masks_at(limits)
            key: tuple[Rule | Condition | Either, int] = (part, 0)
        else:
            masks, key = self._masks, (part, limits.csat_window)
        if key not in masks:
            masks[key] = make()
        return masks[key]

    def _masks_at(self, limits: Limits) -> _Masks:
        """Return what passes at one moment: a page asks for the same several times."""
        moment, masks = self._moment
        if moment != limits:
            masks = {}
            self._moment = limits, masks  # at once: another page may look at another moment
        return masks

    def _all(self, masks: Iterable[Mask]) -> Mask:
        found = np.ones(self.count, np.bool_)
        for one in masks:
            found &= one
        return found

    def _any(self, masks: Iterable[Mask]) -> Mask:
        found = np.zeros(self.count, np.bool_)
        for one in masks:
            found |= one
        return found

    def _test(self, test: Condition, limits: Limits) -> Mask:
        match test.value:
            case Given() as given:
                bound: Any = segments.number_of(limits.of(given))
            case Column(name=name):
                bound = self.numbers(name)
            case other:
                bound = other
        if test.op is Op.ONE_OF:
            return self._any(self._equal(test.column, one) for one in bound)
        if self._is_text(test.column):
            equal = self._equal(test.column, bound)
            return equal if test.op is Op.IS else ~equal
        found: Mask = _TESTS[test.op](self.numbers(test.column), bound)
        return found

    def _equal(self, name: str, value: object) -> Mask:
        if not self._is_text(name):
            found: Mask = self.numbers(name) == value
            return found
        places, words = self.groups(name)
        if name in LISTS:
            return self.listing(name, str(value))
        place = words.index(value) if value in words else -1
        return np.equal(places, place)

    def listing(self, name: str, value: str) -> Mask:
        """Return which rows have a word among those of a column of several."""
        places, lists = self.groups(name)
        having = [place for place, told in enumerate(lists) if f",{value}," in told]
        return np.isin(places, having)

    def _is_text(self, name: str) -> bool:
        return name in self._texts


def _conditions(part: Rule | Condition | Either) -> Iterable[Condition]:
    match part:
        case Condition():
            return (part,)
        case Either():
            return part.conditions
        case rule:
            return [one for each in rule for one in _conditions(each)]


class _Shelf:
    """What a process has in memory, up to so many rows: the longest unused goes first."""

    def __init__(self, most_rows: int) -> None:
        self._most_rows = most_rows
        self._lock = threading.Lock()
        self._rows = 0
        self._kept: OrderedDict[object, tuple[int, Any]] = OrderedDict()

    def find(self, key: object) -> Any:
        """Return what was put there, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][1]

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()
            self._rows = 0

    def put(self, key: object, count: int, kept: object) -> None:
        """Keep something of so many rows, in place of what had its key."""
        with self._lock:
            self._rows += count - self._kept.pop(key, (0, None))[0]
            self._kept[key] = count, kept
            while self._rows > self._most_rows and len(self._kept) > 1:
                _, (gone, _) = self._kept.popitem(last=False)
                self._rows -= gone


def forget() -> None:
    """Let go of all that this process has in memory."""
    _SEGMENTS.clear()
    _FRAMES.clear()


_SEGMENTS = _Shelf(2_000_000)  # some 60 bytes a row
_FRAMES = _Shelf(2_000_000)  # some 250 bytes a row, with what was tested


_Window = tuple[str, Grain, datetime | None, datetime | None]
_looked_at: ContextVar[dict[_Window, Frame] | None] = ContextVar("looked_at", default=None)


@contextmanager
def at_once() -> Iterator[None]:
    """Let all that is counted within be counted of the same rows, looked for once.

    A window within one that was counted before is counted in its rows.
    """
    token = _looked_at.set({})
    try:
        yield
    finally:
        _looked_at.reset(token)


def frame_of(
    workspace_id: str, grain: Grain, since: datetime | None, until: datetime | None
) -> Frame:
    """Return the rows of all days that a window touches, by the UTC clock, or of more days."""
    looked_at = _looked_at.get()
    if looked_at is None:
        return _frame_of(workspace_id, grain, since, until)
    for (whose, of, begins, ends), frame in looked_at.items():
        starts_before = begins is None or (since is not None and begins <= since)
        ends_after = ends is None or (until is not None and until <= ends)
        if (whose, of) == (workspace_id, grain) and starts_before and ends_after:
            return frame
    frame = _frame_of(workspace_id, grain, since, until)
    looked_at[workspace_id, grain, since, until] = frame
    return frame


def _frame_of(
    workspace_id: str, grain: Grain, since: datetime | None, until: datetime | None
) -> Frame:
    marked = _marked(workspace_id, grain, since, until)
    found = _within(EvidenceDay, workspace_id, grain, since, until)
    kept = dict(found.values_list("day", "digest"))
    days = tuple((day, kept.get(day, "")) for day in sorted(kept.keys() | marked.keys()))
    known: Frame | None = None if marked else _FRAMES.find((grain, days))
    if known is not None:
        return known
    frame = Frame(grain, _segments(workspace_id, grain, days, marked))
    if not marked and all(digest for _, digest in days):
        _FRAMES.put((grain, days), frame.count, frame)
    return frame


def _within(
    table: Any, workspace_id: str, grain: Grain, since: datetime | None, until: datetime | None
) -> Any:
    found = table.objects.filter(workspace_id=workspace_id, grain=grain.value)
    if since is not None:
        found = found.filter(day__gte=since.astimezone(UTC).date())
    if until is not None:
        found = found.filter(day__lte=until.astimezone(UTC).date())
    return found


_Marked = Mapping[date, frozenset[str]]


def _marked(
    workspace_id: str, grain: Grain, since: datetime | None, until: datetime | None
) -> _Marked:
    """Return of which days some rows changed since they were kept, and which."""
    if grain in segments.FOLDED:
        return {}
    found: dict[date, set[str]] = {}
    told = _within(EvidenceMark, workspace_id, grain, since, until)
    for day, row_id in told.values_list("day", "row_id").distinct():
        found.setdefault(day, set()).add(row_id)
    return {day: frozenset(ids) for day, ids in found.items()}


def _segments(
    workspace_id: str, grain: Grain, days: Sequence[tuple[date, str]], marked: _Marked
) -> list[Segment]:
    found: dict[str, Segment] = {}
    wanted = []
    for _, digest in days:
        known: Segment | None = _SEGMENTS.find(digest)
        if known is not None:
            found[digest] = known
        elif digest:
            wanted.append(digest)
    ours = EvidenceDay.objects.filter(workspace_id=workspace_id, grain=grain.value)
    for begin in range(0, len(wanted), _AT_ONCE):
        rows = ours.filter(digest__in=wanted[begin : begin + _AT_ONCE])
        for digest, kept in rows.values_list("digest", "columns"):
            found[digest] = segments.read(bytes(kept))
            _SEGMENTS.put(digest, found[digest].count, found[digest])
    # One that changed this moment is gone under its digest: then its rows tell.
    return [
        _brought_up(workspace_id, grain, day, found.get(digest), marked.get(day, frozenset()))
        for day, digest in days
    ]


_AT_ONCE = 500
_FEW = 200
"""Up to so many rows of a day are read one by one; of more, the day is read anew."""


def _brought_up(
    workspace_id: str, grain: Grain, day: date, kept: Segment | None, changed: Collection[str]
) -> Segment:
    if kept is None:
        return read_day(workspace_id, grain, day)
    return kept if not changed else renewed(workspace_id, grain, day, kept, changed)


def renewed(
    workspace_id: str, grain: Grain, day: date, kept: Segment, changed: Collection[str]
) -> Segment:
    """Return a day that was kept as its rows stand, of which some changed; "" for all of them."""
    if "" in changed or len(changed) > _FEW or not segments.fits(grain, kept):
        return read_day(workspace_id, grain, day)
    fresh = _read(workspace_id, grain, day, changed)
    return segments.patched(grain, kept, changed, fresh)


def read_day(workspace_id: str, grain: Grain, day: date) -> Segment:
    """Return a day's rows as they stand, by the UTC clock."""
    return _read(workspace_id, grain, day, ())


def _read(workspace_id: str, grain: Grain, day: date, ids: Collection[str]) -> Segment:
    begins = datetime.combine(day, time(), tzinfo=UTC)
    looked_at = Slice(workspace_id=workspace_id, since=begins, until=begins + _DAY)
    found = slices.rows_of(grain, looked_at)
    if ids:
        found = found.filter(pk__in=ids)
    # In the same order whoever reads them, so that what is kept is the same bytes.
    rows = found.order_by(SOURCES[grain].at, "id").values_list(*segments.columns_of(grain))
    return segments.segment_of(grain, list(rows))
