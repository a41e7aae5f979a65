"""Setting thresholds of confidence: every change is a row with who, why and when to look again.

Nothing is overwritten: putting a change back is a change of its own. Workers take the
new thresholds at their next turn, since a change counts the workspace's revision up.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from baton.core import confidence, privacy
from baton.core.confidence import ConfidencePolicy, Scope, Thresholds
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import editions
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import ThresholdChange, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to set, and why; no thresholds takes the scope's own away.

    `seen` is the version of the scope that they looked at, 0 for none; `puts_back` the
    change that this one takes back, or "".
    """

    scope: Scope
    name: str
    wanted: Thresholds | None
    reason: str
    review_on: date
    seen: int
    puts_back: str = ""


def change(house: House, user: User, wish: Wish) -> ThresholdChange:
    """Set a scope's thresholds from the next turn on.

    Raises InvalidInput that names each refused field, Conflict when a colleague was
    faster, NotFound for a flow or intent that there is not, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    now = house.clock.now()
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        standards = standards_cache(house).standards_of(user.workspace_id)
        require_known(standards, wish.scope, wish.name)
        known = newest(user, wish.scope, wish.name)
        if (known.version if known else 0) != wish.seen:
            message = "A colleague has changed these thresholds meanwhile. Please look again."
            raise Conflict(message)
        today = now.astimezone(standards.hours.zone).date()
        if problems := problems_with(wish, standards.confidence, today=today):
            raise InvalidInput(problems)
        ledger = Ledger(house, now)
        row = _add(ledger, user, wish, standards.confidence)
        editions.count_up(user.workspace_id)
        ledger.flush()
    return row


def check(house: House, user: User, wish: Wish) -> None:
    """Judge a wish without carrying it out; raises as `change`, but for Conflict."""
    inbox.require(user, Action.CONFIGURE)
    standards = standards_cache(house).standards_of(user.workspace_id)
    require_known(standards, wish.scope, wish.name)
    today = house.clock.now().astimezone(standards.hours.zone).date()
    if problems := problems_with(wish, standards.confidence, today=today):
        raise InvalidInput(problems)


def newest(user: User, scope: Scope, name: str) -> ThresholdChange | None:
    """Return the change that holds in a scope, or None where nobody ever set anything."""
    rows = ThresholdChange.objects.filter(
        workspace_id=user.workspace_id, scope=scope.value, name=name
    )
    return rows.order_by("-version").first()


def require_known(standards: Standards, scope: Scope, name: str) -> None:
    """Raise NotFound unless the workspace has such a flow or intent."""
    known = {
        Scope.WORKSPACE: name == "",
        Scope.FLOW: any(name == flow for flow, _version in standards.library.flows),
        Scope.INTENT: standards.pack.intent(name) is not None,
    }
    if not known[scope]:
        raise NotFound(scope.value, name)


def problems_with(wish: Wish, policy: ConfidencePolicy, *, today: date) -> dict[str, str]:
    """Return what is wrong with a wish, by field."""
    problems = confidence.problems_with(wish.wanted) if wish.wanted else {}
    if wish.scope is Scope.INTENT and wish.wanted and wish.name in policy.guarded:
        highest = policy.base.floor
        if wish.wanted.floor > highest:
            problems["floor"] = (
                f"This intent calls for a person: its floor may not rise above {highest:.0%}, "
                "so that nobody who needs one goes unheard."
            )
    if not wish.reason.strip():
        problems["reason"] = "Say in a few words why; it stands beside the change."
    elif len(wish.reason) > confidence.MAX_REASON:
        problems["reason"] = f"Write at most {confidence.MAX_REASON} characters."
    if problem := confidence.problem_with_review(wish.review_on, today=today):
        problems["review_on"] = problem
    return problems


def _add(ledger: Ledger, user: User, wish: Wish, policy: ConfidencePolicy) -> ThresholdChange:
    held = policy.holding(wish.scope, wish.name)
    tokenise = partial(ledger.house.keyset.token, user.workspace_id)
    row = ThresholdChange.objects.create(
        id=ledger.next_id(),
        workspace_id=user.workspace_id,
        scope=wish.scope.value,
        name=wish.name,
        version=wish.seen + 1,
        old_answer=held.answer,
        old_floor=held.floor,
        new_answer=wish.wanted.answer if wish.wanted else None,
        new_floor=wish.wanted.floor if wish.wanted else None,
        # Somebody may quote a contact here; the trail holds tokens alone.
        reason=privacy.mask(wish.reason.strip(), tokenise)[: confidence.MAX_REASON],
        review_on=wish.review_on,
        changed_at=ledger.now,
        changed_by_id=user.id,
        puts_back_id=wish.puts_back,
    )
    ledger.audit(
        user.workspace_id,
        f"user:{user.id}",
        "thresholds_changed",
        f"{wish.scope.value}:{wish.name or user.workspace_id}",
        old=_written(held),
        new=_written(wish.wanted) if wish.wanted else "taken from above",
        reason=row.reason,
        review_on=wish.review_on.isoformat(),
        version=row.version,
    )
    return row


def _written(value: Thresholds) -> str:
    return f"answer {value.answer:.2f}, floor {value.floor:.2f}"


def value_before(row: ThresholdChange) -> Thresholds | None:
    """Return what the scope had of its own before a change, or None for nothing."""
    earlier = ThresholdChange.objects.filter(
        workspace_id=row.workspace_id, scope=row.scope, name=row.name, version=row.version - 1
    ).first()
    if earlier is None or earlier.new_answer is None or earlier.new_floor is None:
        return None
    return Thresholds(answer=earlier.new_answer, floor=earlier.new_floor)


def get_change(user: User, change_id: str) -> ThresholdChange:
    """Return a change of the user's workspace; raises NotFound."""
    row = ThresholdChange.objects.filter(workspace_id=user.workspace_id, id=change_id).first()
    if row is None:
        raise NotFound("change", change_id)
    return row


def default_review(now: datetime) -> date:
    """Return the review date that is proposed."""
    return (now + confidence.REVIEW_AFTER).date()
