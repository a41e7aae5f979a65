"""Which turns a person looks at again, and what keeps a conversation from closing alone.

An answer below the confidence to close by itself, and everything that is supervised,
holds its conversation open until somebody has looked (E25, FQ10). A failed attempt and
an answer that did not help are looked at too, to learn from them; they hold nothing.
"""

import json
from functools import partial

import msgspec

from baton.core import privacy
from baton.core.json import Json
from baton.core.teaching import Supervision
from baton.flows import signals
from baton.flows.effects import CountFailure, RequestReview
from baton.flows.scene import Said
from baton.flows.signals import Signals
from baton.flows.turn import Decision, Turn
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.supervision import SUPERVISED
from baton.store.models import Review
from baton.store.rows import ConversationRow, ReviewRow

FAILED_ATTEMPT = "failed_attempt"
NOT_HELPFUL = "not_helpful"
ESCALATED = "escalated"
AUTOMATED = "automated"  # of a week's matters that the bot closed alone
UNTAUGHT = "training_gap"  # somebody said so of an escalation
BELOW_CONFIDENCE = "below_answer_confidence"
"""The reason that the step `answer` gives (`flows.steps.answer`)."""

NOT_HOLDING = frozenset({FAILED_ATTEMPT, NOT_HELPFUL, ESCALATED, AUTOMATED, UNTAUGHT})
"""Reasons of reviews that leave a conversation free to close."""

_CANDIDATES = 4
_SPOKEN = frozenset({Decision.REPLIED, Decision.FLOWED, Decision.HANDED_OVER})


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A turn with the words that it answers."""

    turn: Turn
    said: Said
    read: Signals


def review_of(
    ledger: Ledger,
    conversation: ConversationRow,
    turn_id: str,
    seen: Seen,
    supervision: Supervision,
) -> ReviewRow | None:
    """Return the review that a turn asks for, or None."""
    reason = _reason_of(seen, supervision)
    if not reason:
        return None
    workspace_id = conversation.workspace_id
    return ReviewRow(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        conversation_id=conversation.id,
        turn_id=turn_id,
        reason=reason,
        at=ledger.now,
        read=json.dumps(evidence_of(ledger.house, workspace_id, seen.said, seen.read)),
    )


def evidence_of(house: House, workspace_id: str, said: Said, read: Signals) -> dict[str, Json]:
    """Return what was made of words: intents with their confidence, hard stops with their words."""
    best = next((one for one in said.readings if one.best and one.best is read.best), None)
    mask = partial(privacy.mask, tokenise=partial(house.keyset.token, workspace_id))
    return {
        "candidates": [
            [score.name, round(score.confidence, 4)]
            for score in (best.intents[:_CANDIDATES] if best else ())
        ],
        "stops": [{"kind": stop.kind.value, "words": mask(stop.text)} for stop in read.stops],
    }


def holds(reason: str) -> bool:
    """Return whether a review of that reason keeps its conversation open."""
    return reason not in NOT_HOLDING


def may_close(
    conversation: ConversationRow, supervision: Supervision, *, is_confirmed: bool
) -> bool:
    """Return whether a conversation may close without a person.

    Under supervision it may not, even when the contact says that all is well.
    """
    if conversation.resolved_at is not None:
        return True  # a person closed it; a "thanks" after that only confirms
    if supervision.is_whole or (supervision.intents and _is_held(conversation)):
        return False
    return is_confirmed or not conversation.needs_review


def _is_held(conversation: ConversationRow) -> bool:
    return (
        conversation.needs_review
        and Review.objects.filter(
            conversation_id=conversation.id, reason=SUPERVISED, verdict=""
        ).exists()
    )


def _reason_of(seen: Seen, supervision: Supervision) -> str:
    turn, read = seen.turn, seen.read
    if turn.decision not in _SPOKEN:
        return ""
    if _is_watched(read, supervision):
        return SUPERVISED
    asked = next((effect for effect in turn.effects if isinstance(effect, RequestReview)), None)
    if asked is not None:
        return asked.reason
    if read.means(signals.NOT_HELPFUL):
        return NOT_HELPFUL
    return FAILED_ATTEMPT if any(isinstance(e, CountFailure) for e in turn.effects) else ""


def _is_watched(read: Signals, supervision: Supervision) -> bool:
    """Return whether the reading itself is supervised; a chosen button or a keyword is not read."""
    if read.is_prompt_reply or read.keyword is not None:
        return False
    return supervision.covers(read.intent.name if read.intent else "")
