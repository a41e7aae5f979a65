"""Memberships: who came to use what they joined for, and who stayed (ON9)."""

from baton.core.kpi_catalogue.making import median, share
from baton.core.kpis import Better, Column, Condition, Either, Given, Grain, Kpi, Op, Rule, Side

_MONTH_ON: Rule = (Condition("day_30_at", Op.AT_MOST, Given.NOW),)
_QUARTER_ON: Rule = (Condition("day_90_at", Op.AT_MOST, Given.NOW),)
_ACTIVATED = Condition("first_value_at", Op.AT_MOST, Column(name="day_30_at"))
_SERVED = Condition("was_served", Op.IS, True)


def _activation(name: str, title: str, whom: str, among: Rule, sources: tuple[str, ...]) -> Kpi:
    return share(
        name,
        title,
        f"How many {whom} booked or came within 30 days, or did what their first week aims at.",
        "members with a first value in time / members who joined 30 days ago or before",
        among=(*_MONTH_ON, *among),
        counts=(_ACTIVATED,),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("retention_30d",),
        grain=Grain.MEMBER,
        sources=sources,
    )


def _retention(  # noqa: PLR0913 - a KPI is told by these
    name: str, title: str, days: int, *, among: Rule, pair: str, sources: tuple[str, ...]
) -> Kpi:
    return share(
        name,
        title,
        f"How many were still members {days} days after they joined.",
        f"members whose membership had not ended by day {days} / members who joined before that",
        among=among,
        counts=(
            Either(
                (
                    Condition("state", Op.IS_NOT, "ended"),
                    Condition("ends_on", Op.AT_LEAST, Column(name=f"day_{days}_on")),
                )
            ),
        ),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=(pair,),
        grain=Grain.MEMBER,
        sources=sources,
    )


MEMBERS = (
    _activation(
        "activation_rate", "Activated", "who joined", (), ("ON9", "ON11", "ON15", "ON19", "K17")
    ),
    _activation(
        "activation_unaided",
        "Activated without an incentive",
        "to whom nothing was offered",
        (Condition("had_offer", Op.IS, False),),
        ("ON17",),
    ),
    _activation(
        "activation_aided",
        "Activated with an incentive",
        "to whom something was offered",
        (Condition("had_offer", Op.IS, True),),
        ("ON17", "ON18"),
    ),
    share(
        "first_value_7d",
        "First value within a week",
        "How many who joined had their first value within 7 days: booking, visit or the aim set.",
        "members with a first value in 7 days / members who joined 30 days ago or before",
        among=_MONTH_ON,
        counts=(Condition("first_value_at", Op.AT_MOST, Column(name="day_7_at")),),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("retention_30d",),
        grain=Grain.MEMBER,
        sources=("ON12", "ON18", "AB7"),
    ),
    median(
        "time_to_first_value",
        "Time to the first value",
        "How long it took from joining to a booking, a visit, or what the first week aims at.",
        "median span from joining to the first value, of those who had it in 30 days",
        among=(*_MONTH_ON, _ACTIVATED),
        of="value_after",
        side=Side.OUTCOME,
        pairs_with=("activation_rate",),
        grain=Grain.MEMBER,
        sources=("ON9", "ON12", "ON18", "K17"),
    ),
    _retention(
        "retention_30d",
        "Members after 30 days",
        30,
        among=_MONTH_ON,
        pair="activation_rate",
        sources=("ON9", "ON15", "ON19", "K17"),
    ),
    _retention(
        "retention_90d",
        "Members after 90 days",
        90,
        among=_QUARTER_ON,
        pair="activation_rate",
        sources=("ON9",),
    ),
    _retention(
        "retention_automated",
        "Stayed, served by the bot alone",
        90,
        among=(*_QUARTER_ON, _SERVED, Condition("had_person", Op.IS, False)),
        pair="retention_touched",
        sources=("K26",),
    ),
    _retention(
        "retention_touched",
        "Stayed, served by people too",
        90,
        among=(*_QUARTER_ON, _SERVED, Condition("had_person", Op.IS, True)),
        pair="retention_automated",
        sources=("K26",),
    ),
)
"""KPIs of memberships."""
