"""What a business has beside its conversations, by a seed: a year of bookings, invoices, orders.

They are what dashboards count where it stands, in as many rows as a chain of a few places has
beside ten million events: eleven hundred bookings and five hundred and fifty invoices a day.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from baton.config.bench.pasts import A_YEAR
from baton.core.survey import NPS, VISIT
from baton.store.models import (
    Booking,
    BookingChange,
    CheckIn,
    Consent,
    Exposure,
    Invoice,
    Membership,
    Message,
    OfferMade,
    Order,
    Return,
    Run,
    ShortLink,
    Slot,
    SurveyResponse,
    Task,
)

Values = dict[str, Any]
_A_BOOKING = 2.5  # conversations
_CONTACTS = 0.1  # of the bookings, as of all that follows
_SHARES: dict[type[Any], float] = {
    Slot: 0.125,
    Booking: 1.0,
    Invoice: 0.5,
    Order: 0.25,
    Return: 0.025,
    Membership: 0.075,
    CheckIn: 0.75,
    SurveyResponse: 0.15,
    Message: 0.75,
    ShortLink: 0.25,
    Run: 1.0,
    Consent: 0.0125,
    Exposure: 0.0125,
    OfferMade: 0.0125,
    Task: 0.0125,
}
_PLACES = 12
_ACTIVITIES = tuple(f"a{number:031d}" for number in range(20))
_LOCATIONS = ("north", "south", "harbour")
_PLANS = ("monthly", "yearly", "ten visits")
_CHANNELS = ("whatsapp", "whatsapp", "sms", "email")
_FLOWS = tuple(f"flow_{number:02d}" for number in range(14))
_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)


def contacts_of(conversations: int) -> int:
    """Return how many people had so many conversations."""
    return max(1, round(conversations / _A_BOOKING * _CONTACTS))


def contact(number: int) -> str:
    """Return the id of one of them."""
    return f"p{number:031d}"


class Standing:
    """The rows of a year up to a moment, a table at a time; each in the order of its moments."""

    def __init__(self, until: datetime, conversations: int, *, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a measurement's own seed
        self._until = until
        self._bookings = conversations / _A_BOOKING
        self._contacts = contacts_of(conversations)

    def tables(self) -> Iterator[tuple[type[Any], Iterator[Values]]]:
        """Return each table with its rows."""
        for table, made in (
            (Slot, self._slot),
            (Booking, self._booking),
            (Invoice, self._invoice),
            (Order, self._order),
            (Return, self._return),
            (Membership, self._member),
            (CheckIn, self._check_in),
            (SurveyResponse, self._survey),
            (Message, self._message),
            (ShortLink, self._link),
            (Run, self._run),
            (Consent, self._stop),
            (Exposure, self._exposure),
            (OfferMade, self._offer),
            (Task, self._task),
        ):
            yield table, (made(number, at) for number, at in self._spread(table))
        yield BookingChange, self._confirmed()

    def _spread(self, table: type[Any]) -> Iterator[tuple[int, datetime]]:
        """Return the number of each row, and its moment: evenly over the year."""
        count = self._count(table)
        for number in range(count):
            yield number, self._until - A_YEAR * ((count - number) / count)

    def _count(self, table: type[Any]) -> int:
        return round(self._bookings * _SHARES[table])

    def _is(self, share: float) -> bool:
        return self._chance.random() < share

    def _someone(self) -> str:
        return contact(self._chance.randrange(self._contacts))

    def _any(self, among: Sequence[str]) -> str:
        return self._chance.choice(among)

    def _days(self, most: int) -> timedelta:
        return timedelta(seconds=self._chance.randrange(most * 86_400))

    def _slot(self, number: int, at: datetime) -> Values:
        return {
            "id": f"s{number:031d}",
            "reference": f"s{number}",
            "activity_id": _ACTIVITIES[number % len(_ACTIVITIES)],
            "location_id": _LOCATIONS[number % len(_LOCATIONS)],
            "starts_at": at,
            "ends_at": at + _AN_HOUR,
            "capacity": _PLACES,
            "cancelled_at": at - _A_DAY if self._is(0.02) else None,
        }

    def _booking(self, number: int, at: datetime) -> Values:
        slot = min(int(number * _SHARES[Slot]), self._count(Slot) - 1)
        state = self._chance.choices(("attended", "no_show", "cancelled"), (80, 10, 10))[0]
        made = at - self._days(10)
        return {
            "id": f"b{number:031d}",
            "reference": f"b{number}",
            "contact_id": self._someone(),
            "activity_id": _ACTIVITIES[slot % len(_ACTIVITIES)],
            "slot_id": f"s{slot:031d}",
            "starts_at": at,
            "ends_at": at + _AN_HOUR,
            "state": state,
            "made_by": self._any(("flow:booking", "contact", "user:x")),
            "made_at": made,
            "changed_at": at,
        }

    def _confirmed(self) -> Iterator[Values]:
        """Return that two of three bookings were made, and confirmed."""
        for number, at in self._spread(Booking):
            for nth, state in enumerate(("booked", "confirmed")):
                if number % 3:
                    yield {
                        "id": f"g{nth}{number:030d}",
                        "booking_id": f"b{number:031d}",
                        "contact_id": contact(number % self._contacts),
                        "at": at - _A_DAY,
                        "state": state,
                        "starts_at": at,
                    }

    def _invoice(self, number: int, at: datetime) -> Values:
        state = self._chance.choices(("paid", "open", "void"), (85, 10, 5))[0]
        return {
            "id": f"i{number:031d}",
            "contact_id": self._someone(),
            "reference": f"invoice {number}",
            "number": str(number),
            "amount_minor": self._chance.randrange(1_000, 20_000),
            "currency": "EUR",
            "cause": self._any(("membership", "membership", "booking")),
            "state": state,
            "issued_at": at - 14 * _A_DAY,
            "due_at": at,
            "ended_at": None if state == "open" else at + self._days(6) - 4 * _A_DAY,
        }

    def _order(self, number: int, at: datetime) -> Values:
        return {
            "id": f"o{number:031d}",
            "contact_id": self._someone(),
            "reference": f"order {number}",
            "number": str(number),
            "plain_number": str(number),
            "said": "paid",
            "state": "delivered",
            "currency": "EUR",
            "placed_at": at,
            "changed_at": at,
        }

    def _return(self, number: int, at: datetime) -> Values:
        decided = at + self._days(1)
        return {
            "id": f"r{number:031d}",
            "number": f"R{number}",
            "contact_id": self._someone(),
            "order_id": f"o{self._chance.randrange(self._count(Order)):031d}",
            "reason": self._any(("damaged", "size", "other")),
            "source": self._any(("form", "talk")),
            "state": "refunded",
            "outcome": self._any(("approved", "approved", "refused")),
            "refund_minor": self._chance.randrange(1_000, 9_000),
            "currency": "EUR",
            "is_unattended": self._is(0.7),
            "asked_at": at,
            "decided_at": decided,
            "decided_by": self._any(("rules", "rules", "user:x")),
            "refunded_at": decided + self._days(3),
        }

    def _member(self, number: int, at: datetime) -> Values:
        has_left = self._is(0.3)
        return {
            "id": f"m{number:031d}",
            "reference": f"m{number}",
            "contact_id": contact(number % self._contacts),
            "plan": self._any(_PLANS),
            "state": "ended" if has_left else "active",
            "joined_at": at,
            "ends_on": str((at + self._days(200)).date()) if has_left else None,
            "changed_at": at,
        }

    def _check_in(self, number: int, at: datetime) -> Values:
        return {
            "id": f"k{number:031d}",
            "reference": f"k{number}",
            "contact_id": self._someone(),
            "at": at,
        }

    def _survey(self, number: int, at: datetime) -> Values:
        is_told = self._is(0.4)
        rating = self._chance.randrange(11) if is_told else None
        return {
            "id": f"q{number:031d}",
            "contact_id": self._someone(),
            "conversation_id": f"c{self._chance.randrange(round(self._bookings)):030d}",
            "kind": (NPS.kind, VISIT.kind)[number % 2],
            "flow": self._any(_FLOWS),
            "asked_at": at,
            "answered_at": at + _AN_HOUR if is_told else None,
            "rating": rating,
            "score": None if rating is None else rating * 10.0,
        }

    def _message(self, number: int, at: datetime) -> Values:
        return {
            "id": f"u{number:031d}",
            "conversation_id": f"c{self._chance.randrange(round(self._bookings)):030d}",
            "contact_id": self._someone(),
            "author": "bot",
            "delivery": "delivered",
            "purpose": "promotional" if self._is(0.2) else "service",
            "is_unprompted": True,
            "channel": self._any(_CHANNELS),
            "flow": self._any(_FLOWS),
            "created_at": at,
        }

    def _link(self, number: int, at: datetime) -> Values:
        is_opened = self._is(0.5)
        return {
            "id": f"l{number:031d}",
            "message_id": f"u{self._chance.randrange(self._count(Message)):031d}",
            "token": f"t{number}",
            "clicks": int(is_opened),
            "first_opened_at": at + _AN_HOUR if is_opened else None,
            "created_at": at,
        }

    def _run(self, number: int, at: datetime) -> Values:
        return {
            "id": f"n{number:031d}",
            "contact_id": self._someone(),
            "flow": self._any(_FLOWS),
            "version": 1,
            "step": "step_0",
            "status": self._any(("ended", "ended", "stopped")),
            "started_at": at,
            "updated_at": at + _AN_HOUR,
        }

    def _stop(self, number: int, at: datetime) -> Values:
        return {
            "id": f"w{number:031d}",
            "contact_id": self._someone(),
            "channel": self._any(_CHANNELS),
            "purpose": "all",
            "is_granted": False,
            "source": "message",
            "at": at,
            "recorded_at": at,
        }

    def _exposure(self, number: int, at: datetime) -> Values:
        return {
            "id": f"x{number:031d}",
            "contact_id": contact(number % self._contacts),
            "flow": "winback",
            "version": 1,
            "split": "winback_timing",
            "variant": self._any(("soon", "later", "held_out")),
            "at": at,
        }

    def _offer(self, number: int, at: datetime) -> Values:
        return {
            "id": f"f{number:031d}",
            "contact_id": contact(number % self._contacts),
            "flow": "winback",
            "offer": "a month",
            "cost_minor": 2_000,
            "worth_minor": 48_000,
            "at": at,
        }

    def _task(self, number: int, at: datetime) -> Values:
        return {
            "id": f"y{number:031d}",
            "contact_id": self._someone(),
            "flow": self._any(_FLOWS),
            "queue": "general",
            "created_at": at,
            "due_at": at + _A_DAY,
            "done_at": at + _AN_HOUR,
            "outcome": self._any(("reached", "not_reached")),
        }
