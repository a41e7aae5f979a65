"""Photos as telephones take them: drawn, with edges, the same for the same number."""

import random
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw, ImageFilter


def a_photo(number: int = 1, *, side: int = 900, blur: int = 0, place: bool = False) -> bytes:
    """Return a JPEG of things on a table; with a `place`, it says where it was taken."""
    chance = random.Random(number)  # noqa: S311 - drawings, no secrets
    picture = Image.new("RGB", (1_200, 900), (205, 195, 180))
    pen = ImageDraw.Draw(picture)
    for _ in range(24):
        x, y = chance.randrange(1_100), chance.randrange(800)
        colour = tuple(chance.randrange(256) for _ in range(3))
        pen.rectangle((x, y, x + chance.randrange(60, 400), y + chance.randrange(60, 300)), colour)
    picture = picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture
    picture.thumbnail((side * 4 // 3, side))
    exif = Image.Exif()
    if place:
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 26.0)
    kept = BytesIO()
    picture.save(kept, "jpeg", quality=80, exif=exif.tobytes())
    return kept.getvalue()


def a_png(*, side: int = 16) -> bytes:
    """Return a PNG of noise, which hardly packs, as it is kept: drawn anew it is the same."""
    chance = random.Random(side)  # noqa: S311 - drawings, no secrets
    picture = Image.frombytes("RGB", (side, side), chance.randbytes(3 * side * side))
    kept = BytesIO()
    picture.save(kept, "png")
    return kept.getvalue()
