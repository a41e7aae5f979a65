"""Winning back: who came back, and who would have without a word (CH15)."""

from baton.core.kpi_catalogue.making import ratio, share
from baton.core.kpis import Better, Column, Condition, Given, Grain, Op, Rule, Side

HELD_OUT = "nothing"
"""The variant that sends nothing: only against it can anybody say what messages did."""

_MONTH_ON = Condition("day_30_at", Op.AT_MOST, Given.NOW)
_BACK = Condition("back_at", Op.AT_MOST, Column(name="day_30_at"))
_TRIED: Rule = (_MONTH_ON, Condition("variant", Op.IS_NOT, HELD_OUT))

WINBACK = (
    share(
        "winback_rate",
        "Won back",
        "How many of those who were written to booked or came within 30 days.",
        "contacts who were written to and came back / contacts who were written to",
        among=_TRIED,
        counts=(_BACK,),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("winback_held_out",),
        grain=Grain.ROUND,
        sources=("CH15", "CH17", "K36"),
    ),
    share(
        "winback_held_out",
        "Came back by themselves",
        "How many of those who were held out, and got nothing, came back all the same.",
        "contacts who were held out and came back / contacts who were held out",
        among=(_MONTH_ON, Condition("variant", Op.IS, HELD_OUT)),
        counts=(_BACK,),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("winback_rate",),
        grain=Grain.ROUND,
        sources=("CH15", "CH20"),
    ),
    share(
        "winback_72h",
        "Back within 72 hours",
        "How many booked or came within 72 hours of the first message.",
        "contacts who came back in time / contacts to whom a message went, 72 hours ago or before",
        among=(
            Condition("first_sent_at", Op.KNOWN),
            Condition("soon_at", Op.AT_MOST, Given.NOW),
        ),
        counts=(Condition("back_at", Op.AT_MOST, Column(name="soon_at")),),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("winback_rate",),
        grain=Grain.ROUND,
        sources=("CH12",),
    ),
    ratio(
        "winback_cost_share",
        "Cost of winning back",
        "What offers cost, of what those who came back after one are worth in a year.",
        "cost of the offers / a year's value of who came back, of contacts who got an offer",
        among=(
            *_TRIED,
            Condition("offers_minor", Op.OVER, 0),
            Condition("worth_minor", Op.OVER, 0),
        ),
        of="offers_minor",
        per="won_minor",
        side=Side.EFFICIENCY,
        better=Better.LOWER,
        pairs_with=("winback_rate", "winback_held_out"),
        grain=Grain.ROUND,
        sources=("CH17", "CO6", "CO7"),
    ),
    share(
        "winback_by_people",
        "Won back with a person's help",
        "How many of those who came back needed a person on the way.",
        "contacts who came back, and whom a person had / contacts who came back",
        among=(*_TRIED, _BACK),
        counts=(Condition("had_person", Op.IS, True),),
        side=Side.EFFICIENCY,
        better=Better.LOWER,
        pairs_with=("winback_rate",),
        grain=Grain.ROUND,
        sources=("CH15",),
    ),
)
"""KPIs of winning back."""
