"""Pictures are drawn anew: what they told beside the picture is gone, and so is every trick."""

import struct
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from baton.core.files import FileFault
from baton.core.policy import Policy
from baton.services.delivery import redrawing
from baton.services.delivery.redrawing import Taken
from tests.core.test_films import NOTED, box

MODEL = "A camera of somebody"
POLICY = replace(Policy(), attachment_kinds="image,video,document")
HEIC = Path(__file__).parents[1] / "support" / "pictures" / "telephone.heic"


def a_picture(kind: str, *, side: int = 1, frames: int = 1) -> bytes:
    picture = Image.radial_gradient("L").resize((40, 30)).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = MODEL
    exif[ExifTags.Base.Orientation] = side
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 26.0)
    kept = BytesIO()
    more: dict[str, Any] = {"exif": exif.tobytes(), "xmp": b"<x>at home</x>"}
    if kind == "gif":
        more = {"comment": MODEL.encode() + b" at home"}
    if kind == "jpeg":
        more["comment"] = b"at home"
    if frames > 1:
        others = [picture.rotate(90 * turn) for turn in range(1, frames)]
        more |= {"save_all": True, "append_images": others, "duration": 70}
    picture.save(kept, kind, **more)
    return kept.getvalue()


def drawn(content: bytes) -> Taken:
    found = redrawing.taken(content, POLICY)
    assert isinstance(found, Taken), found
    return found


@pytest.mark.req("RT2", "DI16")
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_the_place_and_the_camera_are_gone_and_what_is_seen_stays(kind: str) -> None:
    content = a_picture(kind)
    assert MODEL.encode() in content
    behind = content + b"lat=51.5"
    kept = drawn(behind).content
    assert not any(one in kept for one in (MODEL.encode(), b"at home", b"lat=51.5", b"Exif"))
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(kept)) as after:
        assert (after.size, dict(after.getexif())) == (before.size, {})
        differences = zip(before.convert("L").tobytes(), after.convert("L").tobytes(), strict=True)
        assert max(abs(one - other) for one, other in differences) <= 12


@pytest.mark.req("RT2", "DI16")
def test_what_a_telephone_writes_is_kept_as_a_picture_that_browsers_show() -> None:
    content = HEIC.read_bytes()
    assert MODEL.encode() in content
    kept = drawn(content)
    assert kept.found.media_type == "image/jpeg"
    assert MODEL.encode() not in kept.content
    with Image.open(BytesIO(kept.content)) as after:
        assert (after.size, dict(after.getexif())) == ((64, 48), {})
        grey = after.convert("L").tobytes()
        assert grey[64 * 24 + 32] < grey[64 * 2 + 2]


@pytest.mark.parametrize("side", [1, 3, 6])
def test_a_photo_stands_the_side_up_that_its_notes_said(side: int) -> None:
    with Image.open(BytesIO(drawn(a_picture("jpeg", side=side)).content)) as after:
        assert after.size == ((30, 40) if side == 6 else (40, 30))


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_what_moves_goes_on_moving(kind: str) -> None:
    with Image.open(BytesIO(drawn(a_picture(kind, frames=3)).content)) as after:
        after.load()
        assert (getattr(after, "n_frames", 1), after.info["duration"]) == (3, 70)


def test_what_is_drawn_once_is_drawn_the_same_again() -> None:
    """A photo that is shown for two returns is known by its digest."""
    content = a_picture("jpeg")
    assert drawn(content).content == drawn(content).content
    kept = drawn(a_picture("png")).content
    assert drawn(kept).content == kept


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    assert redrawing.taken(bomb, POLICY) is FileFault.BROKEN


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(("jpeg", "png", "webp", "gif")),
    at=st.integers(min_value=4, max_value=400),
    noise=st.binary(min_size=1, max_size=20),
)
def test_no_bytes_stop_it_and_none_are_kept_as_they_came(kind: str, at: int, noise: bytes) -> None:
    content = a_picture(kind)
    found = redrawing.taken(content[:at] + noise + content[at + len(noise) :], POLICY)
    assert found in set(FileFault) or MODEL.encode() not in getattr(found, "content", b"")


def test_other_files_stay_as_they_are_and_films_lose_their_notes() -> None:
    assert drawn(b"%PDF-1.7 a bill").content == b"%PDF-1.7 a bill"
    film = box(b"ftyp", b"qt  ") + box(b"moov", NOTED)
    assert b"51.5074" in film
    assert b"51.5074" not in drawn(film).content
