"""Human stretches: how people took over, and how that ended."""

from baton.core.kpi_catalogue.making import median, share
from baton.core.kpis import Better, Condition, Either, Grain, Op, Side

_NO_RETURN = Condition("returned_after", Op.UNKNOWN)
_OVER = Condition("state", Op.ONE_OF, ("resolved", "returned"))
_NOT_OWN = Condition("reason", Op.IS_NOT, "stepped_in")

PEOPLE = (
    share(
        "handoff_first_touch",
        "Settled at the first touch",
        "How many handoffs the first person who had them settled for good.",
        "handoffs that were resolved by the only person who had them, and nobody returned / "
        "handoffs that are over",
        among=(_OVER,),
        counts=(
            Condition("state", Op.IS, "resolved"),
            Condition("touches", Op.IS, 1),
            Condition("nth", Op.IS, 1),
            Condition("handoffs", Op.IS, 1),
            _NO_RETURN,
        ),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("escalation_rate", "csat_after_handoff"),
        grain=Grain.STRETCH,
        sources=("K5", "K12", "K29", "RP3"),
    ),
    share(
        "dropped_context",
        "Lost context",
        "How many handoffs were answered without the card, or had it all said again.",
        "handoffs whose card was not open or whose contact said it again / "
        "handoffs that people answered",
        among=(Condition("is_card_seen", Op.KNOWN),),
        counts=(
            Either(
                (
                    Condition("is_card_seen", Op.IS, False),
                    Condition("is_restated", Op.IS, True),
                )
            ),
        ),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("handoff_first_touch",),
        grain=Grain.STRETCH,
        sources=("K29", "K32", "K35"),
    ),
    median(
        "time_to_human",
        "Time to a person",
        "How long contacts waited for a person after the bot handed over.",
        "median span from the offer of a handoff to the first person who took it; "
        "who stepped in unasked let nobody wait",
        among=(Condition("waited", Op.KNOWN), _NOT_OWN),
        of="waited",
        side=Side.EFFICIENCY,
        pairs_with=("handoff_first_touch", "csat_after_handoff"),
        grain=Grain.STRETCH,
        sources=("K20", "K33"),
    ),
    median(
        "handle_time",
        "Handle time",
        "How long people had a matter in their hands.",
        "median of the time in which somebody had it, of the handoffs that are over",
        among=(_OVER, Condition("handled", Op.OVER, 0)),
        of="handled",
        side=Side.EFFICIENCY,
        pairs_with=("handoff_first_touch", "csat_after_handoff"),
        grain=Grain.STRETCH,
        sources=("K15", "K22", "CO8", "OR13"),
    ),
    share(
        "abandonment_rate",
        "Left before a person came",
        "How many of those who were handed over were gone before anybody took them.",
        "handoffs that are over and that nobody had / handoffs that are over",
        among=(_OVER, _NOT_OWN),
        counts=(Condition("waited", Op.UNKNOWN),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("time_to_human",),
        grain=Grain.STRETCH,
        sources=("K16",),
    ),
)
"""KPIs of human stretches."""
