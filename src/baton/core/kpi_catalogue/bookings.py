"""Bookings and slots: who came, and how full the house was."""

from baton.core.bookings import State
from baton.core.kpi_catalogue.making import ratio, share
from baton.core.kpis import Better, Column, Condition, Given, Grain, Op, Rule, Side

_DUE: Rule = (
    Condition("starts_at", Op.AT_MOST, Given.NOW),
    Condition(
        "state",
        Op.ONE_OF,
        tuple(one.value for one in (State.BOOKED, State.CONFIRMED, State.ATTENDED, State.NO_SHOW)),
    ),
)

BOOKINGS = (
    share(
        "no_show_rate",
        "No-shows",
        "How many of those who were expected did not come.",
        "bookings whose contact did not come / bookings whose contact came or did not",
        among=(Condition("state", Op.ONE_OF, (State.ATTENDED.value, State.NO_SHOW.value)),),
        counts=(Condition("state", Op.IS, State.NO_SHOW.value),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("csat",),
        grain=Grain.BOOKING,
        sources=("AP19", "AP25", "K24"),
    ),
    share(
        "confirmed_rate",
        "Said that they come",
        "How many of those who were expected had said that they would come.",
        "bookings that were confirmed / bookings whose time came",
        among=_DUE,
        counts=(Condition("was_confirmed", Op.IS, True),),
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("no_show_rate",),
        grain=Grain.BOOKING,
        sources=("AP25", "K38"),
    ),
    share(
        "rebooking_rate",
        "Booked again after a no-show",
        "How many of those who did not come had booked again a week later.",
        "no-shows whose contact booked within 7 days / no-shows of 7 days ago or before",
        among=(
            Condition("state", Op.IS, State.NO_SHOW.value),
            Condition("week_on_at", Op.AT_MOST, Given.NOW),
        ),
        counts=(Condition("rebooked_at", Op.AT_MOST, Column(name="week_on_at")),),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("no_show_rate",),
        grain=Grain.BOOKING,
        sources=("AP25", "K24"),
    ),
    share(
        "booked_after_bot",
        "Booked by the bot, or soon after it closed a talk",
        "How many bookings the bot made, or followed a talk with their contact that it had closed.",
        "bookings by the bot or within 72 hours of its close / bookings that came to something",
        among=(
            Condition(
                "state",
                Op.ONE_OF,
                tuple(
                    one.value
                    for one in (State.BOOKED, State.CONFIRMED, State.ATTENDED, State.NO_SHOW)
                ),
            ),
        ),
        counts=(Condition("followed_bot", Op.IS, True),),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("no_show_rate",),
        grain=Grain.BOOKING,
        sources=("RN6",),
    ),
    ratio(
        "slot_utilization",
        "Places taken",
        "How many of the places on offer were taken.",
        "places that were booked / places of slots that took place",
        among=(
            Condition("cancelled_at", Op.UNKNOWN),
            Condition("starts_at", Op.AT_MOST, Given.NOW),
            Condition("capacity", Op.OVER, 0),
        ),
        of="taken",
        per="capacity",
        side=Side.EFFICIENCY,
        pairs_with=("no_show_rate",),
        grain=Grain.SLOT,
        sources=("AP22",),
    ),
)
"""KPIs of bookings and slots."""
