"""Films lose where they were taken, and nothing that is seen moves."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import films

PLACE = b"+51.5074-000.1278/"


def box(kind: bytes, *parts: bytes, long: bool = False) -> bytes:
    content = b"".join(parts)
    if long:
        return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
    return struct.pack(">I4s", len(content) + 8, kind) + content


NOTED = box(b"udta", box(b"\xa9xyz", b"\x00\x12\x15\xc7", PLACE))


@pytest.mark.req("RT2")
@pytest.mark.parametrize("long", [False, True])
def test_the_place_is_gone_and_all_else_stays_where_it_was(long: bool) -> None:  # noqa: FBT001 - a table
    seen = box(b"mdat", b"what is seen", long=long)
    upright = box(b"tkhd", b"\x00\x01\x00\x00")
    keys = box(b"meta", b"com.apple.quicktime.location.ISO6709", PLACE)
    film = b"".join((
        box(b"ftyp", b"isom"), seen,
        box(b"moov", box(b"mvhd", b"long"), NOTED, keys, box(b"trak", upright, NOTED), long=long),
        box(b"uuid", PLACE),
    ))  # fmt: skip
    bare = films.without_notes(film)
    assert PLACE not in bare
    assert b"quicktime" not in bare
    assert len(bare) == len(film)
    assert bare.index(b"what is seen") == film.index(b"what is seen")
    assert bare.index(upright) == film.index(upright)
    assert films.without_notes(bare) == bare


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=60))
def test_whatever_comes_is_walked_to_an_end_and_keeps_its_length(noise: bytes, cut: int) -> None:
    film = box(b"ftyp", b"isom") + box(b"moov", NOTED) + noise
    assert len(films.without_notes(noise)) == len(noise)
    assert len(films.without_notes(film[:cut])) == len(film[:cut])
    assert PLACE not in films.without_notes(film)[: len(film) - len(noise)]


def test_boxes_in_boxes_in_boxes_end_somewhere() -> None:
    deep = b"moov" * 4_000
    for _ in range(2_000):
        deep = box(b"moov", deep)
    assert len(films.without_notes(deep)) == len(deep)
