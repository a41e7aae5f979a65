"""What leads set about routing and clocks: places, presence, the lane, and when they warn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from baton.core import inviting
from baton.core.errors import InvalidInput
from baton.core.policy import Policy
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import limits
from baton.services.desk.limits import Change
from baton.services.desk.staff_desk import MAX_CAPACITY
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

STOPS = (
    "pause_csat_fall",
    "pause_csat_marks",
    "pause_escalation_rate",
    "pause_rise",
    "pause_recontact_rate",
    "pause_matters",
)
"""By which a flow pauses itself."""

LIMITS = (
    "agent_capacity",
    "reserved_places",
    "priority_from",
    "handle_time",
    "escalation_lane",
    "guarded_queues",
    "closed_queues",
    "away_after",
    "clock_warning_share",
    "resolution_window",
    "orphan_after",
    "undo_window",
    "wrap_up_window",
    "offering_queues",
    "offer_window",
    "csat_fall_points",
    "csat_fall_answers",
    *STOPS,
)
"""The fields of `core.policy.Policy` that are about who gets a conversation, and by when."""

_SPANS = ("handle_time", "away_after", "resolution_window", "orphan_after", "undo_window")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The numbers as somebody would write them, by field, and the queues by name."""

    limits: dict[str, str]
    revision: int
    queues: tuple[tuple[str, str], ...]


def get_board(house: House, user: User) -> Board:
    """Return how routing is set; raises Forbidden for a role that may not change it."""
    inbox.require(user, Action.CONFIGURE)
    standards = standards_cache(house).standards_of(user.workspace_id)
    return Board(
        limits={name: limits.written(name, getattr(standards.policy, name)) for name in LIMITS},
        revision=standards.revision,
        queues=tuple((queue.name, queue.title) for queue in standards.pack.queues),
    )


def change(house: House, user: User, wanted: Mapping[str, str], *, reason: str, seen: int) -> None:
    """Set the numbers anew, with the reason; from the next turn on they hold.

    Raises InvalidInput for values that cannot be used, Conflict when a colleague has
    changed something since `seen`.
    """
    known = {queue.name for queue in inbox.pack_of(house, user.workspace_id).queues}
    given = {name: wanted[name] for name in LIMITS if name in wanted}
    changed = Change(given=given, action="routing_changed", reason=reason, seen=seen)
    limits.change(house, user, changed, lambda policy: _refuse_impossible(policy, known))


def _refuse_impossible(policy: Policy, queues: set[str]) -> None:
    problems: dict[str, str] = {}
    if not 1 <= policy.agent_capacity <= MAX_CAPACITY:
        problems["agent_capacity"] = f"choose 1 to {MAX_CAPACITY}"
    if policy.reserved_places > policy.agent_capacity:
        problems["reserved_places"] = "no more than conversations at a time"
    if not 1 <= policy.csat_fall_points <= 100:  # noqa: PLR2004 - points of a scale to 100
        problems["csat_fall_points"] = "choose 1 to 100"
    problems |= _problems_with_stops(policy)
    if policy.csat_fall_answers < 1:
        problems["csat_fall_answers"] = "at least 1"
    if not 0 < policy.clock_warning_share <= 1:
        problems["clock_warning_share"] = "write a share above 0 and up to 1, as 0.75"
    problems |= _problems_with_queues(policy, queues)
    short = [name for name in _SPANS if getattr(policy, name) < timedelta(minutes=1)]
    problems |= dict.fromkeys(short, "at least a minute, as 1m")
    if problems:
        raise InvalidInput(problems)


def _problems_with_stops(policy: Policy) -> dict[str, str]:
    shares = ("pause_escalation_rate", "pause_rise", "pause_recontact_rate")
    wrong = [name for name in shares if not 0 < getattr(policy, name) <= 1]
    problems = dict.fromkeys(wrong, "write a share above 0 and up to 1, as 0.20")
    if not 0 < policy.pause_csat_fall <= 100:  # noqa: PLR2004 - points of a scale to 100
        problems["pause_csat_fall"] = "points of 100, as 1.5"
    few = [name for name in ("pause_csat_marks", "pause_matters") if getattr(policy, name) < _FEW]
    return problems | dict.fromkeys(few, f"at least {_FEW}: fewer tell nothing")


_FEW = 10


def _problems_with_queues(policy: Policy, queues: set[str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    known = f"there are only {', '.join(sorted(queues))}"
    if policy.escalation_lane not in queues | {""}:
        problems["escalation_lane"] = known
    if not set(policy.guarded_queues.split(",")) <= queues | {""}:
        problems["guarded_queues"] = known
    if not set(policy.closed_queues.split(",")) <= queues | {""}:
        problems["closed_queues"] = known
    if not set(policy.offering_queues.split(",")) <= queues | {""}:
        problems["offering_queues"] = known
    if not inviting.SHORTEST <= policy.offer_window <= inviting.LONGEST:
        problems["offer_window"] = "choose 10s to 10m"
    return problems
