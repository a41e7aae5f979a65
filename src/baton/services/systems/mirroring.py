"""Records of other systems laid over our rows: what flows hear is the difference (ADR 0024).

It runs in the lane of the system, so two states of one thing are never laid side by side.
What became of bookings is told in their contacts' lanes, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from baton.core import bookings, records
from baton.core.bookings import Kind, Stand, State, Told
from baton.core.fates import Fate
from baton.core.json import Json
from baton.core.making import Made
from baton.core.records import BookingRecord, CheckInRecord, MembershipRecord
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.bookings import telling
from baton.services.facts import EventReported
from baton.services.ledger import Ledger
from baton.services.systems.recognising import Recognised
from baton.store.models import Activity, Booking, BookingChange, CheckIn, Membership

STARTED = "membership_started"
_LATE_NEWS = timedelta(days=2)
"""How long after it was over flows still hear that somebody came, or did not."""

_AFTER = frozenset({Told.ATTENDED, Told.NO_SHOW})
_BOOKING_FIELDS = (
    "stamp",
    "contact_id",
    "activity_id",
    "starts_at",
    "ends_at",
    "places",
    "state",
    "price_minor",
    "deposit_minor",
    "deposit_paid_at",
    "reason",
    "page_url",
    "changed_at",
)
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
_ONCE = ("workspace_id", "system_id", "reference")
_PARTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """What came of a record: its fate, and the events that flows hear."""

    fate: Fate
    events: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Page:
    """Records of one system that are laid together."""

    ledger: Ledger
    workspace_id: str
    system_id: str
    told: list[Arrival] = field(default_factory=list)
    is_quiet: bool = False

    def made(self, reference: str) -> dict[str, Any]:
        """Return what every new mirror has; the fields of a model are no type of ours."""
        return {
            "id": self.ledger.next_id(),
            "workspace_id": self.workspace_id,
            "system_id": self.system_id,
            "reference": reference,
        }

    def tell(
        self, who: Recognised, events: Iterable[str], facts: Mapping[str, Json], key: str
    ) -> None:
        """Tell events in the lane of their contact."""
        for event in events:
            fact = EventReported(
                event=event,
                facts=dict(facts),
                channel=who.channel,
                inbox_id=who.inbox_id,
                address=who.address,
                name=who.name,
                language=who.language,
            )
            self.told.append(
                arrivals.arrival_of(
                    fact,
                    self.ledger.house.keyset,
                    workspace_id=self.workspace_id,
                    lane=who.lane,
                    dedupe_key=f"mirror:{self.system_id}:{key}:{event}",
                    received_at=self.ledger.now,
                )
            )


def lay(
    ledger: Ledger,
    workspace_id: str,
    system_id: str,
    laid: Sequence[tuple[Recognised, Made]],
    *,
    is_quiet: bool = False,
) -> tuple[Laid, ...]:
    """Lay records over their rows, in order; return what came of each.

    Quiet, the rows change and nobody hears of it. Runs in the lane of the system.
    """
    page = _Page(ledger=ledger, workspace_id=workspace_id, system_id=system_id, is_quiet=is_quiet)
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


def _lay_bookings(page: _Page, laid: Sequence[tuple[Recognised, BookingRecord]]) -> list[Laid]:
    known = _known(Booking.objects, page, [one.reference for _who, one in laid])
    activities = _activities_of(page, [one for _who, one in laid])
    written = _Bookings(known=known)
    outcomes = [
        _lay_booking(page, who, one, activities[one.activity], written) for who, one in laid
    ]
    _upsert(Booking, list(written.changed.values()), _BOOKING_FIELDS)
    for stamp, ids in written.stamped.items():
        Booking.objects.filter(id__in=ids).update(stamp=stamp)
    BookingChange.objects.bulk_create(written.changes, batch_size=_PARTS)
    for who, row, activity, events in written.told:
        facts = telling.facts_of(page.ledger.house, row, activity)
        page.tell(who, events, facts, f"{row.id}:{row.stamp}")
    return outcomes


@dataclass(slots=True, kw_only=True)
class _Bookings:
    """What a page makes of bookings: rows, new stamps of the same states, and what is told."""

    known: dict[str, Booking]
    changed: dict[str, Booking] = field(default_factory=dict)
    stamped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    changes: list[BookingChange] = field(default_factory=list)
    told: list[tuple[Recognised, Booking, Activity, tuple[str, ...]]] = field(default_factory=list)


def _lay_booking(
    page: _Page,
    who: Recognised,
    one: BookingRecord,
    activity: Activity,
    written: _Bookings,
) -> Laid:
    row = written.known.get(one.reference)
    if row is not None and not records.is_newer(one.stamp, row.stamp):
        return Laid(fate=Fate.UNCHANGED)
    if row is not None and _is_same_booking(row, who, one, activity):
        row.stamp = one.stamp
        written.stamped[one.stamp].append(row.id)
        return Laid(fate=Fate.UNCHANGED)
    before = Stand(state=State(row.state), starts_at=row.starts_at) if row else None
    row = row or _new_booking(page, one)
    _write_booking(page, row, who, one, activity)
    written.known[one.reference] = written.changed[row.id] = row
    after = Stand(state=one.state, starts_at=one.starts_at)
    if before != after:
        written.changes.append(_change_of(page, row, before))
    events = () if page.is_quiet else _news(bookings.difference(before, after), one, page)
    if events:
        written.told.append((who, row, activity, events))
    return Laid(fate=_fate(events, is_same=False), events=events)


def _lay_memberships(
    page: _Page, laid: Sequence[tuple[Recognised, MembershipRecord]]
) -> list[Laid]:
    known = _known(Membership.objects, page, [one.reference for _who, one in laid])
    changed: dict[str, Membership] = {}
    outcomes: list[Laid] = []
    for who, one in laid:
        row = known.get(one.reference)
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
        known[one.reference] = changed[row.id] = row
        is_fresh = is_new and one.state == "active" and _is_recent(one.joined_at, page)
        events = (STARTED,) if is_fresh and not page.is_quiet else ()
        page.tell(who, events, _membership_facts(one), f"{row.id}:{one.stamp}")
        outcomes.append(Laid(fate=_fate(events, is_same=is_same), events=events))
    _upsert(Membership, list(changed.values()), _MEMBERSHIP_FIELDS)
    return outcomes


def _lay_check_ins(page: _Page, laid: Sequence[tuple[Recognised, CheckInRecord]]) -> list[Laid]:
    known = _known(CheckIn.objects, page, [one.reference for _who, one in laid])
    came_for = _known(Booking.objects, page, [one.booking for _who, one in laid if one.booking])
    added: list[CheckIn] = []
    outcomes: list[Laid] = []
    for who, one in laid:
        if one.reference in known:  # that somebody came does not change
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
        known[one.reference] = row
        added.append(row)
        outcomes.append(Laid(fate=Fate.KEPT))
    CheckIn.objects.bulk_create(added, batch_size=_PARTS)
    return outcomes


_LAYERS: Mapping[type[Made], Callable[[_Page, Any], list[Laid]]] = {
    MembershipRecord: _lay_memberships,
    BookingRecord: _lay_bookings,
    CheckInRecord: _lay_check_ins,
}
"""What lays each kind of record, in the order of `core.records.ORDER`."""


def _known(rows: Any, page: _Page, references: Sequence[str]) -> dict[str, Any]:
    """Return the mirrors of references; a model's manager has no type that tells its rows."""
    own = rows.filter(workspace_id=page.workspace_id, system_id=page.system_id)
    found: dict[str, Any] = {}
    for begin in range(0, len(references), _PARTS):
        part = references[begin : begin + _PARTS]
        found |= {row.reference: row for row in own.filter(reference__in=part)}
    return found


