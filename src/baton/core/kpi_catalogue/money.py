"""Invoices: what was paid."""

from baton.core.billing import Cause
from baton.core.kpi_catalogue.making import ratio, share
from baton.core.kpis import Better, Column, Condition, Given, Grain, Op, Rule, Side

_RENEWALS: Rule = (
    Condition("cause", Op.IS, Cause.MEMBERSHIP.value),
    Condition("state", Op.IS_NOT, "void"),
    Condition("due_at", Op.AT_MOST, Given.NOW),
)

MONEY = (
    share(
        "paid_on_time_rate",
        "Paid on time",
        "How many of the invoices that fell due were paid by then.",
        "invoices paid by the day they were due / invoices that fell due and were not voided",
        among=(Condition("state", Op.IS_NOT, "void"), Condition("due_at", Op.AT_MOST, Given.NOW)),
        counts=(
            Condition("state", Op.IS, "paid"),
            Condition("ended_at", Op.AT_MOST, Column(name="due_at")),
        ),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("csat",),
        grain=Grain.INVOICE,
        sources=("K24", "K38"),
    ),
    share(
        "renewal_rate",
        "Renewed",
        "How many of the memberships that fell due were paid for again.",
        "renewals that were paid / renewals that fell due and were not voided",
        among=_RENEWALS,
        counts=(Condition("state", Op.IS, "paid"),),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("csat",),
        grain=Grain.INVOICE,
        sources=("RN2", "K38"),
    ),
    ratio(
        "revenue_retention",
        "Revenue kept",
        "How much of what renewals were to bring came in.",
        "money paid for renewals / money of renewals that fell due",
        among=(*_RENEWALS, Condition("amount_minor", Op.OVER, 0)),
        of="paid_minor",
        per="amount_minor",
        side=Side.OUTCOME,
        pairs_with=("renewal_rate",),
        grain=Grain.INVOICE,
        sources=("RN2", "K38"),
    ),
)
"""KPIs of invoices."""
