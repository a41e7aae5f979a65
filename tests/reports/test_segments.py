"""A day as columns holds exactly what its rows say, in whatever bytes it is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.kpis import Grain
from baton.reports import segments
from baton.reports.segments import number_of

BEGAN = datetime(2026, 3, 9, 12, 0, 0, 123_457, tzinfo=UTC)
MOMENTS = st.integers(0, 10**12).map(lambda micros: BEGAN + timedelta(microseconds=micros))
_NUMBERS: dict[str, st.SearchStrategy[Any]] = {
    "began_at": MOMENTS,
    "ended_at": st.none() | MOMENTS,
    "is_confirmed": st.booleans(),
    "csat": st.none() | st.sampled_from([0.0, 12.5, 100.0, 1 / 3]),
}
_TEXT = st.sampled_from(["", "faq", "billing", "ünïcode"])
_INTEGER = st.none() | st.integers(0, 2**31 - 1) | st.sampled_from([127, 128, 2**24 + 1])
ROWS = st.lists(
    st.tuples(
        *(
            _TEXT if name in segments.texts_of(Grain.EPISODE) else _NUMBERS.get(name, _INTEGER)
            for name in segments.columns_of(Grain.EPISODE)
        )
    ),
    max_size=6,
)


def told(found: list[segments.Segment], name: str) -> list[Any]:
    if name in segments.texts_of(Grain.EPISODE):
        places, words = segments.joined_places(found, name)
        return [words[place] for place in places]
    values = segments.joined_numbers(found, name)
    return [None if np.isnan(value) else value for value in values]


@pytest.mark.req("RP7")
@given(ROWS, ROWS)
def test_columns_are_the_rows(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> None:
    names = segments.columns_of(Grain.EPISODE)
    at = names.index("began_at")
    made = [segments.segment_of(Grain.EPISODE, rows) for rows in (one, other)]
    kept = [segments.read(segments.write(segment)) for segment in made]
    in_order = sorted(one, key=lambda row: row[at]) + sorted(other, key=lambda row: row[at])
    for place, name in enumerate(names):
        wanted = [
            value if isinstance(value, str) or value is None else number_of(value)
            for value in (row[place] for row in in_order)
        ]
        assert told(kept, name) == wanted


def test_what_is_not_known_passes_no_comparison() -> None:
    unknown = number_of(None)
    assert not unknown <= 1
    assert not unknown > 1
    assert number_of(True) == 1
