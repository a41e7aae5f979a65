"""What came of each contact of an experiment: one value a contact, counted once.

A contact may bring many rows; the first that ends after they were dealt an arm stands for
them, for rows of one contact are alike and would count as more than they tell. A row
that is still young waits until nothing can change it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from baton.channels.sandbox.settings import SANDBOX
from baton.core.billing import PaymentState
from baton.core.experiments import MONEY_AFTER, SETTLED_AT, Design, settled_at
from baton.core.kpis import Estimate, Kpi, Limits
from baton.core.orders import OrderState
from baton.reports.intervals import Sums
from baton.reports.kpis import rows_behind
from baton.reports.slices import Slice
from baton.store.models import Conversation, Exposure, Inbox, Order, Payment

_BEFORE = timedelta(days=30)
"""A row may have begun so long before its contact was dealt an arm, if it ended after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """A contact who was dealt an arm, and when that was for the first time."""

    contact_id: str
    arm: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A contact's value of a KPI: 1 or 0 of a share, in its unit of a mean."""

    dealt: Dealt
    row_id: str
    at: datetime
    value: float


def list_dealt(
    workspace_id: str, design: Design, *, since: datetime, until: datetime
) -> tuple[Dealt, ...]:
    """Return who was dealt an arm within a span, in the order in which they were.

    Whoever was dealt one before it began is no part of it: what came of them is older. Nor is
    anybody whom the team plays in the phone lab: how words come over, contacts alone say (AB11).
    """
    played = Conversation.objects.filter(
        contact_id=OuterRef("contact_id"),
        inbox_id__in=Inbox.objects.filter(workspace_id=workspace_id, provider=SANDBOX).values("id"),
    )
    found = Exposure.objects.filter(
        workspace_id=workspace_id,
        flow=design.flow,
        split=design.split or design.name,
        at__gte=since,
        at__lt=until,
        variant__in=[arm.name for arm in design.arms],
    ).exclude(Exists(played))
    rows = found.order_by("at", "id").values_list("contact_id", "variant", "at")
    return tuple(Dealt(contact_id=row[0], arm=row[1], at=row[2]) for row in rows)


def observe(
    workspace_id: str, kpi: Kpi, dealt: Sequence[Dealt], limits: Limits
) -> tuple[Observed, ...]:
    """Return the value of each contact who has one by now, in the order of the rows."""
    if not dealt:
        return ()
    by_contact = {one.contact_id: one for one in dealt}
    looked_at = Slice(
        workspace_id=workspace_id, since=min(one.at for one in dealt) - _BEFORE, until=limits.now
    )
    stands = settled_at(kpi)
    cut = limits.now - kpi.matures_after
    found: dict[str, Observed] = {}
    hits = _hits(kpi, looked_at, limits)
    for contact_id, row_id, at, value in _rows(kpi, stands, looked_at, limits):
        one = by_contact.get(contact_id)
        if one is None or contact_id in found or at is None or not one.at <= at <= cut:
            continue
        told = float(row_id in hits) if kpi.estimate is Estimate.WILSON else float(value)
        found[contact_id] = Observed(dealt=one, row_id=row_id, at=at, value=told)
    return tuple(found.values())


def _rows(
    kpi: Kpi, stands: str, looked_at: Slice, limits: Limits
) -> "QuerySet[Any, tuple[Any, ...]]":
    rows = rows_behind(kpi, "denominator", looked_at, limits).order_by(stands, "pk")
    return rows.values_list(_contact(kpi), "pk", stands, kpi.of or "pk")


def _contact(kpi: Kpi) -> Any:
    if kpi.grain in SETTLED_AT:
        return F("contact_id")
    talk = Conversation.objects.filter(id=OuterRef("conversation_id"))
    return Subquery(talk.values("contact_id")[:1])


def _hits(kpi: Kpi, looked_at: Slice, limits: Limits) -> frozenset[str]:
    if kpi.estimate is not Estimate.WILSON:
        return frozenset()
    rows = rows_behind(kpi, "numerator", looked_at, limits).order_by()
    return frozenset(rows.values_list("pk", flat=True))


def observe_money(
    workspace_id: str, dealt: Sequence[Dealt], currency: str, *, now: datetime
) -> tuple[Observed, ...]:
    """Return what each contact paid or bought within 30 days, in minor units (AB3).

    Whose 30 days are not over yet has no value; who paid nothing has 0.
    """
    settled = [one for one in dealt if one.at <= now - MONEY_AFTER]
    if not settled:
        return ()
    since = settled[0].at
    ids = {one.contact_id: one for one in settled}
    paid = {one.contact_id: 0 for one in settled}
    for contact_id, at, amount in _sums(workspace_id, currency, since, now):
        one = ids.get(contact_id)
        if one is not None and one.at <= at <= one.at + MONEY_AFTER:
            paid[contact_id] += amount
    return tuple(
        Observed(dealt=one, row_id="", at=one.at + MONEY_AFTER, value=float(paid[one.contact_id]))
        for one in settled
    )


def _sums(
    workspace_id: str, currency: str, since: datetime, until: datetime
) -> Iterable[tuple[str, datetime, int]]:
    paid = Payment.objects.filter(
        workspace_id=workspace_id,
        currency=currency,
        state=PaymentState.SUCCEEDED.value,
        at__range=(since, until),
    )
    yield from paid.values_list("contact_id", "at", "amount_minor")
    bought = Order.objects.filter(
        workspace_id=workspace_id, currency=currency, placed_at__range=(since, until)
    ).exclude(state=OrderState.CANCELLED.value)
    yield from bought.values_list("contact_id", "placed_at", "total_minor")


def sums_by_arm(design: Design, found: Iterable[Observed]) -> Mapping[str, Sums]:
    """Return what the means of the arms are made of; every arm has its own, be it empty."""
    values: dict[str, list[float]] = {arm.name: [] for arm in design.arms}
    for one in found:
        values[one.dealt.arm].append(one.value)
    return {
        name: Sums(count=len(own), total=sum(own), squares=sum(one * one for one in own))
        for name, own in values.items()
    }
