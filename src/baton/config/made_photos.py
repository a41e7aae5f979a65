"""Photos that nobody took: drawn, with edges as a telephone's have, for stories and demos."""

import random
from io import BytesIO

from PIL import Image, ImageDraw

_WIDE, _HIGH = 1_000, 750
_THINGS = 20


def draw(number: int) -> bytes:
    """Return a JPEG of things on a table: the same for a number, and unlike any other's."""
    chance = random.Random(number)  # noqa: S311 - a drawing, no secret
    picture = Image.new("RGB", (_WIDE, _HIGH), (205, 195, 180))
    pen = ImageDraw.Draw(picture)
    for _ in range(_THINGS):
        x, y = chance.randrange(_WIDE), chance.randrange(_HIGH)
        colour = tuple(chance.randrange(256) for _ in range(3))
        pen.rectangle((x, y, x + chance.randrange(60, 350), y + chance.randrange(60, 250)), colour)
    kept = BytesIO()
    picture.save(kept, "jpeg", quality=80)
    return kept.getvalue()


def draw_tiny() -> bytes:
    """Return the smallest picture there is, on which nothing can be seen."""
    kept = BytesIO()
    Image.new("RGB", (1, 1)).save(kept, "png")
    return kept.getvalue()