def _activities_of(page: _Page, laid: Sequence[BookingRecord]) -> dict[str, Activity]:
    """Return what is booked by name; what is heard of first becomes known."""
    longest = {one.activity: one for one in laid}
    own = Activity.objects.filter(workspace_id=page.workspace_id, system_id=page.system_id)
    found = {row.name: row for row in own.filter(name__in=list(longest))}
    for name, one in longest.items():
        if name not in found:
            minutes = max(1, round((one.ends_at - one.starts_at).total_seconds() / 60))
            found[name] = Activity.objects.create(
                **page.made(name),
                name=name,
                kind=Kind.CLASS.value,
                minutes=minutes,
                price_minor=one.price_minor,
            )
    return found


def _new_booking(page: _Page, one: BookingRecord) -> Booking:
    return Booking(
        **page.made(one.reference),
        made_by=f"system:{page.system_id}",
        made_at=page.ledger.now,
    )


def _write_booking(
    page: _Page, row: Booking, who: Recognised, one: BookingRecord, activity: Activity
) -> None:
    paid_at = row.deposit_paid_at or page.ledger.now
    row.stamp = one.stamp
    row.contact_id, row.activity_id = who.contact_id, activity.id
    row.starts_at, row.ends_at = one.starts_at, one.ends_at
    row.places, row.state, row.reason = one.places, one.state.value, one.reason
    row.price_minor, row.deposit_minor = one.price_minor, one.deposit_minor
    row.deposit_paid_at = paid_at if one.is_deposit_paid else None
    row.page_url = one.page_url
    row.changed_at = page.ledger.now


