"""Returns and links: what went without a person, and what was looked at."""

from baton.core.kpi_catalogue.making import median, share
from baton.core.kpis import Better, Condition, Grain, Op, Rule, Side
from baton.core.returns import Outcome

_DECIDED: Rule = (Condition("decided_at", Op.KNOWN),)
_BY_RULES = Condition("decided_by", Op.IS, "rules")
_GRANTED: Rule = (*_DECIDED, _BY_RULES, Condition("outcome", Op.IS, Outcome.APPROVED.value))

ORDERS = (
    share(
        "returns_automated",
        "Returns without a person",
        "How many returns the policy decided alone; above 70 % fraud rises.",
        "returns decided by the rules / returns that were decided",
        among=_DECIDED,
        counts=(_BY_RULES,),
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("wrong_returns", "csat"),
        grain=Grain.RETURN,
        sources=("RT11", "RT15"),
    ),
    share(
        "returns_untouched",
        "Returns that nobody touched",
        "How many returns ended by the policy alone: no person decided, and none let money go.",
        "decided by the rules, and refused, without money, or paid unattended / decided",
        among=_DECIDED,
        counts=(_BY_RULES, Condition("is_untouched", Op.IS, True)),
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("wrong_returns", "csat"),
        grain=Grain.RETURN,
        sources=("X3",),
    ),
    median(
        "time_to_refund",
        "Time to a refund",
        "How long contacts waited for their money when the policy granted it alone.",
        "median span from the request to the refund, of returns granted by the rules",
        among=(*_GRANTED, Condition("refunded_at", Op.KNOWN)),
        of="refund_after",
        side=Side.OUTCOME,
        pairs_with=("returns_automated",),
        grain=Grain.RETURN,
        sources=("RT12",),
    ),
    share(
        "wrong_returns",
        "Wrongly granted returns",
        "How many of the returns that the policy granted were found wrong when a person looked.",
        "granted by the rules and found wrong / granted by the rules and looked at",
        among=(*_GRANTED, Condition("audit", Op.ONE_OF, ("right", "wrong"))),
        counts=(Condition("audit", Op.IS, "wrong"),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("returns_automated",),
        grain=Grain.RETURN,
        sources=("RT15", "RT11"),
    ),
    share(
        "links_opened",
        "Links opened",
        "How many of the links that were sent were looked at, tracking among them.",
        "links that were opened / links that were sent",
        among=(),
        counts=(Condition("first_opened_at", Op.KNOWN),),
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("csat",),
        grain=Grain.LINK,
        sources=("OR17", "K38"),
    ),
)
"""KPIs of returns and links."""
