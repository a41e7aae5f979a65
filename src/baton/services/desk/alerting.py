"""Alerts: what a person chose to be called for, and what calls them now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from baton.core import alerts
from baton.core.alerts import Choices, Rhythm
from baton.core.errors import InvalidInput
from baton.services import inbox, notices
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import staff_digests
from baton.services.workspace.connections import EMAIL
from baton.store.models import Notice, User
from baton.store.queries import ways

_FRESH = timedelta(minutes=2)  # what is older waits on the page of notices, and calls nobody
_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One notice that calls its person; nothing of what a contact said is in it."""

    id: str
    kind: str
    details: str
    conversation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What calls a person now, whether it may be heard, and how much they have not seen."""

    alerts: tuple[Alert, ...]
    has_sound: bool
    unseen: int


def choices_of(user: User) -> Choices:
    """Return what a person chose."""
    return alerts.parse(user.alerts)


def choose(  # noqa: PLR0913 - what one person wants is told by these
    house: House,
    user: User,
    kinds: Collection[str],
    *,
    has_sound: bool,
    quiet: tuple[str, str],
    digest: Rhythm = Rhythm.NEVER,
) -> None:
    """Keep what a person wants to be called for; raises InvalidInput for what cannot be."""
    if digest is not Rhythm.NEVER and ways.find_inbox(user.workspace_id, EMAIL) is None:
        raise InvalidInput({"digest": "An email inbox must be connected first."})
    if unknown := set(kinds) - set(notices.Kind):
        raise InvalidInput({"kinds": f"there is no notice {min(unknown)!r}"})
    begins, ends = (alerts.parse_time(one) for one in quiet)
    chosen = Choices(
        kinds=frozenset(kinds),
        has_sound=has_sound,
        quiet_from=begins,
        quiet_until=ends,
        digest=digest,
        # chosen beside the report itself
        has_weekly=choices_of(user).has_weekly,
        weekly_on=choices_of(user).weekly_on,
    )
    with house.engine.transaction():
        User.objects.filter(id=user.id).update(alerts=alerts.render(chosen))
        ledger = Ledger(house, house.clock.now())
        actor = f"user:{user.id}"
        if digest is not Rhythm.NEVER:
            staff_digests.plan(ledger, user.workspace_id)
        ledger.audit(
            user.workspace_id,
            actor,
            "alerts_chosen",
            actor,
            kinds=", ".join(sorted(kinds)),
            digest=digest.value,
        )
        ledger.flush()


def call(house: House, user: User, *, after: str = "") -> Called:
    """Return what calls a person and came after a notice that they were called for."""
    chosen, now = choices_of(user), house.clock.now()
    zone = inbox.zone_of(user.workspace_id)
    fresh = Notice.objects.filter(
        user_id=user.id, seen_at=None, at__gt=now - _FRESH, id__gt=after
    ).order_by("-id")[:_MOST]
    return Called(
        alerts=tuple(
            Alert(
                id=one.id,
                kind=one.kind,
                details=one.details,
                conversation_id=one.conversation_id,
            )
            for one in reversed(fresh)
            if alerts.calls(chosen, one.kind, zone, is_here=user.is_available, now=now)
        ),
        has_sound=chosen.has_sound,
        unseen=notices.count_unseen(user),
    )
