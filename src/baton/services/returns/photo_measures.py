"""What a photo of a return is worth: how large and sharp it is, and whether it came before.

Sharpness is the spread of the edges (a Laplacian) of the picture at 512 pixels: 0 for one
colour, 1 to 3 for a blur, 9 for a plain thing in focus, above 20 for one with print on it. The
likeness is 64 bits, each whether a field of a coarse grid is darker than its neighbour; it
survives another size and another compression. Photos that differ in three bits at most are the
same one: then a quarter of their bits agrees in any case, and is found by an index.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFilter, ImageOps, ImageStat

_MOST_PIXELS = 60_000_000  # what no telephone exceeds; more is a bomb or a poster
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MEASURED = 512
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_GRID = 8
_TELLING = range(8, 57)  # bits set: a picture of one colour has none or all


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A picture's shorter side in pixels, its sharpness, and its likeness, None for none."""

    side: int
    sharpness: float
    likeness: int | None


_UNREADABLE = Measured(side=0, sharpness=0.0, likeness=None)


def measure(content: bytes) -> Measured:
    """Return what a picture is worth; nothing for one that cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _measured(content)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return _UNREADABLE


def _measured(content: bytes) -> Measured:
    with Image.open(BytesIO(content), formats=_FORMATS) as opened:
        if opened.width * opened.height > _MOST_PIXELS:
            return _UNREADABLE
        side = min(opened.size)
        opened.draft("L", (_MEASURED, _MEASURED))
        grey = ImageOps.exif_transpose(opened).convert("L")
    grey.thumbnail((_MEASURED, _MEASURED))
    return Measured(side=side, sharpness=_sharpness(grey), likeness=_likeness(grey))


def _sharpness(grey: Image.Image) -> float:
    if min(grey.size) < _GRID:
        return 0.0
    edges = grey.filter(_EDGES).crop((2, 2, grey.width - 2, grey.height - 2))
    return float(ImageStat.Stat(edges).stddev[0])


def _likeness(grey: Image.Image) -> int | None:
    tiny = grey.resize((_GRID + 1, _GRID), Image.Resampling.BOX).tobytes()
    bits = 0
    for line in range(_GRID):
        begin = line * (_GRID + 1)
        for at in range(begin, begin + _GRID):
            bits = bits << 1 | (tiny[at] < tiny[at + 1])
    return bits if bits.bit_count() in _TELLING else None
