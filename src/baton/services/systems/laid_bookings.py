"""Bookings of other systems laid over our rows, by whatever name their system calls them now.

What a system tells of a booking's state alone is ordered by a stamp of its own: a later word of
the whole booking does not bring back a state that was over before.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from baton.core import bookings, records
from baton.core.bookings import Kind, Stand, State, Told
from baton.core.fates import Fate
from baton.core.records import BookingRecord, SlotRecord, StandRecord
from baton.services.bookings import telling, visits
from baton.services.ledger import Ledger
from baton.services.systems.laying import Laid, Page, fate_of, is_recent, known, upsert
from baton.services.systems.recognising import Recognised
from baton.store import model_sets
from baton.store.models import Activity, Booking, BookingChange, BookingName

_MAX_HANDLE = 120
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
    "handle",
    "changed_at",
)


def lay_bookings(page: Page, laid: Sequence[tuple[Recognised, BookingRecord]]) -> list[Laid]:
    """Lay whole bookings over their rows."""
    laid = _under_first_names(page, laid)
    rows = known(Booking.objects, page, [one.reference for _who, one in laid])
    activities = activities_of(page, [one for _who, one in laid])
    written = _Bookings(known=rows)
    outcomes = [
        _lay_booking(page, who, one, activities[one.activity], written) for who, one in laid
    ]
    upsert(list(written.changed.values()), _BOOKING_FIELDS)
    for stamp, ids in written.stamped.items():
        Booking.objects.filter(id__in=ids).update(stamp=stamp)
    model_sets.insert(written.changes)
    place = telling.first_place(page.workspace_id) if written.told else None
    for who, row, activity, events in written.told:
        facts = telling.facts_of(page.ledger.house, row, activity, place)
        page.tell(who, events, facts, f"{row.id}:{row.stamp}")
        _plan_end(page, row, events)
    return outcomes


def lay_stands(page: Page, laid: Sequence[tuple[Recognised, StandRecord]]) -> list[Laid]:
    """Let bookings stand as their system says; there is a row for each."""
    return [_lay_stand(page, who, one) for who, one in laid]


def find_stood(workspace_id: str, system_id: str, reference: str) -> Booking | None:
    """Return the booking of which a system tells no more than how it stands, None for none."""
    own = BookingName.objects.filter(workspace_id=workspace_id, system_id=system_id)
    first = own.filter(reference=reference).values_list("first", flat=True).first()
    mirrors = Booking.objects.filter(workspace_id=workspace_id, system_id=system_id)
    return mirrors.filter(reference=first or reference).first()


def _lay_stand(page: Page, who: Recognised, one: StandRecord) -> Laid:
    row = find_stood(page.workspace_id, page.system_id, one.reference)
    if row is None or not records.is_newer(one.stamp, max(row.stamp, row.state_stamp)):
        return Laid(fate=Fate.UNCHANGED)
    before = Stand(state=State(row.state), starts_at=row.starts_at)
    after = Stand(state=one.state, starts_at=row.starts_at)
    row.state, row.state_stamp = one.state.value, one.stamp
    if before == after:
        row.save(update_fields=["state_stamp"])
        return Laid(fate=Fate.UNCHANGED)
    row.reason, row.changed_at = "", page.ledger.now
    row.save(update_fields=["state", "state_stamp", "reason", "changed_at"])
    _change_of(page, row, before).save(force_insert=True)
    told = bookings.difference(before, after)
    events = () if page.is_quiet else _news(told, row.starts_at, row.ends_at, page)
    facts = telling.facts_of(page.ledger.house, row, Activity.objects.get(id=row.activity_id))
    page.tell(who, events, facts, f"{row.id}:{one.stamp}")
    _plan_end(page, row, events)
    return Laid(fate=fate_of(events, is_same=False), events=events)


def _plan_end(page: Page, row: Booking, events: Sequence[str]) -> None:
    """Have the end of a visit told of somebody who is told to have come."""
    if Told.ATTENDED in events:
        visits.plan(page.ledger, row)


def _under_first_names(
    page: Page, laid: Sequence[tuple[Recognised, BookingRecord]]
) -> list[tuple[Recognised, BookingRecord]]:
    """Return bookings by what their system called them first, and keep what it says of that.

    Flows, pages and people go on with the name that they know.
    """
    asked = {name for _who, one in laid for name in (one.reference, one.formerly) if name}
    rows = known(BookingName.objects, page, sorted(asked))
    first_of = {name: row.first for name, row in rows.items()}
    fresh: dict[str, str] = {}
    for _who, one in laid:
        if one.formerly and one.reference not in first_of:
            first = first_of.get(one.formerly, one.formerly)
            first_of[one.reference] = fresh[one.reference] = first
    BookingName.objects.bulk_create(
        BookingName(**page.made(name), first=first) for name, first in fresh.items()
    )
    return [
        (who, replace(one, reference=first_of.get(one.reference, one.reference)))
        for who, one in laid
    ]


@dataclass(slots=True, kw_only=True)
class _Bookings:
    """What a page makes of bookings: rows, new stamps of the same states, and what is told."""

    known: dict[str, Booking]
    changed: dict[str, Booking] = field(default_factory=dict)
    stamped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    changes: list[BookingChange] = field(default_factory=list)
    told: list[tuple[Recognised, Booking, Activity, tuple[str, ...]]] = field(default_factory=list)


def _lay_booking(
    page: Page,
    who: Recognised,
    one: BookingRecord,
    activity: Activity,
    written: _Bookings,
) -> Laid:
    row = written.known.get(one.reference)
    if row is not None and not records.is_newer(one.stamp, row.stamp):
        return Laid(fate=Fate.UNCHANGED)
    if row is not None and not records.is_newer(one.stamp, row.state_stamp):
        one = replace(one, state=State(row.state))  # what was told of the state is newer
    if row is not None and _is_still_confirmed(row, one):
        one = replace(one, state=State.CONFIRMED)
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
    events = (
        ()
        if page.is_quiet
        else _news(bookings.difference(before, after), one.starts_at, one.ends_at, page)
    )
    if events:
        written.told.append((who, row, activity, events))
    return Laid(fate=fate_of(events, is_same=False), events=events)


def _is_still_confirmed(row: Booking, one: BookingRecord) -> bool:
    """Return whether somebody said that they come, of which their system knows nothing."""
    is_same_time = row.starts_at == one.starts_at
    return row.state == State.CONFIRMED and one.state is State.BOOKED and is_same_time


def activities_of(page: Page, laid: Sequence[BookingRecord | SlotRecord]) -> dict[str, Activity]:
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


def _new_booking(page: Page, one: BookingRecord) -> Booking:
    return Booking(
        **page.made(one.reference),
        made_by=f"system:{page.system_id}",
        made_at=page.ledger.now,
    )


def _write_booking(
    page: Page, row: Booking, who: Recognised, one: BookingRecord, activity: Activity
) -> None:
    paid_at = row.deposit_paid_at or page.ledger.now
    row.stamp = one.stamp
    row.contact_id, row.activity_id = who.contact_id, activity.id
    row.starts_at, row.ends_at = one.starts_at, one.ends_at
    row.places, row.state, row.reason = one.places, one.state.value, one.reason
    row.price_minor, row.deposit_minor = one.price_minor, one.deposit_minor
    row.deposit_paid_at = paid_at if one.is_deposit_paid else None
    row.page_url = one.page_url
    row.handle = one.handle[:_MAX_HANDLE]
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
        row.handle,
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
        one.handle[:_MAX_HANDLE],
    )


def change_of(ledger: Ledger, row: Booking, before: Stand | None, actor: str) -> BookingChange:
    """Return what is kept of a change of a mirror: who made it, and what was before."""
    return BookingChange(
        id=ledger.next_id(),
        workspace_id=row.workspace_id,
        booking_id=row.id,
        contact_id=row.contact_id,
        at=ledger.now,
        actor=actor,
        state_before=before.state.value if before else "",
        state=row.state,
        starts_at=row.starts_at,
        reason=row.reason,
    )


def _change_of(page: Page, row: Booking, before: Stand | None) -> BookingChange:
    return change_of(page.ledger, row, before, f"system:{page.system_id}")


def _news(
    told: Iterable[Told], starts_at: datetime, ends_at: datetime, page: Page
) -> tuple[str, ...]:
    """Return what is no news any more left out: nobody is reminded of what is over."""
    is_ahead = starts_at > page.ledger.now
    was_lately = is_recent(ends_at, page)
    return tuple(event.value for event in told if (was_lately if event in _AFTER else is_ahead))
