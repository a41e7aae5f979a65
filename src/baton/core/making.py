"""Records made of what a map found: texts read as moments, amounts and states.

A system writes these in its own way; what can be read in two ways is refused, never guessed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from baton.core import made_invoices, made_orders, mapping, records
from baton.core.bookings import State
from baton.core.json import Json
from baton.core.mapping import (
    EVENT,
    PERSON_FIELDS,
    SHIPMENT,
    SLOT,
    TRACKING,
    FieldMap,
    Mapped,
    Unmapped,
    text_of,
)
from baton.core.recommending import DayPart
from baton.core.records import (
    BookingRecord,
    CheckInRecord,
    InvoiceRecord,
    MembershipRecord,
    OrderRecord,
    ParcelRecord,
    Person,
    SlotRecord,
    Stamp,
    TrackingRecord,
)
from baton.core.targets import BOOKING, CHECK_IN, INVOICE, MEMBERSHIP, ORDER, TARGETS

Made: TypeAlias = BookingRecord | MembershipRecord | CheckInRecord | InvoiceRecord
Bought: TypeAlias = OrderRecord | ParcelRecord | TrackingRecord
_MOST_PLACES = 10_000
_CALLED_OFF = frozenset({State.CANCELLED})


_AN_HOUR = timedelta(hours=1)
_MAX_REFERENCE = 120
_MAX_NAME = 80
_MAX_URL = 500
_MOST_MINOR = 2_000_000_000
_EPOCHS = ((10**9, 10**10, 1), (10**12, 10**13, 1000))
_WRITTEN = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp][Mm])?)?"
)
_STATES: Mapping[str, State] = {
    **{state.value.replace("_", " "): state for state in State},
    **dict.fromkeys(
        ("accepted", "active", "new", "open", "reserved", "scheduled", "upcoming", "pending"),
        State.BOOKED,
    ),
    **dict.fromkeys(("arrived", "checked in", "completed", "done", "present"), State.ATTENDED),
    **dict.fromkeys(("absent", "missed", "no show", "noshow"), State.NO_SHOW),
    **dict.fromkeys(
        ("canceled", "declined", "deleted", "late cancelled", "rejected", "void"), State.CANCELLED
    ),
    **dict.fromkeys(("waitlist", "waitlisted", "waiting list"), State.WAITING),
}
_YES = frozenset({"yes", "true", "1", "y", "paid", "on"})
_NO = frozenset({"no", "false", "0", "n", "unpaid", "off", ""})
_PARTS: Mapping[str, str] = {
    word: part.value for part in DayPart for word in (part.value, f"{part.value}s")
}
_MEMBERSHIPS: Mapping[str, str] = {
    **dict.fromkeys(("active", "current", "live", "open", ""), "active"),
    **dict.fromkeys(("paused", "frozen", "on hold", "suspended"), "paused"),
    **dict.fromkeys(("ended", "cancelled", "canceled", "expired", "terminated"), "ended"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is needed to read a system's values: its zone, and how it writes dates.

    `days_first` is None where dates as 03/04/2026 are refused, since nobody said which
    number is the day. A record without an order of its own is stamped by `received_at`.
    """

    zone: tzinfo
    received_at: datetime
    days_first: bool | None = None


def record_of(
    mapped: Mapped, person: Person, reading: Reading
) -> Made | Bought | SlotRecord | Unmapped:
    """Return the record that a map makes of a payload, or what of it cannot be read."""
    told = _Facts(mapped.facts, reading)
    made = _MAKERS[mapped.by.makes](told, person)
    return Unmapped(problems=told.problems) if told.problems or made is None else made


def problems_with(one: FieldMap) -> dict[str, str]:
    """Return what is wrong with a map as somebody wrote it, by field."""
    problems = mapping.problems_with(one)
    if one.makes == EVENT:
        return problems
    if one.makes not in TARGETS:
        return problems | {"makes": "Choose what it becomes."}
    targets = {target.name: target for target in TARGETS[one.makes]}
    for name, target in targets.items():
        if target.is_required and not one.fields.get(name):
            problems[name] = f"{target.title}: say where it stands."
    if strange := [n for n in one.fields if n not in (*targets, *PERSON_FIELDS)]:
        problems["facts"] = f"{strange[0][:40]} is no field of a {one.makes.replace('_', ' ')}."
    return problems


