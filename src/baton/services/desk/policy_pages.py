"""Numbers of the policy on a page of their own: shown, and changed with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from baton.core.errors import InvalidInput
from baton.core.policy import Policy
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import limits
from baton.services.desk.limits import Change
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPage:
    """Fields of the policy that stand together.

    Attributes:
        action: what the audit trail calls a change.
        bounds: the least and the most that a field may be.
    """

    fields: tuple[str, ...]
    action: str
    bounds: Mapping[str, tuple[float, float]]

    @property
    def refuse_impossible(self) -> Callable[[Policy], None]:
        """What refuses a policy whose numbers here are out of bounds, by InvalidInput."""

        def refuse(policy: Policy) -> None:
            problems = {
                name: f"choose {least:g} to {most:g}"
                for name, (least, most) in self.bounds.items()
                if not least <= getattr(policy, name) <= most
            }
            if problems:
                raise InvalidInput(problems)

        return refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The numbers as somebody would write them, by field."""

    limits: dict[str, str]
    currency: str
    revision: int


ALERTS = PolicyPage(
    fields=(
        "alert_min_rows",
        "escalation_jump",
        "csat_drop_points",
        "csat_drop_answers",
        "alert_cool_down",
        "answer_within",
        "answer_within_email",
    ),
    action="alert_limits_changed",
    bounds={
        "alert_min_rows": (1, 100_000),
        "escalation_jump": (0, 100),
        "csat_drop_points": (0, 100),
        "csat_drop_answers": (2, 100_000),
    },
)

MONEY = PolicyPage(
    fields=("wage_hour_minor", "worst_touches", "automation_month_minor", "offer_cost_minor"),
    action="money_settings_changed",
    bounds={"worst_touches": (0, 20)},
)


def get_board(house: House, user: User, page: PolicyPage) -> Board:
    """Return how a page is set; raises Forbidden for a role that may not change it."""
    inbox.require(user, Action.CONFIGURE)
    standards = standards_cache(house).standards_of(user.workspace_id)
    policy = standards.policy
    return Board(
        limits={name: limits.written(name, getattr(policy, name)) for name in page.fields},
        currency=policy.currency,
        revision=standards.revision,
    )


def change(  # noqa: PLR0913 - who sets what, why, over what they saw
    house: House, user: User, page: PolicyPage, wanted: Mapping[str, str], *, reason: str, seen: int
) -> None:
    """Set the numbers anew, with the reason.

    Raises InvalidInput for values that cannot be used, Conflict when a colleague has
    changed something since `seen`.
    """
    given = {name: wanted[name] for name in page.fields if name in wanted}
    changed = Change(given=given, action=page.action, reason=reason, seen=seen)
    limits.change(house, user, changed, page.refuse_impossible)
