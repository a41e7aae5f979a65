"""Setting escalation rules: every change is a version with who, why and when to look again.

Nothing is overwritten and nothing taken away: a rule that is switched off keeps its
versions. Workers go by a change from their next turn on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from baton.core import confidence, escalation_rules, privacy
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.escalation_rules import MAX_RULES, EscalationRule
from baton.core.json import Json
from baton.core.roles import Action
from baton.flows import rules
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import editions
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import EscalationRuleVersion, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of a rule, and why.

    `name` is the rule's key, "" for a new one; `rule` is what one of the workspace's own
    says, `limits` what a built-in one goes by. `seen` is the version that they looked at.
    """

    name: str
    rule: EscalationRule | None = None
    limits: Mapping[str, float] | None = None
    is_on: bool = True
    reason: str
    review_on: date
    seen: int = 0


def change(house: House, user: User, wish: Wish) -> EscalationRuleVersion:
    """Put a version into force from the next turn on.

    Raises InvalidInput that names each refused field, Conflict when a colleague was faster,
    NotFound for a rule that there is not, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        standards = standards_cache(house).standards_of(user.workspace_id)
        known = _known(user, wish)
        if (known.version if known else 0) != wish.seen:
            message = "A colleague has changed this rule meanwhile. Please look again."
            raise Conflict(message)
        if problems := _problems_with(house, wish, standards):
            raise InvalidInput(problems)
        ledger = Ledger(house, house.clock.now())
        row = _add(ledger, user, wish, known)
        editions.count_up(user.workspace_id)
        ledger.flush()
    return row


def check(house: House, user: User, wish: Wish) -> None:
    """Judge a wish without carrying it out; raises as `change`, but for Conflict."""
    inbox.require(user, Action.CONFIGURE)
    _known(user, wish)
    standards = standards_cache(house).standards_of(user.workspace_id)
    if problems := _problems_with(house, wish, standards):
        raise InvalidInput(problems)


def find_newest(user: User, name: str) -> EscalationRuleVersion | None:
    """Return the version that holds of a rule; None where nobody ever set anything."""
    rows = EscalationRuleVersion.objects.filter(workspace_id=user.workspace_id, name=name)
    return rows.order_by("-version").first()


def get_version(user: User, name: str, number: int) -> EscalationRuleVersion:
    """Return one version of a rule; raises NotFound."""
    rows = EscalationRuleVersion.objects.filter(workspace_id=user.workspace_id, name=name)
    found = rows.filter(version=number).first()
    if found is None:
        raise NotFound("rule version", f"{name} {number}")
    return found


def _known(user: User, wish: Wish) -> EscalationRuleVersion | None:
    known = find_newest(user, wish.name) if wish.name else None
    is_built_in = escalation_rules.find_built_in(wish.name) is not None
    if wish.name and known is None and not is_built_in:
        raise NotFound("rule", wish.name)
    return known


def _problems_with(house: House, wish: Wish, standards: Standards) -> dict[str, str]:
    built_in = escalation_rules.find_built_in(wish.name)
    if built_in:
        limits = wish.limits or {}
        problems = escalation_rules.problems_with_limits(built_in, limits, standards.policy)
        if not built_in.limits:
            problems["reason"] = "This rule has no limit that could be set."
    else:
        problems = _problems_with_own(wish, standards)
    if not wish.reason.strip():
        problems["reason"] = "Say in a few words why; it stands beside the change."
    elif len(wish.reason) > confidence.MAX_REASON:
        problems["reason"] = f"Write at most {confidence.MAX_REASON} characters."
    today = house.clock.now().astimezone(standards.hours.zone).date()
    if problem := confidence.problem_with_review(wish.review_on, today=today):
        problems["review_on"] = problem
    return problems


def _problems_with_own(wish: Wish, standards: Standards) -> dict[str, str]:
    if wish.rule is None:
        return {"title": "Say what the rule is."}
    pack = standards.pack
    problems = escalation_rules.problems_with(
        wish.rule,
        intents={intent.name for intent in pack.intents},
        request_types={kind.name for kind in pack.request_types},
        queues={queue.name for queue in pack.queues},
    )
    if wish.rule.when and (mistake := rules.find_mistake(wish.rule.when)):
        problems["when"] = f"At character {mistake.at + 1}: {mistake.words}"
    others = [rule for rule in standards.rules if rule.name != wish.name]
    if wish.is_on and len(others) >= MAX_RULES:
        problems["title"] = f"{MAX_RULES} rules are in force; switch one off first."
    if any(rule.title.casefold() == wish.rule.title.strip().casefold() for rule in others):
        problems["title"] = "Another rule has this name."
    return problems


def _add(
    ledger: Ledger, user: User, wish: Wish, known: EscalationRuleVersion | None
) -> EscalationRuleVersion:
    tokenise = partial(ledger.house.keyset.token, user.workspace_id)
    rule = replace(wish.rule, title=wish.rule.title.strip()) if wish.rule else None
    document: dict[str, Json] = (
        escalation_rules.render_document(rule) if rule else {"limits": dict(wish.limits or {})}
    )
    row = EscalationRuleVersion.objects.create(
        id=ledger.next_id(),
        workspace_id=user.workspace_id,
        name=wish.name or _free_name(user, rule.title if rule else ""),
        version=(known.version if known else 0) + 1,
        title=rule.title if rule else "",
        document=document,
        is_on=wish.is_on,
        # Somebody may quote a contact here; the trail holds tokens alone.
        reason=privacy.mask(wish.reason.strip(), tokenise)[: confidence.MAX_REASON],
        review_on=wish.review_on,
        changed_at=ledger.now,
        changed_by_id=user.id,
    )
    ledger.audit(
        user.workspace_id,
        f"user:{user.id}",
        "escalation_rule_changed",
        f"rule:{row.name}",
        version=row.version,
        is_on=row.is_on,
        old=known.document if known else None,
        new=document,
        reason=row.reason,
        review_on=wish.review_on.isoformat(),
    )
    return row


def _free_name(user: User, title: str) -> str:
    rows = EscalationRuleVersion.objects.filter(workspace_id=user.workspace_id, version=1)
    return escalation_rules.name_from(title, set(rows.values_list("name", flat=True)))