def person_of(mapped: Mapped) -> Person:
    """Return whom a payload is about, as its map says."""
    said = mapped.person
    return Person(
        reference=said.get("person_id", ""),
        name=said.get("name", ""),
        email=said.get("email", ""),
        phone=said.get("phone", ""),
        language=said.get("language", ""),
    )


def moment_of(value: Json, reading: Reading) -> datetime | None:
    """Return a moment as a system wrote it, or None for what is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(float(value))
    raw = text_of(value).strip()
    if raw.isdecimal() and (found := _epoch(float(raw))):
        return found
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        found = _written(raw, reading.days_first)
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=reading.zone)).astimezone(UTC)


def minor_of(value: Json) -> int | None:
    """Return an amount in hundredths, or None for what is none: "12.50", "1.234,50", "£12"."""
    bare = re.sub(r"[^\d.,-]", "", text_of(value))
    last = max(bare.rfind("."), bare.rfind(","))
    if last >= 0 and len(bare) - last - 1 in (1, 2):
        whole, part = re.sub(r"[.,]", "", bare[:last]), bare[last + 1 :]
        bare = f"{whole or 0}.{part}"
    else:
        bare = re.sub(r"[.,]", "", bare)
    try:
        amount = int(Decimal(bare) * 100)
    except (InvalidOperation, OverflowError):
        return None
    return amount if 0 <= amount <= _MOST_MINOR else None


class _Facts:
    """What a payload says, read field by field; `problems` gathers what cannot be read."""

    def __init__(self, facts: Mapping[str, Json], reading: Reading) -> None:
        self._facts = facts
        self._reading = reading
        self.problems: dict[str, str] = {}

    def text(self, name: str, most: int = _MAX_NAME, *, is_required: bool = False) -> str:
        said = text_of(self._facts.get(name)).strip()
        if is_required and not said:
            self.problems[name] = "is missing"
        if len(said) > most:
            self.problems[name] = f"has more than {most} characters"
        return said

    def moment(self, name: str, *, is_required: bool = False) -> datetime | None:
        value = self._facts.get(name)
        if value in (None, ""):
            if is_required:
                self.problems[name] = "is missing"
            return None
        found = moment_of(value, self._reading)
        if found is None:
            self.problems[name] = "is no date and time that can be read in one way"
        return found

    def day(self, name: str) -> date | None:
        found = self.moment(name)
        return found.astimezone(self._reading.zone).date() if found else None

    def amount(self, name: str) -> int:
        value = self._facts.get(name)
        if value in (None, ""):
            return 0
        found = minor_of(value)
        if found is None:
            self.problems[name] = "is no amount"
        return found or 0

    def count(self, name: str, most: int) -> int | None:
        said = self.text(name)
        if not said:
            return None
        if not said.isdecimal() or not 1 <= int(said) <= most:
            self.problems[name] = f"is no number from 1 to {most}"
            return None
        return int(said)

    def tally(self, name: str, most: int) -> int:
        """Return how many, none where nothing is said."""
        return 0 if self.text(name) in ("", "0") else self.count(name, most) or 0

    def choice(self, name: str, words: Mapping[str, str], default: str) -> str:
        said = self.text(name).casefold().replace("_", " ").replace("-", " ")
        if said and said not in words:
            self.problems[name] = "is a word that is not mapped"
        return words.get(said, default) if said else default

    def is_so(self, name: str, *, default: bool = False) -> bool:
        said = self.text(name).casefold()
        if name not in self._facts:
            return default
        if said not in _YES | _NO:
            self.problems[name] = "is neither yes nor no"
        return said in _YES

    def url(self, name: str) -> str:
        said = self.text(name, _MAX_URL)
        if said and not said.startswith("https://"):
            self.problems[name] = "is no address that begins with https://"
        return said

    def stamp(self) -> Stamp:
        """Return what orders the record's states: its own date, else when it was received."""
        return records.stamp_at(self.moment("changed_at") or self._reading.received_at)

    def reference(self, person: Person, *about: object) -> str:
        """Return the record's own number, else one that follows from what it is about."""
        said = self.text("reference", _MAX_REFERENCE)
        if said:
            return said
        who = person.reference or person.phone or person.email
        return hashlib.sha256("\n".join(map(str, (who, *about))).encode()).hexdigest()[:32]


