"""Weekly random samples of conversations, for people to look at (FL6, FL7, FL8).

Of what was handed over: was it a misroute, a gap in what the reader was taught, or was nobody
needed? Of what the bot closed alone, by strata: was a person needed after all? The draw of a week
depends on the week and the conversations alone, so that nobody chooses. The first daily check of
a week draws it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from baton.core.json import Json
from baton.flows import signals
from baton.flows.scene import Said
from baton.services.conversation import scrutiny, strata
from baton.services.conversation.quoting import Subject, words_of
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Conversation, Escalation, Review, ReviewSample, Turn
from baton.store.rows import ReviewRow

PER_WEEK = 10
"""Conversations drawn a week of either kind: each what one person looks at in about a quarter of
an hour."""

WEEK = timedelta(days=7)


def draw(ledger: Ledger, workspace_id: str) -> int:
    """Draw last week's samples unless they were drawn before; return how many reviews were made."""
    begin, week = _last_week(ledger.now)
    if ReviewSample.objects.filter(workspace_id=workspace_id, week=week).exists():
        return 0
    escalated = _escalated_turns(workspace_id, begin)
    drawn = sorted(escalated, key=lambda turn: _lot(week, turn.conversation_id))[:PER_WEEK]
    closed = strata.closed_alone(workspace_id, begin, begin + WEEK)
    chosen = strata.drawn(closed, PER_WEEK, lambda matter: _lot(week, matter.conversation_id))
    told = {"drawn": len(drawn), "escalated": len(escalated),
            "drawn_automated": len(chosen), "automated": len(closed)}  # fmt: skip
    ReviewSample.objects.create(
        id=ledger.next_id(), workspace_id=workspace_id, week=week, drawn_at=ledger.now, **told
    )
    for turn in drawn:
        ledger.add(review_of(ledger, turn, scrutiny.ESCALATED))
    for turn, stratum in strata.least_sure_turns(chosen):
        ledger.add(review_of(ledger, turn, scrutiny.AUTOMATED, {strata.STRATUM: stratum.told}))
    ledger.audit(
        workspace_id, "system", "sample_drawn", f"workspace:{workspace_id}", week=week, **told
    )
    ledger.ring(f"workspace:{workspace_id}")
    return len(drawn) + len(chosen)


def ask_what_was_meant(ledger: Ledger, fired: Escalation, *, is_asked: bool) -> None:
    """Let the words of an escalation that is a training gap wait in the review queue, or no more.

    Whoever says there what they meant teaches the reader: the gap closes itself (FL5, FL6).
    """
    turn = Turn.objects.filter(conversation_id=fired.conversation_id, at=fired.at).first()
    if turn is None:  # a rule that no words fired, such as a clock
        return
    asked = Review.objects.filter(turn_id=turn.id, reason=scrutiny.UNTAUGHT)
    if is_asked and not asked.exists():
        ledger.add(review_of(ledger, turn, scrutiny.UNTAUGHT))
    elif not is_asked:
        asked.filter(verdict="").delete()


def _last_week(now: datetime) -> tuple[datetime, str]:
    """Return when the last whole week began (Monday, UTC), and its ISO name."""
    monday = (now - timedelta(days=now.weekday())).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    begin = monday - WEEK
    year, week, _day = begin.isocalendar()
    return begin, f"{year}-W{week:02d}"


def _escalated_turns(workspace_id: str, begin: datetime) -> list[Turn]:
    """Return the first handed-over turn of each conversation escalated in a week."""
    escalations = Escalation.objects.filter(
        workspace_id=workspace_id, at__gte=begin, at__lt=begin + WEEK, act="hand_over"
    )
    handed_over = Turn.objects.filter(
        conversation_id__in=escalations.values("conversation_id"),
        at__gte=begin,
        at__lt=begin + WEEK,
        decision="handed_over",
    )
    first: dict[str, Turn] = {}
    for turn in handed_over.order_by("id"):
        first.setdefault(turn.conversation_id, turn)
    return list(first.values())


def _lot(week: str, conversation_id: str) -> str:
    return hashlib.sha256(f"{week}:{conversation_id}".encode()).hexdigest()


def review_of(
    ledger: Ledger, turn: Turn, reason: str, more: Mapping[str, Json] | None = None
) -> ReviewRow:
    """Return a review of a turn of long ago, with what the reader makes of its words today."""
    house = ledger.house
    subject = Subject(review_id=turn.id, turn=turn)
    asked = words_of(house, [subject]).get(turn.id, ("", ""))[0]
    cache = standards_cache(house)
    setting = cache.setting_of(turn.workspace_id)
    # The local reader: a sample is no reason to ask anybody outside while rows are locked.
    [reading] = cache.local_reader_of(turn.workspace_id).read_many((asked,))
    said = Said(text=asked, readings=(reading,), messages=(reading,))
    read = signals.read(said, None, _type_of(turn), setting.pack, setting.bands_in(""))
    return ReviewRow(
        id=ledger.next_id(),
        workspace_id=turn.workspace_id,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        reason=reason,
        at=ledger.now,
        read=json.dumps(
            {**scrutiny.evidence_of(house, turn.workspace_id, said, read), **(more or {})}
        ),
    )


def _type_of(turn: Turn) -> str:
    kinds = Conversation.objects.filter(id=turn.conversation_id)
    return kinds.values_list("request_type", flat=True).first() or ""
