"""The review queue: turns that a person looks at again, each with what was read and why (E25, R8).

Answers below the confidence to close alone, failed attempts, answers that did not help,
all that is supervised, escalations that somebody called a training gap, and weekly samples of
what was escalated and of what was not. What a person says about one is in `services.verdicts`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from baton.core.confidence import Bands
from baton.core.errors import NotFound
from baton.core.hard_stops import HardStop
from baton.core.pack import Pack
from baton.core.roles import Action
from baton.flows import signals
from baton.services import inbox, sight
from baton.services.conversation import scrutiny
from baton.services.conversation.quoting import Subject, words_of
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Review, StopMark, Turn, User

PAGE_SIZE = 25
REASONS = (
    "supervised",
    scrutiny.BELOW_CONFIDENCE,
    scrutiny.FAILED_ATTEMPT,
    scrutiny.NOT_HELPFUL,
    scrutiny.UNTAUGHT,
    scrutiny.ESCALATED,
    scrutiny.AUTOMATED,
)
_NO_BAND = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """An intent that a message may have, with what the customer then wants."""

    name: str
    wants: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A hard stop of a reviewed turn; `verdict` is what a person said: missed, none or "".

    `words` caused it; a stop that a person found missing has none.
    """

    kind: str
    words: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """A turn to look at, with identifiers masked.

    `band` is "answered", "reviewed" or "failed"; `meanings` are what it may have meant,
    the likeliest first.
    """

    id: str
    conversation_id: str
    at: datetime
    reason: str
    asked: str
    answered: str
    action: str
    band: str
    meanings: tuple[Meaning, ...]
    stops: tuple[Stop, ...]

    @property
    def best(self) -> Meaning | None:
        """The likeliest meaning, or None."""
        return self.meanings[0] if self.meanings else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Some open reviews, oldest first, and how many there are in all and by reason."""

    reviews: tuple[OpenReview, ...]
    total: int
    counts: dict[str, int]


def open_page(
    house: House, user: User, *, reason: str = "", seen: Collection[str] = ()
) -> ReviewPage:
    """Return the oldest open reviews, and log whose words a person sees (H12, P10).

    `seen` names the reviews whose opening is logged already: a page that refreshes
    itself logs only what it did not show before. Raises Forbidden for a role.
    """
    shown = list_open(house, user, reason=reason)
    fresh = {review.conversation_id for review in shown.reviews if review.id not in seen}
    if fresh:
        _log_sight(house, user, fresh)
    return shown


def list_open(house: House, user: User, *, reason: str = "") -> ReviewPage:
    """Return the oldest open reviews of a reason ("" for any); raises Forbidden for a role."""
    inbox.require(user, Action.REVIEW)
    every = Review.objects.filter(workspace_id=user.workspace_id, verdict="")
    waiting = sight.heard_by(house, user, every)
    counts: dict[str, int] = {}
    for one in waiting.values_list("reason", flat=True):
        counts[one] = counts.get(one, 0) + 1
    wanted = waiting.filter(reason=reason) if reason else waiting
    rows = list(wanted.order_by("at", "id")[:PAGE_SIZE])
    setting = standards_cache(house).setting_of(user.workspace_id)
    subjects = subjects_of(rows)
    words = words_of(house, subjects.values())
    marks = _marks_of(rows)
    reviews = tuple(
        _open_review(
            row,
            subjects.get(row.id),
            words.get(row.id, ("", "")),
            _Shown(pack=setting.pack, bands=setting.bands_in(""), marks=marks.get(row.id, {})),
        )
        for row in rows
    )
    total = counts.get(reason, 0) if reason else sum(counts.values())
    return ReviewPage(reviews=reviews, total=total, counts=counts)


def subjects_of(rows: Iterable[Review]) -> dict[str, Subject]:
    """Return which turn each review is about, by review."""
    rows = list(rows)
    turns = {turn.id: turn for turn in Turn.objects.filter(id__in=[row.turn_id for row in rows])}
    subjects = {}
    for row in rows:
        turn = turns.get(row.turn_id)
        if turn is not None and row.reason == scrutiny.NOT_HELPFUL:
            turn = _answered_before(turn) or turn
        if turn is not None:
            subjects[row.id] = Subject(review_id=row.id, turn=turn)
    return subjects


def _log_sight(house: House, user: User, conversations: Collection[str]) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "review_opened",
            f"workspace:{user.workspace_id}",
            conversations=[*sorted(conversations)],
        )
        ledger.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    pack: Pack
    bands: Bands
    marks: Mapping[str, StopMark]


def _open_review(
    row: Review, subject: Subject | None, words: tuple[str, str], shown: _Shown
) -> OpenReview:
    meanings = _meanings(row, subject, shown.pack)
    best = meanings[0] if meanings else None
    return OpenReview(
        id=row.id,
        conversation_id=row.conversation_id,
        at=row.at,
        reason=row.reason,
        asked=words[0],
        answered=words[1],
        action=subject.turn.action if subject else "",
        band=shown.bands.band_of(best.name, best.confidence).value if best else _NO_BAND,
        meanings=meanings,
        stops=_stops(row, shown.marks),
    )


def _meanings(row: Review, subject: Subject | None, pack: Pack) -> tuple[Meaning, ...]:
    """Return the candidates noted with the review; of another turn, the best that it keeps."""
    told = row.read.get("candidates", [])
    turn = subject.turn if subject else None
    if turn is not None and (turn.id != row.turn_id or not told):
        told = [[turn.intent, turn.confidence or 0.0]] if turn.intent else []
    return tuple(
        Meaning(name=name, wants=_wants(pack, name), confidence=confidence)
        for name, confidence in told
    )


def _stops(row: Review, marks: Mapping[str, StopMark]) -> tuple[Stop, ...]:
    found = [
        Stop(
            kind=stop["kind"],
            words=stop["words"],
            verdict="none" if stop["kind"] in marks else "",
        )
        for stop in row.read.get("stops", [])
    ]
    known = {stop.kind for stop in found}
    missed = [kind for kind, mark in marks.items() if mark.is_stop and kind not in known]
    return (*found, *(Stop(kind=kind, verdict="missed") for kind in missed))


def asked_in(house: House, user: User, review_id: str) -> str:
    """Return the words of an open review, and log that they were seen; raises NotFound."""
    inbox.require(user, Action.REVIEW)
    row = Review.objects.filter(id=review_id, workspace_id=user.workspace_id).first()
    if row is None:
        raise NotFound("review", review_id)
    _log_sight(house, user, {row.conversation_id})
    return words_of(house, subjects_of([row]).values()).get(row.id, ("", ""))[0]


def stop_kinds() -> tuple[str, ...]:
    """Return every kind of hard stop, the gravest first."""
    return tuple(kind.value for kind in HardStop)


def _marks_of(rows: Iterable[Review]) -> dict[str, dict[str, StopMark]]:
    found: dict[str, dict[str, StopMark]] = {}
    for mark in StopMark.objects.filter(review_id__in=[row.id for row in rows]).order_by("id"):
        found.setdefault(mark.review_id, {})[mark.kind] = mark
    return found


def _answered_before(turn: Turn) -> Turn | None:
    """Return the answer that a "that did not help" is about."""
    before = Turn.objects.filter(conversation_id=turn.conversation_id, id__lt=turn.id)
    return before.exclude(intent__in=["", *signals.SMALL_TALK]).order_by("id").last()


def _wants(pack: Pack, name: str) -> str:
    intent = pack.intent(name)
    return intent.wants if intent else name.replace("_", " ")
