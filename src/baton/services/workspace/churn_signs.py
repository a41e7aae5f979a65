"""What a churn score came from, as it is kept beside the score.

What is counted in days since something happened is kept by the moment it happened, and counted
when it is shown: a day that passes makes no score another one, and writes no row.
"""

from datetime import datetime, timedelta

import msgspec

from baton.core.churn import Sign

_DAY = timedelta(days=1)


class KeptSign(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A sign: its points, what was seen, and what that was held against.

    `seen` is a number, or the moment since which days are counted.
    """

    sign: Sign
    points: int
    seen: int | datetime
    against: int

    def seen_at(self, now: datetime) -> int:
        """Return the number that is seen at a moment."""
        return days_since(self.seen, now) if isinstance(self.seen, datetime) else self.seen


def written(signs: list[KeptSign]) -> str:
    """Return signs as a score keeps them."""
    return _ENCODER.encode(signs).decode()


def read(kept: str) -> list[KeptSign]:
    """Return the signs that a score keeps."""
    return _DECODER.decode(kept)


def days_since(moment: datetime, now: datetime) -> int:
    """Return how many full days lie between two moments."""
    return (now - moment) // _DAY


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(list[KeptSign])
