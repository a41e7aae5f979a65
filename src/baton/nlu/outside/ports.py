"""What an outside reader offers, and how it fails."""

from typing import Protocol, TypeAlias

from baton.core.errors import BatonError
from baton.core.reading import IntentScore

Scores: TypeAlias = tuple[IntentScore, ...]
"""What an outside reader says of one text, in its own names of intents; maybe nothing."""


class OutsideFailed(BatonError):  # noqa: N818 - the tree of core.errors reads as outcomes
    """The outside reader gave no answer that can be used; `reason` is one of these words.

    late: not in time. down: no connection. refused: another status than 200, or a redirect.
    wrong: an answer of another form. huge: more bytes than an answer may have.
    """

    code = "outside_failed"

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class OutsidePort(Protocol):
    """An NLU beyond this machine; may be asked from several threads at once."""

    @property
    def kind(self) -> str:
        """Return its kind, which stands in `Reading.source` where it answered."""
        ...

    @property
    def per_request(self) -> int:
        """Return how many texts go into one request."""
        ...

    @property
    def most_characters(self) -> int:
        """Return how long a text may be; longer ones are not sent."""
        ...

    def ask(self, texts: tuple[str, ...], *, within: float) -> tuple[Scores, ...]:
        """Return what it says of each text, in order; raises OutsideFailed.

        `within` is how many seconds the answer may take.
        """
        ...

    def close(self) -> None:
        """Close its connections; whoever asks afterwards finds it down."""
        ...
