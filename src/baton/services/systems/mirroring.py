"""Records of other systems laid over our rows: what flows hear is the difference (ADR 0024).

It runs in the lane of the system, so two states of one thing are never laid side by side.
What became of them is told in their contacts' lanes, in the same transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from baton.core import memberships, records
from baton.core.fates import Fate
from baton.core.memberships import Stand, Told
from baton.core.records import (
    BookingRecord,
    CheckInRecord,
    InvoiceRecord,
    MembershipRecord,
    StandRecord,
)
from baton.runtime.ports import Arrival
from baton.services import arrivals, inbox
from baton.services.bookings import members, visits
from baton.services.facts import MembershipDue
from baton.services.ledger import Ledger
from baton.services.systems.laid_bookings import lay_bookings, lay_stands
from baton.services.systems.laid_invoices import lay_invoices
from baton.services.systems.laying import PARTS, Laid, Page, fate_of, is_recent, known, upsert
from baton.services.systems.recognising import Recognised
from baton.store.models import Booking, CheckIn, Membership

Layable = MembershipRecord | BookingRecord | StandRecord | CheckInRecord | InvoiceRecord
"""What has rows of its own."""

_MEMBERSHIP_FIELDS = (
    "stamp",
    "contact_id",
    "plan",
    "state",
    "price_minor",
    "renews",
    "prefers",
    "joined_at",
    "ends_on",
    "changed_at",
)


def lay(
    ledger: Ledger,
    workspace_id: str,
    system_id: str,
    laid: Sequence[tuple[Recognised, Layable]],
    *,
    is_quiet: bool = False,
) -> tuple[Laid, ...]:
    """Lay records over their rows, in order; return what came of each.

    Quiet, the rows change and nobody hears of it. Runs in the lane of the system.
    """
    page = Page(ledger=ledger, workspace_id=workspace_id, system_id=system_id, is_quiet=is_quiet)
    results: list[Laid | None] = [None] * len(laid)
    for kind, layer in _LAYERS.items():
        own = [(place, who, one) for place, (who, one) in enumerate(laid) if type(one) is kind]
        if own:
            outcomes = layer(page, [(who, one) for _place, who, one in own])
            for (place, _who, _one), outcome in zip(own, outcomes, strict=True):
                results[place] = outcome
    if page.told:
        ledger.house.engine.inbox.append(page.told)
    return tuple(one for one in results if one is not None)


def _lay_memberships(page: Page, laid: Sequence[tuple[Recognised, MembershipRecord]]) -> list[Laid]:
    rows = known(Membership.objects, page, [one.reference for _who, one in laid])
    changed: dict[str, Membership] = {}
    outcomes: list[Laid] = []
    today = page.ledger.now.astimezone(inbox.zone_of(page.workspace_id)).date()
    for who, one in laid:
        row = rows.get(one.reference)
        if row is not None and not records.is_newer(one.stamp, row.stamp):
            outcomes.append(Laid(fate=Fate.UNCHANGED))
            continue
        wanted = {
            "contact_id": who.contact_id,
            "plan": one.plan,
            "state": one.state,
            "price_minor": one.price_minor,
            "renews": one.renews,
            "prefers": one.prefers,
            "joined_at": one.joined_at,
            "ends_on": one.ends_on,
        }
        is_same = row is not None and all(getattr(row, name) == v for name, v in wanted.items())
        before = members.stand_of(row) if row is not None else None
        row = row or Membership(**page.made(one.reference))
        for name, value in {**wanted, "stamp": one.stamp, "changed_at": page.ledger.now}.items():
            setattr(row, name, value)
        rows[one.reference] = changed[row.id] = row
        if not is_same:
            page.told.append(_due(page, who, row, today))
        events = _news(page, before, row)
        facts = members.facts_of(page.ledger.house, row) if events else {}
        page.tell(who, events, facts, f"{row.id}:{one.stamp}")
        outcomes.append(Laid(fate=fate_of(events, is_same=is_same), events=events))
    upsert(list(changed.values()), _MEMBERSHIP_FIELDS)
    return outcomes


def _news(page: Page, before: Stand | None, row: Membership) -> tuple[str, ...]:
    """Return what flows hear of a membership; who joined long ago is no new member."""
    told = memberships.difference(before, members.stand_of(row))
    is_old = told is Told.STARTED and not is_recent(row.joined_at, page)
    return () if told is None or is_old or page.is_quiet else (told.value,)


def _due(page: Page, who: Recognised, row: Membership, today: date) -> Arrival:
    """Return that a membership is looked at in its contact's lane, who is marked by it (AP17)."""
    return arrivals.arrival_of(
        MembershipDue(membership_id=row.id, on=today),
        page.ledger.house.keyset,
        workspace_id=page.workspace_id,
        lane=who.lane,
        dedupe_key=f"membership:{row.id}:{row.stamp}",
        received_at=page.ledger.now,
    )


def _lay_check_ins(page: Page, laid: Sequence[tuple[Recognised, CheckInRecord]]) -> list[Laid]:
    rows = known(CheckIn.objects, page, [one.reference for _who, one in laid])
    came_for = known(Booking.objects, page, [one.booking for _who, one in laid if one.booking])
    added: list[CheckIn] = []
    outcomes: list[Laid] = []
    for who, one in laid:
        if one.reference in rows:  # that somebody came does not change
            outcomes.append(Laid(fate=Fate.UNCHANGED))
            continue
        booking = came_for.get(one.booking)
        row = CheckIn(
            **page.made(one.reference),
            stamp=one.stamp,
            contact_id=who.contact_id,
            at=one.at,
        )
        if booking:
            row.booking_id = booking.id
        if not page.is_quiet:
            _plan_end(page, row, booking)
        rows[one.reference] = row
        added.append(row)
        outcomes.append(Laid(fate=Fate.KEPT))
    CheckIn.objects.bulk_create(added, batch_size=PARTS)
    return outcomes


def _plan_end(page: Page, came: CheckIn, booking: Booking | None) -> None:
    """Have the end of a visit told, once, whether its booking is marked as attended or not."""
    if booking is not None:
        visits.plan(page.ledger, booking)
    else:
        visits.plan_without_booking(page.ledger, came)


_LAYERS: Mapping[type[Layable], Callable[[Page, Any], list[Laid]]] = {
    MembershipRecord: _lay_memberships,
    BookingRecord: lay_bookings,
    StandRecord: lay_stands,
    CheckInRecord: _lay_check_ins,
    InvoiceRecord: lay_invoices,
}
"""What lays each kind of record, in this order: a booking before who came for it."""
