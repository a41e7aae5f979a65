"""Whether a flow's gates would hold, for the KPIs that a simulation can tell.

A share counts runs or contacts once, so it is never above one. What people do because of a
message (whether they come, buy, or are content) is an assumption of the simulation and
nothing that it could find out: such a gate is said to be unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from baton.flows.charter import Gate, Stance
from baton.flows.simulation.tally import Tally

Fraction = tuple[int, int]
"""How many of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A gate with its reading; `among` is 0 where nothing was counted or can be."""

    gate: Gate
    is_known: bool
    counted: int = 0
    among: int = 0

    @property
    def value(self) -> float | None:
        """The share, None when there is none."""
        return self.counted / self.among if self.among else None

    @property
    def holds(self) -> bool | None:
        """Whether the gate would hold, None when nobody can say."""
        if self.value is None:
            return None
        if self.gate.stance is Stance.AT_MOST:
            return self.value <= self.gate.limit
        return self.value >= self.gate.limit


def forecast_of(gate: Gate, tally: Tally) -> Forecast:
    """Return what a simulation says of a gate."""
    reading = READINGS.get(gate.kpi)
    if reading is None:
        return Forecast(gate=gate, is_known=False)
    counted, among = reading(tally)
    return Forecast(gate=gate, is_known=True, counted=counted, among=among)


def _of_runs(name: str, among: str = "all") -> Callable[[Tally], Fraction]:
    return lambda tally: (tally.runs[name], tally.runs[among])


def _contained(tally: Tally) -> Fraction:
    everyone = tally.runs["all"]
    return everyone - tally.runs["was_handed_over"], everyone


def _opted_out(tally: Tally) -> Fraction:
    return tally.contacts["has_opted_out"], tally.contacts["was_sent"]


def _failed(tally: Tally) -> Fraction:
    failed = sum(n for (_action, outcome), n in tally.actions.items() if outcome == "failed")
    return failed, sum(tally.actions.values())


READINGS: dict[str, Callable[[Tally], Fraction]] = {
    "escalation_rate": _of_runs("was_handed_over"),
    "containment_rate": _contained,
    "opt_out_rate": _opted_out,
    "reply_rate": _of_runs("has_replied", "was_sent"),
    "response_rate": _of_runs("has_replied", "was_sent"),
    "confirmation_rate": _of_runs("has_confirmed", "was_asked_to_confirm"),
    "goal_rate": _of_runs("has_reached_goal"),
    "survey_response_rate": _of_runs("has_rated", "was_asked_to_rate"),
    "nps_response_rate": _of_runs("has_rated", "was_asked_to_rate"),
    "visit_response_rate": _of_runs("has_rated", "was_asked_to_rate"),
    "action_failure_rate": _failed,
}
"""What can be told, by the KPI's name."""
