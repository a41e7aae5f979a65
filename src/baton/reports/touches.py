"""How often people had to touch a matter before it was settled, whoever settled it (CO9).

A touch is one person having it once. A matter that its contact came back about counts once, with
all its touches, when it is settled again.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from baton.store.models import Assignment, Conversation
from baton.store.queries import located


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """Matters that were settled in a window, and how often people had each; ids of conversations.

    The counts are those of the touched ones, the most often touched first.
    """

    settled: tuple[str, ...]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """All touches of the settled matters."""
        return sum(self.counts.values())

    @property
    def per_matter(self) -> float | None:
        """Touches of one matter on average; None without any that was settled."""
        return self.total / len(self.settled) if self.settled else None


def touches_of(
    workspace_id: str, *, since: datetime, until: datetime, places: tuple[str, ...] = ()
) -> Touches:
    """Return the touches of what was settled in a window; who was only reminded is no matter.

    Of contacts of some `places`, or of all (P10).
    """
    ended = Conversation.objects.filter(
        workspace_id=workspace_id, resolved_at__gte=since, resolved_at__lt=until
    ).exclude(opened_by="bot")
    settled = located.of_contacts(ended, workspace_id, places)
    had = Assignment.objects.filter(conversation_id__in=settled.values("id"))
    counted = Counter(had.order_by("id").values_list("conversation_id", flat=True))
    return Touches(
        settled=tuple(settled.order_by("-resolved_at", "-id").values_list("id", flat=True)),
        counts=dict(counted.most_common()),
    )


def reduction(before: Touches, now: Touches) -> float | None:
    """Return by which share touches of a matter became fewer; None where nothing can be told."""
    was, is_now = before.per_matter, now.per_matter
    return None if not was or is_now is None else 1 - is_now / was
