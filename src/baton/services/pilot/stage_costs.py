"""What each stage of a rollout cost beside what it kept from people (PL25)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core import money
from baton.core.kpis import limits_of
from baton.core.money import Growth, Matters, Rates, Reached
from baton.core.policy import Policy
from baton.core.rollout import Kind
from baton.reports import money as counts
from baton.services.house import House
from baton.services.pilot.pilot_board import StageLine
from baton.services.workspace.standards import standards_cache
from baton.store.models import Rollout
from baton.store.queries import delivery_counts

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCosts:
    """The stages that served people; amounts in minor units of `currency`."""

    stages: tuple[Growth, ...]
    human: float | None
    currency: str


def costs_of(house: House, row: Rollout, lines: Sequence[StageLine]) -> StageCosts:
    """Return what one more matter cost, stage by stage, that no person had."""
    policy = standards_cache(house).standards_of(row.workspace_id).policy
    rates, now = money.rates_of(policy), row.ended_at or house.clock.now()
    begun = [one for one in lines if one.stage.kind in (Kind.SHARE, Kind.FULL)]
    begun = [one for one in begun if one.is_over or one.is_now]
    whole = counts.matters_by_flow(
        row.workspace_id, min((one.begins for one in begun), default=now), now,
        limits_of(policy, now),
    )  # fmt: skip
    human = money.a_handed(counts.sum_of(whole.values()), rates) if rates.wage_hour else None
    reached = _reached(row, begun, now, policy, rates)
    return StageCosts(stages=money.growth(reached, human), human=human, currency=policy.currency)


def _reached(
    row: Rollout, lines: Sequence[StageLine], now: datetime, policy: Policy, rates: Rates
) -> Iterator[Reached]:
    for line in lines:
        until = now if line.is_now else line.ends
        found = counts.matters_by_flow(
            row.workspace_id, line.begins, until, limits_of(policy, now)
        ).get(row.flow, Matters())
        offers = counts.offers_by_flow(row.workspace_id, line.begins, until).get(row.flow, 0)
        messages = _messages(row, line.begins, policy) - _messages(row, until, policy)
        yield Reached(
            title=line.stage.title,
            share=row.share if line.is_now else line.stage.share,
            days=(until - line.begins) / _DAY,
            cost=messages
            + money.of_people(found.seconds, rates)
            + float(offers * policy.offer_cost_minor),
            resolved=found.bot_resolved,
        )


def _messages(row: Rollout, since: datetime, policy: Policy) -> float:
    """Return what the flow's messages cost from a moment on."""
    sent = delivery_counts.list_counted(row.workspace_id, since)
    own = (one.cost for one in sent if (one.flow, one.currency) == (row.flow, policy.currency))
    return money.minor_of(sum(own))
