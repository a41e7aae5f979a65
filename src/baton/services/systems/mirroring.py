"""Records of other systems laid over our rows: what flows hear is the difference (ADR 0024).

It runs in the lane of the system, so two states of one thing are never laid side by side.
What became of them is told in their contacts' lanes, in the same transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from baton.core import records
from baton.core.fates import Fate
from baton.core.json import Json
from baton.core.records import BookingRecord, CheckInRecord, MembershipRecord, StandRecord
from baton.services.ledger import Ledger
from baton.services.systems.laid_bookings import lay_bookings, lay_stands
from baton.services.systems.laying import PARTS, Laid, Page, fate_of, is_recent, known, upsert
from baton.services.systems.recognising import Recognised
from baton.store.models import Booking, CheckIn, Membership

Layable = MembershipRecord | BookingRecord | StandRecord | CheckInRecord
"""What has rows of its own."""

STARTED = "membership_started"
_MEMBERSHIP_FIELDS = (
    "stamp",
    "contact_id",
    "plan",
    "state",
    "price_minor",
    "renews",
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
            "joined_at": one.joined_at,
            "ends_on": one.ends_on,
        }
        is_same = row is not None and all(getattr(row, name) == v for name, v in wanted.items())
        is_new = row is None
        row = row or Membership(**page.made(one.reference))
        for name, value in {**wanted, "stamp": one.stamp, "changed_at": page.ledger.now}.items():
            setattr(row, name, value)
        rows[one.reference] = changed[row.id] = row
        is_fresh = is_new and one.state == "active" and is_recent(one.joined_at, page)
        events = (STARTED,) if is_fresh and not page.is_quiet else ()
        page.tell(who, events, _membership_facts(one), f"{row.id}:{one.stamp}")
        outcomes.append(Laid(fate=fate_of(events, is_same=is_same), events=events))
    upsert(Membership, list(changed.values()), _MEMBERSHIP_FIELDS)
    return outcomes


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
            booking_id=booking.id if booking else "",
            at=one.at,
        )
        rows[one.reference] = row
        added.append(row)
        outcomes.append(Laid(fate=Fate.KEPT))
    CheckIn.objects.bulk_create(added, batch_size=PARTS)
    return outcomes


_LAYERS: Mapping[type[Layable], Callable[[Page, Any], list[Laid]]] = {
    MembershipRecord: _lay_memberships,
    BookingRecord: lay_bookings,
    StandRecord: lay_stands,
    CheckInRecord: _lay_check_ins,
}
"""What lays each kind of record, in this order: a booking before who came for it."""


def _membership_facts(one: MembershipRecord) -> dict[str, Json]:
    return {
        "membership": one.reference,
        "plan": one.plan,
        "joined_at": one.joined_at.isoformat(),
        "is_active": False,
    }
