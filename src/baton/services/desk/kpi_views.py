"""The dashboards: which KPIs each shows, in pairs, by what it tells them apart, and its chart."""

from collections.abc import Mapping
from dataclasses import dataclass

Groups = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One dashboard; of each table the first KPI is drawn as bars."""

    title: str
    groups: Groups
    tables: tuple[tuple[str, tuple[str, ...]], ...] = ()
    curves: tuple[str, ...] = ("containment", "recontact_72h")
    has_verdicts: bool = False


_OUTCOMES = ("containment", "recontact_72h", "csat")
_HANDOFFS = ("handoff_first_touch", "time_to_human", "dropped_context")

VIEWS: Mapping[str, View] = {
    "overview": View(
        title="Overview",
        groups=(
            ("Without a person", _OUTCOMES),
            (
                "Settled by the bot",
                ("automated_resolution", "proven_resolution", "wrongly_closed"),
            ),
            ("With people", ("escalation_rate", "handoff_first_touch", "csat_after_handoff")),
            (
                "How many, and how",
                ("people_contacts", "time_to_human", "dropped_context", "handle_time"),
            ),
            ("Speed", ("first_response", "time_to_resolution", "recontact_48h")),
            ("Marks", ("response_rate", "csat_automated")),
            ("The business", ("no_show_rate", "paid_on_time_rate", "nps", "activation_rate")),
        ),
        tables=(
            ("version", _OUTCOMES),
            ("step", ("escalation_rate", "csat_after_handoff", "recontact_72h")),
            ("channel", _OUTCOMES),
            ("queue", _HANDOFFS),
            ("agent", ("handoff_first_touch", "handle_time", "dropped_context")),
            ("intent", _OUTCOMES),
            ("location", _OUTCOMES),
            ("segment", _OUTCOMES),
            ("stage", _OUTCOMES),
            ("variant", _OUTCOMES),
        ),
        has_verdicts=True,
    ),
    "channels": View(
        title="Channels",
        groups=(
            ("Without a person", _OUTCOMES),
            ("Speed", ("first_response", "time_to_resolution", "recontact_48h")),
            ("What we send", ("links_opened", "opt_out_rate", "nps_response_rate")),
            ("What is answered", ("response_rate", "visit_response_rate")),
        ),
        tables=(
            ("channel", (*_OUTCOMES, "first_response")),
            ("inbox", _OUTCOMES),
            ("channel", ("links_opened", "opt_out_rate", "nps_response_rate", "nps")),
            ("channel", ("activation_rate", "retention_30d")),
            ("triage", _OUTCOMES),
        ),
    ),
    "people": View(
        title="People and queues",
        groups=(
            ("How it ends", ("handoff_first_touch", "csat_after_handoff", "dropped_context")),
            ("How long it takes", ("time_to_human", "handle_time", "abandonment_rate")),
            ("How much it is", ("people_contacts", "escalation_rate", "recontact_72h")),
        ),
        tables=(
            ("queue", (*_HANDOFFS, "abandonment_rate")),
            ("agent", ("handoff_first_touch", "handle_time", "dropped_context")),
            ("reason", ("handoff_first_touch", "time_to_human", "dropped_context")),
        ),
        curves=("handoff_first_touch", "dropped_context"),
    ),
    "quality": View(
        title="Quality",
        groups=(
            ("What contacts say", ("csat", "csat_automated", "csat_after_handoff")),
            ("What comes back", ("recontact_72h", "recontact_48h", "wrongly_closed")),
            ("What holds", ("proven_resolution", "automated_resolution", "time_to_resolution")),
            ("What it costs contacts", ("said_again", "dropped_context", "abandonment_rate")),
            ("Who is heard", ("response_rate",)),
        ),
        tables=(
            ("flow", ("recontact_72h", "csat", "wrongly_closed")),
            ("intent", ("recontact_72h", "csat", "wrongly_closed")),
        ),
        curves=("recontact_72h", "wrongly_closed"),
    ),
    "business": View(
        title="Business",
        groups=(
            (
                "Bookings",
                (
                    *("no_show_rate", "rebooking_rate", "confirmed_rate", "slot_utilization"),
                    "booked_after_bot",
                ),
            ),
            ("New members", ("activation_rate", "first_value_7d", "retention_30d")),
            ("How soon", ("time_to_first_value", "retention_90d")),
            ("With and without incentives", ("activation_aided", "activation_unaided")),
            ("Payments", ("paid_on_time_rate", "renewal_rate", "revenue_retention")),
            ("Winning back", ("winback_rate", "winback_held_out", "winback_72h")),
            ("What that costs", ("winback_cost_share",)),
            ("Returns", ("returns_automated", "returns_untouched", "wrong_returns")),
            ("Refunds", ("time_to_refund",)),
            ("What we begin", ("outreach_settled", "outreach_escalation", "opt_out_rate")),
            ("What is opened", ("links_opened",)),
            ("What is prevented", ("inquiries", "people_contacts", "winback_by_people")),
        ),
        tables=(
            ("flow", ("finished_rate", "opt_out_rate", "links_opened")),
            ("variant", ("winback_rate", "winback_72h", "winback_by_people", "containment")),
            ("plan", ("activation_rate", "retention_30d", "retention_90d")),
            ("location", ("slot_utilization", "no_show_rate", "containment", "csat")),
            ("segment", ("inquiries", "containment", "csat")),
            ("reason", ("returns_automated", "wrong_returns", "time_to_refund")),
            ("activity", ("no_show_rate", "confirmed_rate", "slot_utilization")),
            ("intent", ("inquiries", "containment", "csat")),
        ),
        curves=("no_show_rate", "paid_on_time_rate"),
    ),
    "cohorts": View(
        title="Bot and people",
        groups=(
            ("Who stays: members after 90 days", ("retention_automated", "retention_touched")),
            ("What they say", ("csat_automated", "csat_after_handoff")),
            ("What comes back", ("wrongly_closed", "handoff_first_touch", "recontact_72h")),
        ),
        tables=(("flow", ("csat_automated", "csat_after_handoff", "containment")),),
        curves=("containment", "wrongly_closed"),
    ),
    "nps": View(
        title="NPS",
        groups=(
            ("What they say", ("nps", "nps_response_rate")),
            ("Who is reached", ("detractors_reached", "time_to_detractor")),
            ("Who is won back", ("won_back_rate", "won_back_of_reached", "csat_after_recovery")),
            ("Who stays", ("retention_recovered", "retention_unrecovered")),
        ),
        tables=(
            ("channel", ("nps", "nps_response_rate", "won_back_rate")),
            ("flow", ("nps", "nps_response_rate", "won_back_rate")),
        ),
        curves=("nps_response_rate", "won_back_rate"),
    ),
}
"""By their names in addresses. Each efficiency stands beside what the contact got (K9, FQ13)."""
