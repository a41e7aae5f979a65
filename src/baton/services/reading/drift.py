"""What reviewers said about the weekly samples: drift in both directions (FL8, G60).

Too much handed over shows as needless handovers, too much left to the bot as matters that it
closed alone and that needed a person.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from baton.core.roles import Action
from baton.services import inbox
from baton.services.conversation import scrutiny, strata
from baton.services.conversation.sampling import WEEK
from baton.services.reading import verdicts
from baton.store.models import Review, ReviewSample, ReviewVerdict, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What reviewers said about one week's sample (FL8)."""

    week: str
    escalated: int
    drawn: int
    reviewed: int
    misread: int  # corrected, or none of the intents known
    needless: int
    automated: int
    drawn_automated: int
    reviewed_automated: int
    needed: int  # a person was, of what the bot closed alone
    needed_share: (
        float | None
    )  # of the week's all, each look weighed; None until all were looked at


def list_drift(user: User, weeks: int = 6) -> tuple[Drift, ...]:
    """Return what was said about the newest samples, newest first; raises Forbidden for a role."""
    inbox.require(user, Action.REVIEW)
    samples = ReviewSample.objects.filter(
        Q(escalated__gt=0) | Q(automated__gt=0), workspace_id=user.workspace_id
    )
    return tuple(_drift_of(sample) for sample in samples.order_by("-week")[:weeks])


def _drift_of(sample: ReviewSample) -> Drift:
    counted = Counter(_given(sample, scrutiny.ESCALATED).values_list("verdict", flat=True))
    looked_at = dict(_given(sample, scrutiny.AUTOMATED).values_list("review_id", "verdict"))
    kept = Review.objects.filter(id__in=looked_at).values_list("id", "read")
    weights = {id_: read.get(strata.STRATUM, {}).get("stands_for", 1.0) for id_, read in kept}
    risky = [id_ for id_, verdict in looked_at.items() if verdict == verdicts.NEEDED]
    whole = sum(weights.values())
    # Whoever has looked at some strata alone knows nothing of the others.
    is_done = len(looked_at) >= sample.drawn_automated > 0
    return Drift(
        week=sample.week,
        escalated=sample.escalated,
        drawn=sample.drawn,
        reviewed=counted.total(),
        misread=counted[verdicts.CORRECTED] + counted[verdicts.NONE],
        needless=counted[verdicts.NEEDLESS],
        automated=sample.automated,
        drawn_automated=sample.drawn_automated,
        reviewed_automated=len(looked_at),
        needed=len(risky),
        needed_share=sum(weights[one] for one in risky) / whole if is_done else None,
    )


def _given(sample: ReviewSample, reason: str) -> "QuerySet[ReviewVerdict]":
    return ReviewVerdict.objects.filter(
        workspace_id=sample.workspace_id,
        reason=reason,
        undone_at=None,
        given_at__gte=sample.drawn_at,
        given_at__lt=sample.drawn_at + WEEK,
    )
