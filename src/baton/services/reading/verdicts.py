"""What a person says about a reviewed turn: kept, with who and when, and one step back (E37).

A correction becomes an example for the reader. A verdict overrides nothing that was
said to the contact; once no review that holds a conversation is left open in it, it
may be resolved like any other.
"""

from collections.abc import Callable
from dataclasses import dataclass

from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.escalation import Verdict
from baton.core.hard_stops import HardStop
from baton.core.roles import Action
from baton.core.teaching import NONE_OF_THESE, NewIntent, Provenance
from baton.services import inbox
from baton.services.conversation import scrutiny
from baton.services.conversation.quoting import Subject, words_of
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.reading import reviews
from baton.services.workspace import editions, lessons, own_intents
from baton.services.workspace.lessons import Source
from baton.store.models import (
    Conversation,
    Escalation,
    MissedEscalation,
    Review,
    ReviewVerdict,
    StopMark,
    TaughtExample,
    User,
)

RIGHT = "right"
WRONG = "wrong"  # read right, but the answer was wrong
CORRECTED = "corrected"
NONE = "none_of_these"
NEEDLESS = "needless"  # of an escalation: a person was not needed
NEEDED = "needed"  # of what the bot closed alone: a person was
VERDICTS = (RIGHT, WRONG, CORRECTED, NONE, NEEDLESS, NEEDED)
_ONLY_OF = {NEEDLESS: scrutiny.ESCALATED, NEEDED: scrutiny.AUTOMATED}

_OF_ESCALATION = {
    RIGHT: Verdict.RIGHT,
    WRONG: Verdict.RIGHT,
    CORRECTED: Verdict.MISREAD,
    NONE: Verdict.MISREAD,
    NEEDLESS: Verdict.NOISY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A verdict; `intent` says what was meant, for a correction."""

    verdict: str
    intent: str = ""


def judge(house: House, user: User, review_id: str, said: Said) -> None:
    """Record a verdict; raises Conflict when a colleague gave one before.

    Raises InvalidInput for an unknown verdict or intent, NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    review = _review(user, review_id)
    _check(said, review)
    meant = ""
    if said.verdict == CORRECTED:
        edition = editions.edition_of(house, user.workspace_id)
        meant = own_intents.meant_by(said.intent, edition.intents)

    def record(ledger: Ledger) -> None:
        _record(ledger, user, review, Said(verdict=said.verdict, intent=meant))

    _in_lane(house, user, review, record)


def judge_as_new(house: House, user: User, review_id: str, new: NewIntent, lines: str) -> None:
    """Correct a reading to an intent that did not exist, and make it with its first examples.

    Raises as `judge` and `lessons.make_intent` do.
    """
    inbox.require(user, Action.REVIEW)
    review = _review(user, review_id)
    edition = editions.edition_of(house, user.workspace_id)

    def record(ledger: Ledger) -> None:
        own_intents.make(ledger, edition, new, user.workspace_id, user.id)
        lessons.teach_lines(ledger, user, new.name, lines)
        editions.count_up(user.workspace_id)
        _record(ledger, user, review, Said(verdict=CORRECTED, intent=new.name))

    _in_lane(house, user, review, record)


def mark_stop(house: House, user: User, review_id: str, kind: str, *, is_stop: bool) -> None:
    """Note that a hard stop was missed, or is none here; the same word again takes it back.

    Raises InvalidInput for an unknown kind, NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    if kind not in reviews.stop_kinds():
        known = ", ".join(one.value.replace("_", " ") for one in HardStop)
        raise InvalidInput({"kind": f"Choose one of {known}."})
    review = _review(user, review_id)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        known_mark = StopMark.objects.filter(review_id=review_id, kind=kind).first()
        if known_mark is not None:
            known_mark.delete()
        if known_mark is None or known_mark.is_stop is not is_stop:
            _keep_mark(ledger, user, review, kind, is_stop=is_stop)
        _tell_rule(ledger, user, review, kind)
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "stop_marked",
            f"review:{review_id}",
            kind=kind,
            said="missed" if is_stop else "none here",
            withdrawn=known_mark is not None and known_mark.is_stop is is_stop,
        )
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()


def find_last(user: User) -> ReviewVerdict | None:
    """Return the verdict that a person could take back, or None."""
    given = ReviewVerdict.objects.filter(
        workspace_id=user.workspace_id, given_by_id=user.id, undone_at=None
    )
    return given.order_by("given_at", "id").last()


def undo_last(house: House, user: User) -> str:
    """Take back a person's newest verdict and return its review's id.

    What it taught is retired, and the review waits again. Raises Conflict when there
    is none, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    last = find_last(user)
    if last is None:
        message = "There is no verdict of yours to take back."
        raise Conflict(message)
    review = _review(user, last.review_id)

    def record(ledger: Ledger) -> None:
        taken = ReviewVerdict.objects.filter(id=last.id, undone_at=None)
        if not taken.update(undone_at=ledger.now):
            message = "This verdict was taken back already."
            raise Conflict(message)
        Review.objects.filter(id=review.id).update(
            verdict="", reviewed_by_id=None, reviewed_at=None
        )
        if last.example_id and _is_in_use(last.example_id):
            lessons.retire(ledger, user.workspace_id, last.example_id, user.id)
        _tell_escalation(review, reviews.subjects_of([review]).get(review.id), "")
        if scrutiny.holds(review.reason):
            Conversation.objects.filter(id=review.conversation_id).update(needs_review=True)
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "review_undone",
            f"review:{review.id}",
            verdict=last.verdict,
        )

    _in_lane(house, user, review, record)
    return review.id


