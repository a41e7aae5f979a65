"""Pictures lose where they were taken, and nothing that is seen."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from baton.core import pictures

MODEL = "A camera of somebody"


def a_picture(kind: str, *, side: int = 1) -> bytes:
    picture = Image.radial_gradient("L").resize((40, 30)).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = MODEL
    exif[ExifTags.Base.Orientation] = side
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 26.0)
    kept = BytesIO()
    more = {"comment": b"at home"} if kind == "jpeg" else {}
    picture.save(kept, kind, exif=exif.tobytes(), xmp=b"<x>at home</x>", **more)
    return kept.getvalue()


@pytest.mark.req("RT2")
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_the_place_and_the_camera_are_gone_and_every_pixel_stays(kind: str) -> None:
    taken = a_picture(kind)
    assert MODEL.encode() in taken
    bare = pictures.without_notes(taken, f"image/{kind}")
    assert MODEL.encode() not in bare
    assert b"at home" not in bare
    with Image.open(BytesIO(taken)) as before, Image.open(BytesIO(bare)) as after:
        assert before.tobytes() == after.tobytes()
        assert not after.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert pictures.without_notes(bare, f"image/{kind}") == bare


@pytest.mark.parametrize("side", range(1, 9))
def test_a_photo_keeps_the_side_that_is_up(side: int) -> None:
    bare = pictures.without_notes(a_picture("jpeg", side=side), "image/jpeg")
    with Image.open(BytesIO(bare)) as after:
        assert after.getexif().get(ExifTags.Base.Orientation, 1) == side


def test_what_hangs_behind_a_picture_is_cut_off() -> None:
    taken = a_picture("jpeg") + b"lat=51.5"
    assert b"lat=51.5" not in pictures.without_notes(taken, "image/jpeg")


@given(
    content=st.binary(max_size=200),
    beginning=st.sampled_from((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ")),
    media_type=st.sampled_from(("image/jpeg", "image/png", "image/webp", "image/gif")),
)
def test_no_bytes_stop_it(content: bytes, beginning: bytes, media_type: str) -> None:
    taken = beginning + content
    assert len(pictures.without_notes(taken, media_type)) <= len(taken) + 12


def test_a_file_that_was_cut_short_tells_no_place_either() -> None:
    taken = a_picture("jpeg")
    for length in range(0, len(taken), 7):
        bare = pictures.without_notes(taken[:length], "image/jpeg")
        assert MODEL.encode() not in bare
