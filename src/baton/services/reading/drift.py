"""What reviewers said about the weekly samples of escalated conversations (FL8)."""

from collections import Counter
from dataclasses import dataclass

from baton.core.roles import Action
from baton.services import inbox
from baton.services.conversation import scrutiny
from baton.services.conversation.sampling import WEEK
from baton.store.models import ReviewSample, ReviewVerdict, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What reviewers said about one week's sample (FL8)."""

    week: str
    escalated: int
    drawn: int
    reviewed: int
    misread: int  # corrected, or none of the intents known
    needless: int


def list_drift(user: User, weeks: int = 6) -> tuple[Drift, ...]:
    """Return what was said about the newest samples, newest first; raises Forbidden for a role."""
    inbox.require(user, Action.REVIEW)
    samples = ReviewSample.objects.filter(workspace_id=user.workspace_id, escalated__gt=0)
    return tuple(_drift_of(sample) for sample in samples.order_by("-week")[:weeks])


def _drift_of(sample: ReviewSample) -> Drift:
    given = ReviewVerdict.objects.filter(
        workspace_id=sample.workspace_id,
        reason=scrutiny.ESCALATED,
        undone_at=None,
        given_at__gte=sample.drawn_at,
        given_at__lt=sample.drawn_at + WEEK,
    )
    counted = Counter(given.values_list("verdict", flat=True))
    return Drift(
        week=sample.week,
        escalated=sample.escalated,
        drawn=sample.drawn,
        reviewed=counted.total(),
        misread=counted["corrected"] + counted["none_of_these"],
        needless=counted["needless"],
    )
