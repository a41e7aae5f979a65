"""What the leadership is told in money: people's time against the baseline's period (K22, RP10)."""

from dataclasses import dataclass

from baton.core import money
from baton.core.kpis import Limits
from baton.core.policy import Policy
from baton.reports import money as counts
from baton.reports.slices import Slice
from baton.services.desk import baselines, kpi_windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """People's time in a span and at the baseline's pace, in minor units of `currency`.

    `each` is what it costs for a matter that they had, wrap-up and all, `each_before` what it did;
    `spent` is what it cost in all, `spent_before` what as long a span of the baseline's cost.
    """

    currency: str
    each: float
    each_before: float
    spent: float
    spent_before: float

    @property
    def saved(self) -> float:
        """By how much less was spent; below 0 it was more."""
        return self.spent_before - self.spent


def led(looked_at: Slice, policy: Policy, limits: Limits) -> Led | None:
    """Return it for a window; None without a wage, a baseline that was counted, or any matter.

    Nor for who sees some places alone: a baseline is of all.
    """
    rates, kept = money.rates_of(policy), baselines.period_of(looked_at.workspace_id, _PACE)
    if looked_at.places or kept is None or not rates.wage_hour:
        return None
    since, until = kpi_windows.ends_of(looked_at)
    now, ago = (
        counts.sum_of(counts.matters_by_flow(looked_at.workspace_id, *ends, limits).values())
        for ends in ((since, until), kept)
    )
    each, each_before = money.a_handed(now, rates), money.a_handed(ago, rates)
    if each is None or not each_before:
        return None
    return Led(
        currency=policy.currency,
        each=each,
        each_before=each_before,
        spent=money.of_people(now.seconds, rates),
        spent_before=money.of_people(ago.seconds, rates) * ((until - since) / (kept[1] - kept[0])),
    )


_PACE = "people_contacts"
"""Whose baseline says of which period the pace is."""
