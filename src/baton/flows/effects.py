"""What a flow wants done: imperatives that the services carry out (never done here)."""

from dataclasses import dataclass
from datetime import timedelta

from baton.core.escalation import Reason
from baton.core.pack import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A reply that a prompt offers: what to type, and what the button says."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText:
    """Say something, with quick replies below it."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Wake this run after a span of silence."""

    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHandoff:
    """Pass the conversation to people; `tags` are suggested to them (E39)."""

    reason: Reason
    trigger: str
    queue: str = ""
    evidence: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReview:
    """Show the turn to a person later; the conversation may not close by itself (E25)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFailure:
    """The message was a failed attempt (X2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question was answered from the knowledge base."""

    article: Article
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """The matter is settled, as the contact said or as silence suggests."""

    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSurvey:
    """A survey question goes out with this turn."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRating:
    """The contact answered the survey with 1 to 5."""

    rating: int


Effect = (
    SendText
    | SetTimer
    | OfferHandoff
    | RequestReview
    | CountFailure
    | Answered
    | Resolve
    | AskSurvey
    | RecordRating
)
