"""Films without what they tell beside the film: where, when and with what they were taken.

The boxes of an MP4, QuickTime or 3GP file (ISO 14496-12) are walked by their lengths. Those that
hold notes are overwritten where they stand, as free space of the same length: what follows is
found by its place in the file, and nothing of the film moves. Which side is up stands elsewhere.
"""

import struct
from collections.abc import Iterator

MEDIA = frozenset({"video/mp4", "video/quicktime", "video/3gpp"})
_HEAD, _LONG = struct.Struct(">I4s"), struct.Struct(">Q")
_NOTES = frozenset({b"udta", b"meta", b"uuid"})
_GOES_ON = frozenset({b"moov", b"trak", b"moof", b"traf"})
_FREE = b"free"
_DEEPEST = 4  # a film has two levels; a stranger may send a million


def without_notes(content: bytes) -> bytes:
    """Return a film without its notes; whatever cannot be walked stays as it is from there on."""
    bare = bytearray(content)
    for begin, head, end in _notes_in(content, 0, len(content), _DEEPEST):
        bare[begin + 4 : begin + 8] = _FREE
        bare[head:end] = bytes(end - head)
    return bytes(bare)


def _notes_in(content: bytes, begin: int, end: int, deeper: int) -> Iterator[tuple[int, int, int]]:
    """Yield where each box of notes begins, where its content does, and where it ends."""
    while begin + _HEAD.size <= end:
        size, kind = _HEAD.unpack_from(content, begin)
        head = begin + _HEAD.size
        if size == 1 and head + _LONG.size <= end:
            size, head = _LONG.unpack_from(content, head)[0], head + _LONG.size
        elif size == 0:  # to the end of the file
            size = end - begin
        if begin + size < head or begin + size > end:
            return
        if kind in _NOTES:
            yield begin, head, begin + size
        elif kind in _GOES_ON and deeper:
            yield from _notes_in(content, head, begin + size, deeper - 1)
        begin += size
