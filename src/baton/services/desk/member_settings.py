"""What leads set about members: deposits, renewals, signs of leaving, what offers may cost."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from baton.core.errors import InvalidInput
from baton.core.policy import Policy
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import limits
from baton.services.desk.limits import Change
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

LIMITS = (
    "deposit_from_minor",
    "deposit_percent",
    "no_show_keeps_percent",
    "payment_words",
    "late_registration",
    "renewal_notice",
    "churn_away_days",
    "churn_drop_share",
    "churn_missed_visits",
    "churn_payment_days",
    "churn_min_signs",
    "churn_at_risk",
    "high_value_share",
    "high_value_minor",
    "segments",
    "offer_cost_minor",
    "offer_budget_minor",
)
"""The fields of `core.policy.Policy` that are about who belongs, and who may leave."""

MAX_WORDS = 200
MOST_SEGMENTS = 12
_TAG = re.compile(r"[^\s,]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The numbers as somebody would write them, by field."""

    limits: dict[str, str]
    currency: str
    revision: int


def get_board(house: House, user: User) -> Board:
    """Return how it is set; raises Forbidden for a role that may not change it."""
    inbox.require(user, Action.CONFIGURE)
    standards = standards_cache(house).standards_of(user.workspace_id)
    return Board(
        limits={name: limits.written(name, getattr(standards.policy, name)) for name in LIMITS},
        currency=standards.policy.currency,
        revision=standards.revision,
    )


def change(house: House, user: User, wanted: Mapping[str, str], *, reason: str, seen: int) -> None:
    """Set the numbers anew, with the reason; the next scoring and the next booking go by them.

    Raises InvalidInput for values that cannot be used, Conflict when a colleague has
    changed something since `seen`.
    """
    given = {name: wanted[name] for name in LIMITS if name in wanted}
    changed = Change(given=given, action="member_settings_changed", reason=reason, seen=seen)
    limits.change(house, user, changed, _refuse_impossible)


def _refuse_impossible(policy: Policy) -> None:
    problems = {
        name: f"choose {least} to {most}"
        for name, least, most in (
            ("deposit_percent", 0, 100),
            ("no_show_keeps_percent", 0, 100),
            ("churn_away_days", 1, 365),
            ("churn_min_signs", 1, 6),
            ("churn_at_risk", 1, 100),
        )
        if not least <= getattr(policy, name) <= most
    }
    shares = ("churn_drop_share", "high_value_share")
    problems |= {
        name: "write a share of 0 to 1, as 0.5"
        for name in shares
        if not 0 <= getattr(policy, name) <= 1
    }
    if not timedelta(0) <= policy.late_registration <= timedelta(days=2):
        problems["late_registration"] = "choose 0h to 48h"
    if not timedelta(days=1) <= policy.renewal_notice <= timedelta(days=90):
        problems["renewal_notice"] = "choose 24h to 2160h"
    named = [one.strip() for one in policy.segments.split(",") if one.strip()]
    if len(named) > MOST_SEGMENTS or any(not _TAG.fullmatch(one) for one in named):
        problems["segments"] = (
            f"write at most {MOST_SEGMENTS} tags as flows put them, with commas between"
        )
    if len(policy.payment_words) > MAX_WORDS:
        problems["payment_words"] = f"{MAX_WORDS} characters at most"
    if problems:
        raise InvalidInput(problems)
