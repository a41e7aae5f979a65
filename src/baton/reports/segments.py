"""A day's rows of the read model as columns, in the bytes in which they are kept.

A number is kept in as few bytes as hold it exactly, a word by its place in a list of words.
Moments are microseconds since 1970, which a float holds exactly for 285 years; what is not
known is not a number, so that no comparison with it holds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import compress
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import fields

from baton.core.kpis import Grain
from baton.reports.sources import SOURCES, Kind
from baton.store.rows import EpisodeRow, StretchRow

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]

FOLDED: Mapping[Grain, type[EpisodeRow | StretchRow]] = {
    Grain.EPISODE: EpisodeRow,
    Grain.STRETCH: StretchRow,
}
"""The grains whose rows are written set by set, when what they are made of was folded."""

_NAMES = frozenset({"id", "workspace_id", "conversation_id", "episode_id"})
_UNTOLD = frozenset({"number", "conversation_id", "slot_id", "currency"})


@cache
def texts_of(grain: Grain) -> tuple[str, ...]:
    """Return the columns of words; all others hold numbers.

    Of rows that stand also their ids, by which one that changed is found again.
    """
    if grain in FOLDED:
        told = fields(FOLDED[grain])
        return tuple(one.name for one in told if one.type is str and one.name not in _NAMES)
    return tuple(name for name, kind in _standing(grain) if kind is Kind.TEXT)


@cache
def numbers_of(grain: Grain) -> tuple[str, ...]:
    """Return the columns of numbers."""
    if grain in FOLDED:
        return tuple(one.name for one in fields(FOLDED[grain]) if one.type is not str)
    return tuple(name for name, kind in _standing(grain) if kind is not Kind.TEXT)


def _standing(grain: Grain) -> Iterator[tuple[str, Kind]]:
    source = SOURCES[grain]
    kinds = dict.fromkeys(source.dimensions.values(), Kind.TEXT) | source.kinds
    told = dict.fromkeys((*source.columns, *source.dimensions.values()))
    yield from ((name, kinds[name]) for name in told if name not in _UNTOLD)


def columns_of(grain: Grain) -> tuple[str, ...]:
    """Return what is read of a row to make a segment, in this order: words first."""
    return (*texts_of(grain), *numbers_of(grain))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NARROW = (np.int8, np.int16, np.int32, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The rows of a day, ordered by their moments; `places` point into `words`."""

    count: int
    numbers: Mapping[str, npt.NDArray[Any]]
    places: Mapping[str, npt.NDArray[Any]]
    words: Mapping[str, tuple[str, ...]]


def number_of(value: object) -> float:
    """Return a value of a row as a number; not a number for None."""
    match value:
        case None:
            return float("nan")
        case datetime():
            return (value - _EPOCH) / _MICROSECOND
        case date():
            return float(value.toordinal())
        case timedelta():
            return value.total_seconds()
        case _:
            return float(value)  # type: ignore[arg-type] # bool, int or float: see `numbers_of`


def segment_of(grain: Grain, rows: Sequence[Sequence[Any]]) -> Segment:
    """Return rows, told by `columns_of`, as a segment."""
    texts, numbers = texts_of(grain), numbers_of(grain)
    columns = list(zip(*rows, strict=True)) or [()] * (len(texts) + len(numbers))
    told = {
        name: np.fromiter(map(number_of, column), np.float64, len(rows))
        for name, column in zip(numbers, columns[len(texts) :], strict=True)
    }
    words = {
        name: [word or "" for word in column] for name, column in zip(texts, columns, strict=False)
    }
    return _ordered(grain, told, words)


def patched(grain: Grain, kept: Segment, gone: Collection[str], fresh: Segment) -> Segment:
    """Return a segment without the rows of some ids, and with others."""
    had = np.array([one not in gone for one in _words_of(kept, _ID)], np.bool_)
    numbers = {
        name: np.concatenate((one[had], fresh.numbers[name]), dtype=np.float64)
        for name, one in kept.numbers.items()
    }
    words = {
        name: [*compress(_words_of(kept, name), had), *_words_of(fresh, name)]
        for name in kept.words
    }
    return _ordered(grain, numbers, words)


def fits(grain: Grain, segment: Segment) -> bool:
    """Return whether a segment has all columns that are told of a grain by now."""
    return {*texts_of(grain), *numbers_of(grain)} == segment.words.keys() | segment.numbers.keys()


_ID = "id"


def _words_of(segment: Segment, name: str) -> list[str]:
    words = segment.words[name]
    return [words[place] for place in segment.places[name]]


def _ordered(
    grain: Grain, numbers: Mapping[str, Numbers], texts: Mapping[str, Sequence[str]]
) -> Segment:
    """Return columns as a segment, in the order of their moments, then of their ids if told."""
    at = numbers[SOURCES[grain].at]
    order = np.lexsort((np.array(texts[_ID]), at) if _ID in texts else (at,))
    words, places = {}, {}
    for name, column in texts.items():
        known = {word: place for place, word in enumerate(sorted(set(column)))}
        words[name] = tuple(known)
        found = np.fromiter(map(known.__getitem__, column), np.int32, len(column))
        places[name] = _narrow(found[order])
    return Segment(
        count=len(at),
        numbers={name: _narrow(column[order]) for name, column in numbers.items()},
        places=places,
        words=words,
    )


def _narrow(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a column in the fewest bytes that hold each of its values exactly."""
    for kind in _NARROW:
        with np.errstate(invalid="ignore", over="ignore"):
            narrow = column.astype(kind)
        if np.array_equal(narrow, column, equal_nan=True):
            return narrow
    return column


_Column = tuple[str, bytes]


class _Written(msgspec.Struct, frozen=True, array_like=True):
    count: int
    numbers: dict[str, _Column]
    places: dict[str, _Column]
    words: dict[str, tuple[str, ...]]


def write(segment: Segment) -> bytes:
    """Return a segment as bytes."""
    return msgspec.msgpack.encode(
        _Written(
            segment.count,
            {name: (one.dtype.str, one.tobytes()) for name, one in segment.numbers.items()},
            {name: (one.dtype.str, one.tobytes()) for name, one in segment.places.items()},
            dict(segment.words),
        )
    )


def read(kept: bytes) -> Segment:
    """Return a segment from its bytes."""
    found = msgspec.msgpack.decode(kept, type=_Written)
    return Segment(
        count=found.count,
        numbers={name: np.frombuffer(b, kind) for name, (kind, b) in found.numbers.items()},
        places={name: np.frombuffer(b, kind) for name, (kind, b) in found.places.items()},
        words=found.words,
    )


def joined_numbers(segments: Iterable[Segment], name: str) -> Numbers:
    """Return a column of numbers of several days."""
    parts = [one.numbers[name] for one in segments]
    return np.concatenate(parts, dtype=np.float64) if parts else np.empty(0)


def joined_places(segments: Sequence[Segment], name: str) -> tuple[Places, tuple[str, ...]]:
    """Return a column of words of several days: each row's place in the list of all words."""
    known: dict[str, int] = {}
    parts = []
    for one in segments:
        told = [known.setdefault(word, len(known)) for word in one.words[name]]
        parts.append(np.array(told, np.int32)[one.places[name]])
    return np.concatenate(parts) if parts else np.empty(0, np.int32), tuple(known)