def _check(said: Said, review: Review) -> None:
    allowed = [one for one in VERDICTS if _ONLY_OF.get(one, review.reason) == review.reason]
    if said.verdict not in allowed:
        raise InvalidInput({"verdict": f"choose one of {', '.join(allowed)}"})
    if said.verdict == CORRECTED and not said.intent.strip():
        raise InvalidInput({"intent": "Choose what they wanted."})


def _review(user: User, review_id: str) -> Review:
    review = Review.objects.filter(id=review_id, workspace_id=user.workspace_id).first()
    if review is None:
        raise NotFound("review", review_id)
    return review


def _in_lane(house: House, user: User, review: Review, record: Callable[[Ledger], None]) -> None:
    """Write in one transaction that holds the conversation's lane.

    A worker that decides there meanwhile would write the old mark back.
    """
    lane = Conversation.objects.values_list("lane", flat=True).get(id=review.conversation_id)
    with house.engine.transaction():
        house.engine.lock_lane(user.workspace_id, lane)
        ledger = Ledger(house, house.clock.now())
        record(ledger)
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()


def _record(ledger: Ledger, user: User, review: Review, said: Said) -> None:
    still_open = Review.objects.filter(id=review.id, verdict="")
    if not still_open.update(verdict=said.verdict, reviewed_by_id=user.id, reviewed_at=ledger.now):
        message = "A colleague has reviewed this answer already."
        raise Conflict(message)
    subject = reviews.subjects_of([review]).get(review.id)
    turn_id = subject.turn.id if subject else review.turn_id
    ReviewVerdict.objects.create(
        id=ledger.next_id(),
        workspace_id=user.workspace_id,
        review_id=review.id,
        turn_id=turn_id,
        reason=review.reason,
        verdict=said.verdict,
        intent_read=subject.turn.intent if subject else "",
        intent_meant=said.intent,
        example_id=_taught(ledger, user, review, subject, said),
        given_by_id=user.id,
        given_at=ledger.now,
    )
    _free(review)
    _tell_escalation(review, subject, _OF_ESCALATION.get(said.verdict, ""))
    ledger.audit(
        user.workspace_id,
        f"user:{user.id}",
        "reviewed",
        f"review:{review.id}",
        conversation=review.conversation_id,
        turn=turn_id,
        verdict=said.verdict,
        **({"intent": said.intent} if said.intent else {}),
    )


def _taught(ledger: Ledger, user: User, review: Review, subject: Subject | None, said: Said) -> str:
    """Keep the words as an example of what the verdict says they mean; "" for none."""
    if subject is None or said.verdict not in (CORRECTED, NONE):
        return ""
    asked = words_of(ledger.house, [subject])[review.id][0]
    if not asked:
        return ""
    source = Source(
        kind=Provenance.REVIEW, by=user.id, review_id=review.id, turn_id=subject.turn.id
    )
    intent = said.intent if said.verdict == CORRECTED else NONE_OF_THESE
    return lessons.teach(ledger, user.workspace_id, asked, intent, source)


def _free(review: Review) -> None:
    """Take the mark off the conversation once nothing that holds it is open."""
    left = Review.objects.filter(conversation_id=review.conversation_id, verdict="")
    if not left.exclude(reason__in=scrutiny.NOT_HOLDING).exists():
        Conversation.objects.filter(id=review.conversation_id).update(needs_review=False)


def _tell_escalation(review: Review, subject: Subject | None, verdict: str) -> None:
    """Note on the triggers that fired whether they were right to: the triage report counts it."""
    if subject is not None and review.reason == scrutiny.ESCALATED:
        fired = Escalation.objects.filter(
            conversation_id=review.conversation_id, at=subject.turn.at
        )
        fired.update(verdict=verdict)


def _tell_rule(ledger: Ledger, user: User, review: Review, kind: str) -> None:
    """Let the mark on a hard stop count as a verdict on its rule: noisy, or missed."""
    mark = StopMark.objects.filter(review_id=review.id, kind=kind).first()
    subject = reviews.subjects_of([review]).get(review.id)
    if subject is not None:
        fired = Escalation.objects.filter(
            conversation_id=review.conversation_id, at=subject.turn.at, trigger=kind
        )
        fired.update(verdict=Verdict.NOISY.value if mark and not mark.is_stop else "")
    known = MissedEscalation.objects.filter(conversation_id=review.conversation_id, rule=kind)
    if mark is None or not mark.is_stop:
        known.delete()
    elif not known.exists():
        MissedEscalation.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            conversation_id=review.conversation_id,
            rule=kind,
            noted_by_id=user.id,
            noted_at=ledger.now,
        )


def _keep_mark(ledger: Ledger, user: User, review: Review, kind: str, *, is_stop: bool) -> None:
    subject = reviews.subjects_of([review]).get(review.id)
    words = words_of(ledger.house, [subject])[review.id][0] if subject else ""
    mark_id = ledger.next_id()
    StopMark.objects.create(
        id=mark_id,
        workspace_id=user.workspace_id,
        review_id=review.id,
        turn_id=subject.turn.id if subject else review.turn_id,
        kind=kind,
        is_stop=is_stop,
        text_sealed=ledger.house.keyset.seal(words, f"mark:{mark_id}"),
        marked_by_id=user.id,
        marked_at=ledger.now,
    )


def _is_in_use(example_id: str) -> bool:
    return TaughtExample.objects.filter(id=example_id, retired_at=None).exists()
