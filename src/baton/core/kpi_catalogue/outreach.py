"""What we begin ourselves: who wants no more of it, and what goes through to its end."""

from datetime import timedelta

from baton.core.kpi_catalogue.making import share
from baton.core.kpis import Better, Column, Condition, Grain, Op, Side

STOPS_WITHIN = timedelta(hours=72)
"""Who says STOP within it of a message said it to that message; ours, as long as a return's."""

OUTREACH = (
    share(
        "opt_out_rate",
        "Wanted no more",
        "How many of the messages that we began were answered by a STOP.",
        "messages begun by us whose contact withdrew a consent within 72 hours / "
        "messages begun by us that went out",
        among=(),
        counts=(Condition("stopped_at", Op.AT_MOST, Column(name="soon_at")),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("links_opened",),
        grain=Grain.OUTREACH,
        sources=("K28", "CO11"),
    ),
    share(
        "finished_rate",
        "Went through",
        "How many of a flow's runs came to their end, and nobody had to take over.",
        "runs that ended by themselves / runs that are over",
        among=(Condition("status", Op.ONE_OF, ("ended", "stopped")),),
        counts=(Condition("status", Op.IS, "ended"),),
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("csat",),
        grain=Grain.RUN,
        sources=("K17", "K21"),
    ),
)
"""KPIs of messages that we begin, and of runs of flows."""
