"""Answers given below the confidence to close alone: a person says whether each was right (E25).

A verdict is kept with who gave it; once none is left open in a conversation,
it may be resolved like any other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from baton.core import privacy
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Conversation, Message, Review, Turn, User

VERDICTS = ("right", "wrong")
PAGE_SIZE = 25
_QUOTE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """An answer to look at, with identifiers masked."""

    id: str
    conversation_id: str
    at: datetime
    asked: str
    answered: str
    meant: str
    confidence: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Some open reviews, oldest first, and how many there are in all."""

    reviews: tuple[OpenReview, ...]
    total: int


def open_page(house: House, user: User, *, seen: Collection[str] = ()) -> ReviewPage:
    """Return the oldest open reviews, and log whose words a person sees (H12, P10).

    `seen` names the reviews whose opening is logged already: a page that refreshes
    itself logs only what it did not show before. Raises Forbidden for a role.
    """
    shown = list_open(house, user)
    fresh = {review.conversation_id for review in shown.reviews if review.id not in seen}
    if fresh:
        with house.engine.transaction():
            ledger = Ledger(house, house.clock.now())
            ledger.audit(
                user.workspace_id,
                f"user:{user.id}",
                "review_opened",
                f"workspace:{user.workspace_id}",
                conversations=[*sorted(fresh)],
            )
            ledger.flush()
    return shown


def list_open(house: House, user: User) -> ReviewPage:
    """Return the oldest open reviews; raises Forbidden for a role that may not review."""
    inbox.require(user, Action.REVIEW)
    waiting = Review.objects.filter(workspace_id=user.workspace_id, verdict="")
    rows = list(waiting.order_by("at", "id")[:PAGE_SIZE])
    turns = {turn.id: turn for turn in Turn.objects.filter(id__in=[row.turn_id for row in rows])}
    words = _words_of(house, turns)
    pack = inbox.pack_of(house, user.workspace_id)
    reviews = []
    for row in rows:
        turn = turns.get(row.turn_id)
        intent = pack.intent(turn.intent) if turn else None
        asked, answered = words.get(row.turn_id, ("", ""))
        reviews.append(
            OpenReview(
                id=row.id,
                conversation_id=row.conversation_id,
                at=row.at,
                asked=asked,
                answered=answered,
                meant=intent.wants if intent else "",
                confidence=turn.confidence if turn else None,
                reason=row.reason,
            )
        )
    return ReviewPage(reviews=tuple(reviews), total=waiting.count())


def judge(house: House, user: User, review_id: str, verdict: str) -> None:
    """Record a verdict; raises Conflict when a colleague gave one before.

    Raises InvalidInput for an unknown verdict, NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    if verdict not in VERDICTS:
        raise InvalidInput({"verdict": f"choose one of {', '.join(VERDICTS)}"})
    review = Review.objects.filter(id=review_id, workspace_id=user.workspace_id).first()
    if review is None:
        raise NotFound("review", review_id)
    lane = Conversation.objects.values_list("lane", flat=True).get(id=review.conversation_id)
    with house.engine.transaction():
        # The lane: a worker that decides here meanwhile would write the old mark back.
        house.engine.lock_lane(user.workspace_id, lane)
        ledger = Ledger(house, house.clock.now())
        still_open = Review.objects.filter(id=review_id, verdict="")
        if not still_open.update(verdict=verdict, reviewed_by_id=user.id, reviewed_at=ledger.now):
            message = "A colleague has reviewed this answer already."
            raise Conflict(message)
        if not Review.objects.filter(conversation_id=review.conversation_id, verdict="").exists():
            Conversation.objects.filter(id=review.conversation_id).update(needs_review=False)
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "reviewed",
            f"review:{review_id}",
            conversation=review.conversation_id,
            turn=review.turn_id,
            verdict=verdict,
        )
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()


def _words_of(house: House, turns: dict[str, Turn]) -> dict[str, tuple[str, str]]:
    """Return what was asked and answered in each turn: the messages of the very same moment."""
    spoken = Message.objects.filter(
        conversation_id__in={turn.conversation_id for turn in turns.values()},
        created_at__in={turn.at for turn in turns.values()},
        author__in=["contact", "bot"],
    ).order_by("id")
    by_moment: dict[tuple[str, datetime, str], list[str]] = {}
    for message in spoken:
        key = (message.conversation_id, message.created_at, message.author)
        body = house.keyset.unseal(message.body_sealed, f"message:{message.id}")
        by_moment.setdefault(key, []).append(
            privacy.mask(body, partial(house.keyset.token, message.workspace_id))
        )
    return {
        turn.id: (
            "\n".join(by_moment.get((turn.conversation_id, turn.at, "contact"), []))[:_QUOTE],
            "\n".join(by_moment.get((turn.conversation_id, turn.at, "bot"), []))[:_QUOTE],
        )
        for turn in turns.values()
    }
