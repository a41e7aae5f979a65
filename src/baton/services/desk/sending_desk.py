"""What leads set about sending, and what was withheld: the stop switch, limits, counts by reason.

The stop switch holds what the bot begins by itself (X39): whoever writes is answered, and
people go on. What falls due meanwhile is refused, not kept, so that nothing goes out in one
burst when it ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from baton.core import consent
from baton.core.consent import Purpose
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.policy import Policy
from baton.core.roles import Action
from baton.core.template import COPY_CHANNELS
from baton.flows.wording import CHANNELS
from baton.services import inbox
from baton.services.desk import limits
from baton.services.desk.limits import Change
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Message, User, Workspace

WINDOW = timedelta(days=7)
LIMITS = (
    "quiet_from",
    "quiet_until",
    "awake_window",
    "transactional_per_day",
    "transactional_per_week",
    "promotional_per_day",
    "promotional_per_week",
    "service_per_day",
    "service_per_week",
    "survey_rest",
    "surveys_per_month",
    "consent_free_channels",
    "double_opt_in",
    "double_opt_in_lasts",
    "approved_copy",
)
"""The fields of `core.policy.Policy` that are about sending."""

_FIELDS = (*LIMITS, *limits.PRICES)
_WITHHELD = ("refused", "held", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """How many messages did not go, or wait, for one reason."""

    delivery: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How sending stands; `limits` are as somebody would write them, by field."""

    paused_at: datetime | None
    paused_by: str
    pause_reason: str
    limits: dict[str, str]
    currency: str
    revision: int
    withheld: tuple[Withheld, ...]
    sent: int


def get_board(house: House, user: User) -> Board:
    """Return how sending stands in a person's workspace; raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    workspace = Workspace.objects.get(id=user.workspace_id)
    since = house.clock.now() - WINDOW
    recent = Message.objects.filter(
        workspace_id=user.workspace_id, created_at__gt=since, author__in=["bot", "agent"]
    )
    counted = (
        recent.filter(delivery__in=_WITHHELD)
        .values_list("delivery", "delivery_reason")
        .annotate(count=Count("id"))
        .order_by("-count", "delivery_reason")
    )
    paused_by = User.objects.filter(id=workspace.paused_by_id or "").first()
    standards = standards_cache(house).standards_of(user.workspace_id)
    return Board(
        paused_at=workspace.paused_at,
        paused_by=paused_by.name if paused_by else "",
        pause_reason=workspace.pause_reason,
        limits={name: limits.written(name, getattr(standards.policy, name)) for name in _FIELDS},
        currency=standards.policy.currency,
        revision=standards.revision,
        withheld=tuple(
            Withheld(delivery=delivery, reason=reason, count=count)
            for delivery, reason, count in counted
        ),
        sent=recent.exclude(delivery__in=_WITHHELD).filter(is_note=False).count(),
    )


def pause(house: House, user: User, reason: str) -> None:
    """Stop whatever the bot begins by itself; raises InvalidInput without a reason."""
    inbox.require(user, Action.CONFIGURE)
    reason = limits.checked_reason(reason)
    with house.engine.transaction():
        changed = Workspace.objects.filter(id=user.workspace_id, paused_at=None).update(
            paused_at=house.clock.now(), paused_by_id=user.id, pause_reason=reason
        )
        if changed:
            _note(house, user, "sending_paused", reason=reason)


def resume(house: House, user: User, reason: str) -> None:
    """Let the bot begin things again; what was refused meanwhile stays refused.

    Raises InvalidInput without what was found and why it may go on (AL2).
    """
    inbox.require(user, Action.CONFIGURE)
    reason = limits.checked_reason(reason)
    with house.engine.transaction():
        changed = Workspace.objects.filter(id=user.workspace_id, paused_at__isnull=False).update(
            paused_at=None, paused_by_id=None, pause_reason=""
        )
        if changed:
            _note(house, user, "sending_resumed", reason=reason)


def change_limits(
    house: House, user: User, wanted: Mapping[str, str], *, reason: str, seen: int
) -> None:
    """Set limits anew, with the reason; from the next message on they hold.

    Raises InvalidInput for values that cannot be used, Conflict when a colleague has
    changed something since `seen`.
    """
    given = {name: wanted[name] for name in _FIELDS if name in wanted}
    changed = Change(given=given, action="sending_limits_changed", reason=reason, seen=seen)
    limits.change(house, user, changed, _refuse_impossible)


def _refuse_impossible(policy: Policy) -> None:
    known = ", ".join(CHANNELS)
    problems = {}
    if set(filter(None, policy.consent_free_channels.split(","))) - set(CHANNELS):
        problems["consent_free_channels"] = f"choose from {known}"
    if not consent.is_list(policy.double_opt_in, CHANNELS):
        problems["double_opt_in"] = (
            f"write each as channel:purpose, joined by commas; channels are {known}, "
            f"purposes {', '.join(Purpose)}"
        )
    if not consent.is_list(policy.approved_copy, COPY_CHANNELS):
        problems["approved_copy"] = (
            f"write each as channel:purpose, joined by commas; channels are "
            f"{', '.join(COPY_CHANNELS)}, purposes {', '.join(Purpose)}"
        )
    if policy.double_opt_in_lasts <= timedelta(0):
        problems["double_opt_in_lasts"] = "write how long, as 2d"
    if problems:
        raise InvalidInput(problems)


def _note(house: House, user: User, action: str, **details: Json) -> None:
    ledger = Ledger(house, house.clock.now())
    subject = f"workspace:{user.workspace_id}"
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject, **details)
    ledger.flush()
