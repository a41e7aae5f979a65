"""A conversation of the past, as another system exported it: what an assessment reads."""

from dataclasses import dataclass
from datetime import datetime

MAX_WORDS = 2_000
"""So much is kept of an opening and of an answer: what is asked stands at the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastConversation:
    """What one conversation was about and what it cost people, as far as its export says.

    Attributes:
        line: where it stands in the file: its line, or its number from 1 on.
        words: what the contact said first; the subject before it where there is one.
        answer: what people answered first; "" where nobody did, or nobody says.
        contact: who it was, as the other system names them; "" unknown. It is compared and
            never shown.
        opened_at: None where the export does not say.
        answers: how often people answered; None unknown.
        handled: seconds that people had it in their hands; None unknown.
        mark: the contact's mark, 0 to 100; None without one.
        is_closed: whether it is over; None unknown.
        reopened: how often it was opened again; None unknown.
    """

    line: int
    words: str
    answer: str = ""
    contact: str = ""
    channel: str = ""
    opened_at: datetime | None = None
    answers: int | None = None
    handled: float | None = None
    mark: float | None = None
    is_closed: bool | None = None
    reopened: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """Something of an export that could not be taken: where it stands, and why."""

    line: int
    reason: str
