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

from django.db.models import Q
from PIL import Image, ImageFilter, ImageOps, ImageStat

from baton.core.files import FileKind, FileState
from baton.core.returns import Photo
from baton.services.delivery import attachments
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Attachment, Return, ReturnPhoto

MOST = 6
"""Photos of one return at most."""
_MOST_PIXELS = 60_000_000  # what no telephone exceeds; more is a bomb or a poster
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MEASURED = 512
_EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_GRID = 8
_TELLING = range(8, 57)  # bits set: a picture of one colour has none or all
_APART = 3
_QUARTER = 16


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


def show(ledger: Ledger, row: Return, attachment_id: str) -> None:
    """Keep a photo with its return, measured, once; a file that is no picture here is left out."""
    house = ledger.house
    file = Attachment.objects.filter(
        workspace_id=row.workspace_id,
        id=attachment_id,
        kind=FileKind.IMAGE.value,
        state=FileState.KEPT.value,
    ).first()
    shown = ReturnPhoto.objects.filter(return_id=row.id)
    if file is None or shown.filter(attachment_id=file.id).exists() or shown.count() >= MOST:
        return
    found = measure(attachments.read(house, file.id))
    looks = _quarters(found.likeness) if found.likeness is not None else (None,) * 4
    ReturnPhoto.objects.create(
        id=ledger.next_id(),
        workspace_id=row.workspace_id,
        return_id=row.id,
        attachment_id=file.id,
        side=found.side,
        sharpness=round(found.sharpness, 1),
        digest=file.digest,
        look_a=looks[0],
        look_b=looks[1],
        look_c=looks[2],
        look_d=looks[3],
        is_known=_is_known(row, file.digest, found.likeness),
    )


def list_of(row: Return) -> tuple[Photo, ...]:
    """Return the photos of a return as its rules see them."""
    shown = ReturnPhoto.objects.filter(return_id=row.id).order_by("id")
    return tuple(Photo(side=p.side, sharpness=p.sharpness, is_known=p.is_known) for p in shown)


def read(house: House, photo: ReturnPhoto) -> bytes:
    """Return a photo's bytes."""
    return attachments.read(house, photo.attachment_id)


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


def _quarters(likeness: int) -> tuple[int, int, int, int]:
    a, b, c, d = ((likeness >> shift) & 0xFFFF for shift in (48, 32, 16, 0))
    return a, b, c, d


def _is_known(row: Return, digest: str, likeness: int | None) -> bool:
    """Return whether a photo, or one that looks the same, was shown for another return."""
    others = ReturnPhoto.objects.filter(workspace_id=row.workspace_id).exclude(return_id=row.id)
    if others.filter(digest=digest).exists():
        return True
    if likeness is None:
        return False
    a, b, c, d = _quarters(likeness)
    alike = others.filter(Q(look_a=a) | Q(look_b=b) | Q(look_c=c) | Q(look_d=d))
    return any(
        (_joined(*looks) ^ likeness).bit_count() <= _APART
        for looks in alike.values_list("look_a", "look_b", "look_c", "look_d")
    )


def _joined(*looks: int | None) -> int:
    a, b, c, d = (look or 0 for look in looks)
    return a << 3 * _QUARTER | b << 2 * _QUARTER | c << _QUARTER | d
