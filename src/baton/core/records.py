"""Records of other systems: the whole present state of one thing, and what orders its states.

A connector makes them of its provider's payloads and knows nothing further; one service
lays each over its row (docs/adr/0024-records-are-mirrored.md). Money is in minor units of
`currency`, an ISO 4217 code; moments are aware. A `reference` is the thing's own name in
its system, and the same thing always has the same one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NewType, TypeAlias

from baton.core.bookings import State
from baton.core.orders import OrderState, Scan

Stamp = NewType("Stamp", str)
"""Orders the states of one thing: of two, the greater text is the newer."""

_DIGITS = 20
MAX_STAMP = 40


def stamp_at(moment: datetime) -> Stamp:
    """Return the stamp of a state that a system dates, or that was received at a moment."""
    return Stamp(moment.astimezone(UTC).isoformat(timespec="microseconds"))


def stamp_of(number: int) -> Stamp:
    """Return the stamp of a state that a system counts (iCalendar's SEQUENCE, a version)."""
    return Stamp(f"{number:0{_DIGITS}d}")


def is_newer(stamp: Stamp, known: str) -> bool:
    """Return whether a state replaces the known one; the same state comes to nothing again."""
    return stamp > known


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose a record is, as its system knows them; what is not known is "".

    `reference` is their id there. An `email` or `phone` is by what they become a contact.
    """

    reference: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRecord:
    """A contact's place.

    `page_url` is where its system lets them change it, "" where it has no such page.
    `formerly` is what a system that renames a booking when it is moved called it before, `handle`
    what its API calls it where that is something else than its `reference`.
    """

    reference: str
    stamp: Stamp
    person: Person
    activity: str
    state: State
    starts_at: datetime
    ends_at: datetime
    location: str = ""
    places: int = 1
    price_minor: int = 0
    deposit_minor: int = 0
    is_deposit_paid: bool = False
    reason: str = ""
    page_url: str = ""
    formerly: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRecord:
    """A time of something that can be booked; whose it is, is for bookings to say.

    `taken` is how many places its system says are taken, which counts where more are than we
    know bookings of. `page_url` is where people book it, "" where it has no such page.
    """

    reference: str
    stamp: Stamp
    activity: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int = 0
    is_called_off: bool = False
    price_minor: int = 0
    page_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandRecord:
    """How a booking stands now, from a system that repeats nothing else of it."""

    reference: str
    stamp: Stamp
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """Somebody as their system knows them now; what else it tells waits for them."""

    stamp: Stamp
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class HappenedRecord:
    """Something happened in a person's world that is no thing of its own: flows hear of it.

    `reference` is its own name, the same when it is told again.
    """

    reference: str
    person: Person
    event: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRecord:
    """A contact's membership; `state` is active, paused or ended, `ends_on` its last day.

    `prefers` is when they mostly come (`core.recommending.DayPart`), "" where nobody said it.
    """

    reference: str
    stamp: Stamp
    person: Person
    plan: str
    state: str
    joined_at: datetime
    ends_on: date | None = None
    price_minor: int = 0
    renews: bool = True
    prefers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInRecord:
    """Somebody came on a day; `booking` is the reference of what they came for, "" for none."""

    reference: str
    stamp: Stamp
    person: Person
    at: datetime
    booking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRecord:
    """Something owed: `state` is open, paid, failed or void; `pay_url` their system's page.

    Failed, it is open and a payment of it did not go through. Without a `currency` it is in
    that of the business.
    """

    reference: str
    stamp: Stamp
    person: Person
    number: str
    amount_minor: int
    currency: str
    state: str
    issued_at: datetime
    due_on: date | None = None
    pay_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord:
    """One article of an order; `price_minor` is for one piece."""

    reference: str
    title: str
    quantity: int = 1
    price_minor: int = 0
    sku: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRecord:
    """Money that moved for an order: `kind` is paid or refunded."""

    reference: str
    kind: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """What somebody bought; `number` is what people read, without a sign before it.

    `page_url` is where its shop shows it to the buyer, "" where it has no such page.
    `is_elsewhere` says that it goes to another address than the bill, None where that is unknown.
    `is_disputed` says that its payment is disputed with the bank, None where its system tells of
    that by itself (`DisputeRecord`), or not at all.
    """

    reference: str
    stamp: Stamp
    person: Person
    number: str
    state: OrderState
    placed_at: datetime
    currency: str
    total_minor: int
    lines: tuple[LineRecord, ...] = ()
    money: tuple[MoneyRecord, ...] = ()
    page_url: str = ""
    is_elsewhere: bool | None = None
    is_disputed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRecord:
    """A payment that its buyer disputes with the bank, for an order by its reference there.

    `taken_minor` is what the bank took back in the end, None while that is open or where it
    took nothing.
    """

    reference: str
    stamp: Stamp
    order: str
    since: datetime
    is_open: bool
    taken_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRecord:
    """A parcel as its shop tells of it: for which order, and under which tracking number.

    `order` is the order's reference in the same system. `shipped_at` is when it was handed
    over, None before; `cancelled_at` when it was called off; `scans` is what the shop itself
    heard of its way.
    """

    reference: str
    stamp: Stamp
    order: str
    carrier: str = ""
    tracking: str = ""
    page_url: str = ""
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    cancelled_at: datetime | None = None
    scans: tuple[Scan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingRecord:
    """What a carrier knows of a parcel: all scans that it tells of, in any order.

    Whose it is, the carrier does not know: the tracking number leads to the parcel, and where
    no shop told that, `order` does, the number that people read.
    """

    reference: str
    stamp: Stamp
    tracking: str
    scans: tuple[Scan, ...]
    carrier: str = ""
    order: str = ""
    page_url: str = ""
    expected_at: datetime | None = None


Record: TypeAlias = (
    BookingRecord
    | SlotRecord
    | StandRecord
    | PersonRecord
    | HappenedRecord
    | MembershipRecord
    | CheckInRecord
    | InvoiceRecord
    | OrderRecord
    | DisputeRecord
    | ParcelRecord
    | TrackingRecord
)
"""What a connector may tell of."""
