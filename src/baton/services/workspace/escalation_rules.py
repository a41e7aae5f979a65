"""A workspace's escalation rules in force: its own, and the limits that it set for Baton's."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import cast

from baton.core import escalation_rules
from baton.core.errors import InvalidInput
from baton.core.escalation_rules import EscalationRule
from baton.core.policy import Policy
from baton.flows import rules
from baton.services import notices
from baton.services.ledger import Ledger
from baton.store.models import EscalationRuleVersion
from baton.store.queries import escalations

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What holds: the rules that turns are asked by, and the policy with their limits."""

    rules: tuple[EscalationRule, ...]
    policy: Policy


def in_force(workspace_id: str, policy: Policy) -> InForce:
    """Return the rules that hold over a policy.

    One that this Baton cannot read is left out, and the log tells so: nobody's message waits
    for it.
    """
    found: list[EscalationRule] = []
    for version in escalations.newest_versions(workspace_id):
        if not version.is_on:
            continue
        try:
            if escalation_rules.find_built_in(version.name):
                policy = escalation_rules.with_limits(policy, limits_of(version))
            else:
                found.append(_readable(version))
        except (InvalidInput, KeyError, TypeError, ValueError):
            _log.exception("escalation rule %s v%d is unusable", version.name, version.version)
    return InForce(rules=tuple(found), policy=policy)


def rule_of(version: EscalationRuleVersion) -> EscalationRule:
    """Return a version of a rule of the workspace's own; raises for what cannot be read."""
    head = EscalationRule(name=version.name, title=version.title, version=version.version)
    return escalation_rules.parse_document(version.document, head)


def limits_of(version: EscalationRuleVersion) -> Mapping[str, float]:
    """Return the limits that a version of a built-in rule sets, by field of the policy."""
    return cast("Mapping[str, float]", version.document["limits"])


def remind(ledger: Ledger, workspace_id: str, zone: tzinfo) -> None:
    """Tell who leads of rules whose day to look again has come, once for each version."""
    today = ledger.now.astimezone(zone).date()
    due = [
        version
        for version in escalations.newest_versions(workspace_id)
        if version.is_on and version.reminded_at is None and version.review_on <= today
    ]
    for version in due:
        built_in = escalation_rules.find_built_in(version.name)
        notices.tell(
            ledger,
            workspace_id,
            notices.leading(workspace_id),
            notices.Kind.RULE_REVIEW_DUE,
            details=built_in.title if built_in else version.title,
        )
    EscalationRuleVersion.objects.filter(id__in=[version.id for version in due]).update(
        reminded_at=ledger.now
    )


def _readable(version: EscalationRuleVersion) -> EscalationRule:
    rule = rule_of(version)
    if rule.when and (mistake := rules.find_mistake(rule.when)):
        raise InvalidInput({"when": mistake.words})
    return rule
