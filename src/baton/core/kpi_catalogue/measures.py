"""What flows call their metric, their KPIs and their gates, and which KPI of the catalogue it is.

A gate may ask for a KPI as it is, or for how it moved since the baseline: by points, or by a part
of what it was. So that nobody reads 0.3 as points where a part is meant, the name says which.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class Told(StrEnum):
    """How a measure tells its KPI."""

    VALUE = "value"
    CHANGE = "change"  # now less the baseline, in the KPI's unit
    FALL = "fall"  # by what part of the baseline it fell
    LIFT = "lift"  # by what part of the baseline it rose


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A name in a charter; `per` is how many of the KPI's units one of the measure's is."""

    title: str
    kpi: str
    told: Told = Told.VALUE
    per: int = 1

    @property
    def is_share(self) -> bool:
        """Whether its limits are parts of one, which people read in percent."""
        return self.told in _PARTS or CATALOGUE[self.kpi].unit is Unit.SHARE


_PARTS = (Told.FALL, Told.LIFT)


def _fall(title: str, kpi: str) -> Measure:
    return Measure(title=title, kpi=kpi, told=Told.FALL)


def _lift(title: str, kpi: str) -> Measure:
    return Measure(title=title, kpi=kpi, told=Told.LIFT)


def _spans(title: str, kpi: str, per: int) -> Measure:
    return Measure(title=title, kpi=kpi, per=per)


MEASURES: Mapping[str, Measure] = {
    "csat_change": Measure(title="Change of CSAT", kpi="csat", told=Told.CHANGE),
    "handoff_csat_change": Measure(
        title="Change of CSAT after a handoff", kpi="csat_after_handoff", told=Told.CHANGE
    ),
    # Fewer matters reach people than in the baseline (X10).
    "deflection_rate": _fall("Deflection", "people_contacts"),
    "order_questions_deflected": _fall("Fewer questions about orders", "people_contacts"),
    "reschedule_call_reduction": _fall("Fewer requests to move a booking", "inquiries"),
    "no_show_reduction": _fall("Fewer no-shows", "no_show_rate"),
    "resolution_time_reduction": _fall("Faster to a resolution", "time_to_resolution"),  # RT20
    "activation_lift": _lift("More are activated", "activation_rate"),
    "retention_change": Measure(
        title="Change of members after 30 days", kpi="retention_30d", told=Told.CHANGE
    ),
    "renewal_lift": _lift("More renew", "renewal_rate"),
    "paid_on_time_lift": _lift("More pay on time", "paid_on_time_rate"),
    "returns_without_agent": Measure(title="Returns that nobody touched", kpi="returns_untouched"),
    "fraud_exception_rate": Measure(title="Wrongly granted returns", kpi="wrong_returns"),
    "exceptions_without_agent": Measure(title="Settled without a person", kpi="outreach_settled"),
    "booking_completion_rate": Measure(title="Went through", kpi="finished_rate"),
    "evidence_rate": Measure(title="Went through", kpi="finished_rate"),
    "detractor_conversion": Measure(title="Won back, of those reached", kpi="won_back_of_reached"),
    "cost_per_recovered_share": Measure(
        title="Cost of winning one back, of their year", kpi="winback_cost_share"
    ),
    "winback_conversion": Measure(title="Won back", kpi="winback_rate"),
    "pauses_without_agent": Measure(title="Without a person", kpi="containment"),
    "handle_time_after_delivery": Measure(title="Handle time", kpi="handle_time"),
    "reschedule_calls": Measure(title="Requests to move a booking, a week", kpi="inquiries"),
    "billing_follow_ups": Measure(title="Matters with people, a week", kpi="people_contacts"),
    "desk_calls": Measure(title="Matters with people, a week", kpi="people_contacts"),
    "seats_filled": Measure(title="Places taken", kpi="slot_utilization"),
    "hours_to_refund": _spans("Hours to a refund", "time_to_refund", _HOUR),
    "hours_to_resolution": _spans("Hours to a resolution", "time_to_resolution", _HOUR),
    "hours_to_evidence": _spans("Hours to a resolution", "time_to_resolution", _HOUR),
    "hours_to_contact": _spans("Hours to a call", "time_to_detractor", _HOUR),
    "days_to_first_booking": _spans("Days to the first booking", "time_to_first_value", _DAY),
    "agent_minutes_per_renewal": _spans("Minutes of a person", "handle_time", _MINUTE),
}
"""What has a name of its own in charters; the rest of the catalogue goes by its own names."""


def find(name: str) -> Measure | None:
    """Return what a charter means by a name; None where nobody measures that."""
    if name in CATALOGUE:
        return Measure(title=CATALOGUE[name].title, kpi=name)
    return MEASURES.get(name)


def kpis_behind(names: Iterable[str]) -> tuple[str, ...]:
    """Return the KPIs of the catalogue that some names need, each once, in order."""
    found = (find(name) for name in names)
    return tuple(sorted({one.kpi for one in found if one is not None}))
