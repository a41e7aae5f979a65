"""What flows moved in the business, in money: what did not happen, by what one such costs.

A rate that moved since its baseline, by the rows that it was counted among, is how many less
missed, or more paid; where the change may be none, so may be the money. Nothing is told of what
has no baseline, and nothing of what has no price.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from baton.core.kpis import Better
from baton.core.money import Handling
from baton.reports.changes import Change
from baton.reports.intervals import Interval
from baton.store.models import Booking, Conversation, Invoice, Return, Stretch
from baton.store.queries import located

_PRICED: Mapping[str, str] = {
    "no_show_rate": "No-shows avoided",
    "renewal_rate": "More renewals",
    "paid_on_time_rate": "More paid on time",
}
"""The KPIs whose rows have a price, and what their change is called."""

NAMES = tuple(_PRICED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """How many of something less or more, and what that is worth in minor units.

    `lies` is where the number lies; `price` what one is worth on the average.
    """

    title: str
    kpi: str
    count: float
    lies: Interval | None
    price: float

    @property
    def amount(self) -> float:
        """What it is worth; below 0 it was lost."""
        return self.count * self.price

    @property
    def is_clear(self) -> bool:
        """Whether it is there at all, 19 times out of 20."""
        return self.lies is not None and (self.lies.is_above(0) or self.lies.is_below(0))


def worth_of(
    workspace_id: str, changed: Mapping[str, Change], since: datetime, until: datetime
) -> Iterator[Worth]:
    """Return what each change of a rate was worth in a window."""
    for name, title in _PRICED.items():
        change = changed.get(name)
        price = _price(workspace_id, name, since, until)
        if change is None or not price:
            continue
        among = change.now.among
        # No-shows are better when fewer.
        by = -among if change.now.kpi.better is Better.LOWER else among
        lies = None
        if change.interval is not None:
            low, high = sorted((change.interval.low * by, change.interval.high * by))
            lies = Interval(low=low, high=high)
        yield Worth(title=title, kpi=name, count=change.value * by, lies=lies, price=price)


def _price(workspace_id: str, name: str, since: datetime, until: datetime) -> float:
    if name == "no_show_rate":
        booked = Booking.objects.filter(
            workspace_id=workspace_id, starts_at__gte=since, starts_at__lt=until
        )
        told = booked.filter(state__in=("attended", "no_show"), price_minor__gt=0)
        return float(told.aggregate(price=Avg("price_minor"))["price"] or 0)
    due = Invoice.objects.filter(workspace_id=workspace_id, due_at__gte=since, due_at__lt=until)
    due = due.exclude(state="void")
    if name == "renewal_rate":
        due = due.filter(cause="membership")
    return float(due.aggregate(price=Avg("amount_minor"))["price"] or 0)


def returns_handled(
    workspace_id: str, since: datetime, until: datetime, *, places: tuple[str, ...] = ()
) -> tuple[Handling, Handling]:
    """Return how long people had contacts of returns: those the rules decided, and the others.

    Of contacts of some `places`, or of all (P10).
    From when a return was asked for until its money went, or until it was decided.
    """
    theirs = Conversation.objects.filter(contact_id=OuterRef(OuterRef("contact_id")))
    had = Stretch.objects.filter(
        conversation_id__in=theirs.values("id"),
        began_at__gte=OuterRef("asked_at"),
        began_at__lte=Coalesce(OuterRef("refunded_at"), OuterRef("decided_at")),
    ).order_by()
    spent = had.values("workspace_id").annotate(seconds=Sum("handled")).values("seconds")
    ours = Return.objects.filter(
        workspace_id=workspace_id, decided_at__gte=since, decided_at__lt=until
    )
    ours = located.of_contacts(ours, workspace_id, places)
    decided: QuerySet[Return] = ours.annotate(
        seconds=Coalesce(Subquery(spent, output_field=IntegerField()), 0)
    )
    is_rules = Q(decided_by="rules")
    told = decided.aggregate(
        by_rules=Count("pk", filter=is_rules),
        by_people=Count("pk", filter=~is_rules),
        of_rules=Sum(F("seconds"), filter=is_rules),
        of_people=Sum(F("seconds"), filter=~is_rules),
    )
    return (
        Handling(count=told["by_rules"], seconds=int(told["of_rules"] or 0)),
        Handling(count=told["by_people"], seconds=int(told["of_people"] or 0)),
    )
