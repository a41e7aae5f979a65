"""Pictures without what they tell beside the picture: where, when and with what they were taken.

The parts of a JPEG, PNG or WebP file are walked by their lengths and those that hold notes are
left out; the picture itself is not touched, so what is seen stays evidence. Which side is up is
kept, or photos would lie on theirs. A file without a picture in it stays as it is.
"""

import struct
from collections.abc import Iterator

from baton.core import films

_ORIENTATION = 0x0112
_UPRIGHT = 1
_SIDES = range(1, 9)
# The smallest note that says which side is up: one entry of an image directory (TIFF 6.0).
_NOTE = struct.Struct(">6s2sHIHHHIHHI")
_KEPT_JPEG = frozenset({0xE0, 0xE2, 0xEE})  # JFIF, colours (ICC), Adobe's colour transform
_NOTES_JPEG = frozenset({*range(0xE0, 0xF0), 0xFE}) - _KEPT_JPEG
_SCAN, _END = 0xDA, 0xD9
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_NOTES_PNG = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_NOTES_WEBP = frozenset({b"EXIF", b"XMP "})
_SAYS_NOTES = 0x0C  # the flags of a WebP file that promise them


def without_notes(content: bytes, media_type: str) -> bytes:
    """Return a picture or a film without its notes; other files as they are."""
    if media_type in films.MEDIA:
        return films.without_notes(content)
    match media_type:
        case "image/jpeg":
            return _bare_jpeg(content)
        case "image/png" if content[12:16] == b"IHDR":
            return content[:8] + b"".join(
                chunk for kind, chunk in _png_chunks(content) if kind not in _NOTES_PNG
            )
        case "image/webp" if content[12:15] == b"VP8":
            return _bare_webp(content)
        case _:
            return content


def _bare_jpeg(content: bytes) -> bytes:
    kept, side, at = [content[:2]], _UPRIGHT, 2
    while at + 4 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 - where a part begins
        marker = content[at + 1]
        if marker in (_SCAN, _END) or marker in _BARE:
            break
        ends = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        part = content[at:ends]
        if marker not in _NOTES_JPEG:
            kept.append(part)
        elif marker == 0xE1:  # noqa: PLR2004 - where Exif stands
            side = _side_in(part[4:]) or side
        at = ends
    note = () if side == _UPRIGHT else (_side_note(side),)
    return b"".join([kept[0], *note, *kept[1:], _scans(content[at:])])


def _scans(rest: bytes) -> bytes:
    """Return a picture's own bytes up to its end: cameras hang previews and notes behind it."""
    if rest[:2] != b"\xff\xda":
        return rest  # it was cut short
    end = rest.find(b"\xff\xd9")
    return rest if end < 0 else rest[: end + 2]


def _side_in(note: bytes) -> int:
    """Return which side an Exif note says is up, 0 for none."""
    if note[:6] != b"Exif\x00\x00":
        return 0
    tiff = note[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:  # noqa: PLR2004 - a header and a count
        return 0
    first = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if first + 2 > len(tiff):
        return 0
    count = struct.unpack_from(f"{order}H", tiff, first)[0]
    for number in range(min(count, 64)):
        at = first + 2 + 12 * number
        if at + 12 > len(tiff):
            return 0
        tag, _kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION:
            return int(value) if value in _SIDES else 0
    return 0


def _side_note(side: int) -> bytes:
    tiff = _NOTE.pack(b"Exif\x00\x00", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, side, 0, 0)
    return b"\xff\xe1" + (len(tiff) + 2).to_bytes(2, "big") + tiff


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(content):
        ends = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        yield kind, content[at:ends]
        if kind == b"IEND":
            return
        at = ends


def _bare_webp(content: bytes) -> bytes:
    kept, at = [], 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        ends = at + 8 + size + size % 2
        kind, chunk = content[at : at + 4], content[at:ends]
        if kind == b"VP8X" and len(chunk) > 8:  # noqa: PLR2004 - its header
            chunk = chunk[:8] + bytes([chunk[8] & ~_SAYS_NOTES]) + chunk[9:]
        if kind not in _NOTES_WEBP:
            kept.append(chunk)
        at = ends
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
