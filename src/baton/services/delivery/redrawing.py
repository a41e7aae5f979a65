"""Pictures drawn anew: what is kept was made here, from what was seen, and holds nothing else.

Every picture that comes or goes is decoded and written again before it is kept: notes, places,
previews, profiles, what hangs behind the end, and whatever a picture was built to do to the next
program that opens it, stay outside. Only the decoder of the very format that the bytes tell runs;
pixels are counted before any is decoded. What cannot be decoded is not taken. What telephones
write (HEIC), which few browsers show, becomes a JPEG.
"""

import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from baton.core import files, films
from baton.core.files import FileFault, FileKind, Found
from baton.core.policy import Policy

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 50_000_000
"""What the largest telephones take (48 megapixels); more is a bomb or a poster."""
MOST_DRAWN = 150_000_000
"""Pixels of all frames of a moving picture together."""
_MOST_FRAMES = 500
_QUALITY = 92  # of what was no JPEG before, as cameras write them
_HEIC = "image/heic"
_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    _HEIC: "HEIF",
}
_ANY_SIDE = 0x0112  # Exif's tag for which side is up
# So many at a time in one process: each holds its pixels, twice, in memory.
_AT_EASEL = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file as it is kept."""

    found: Found
    content: bytes = field(repr=False)


def taken(content: bytes, policy: Policy) -> Taken | FileFault:
    """Return a file as it may be kept, a picture drawn anew, or why it is not taken."""
    found = files.judge(content, policy)
    if isinstance(found, FileFault):
        return found
    if found.media_type in films.MEDIA:
        return Taken(found=found, content=films.without_notes(content))
    if found.kind is not FileKind.IMAGE:
        return Taken(found=found, content=content)
    media_type = "image/jpeg" if found.media_type == _HEIC else found.media_type
    drawn = _drawn(content, _FORMATS[found.media_type], _FORMATS[media_type])
    if drawn is None:
        return FileFault.BROKEN
    return Taken(found=Found(media_type=media_type, kind=found.kind), content=drawn)


def _drawn(content: bytes, came_as: str, goes_as: str) -> bytes | None:
    """Return a picture written anew, None for one that cannot be decoded or is too large."""
    from PIL import Image  # noqa: PLC0415 - dear to load, and most messages have no picture

    if came_as == "HEIF":
        import pi_heif  # noqa: PLC0415 - likewise

        pi_heif.register_heif_opener()
    try:
        with _AT_EASEL, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(content), formats=(came_as,)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                return _written(picture, goes_as)
    except Exception:  # noqa: BLE001 - a decoder that is fed with anything raises anything
        return None


def _written(picture: "Image.Image", goes_as: str) -> bytes:
    kept = BytesIO()
    match goes_as:
        case "JPEG":
            _write_jpeg(picture, kept)
        case "PNG":
            _bare(picture).save(kept, "PNG")
        case _:
            _write_moving(picture, kept, goes_as)
    return kept.getvalue()


def _write_jpeg(picture: "Image.Image", kept: BytesIO) -> None:
    """Write with the very tables that it was written with: it loses next to nothing."""
    tables = getattr(picture, "quantization", None)
    how: dict[str, Any] = {"qtables": tables} if tables else {"quality": _QUALITY}
    if tables:
        from PIL import JpegImagePlugin  # noqa: PLC0415 - with the rest of it

        how["subsampling"] = JpegImagePlugin.get_sampling(picture)
    upright = _upright(picture)
    bare = upright if upright.mode == "L" else upright.convert("RGB")
    bare.info = {}
    bare.save(kept, "JPEG", **how)


def _write_moving(picture: "Image.Image", kept: BytesIO, goes_as: str) -> None:
    """Write all frames with their times, or the only one."""
    frames = min(int(getattr(picture, "n_frames", 1)), _MOST_FRAMES)
    if frames * picture.width * picture.height > MOST_DRAWN:
        frames = 1
    how: dict[str, Any] = {"quality": _QUALITY} if goes_as == "WEBP" else {}
    if frames == 1:
        _bare(picture).save(kept, goes_as, **how)
        return
    lasts: list[int] = []
    drawn = list(_frames(picture, frames, lasts))
    drawn[0].save(
        kept, goes_as, save_all=True, append_images=drawn[1:], duration=lasts, loop=0, **how
    )


def _frames(picture: "Image.Image", count: int, lasts: list[int]) -> "Iterator[Image.Image]":
    for number in range(count):
        picture.seek(number)
        yield _bare(picture)
        lasts.append(int(picture.info.get("duration", 100)) or 100)


def _bare(picture: "Image.Image") -> "Image.Image":
    """Return what is seen, the right side up, and no word beside it."""
    upright = _upright(picture)
    if upright.mode in ("P", "PA", "La", "RGBa", "CMYK", "LAB", "HSV", "YCbCr"):
        has_clear = "transparency" in picture.info or upright.mode in ("PA", "La", "RGBa")
        upright = upright.convert("RGBA" if has_clear else "RGB")
    upright.info = {}
    return upright


def _upright(picture: "Image.Image") -> "Image.Image":
    from PIL import ImageOps  # noqa: PLC0415 - with the rest of it

    picture.load()
    try:
        side = picture.getexif().get(_ANY_SIDE, 1)
    except Exception:  # noqa: BLE001 - notes that cannot be read say nothing of sides
        side = 1
    return picture.copy() if side == 1 else ImageOps.exif_transpose(picture)