def _booking(told: _Facts, person: Person) -> BookingRecord | None:
    activity = told.text("activity", is_required=True)
    starts_at = told.moment("starts_at", is_required=True)
    ends_at, minutes = told.moment("ends_at"), told.count("minutes", 24 * 60)
    state = State(told.choice("state", _STATES, State.BOOKED.value))
    if starts_at is None:
        return None
    if ends_at and ends_at < starts_at:
        told.problems["ends_at"] = "lies before it begins"
    span = timedelta(minutes=minutes) if minutes else _AN_HOUR
    return BookingRecord(
        reference=told.reference(person, activity, starts_at.isoformat()),
        stamp=told.stamp(),
        person=person,
        activity=activity,
        state=state,
        starts_at=starts_at,
        ends_at=ends_at or starts_at + span,
        location=told.text("location"),
        places=told.count("places", 50) or 1,
        price_minor=told.amount("price"),
        deposit_minor=told.amount("deposit"),
        is_deposit_paid=told.is_so("is_deposit_paid"),
        page_url=told.url("page_url"),
    )


def _slot(told: _Facts, _person: Person) -> SlotRecord | None:
    activity = told.text("activity", is_required=True)
    starts_at = told.moment("starts_at", is_required=True)
    ends_at, minutes = told.moment("ends_at"), told.count("minutes", 24 * 60)
    capacity = told.count("capacity", _MOST_PLACES)
    state = State(told.choice("state", _STATES, State.BOOKED.value))
    if starts_at is None:
        return None
    if ends_at and ends_at < starts_at:
        told.problems["ends_at"] = "lies before it begins"
    if capacity is None:
        told.problems.setdefault("capacity", "is missing")
    span = timedelta(minutes=minutes) if minutes else _AN_HOUR
    return SlotRecord(
        reference=told.reference(Person(), activity, starts_at.isoformat()),
        stamp=told.stamp(),
        activity=activity,
        starts_at=starts_at,
        ends_at=ends_at or starts_at + span,
        capacity=capacity or 0,
        taken=told.tally("taken", _MOST_PLACES),
        is_called_off=state in _CALLED_OFF,
        price_minor=told.amount("price"),
        page_url=told.url("page_url"),
    )


def _membership(told: _Facts, person: Person) -> MembershipRecord | None:
    plan = told.text("plan", is_required=True)
    joined_at = told.moment("joined_at", is_required=True)
    if joined_at is None:
        return None
    return MembershipRecord(
        reference=told.reference(person, plan),
        stamp=told.stamp(),
        person=person,
        plan=plan,
        state=told.choice("state", _MEMBERSHIPS, "active"),
        joined_at=joined_at,
        ends_on=told.day("ends_on"),
        price_minor=told.amount("price"),
        renews=told.is_so("renews", default=True),
        prefers=told.choice("prefers", _PARTS, ""),
    )


def _check_in(told: _Facts, person: Person) -> CheckInRecord | None:
    at = told.moment("at", is_required=True)
    if at is None:
        return None
    return CheckInRecord(
        reference=told.reference(person, at.isoformat()),
        stamp=told.stamp(),
        person=person,
        at=at,
        booking=told.text("booking", _MAX_REFERENCE),
    )


_MAKERS: Mapping[str, Callable[[_Facts, Person], Made | Bought | SlotRecord | None]] = {
    BOOKING: _booking,
    SLOT: _slot,
    MEMBERSHIP: _membership,
    CHECK_IN: _check_in,
    INVOICE: made_invoices.invoice,
    ORDER: made_orders.order,
    SHIPMENT: made_orders.parcel,
    TRACKING: made_orders.tracking,
}


def _epoch(number: float) -> datetime | None:
    """Read seconds or milliseconds since 1970, of this century alone."""
    for least, most, parts in _EPOCHS:
        if least <= number < most:
            return datetime.fromtimestamp(number / parts, UTC)
    return None


def _written(raw: str, days_first: bool | None) -> datetime | None:  # noqa: FBT001 - None is a third answer
    """Read a date as people write it, where it is known which number is the day."""
    found = _WRITTEN.fullmatch(raw)
    if found is None:
        return None
    one, other = int(found[1]), int(found[2])
    if days_first is None:
        if one <= 12 and other <= 12 and one != other:  # noqa: PLR2004 - months
            return None
        days_first = other <= 12  # noqa: PLR2004
    day, month = (one, other) if days_first else (other, one)
    hour = int(found[4] or 0)
    if half := (found[6] or "").casefold():
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock's face
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return datetime(int(found[3]), month, day, hour, int(found[5] or 0))  # noqa: DTZ001 - its zone is the system's
    except ValueError:
        return None
