"""A day's rows of the read model as columns, in the bytes in which they are kept.

A number is kept in as few bytes as hold it exactly, a word by its place in a list of words.
Moments are microseconds since 1970, which a float holds exactly for 285 years; what is not
known is not a number, so that no comparison with it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import fields

from baton.core.kpis import Grain
from baton.store.rows import EpisodeRow, StretchRow

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]

KINDS: Mapping[Grain, type[EpisodeRow | StretchRow]] = {
    Grain.EPISODE: EpisodeRow,
    Grain.STRETCH: StretchRow,
}
"""The grains whose days are kept as columns."""

_NAMES = frozenset({"id", "workspace_id", "conversation_id", "episode_id"})
TEXT: Mapping[Grain, tuple[str, ...]] = {
    grain: tuple(one.name for one in fields(kind) if one.type is str and one.name not in _NAMES)
    for grain, kind in KINDS.items()
}
"""Columns of words; all others hold numbers."""

_NUMBERS: Mapping[Grain, tuple[str, ...]] = {
    grain: tuple(one.name for one in fields(kind) if one.type is not str)
    for grain, kind in KINDS.items()
}
COLUMNS: Mapping[Grain, tuple[str, ...]] = {
    grain: (*TEXT[grain], *_NUMBERS[grain]) for grain in KINDS
}
"""What is read of a row to make a segment, in this order: words first."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NARROW = (np.int8, np.int16, np.int32, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The rows of a day, ordered by when they began; `places` point into `words`."""

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
        case _:
            return float(value)  # type: ignore[arg-type] # bool, int or float: see _NUMBERS


def segment_of(grain: Grain, rows: Sequence[Sequence[Any]]) -> Segment:
    """Return rows, told by `COLUMNS`, as a segment."""
    texts, numbers = TEXT[grain], _NUMBERS[grain]
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS[grain])
    told = {
        name: np.fromiter(map(number_of, column), np.float64, len(rows))
        for name, column in zip(numbers, columns[len(texts) :], strict=True)
    }
    order = np.argsort(told["began_at"], kind="stable")
    words, places = {}, {}
    for name, column in zip(texts, columns, strict=False):
        known = {word: place for place, word in enumerate(sorted(set(column)))}
        words[name] = tuple(known)
        found = np.fromiter(map(known.__getitem__, column), np.int32, len(rows))
        places[name] = _narrow(found[order])
    return Segment(
        count=len(rows),
        numbers={name: _narrow(column[order]) for name, column in told.items()},
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