def _is_same_booking(row: Booking, who: Recognised, one: BookingRecord, activity: Activity) -> bool:
    return (
        row.contact_id,
        row.activity_id,
        row.state,
        row.starts_at,
        row.ends_at,
        row.places,
        row.price_minor,
        row.deposit_minor,
        row.deposit_paid_at is not None,
        row.page_url,
    ) == (
        who.contact_id,
        activity.id,
        one.state.value,
        one.starts_at,
        one.ends_at,
        one.places,
        one.price_minor,
        one.deposit_minor,
        one.is_deposit_paid,
        one.page_url,
    )


def _change_of(page: _Page, row: Booking, before: Stand | None) -> BookingChange:
    return BookingChange(
        id=page.ledger.next_id(),
        workspace_id=page.workspace_id,
        booking_id=row.id,
        contact_id=row.contact_id,
        at=page.ledger.now,
        actor=f"system:{page.system_id}",
        state_before=before.state.value if before else "",
        state=row.state,
        starts_at=row.starts_at,
        reason=row.reason,
    )


def _news(told: Iterable[Told], one: BookingRecord, page: _Page) -> tuple[str, ...]:
    """Return what is no news any more left out: nobody is reminded of what is over."""
    is_ahead = one.starts_at > page.ledger.now
    is_recent = _is_recent(one.ends_at, page)
    return tuple(event.value for event in told if (is_recent if event in _AFTER else is_ahead))


def _is_recent(moment: datetime, page: _Page) -> bool:
    return moment > page.ledger.now - _LATE_NEWS


def _membership_facts(one: MembershipRecord) -> dict[str, Json]:
    return {
        "membership": one.reference,
        "plan": one.plan,
        "joined_at": one.joined_at.isoformat(),
        "is_active": False,
    }


def _fate(events: tuple[str, ...], *, is_same: bool) -> Fate:
    if events:
        return Fate.TOLD
    return Fate.UNCHANGED if is_same else Fate.KEPT


def _upsert(kind: Any, rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Write mirrors that are new or have changed, in sets; any model of a mirror."""
    kind.objects.bulk_create(
        rows,
        batch_size=_PARTS,
        update_conflicts=True,
        unique_fields=_ONCE,
        update_fields=fields,
    )
