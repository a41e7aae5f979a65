"""What a flow wants done: imperatives that the services carry out (never done here)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from baton.core.consent import Purpose
from baton.core.escalation import Reason
from baton.core.json import Json
from baton.core.pack import Article
from baton.core.patience import Patience
from baton.core.template import StandIn


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that a prompt offers: what to type, and what the button says.

    `also` are further words that mean the same, such as MOVE beside "2".
    """

    key: str
    label: str
    also: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Every way to say it."""
        return (self.key, self.label, *self.also)


class SendText(msgspec.Struct, frozen=True, kw_only=True):
    """Say something, with quick replies below it.

    `subject` and `template` are for the channels that have such a thing; `channels` are
    those on which it may go, in order of fallback, the flow's own where none is named.
    `versions` are its words on the channels that do not carry `text` itself; `patience` is
    how long it waits for a proof that it arrived before the next of them is tried. `links`
    are the addresses in it that go out as short ones, and are counted.
    `stand_ins` are the approved words by channel: on WhatsApp they take its place where no
    others may go (C6); on SMS and by email they are its version there.
    `purpose` is that of the flow which says it, `useful_until` the next moment that its run
    knows of: a reminder is worth nothing after what it reminds of.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    channels: tuple[str, ...] = ()
    versions: Mapping[str, str] = {}
    patience: Patience | None = None
    links: tuple[str, ...] = ()
    subject: str = ""
    template: str = ""
    stand_ins: Mapping[str, StandIn] = {}
    purpose: Purpose = Purpose.SERVICE
    useful_until: datetime | None = None

    def text_on(self, channel: str) -> str:
        """Return what is said on a channel."""
        return self.versions.get(channel, self.text)


class SetTimer(msgspec.Struct, frozen=True, kw_only=True):
    """Wake this run after a span of silence."""

    after: timedelta


class OfferHandoff(msgspec.Struct, frozen=True, kw_only=True):
    """Pass the conversation to people; `tags` are suggested to them (E39).

    `context` is what the flow itself says of the matter, for the card (H26).
    """

    reason: Reason
    trigger: str
    queue: str = ""
    evidence: str = ""
    tags: tuple[str, ...] = ()
    context: str = ""


class RequestReview(msgspec.Struct, frozen=True, kw_only=True):
    """Show the turn to a person later; the conversation may not close by itself (E25)."""

    reason: str


class CountFailure(msgspec.Struct, frozen=True, kw_only=True):
    """The message was a failed attempt (X2)."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A question was answered from the knowledge base."""

    article: Article
    confidence: float


class Resolve(msgspec.Struct, frozen=True, kw_only=True):
    """The matter is settled, as the contact said or as silence suggests."""

    is_confirmed: bool


class AskSurvey(msgspec.Struct, frozen=True, kw_only=True):
    """A survey question goes out with this turn; `is_again` follows up an earlier answer."""

    kind: str
    is_again: bool = False


class RecordRating(msgspec.Struct, frozen=True, kw_only=True):
    """The contact answered the survey; the scale is that of the survey's kind."""

    rating: int
    kind: str = "csat"


class KeepWords(msgspec.Struct, frozen=True, kw_only=True):
    """The contact said why they rated as they did; it is kept beside their newest rating."""

    text: str


class KeepIntake(msgspec.Struct, frozen=True, kw_only=True):
    """The contact answered a question of an intake: it is kept apart, under a name (X36)."""

    name: str
    text: str


class CallAction(msgspec.Struct, frozen=True, kw_only=True):
    """Have something done in another system; what came of it returns to the waiting run.

    `undo` names the action that takes it back, "" where nothing does; `given` are the
    arguments by name. `number` tells this call from every other of the run, so that it
    is done at most once.
    """

    action: str
    given: dict[str, Json]
    undo: str
    number: int


class ChangeTags(msgspec.Struct, frozen=True, kw_only=True):
    """Mark the contact, or take marks away."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class ChangeScore(msgspec.Struct, frozen=True, kw_only=True):
    """Add to one of the contact's scores."""

    score: str
    by: float


class CreateTask(msgspec.Struct, frozen=True, kw_only=True):
    """Put something on a person's list, with the moment by which it is to be done."""

    title: str
    queue: str
    due_after: timedelta


class LeaveNote(msgspec.Struct, frozen=True, kw_only=True):
    """Tell whoever owns the conversation; the contact never reads it."""

    text: str


class MakeOffer(msgspec.Struct, frozen=True, kw_only=True):
    """Note what the contact was offered, and until when; the words go out beside it."""

    offer: str
    expires_after: timedelta


class NoteExposure(msgspec.Struct, frozen=True, kw_only=True):
    """The contact was dealt a variant of a split, and saw it now (AB)."""

    split: str
    variant: str


class AddToDigest(msgspec.Struct, frozen=True, kw_only=True):
    """Keep a line for the contact's next digest, which goes out at its time (C20).

    `purpose` is that of the flow which adds it.
    """

    digest: str
    line: str
    opening: str
    due_at: datetime
    purpose: Purpose = Purpose.SERVICE


class ReachGoal(msgspec.Struct, frozen=True, kw_only=True):
    """What the flow was for has happened; its run is over (G33)."""

    goal: str


class HoldBack(msgspec.Struct, frozen=True, kw_only=True):
    """A message was not said, by the flow's own limit; it is recorded with its reason."""

    reason: str


class ReportProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A step could not be taken: a value is missing, a text cannot be filled in."""

    step: str
    problems: dict[str, str] = {}


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
    | KeepWords
    | KeepIntake
    | CallAction
    | ChangeTags
    | ChangeScore
    | CreateTask
    | LeaveNote
    | MakeOffer
    | NoteExposure
    | AddToDigest
    | ReachGoal
    | HoldBack
    | ReportProblem
)
