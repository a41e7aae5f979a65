"""Members and visits that another system keeps: flows hear of them as of our own."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from baton.config.stories.world import World
from baton.core.bookings import Entry, State
from baton.core.records import (
    BookingRecord,
    CheckInRecord,
    InvoiceRecord,
    MembershipRecord,
    Person,
    stamp_at,
)
from baton.services.bookings import places, visits
from baton.services.bookings.places import Wish
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.services.systems import mirroring, recognising
from baton.services.systems.mirroring import Layable
from baton.services.systems.recognising import Recognised
from baton.store.models import Contact, Invoice
from baton.store.queries import turns
from tests.services.test_memberships import told, world

__all__ = ["world"]


def lay(world: World, who: str, *records: Layable) -> None:
    """Lay records of another system over a contact's rows, and let what follows happen."""
    known = recognising.recognise_contact(world.house, world.known(who))
    assert isinstance(known, Recognised)
    with world.house.engine.transaction():
        ledger = Ledger(world.house, world.now)
        laid = [(known, one) for one in records]
        mirroring.lay(ledger, world.workspace_id, "theirs", laid)
        ledger.flush()
    world.run_idle()


def belongs(world: World, who: str) -> tuple[str, tuple[str, ...]]:
    lane = Contact.objects.get(id=world.known(who)).lane
    contact = turns.list_lanes([lane])[lane].contact
    return contact.membership, contacts.marks_of(contact).tags


@pytest.mark.req("AP17", "RN1")
def test_who_belongs_elsewhere_is_marked_and_told_by_the_difference(world: World) -> None:
    now = world.now
    gold = MembershipRecord(
        reference="G1", stamp=stamp_at(now), person=Person(), plan="Gold", state="active",
        joined_at=now, ends_on=date(2026, 12, 31),
    )  # fmt: skip
    lay(world, "ana", gold)
    assert (told(world, "membership_started"), belongs(world, "ana")) == (1, ("Gold", ()))
    paused = replace(gold, stamp=stamp_at(now + timedelta(1)), state="paused")
    longer = replace(gold, stamp=stamp_at(now + timedelta(2)), ends_on=date(2027, 12, 31))
    over = replace(longer, stamp=stamp_at(now + timedelta(3)), state="ended")
    lay(world, "ana", paused)
    lay(world, "ana", longer)
    # A second one goes on: who has it has not left when the first is over.
    second = replace(gold, reference="G2", plan="Pool")
    lay(world, "ana", second, over)
    assert belongs(world, "ana") == ("Pool", ())
    lay(world, "ana", replace(second, stamp=stamp_at(now + timedelta(4)), state="ended"))
    assert belongs(world, "ana") == ("", ("cancelled",))
    lay(world, "ana", over)  # once more
    heard = ("membership_paused", "membership_resumed", "membership_ended", "membership_started")
    assert [told(world, one) for one in heard] == [1, 1, 2, 2]


@pytest.mark.req("DI5", "M5")
def test_the_end_of_a_visit_elsewhere_is_told_once(world: World) -> None:
    def booking(state: State, stamp: int, starts_at: datetime) -> BookingRecord:
        return BookingRecord(
            reference="B1", stamp=stamp_at(world.now + timedelta(stamp)), person=Person(),
            activity="Yoga", state=state, starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
        )  # fmt: skip

    begins = world.now + timedelta(hours=1)
    lay(world, "ana", booking(State.BOOKED, 1, begins))
    came = CheckInRecord(
        reference="C1", stamp=stamp_at(world.now), person=Person(), at=begins, booking="B1"
    )
    lay(world, "ana", came)
    lay(world, "ana", booking(State.ATTENDED, 2, begins), came)
    world.pass_time(timedelta(hours=1, minutes=59))
    assert told(world, "visit_ended") == 0  # the class goes on
    world.pass_time(timedelta(minutes=1))
    assert told(world, "visit_ended") == 1
    alone = replace(came, reference="C2", at=world.now, booking="")
    long_ago = replace(came, reference="C3", at=world.now - timedelta(days=9), booking="")
    lay(world, "ana", alone, long_ago)
    world.pass_time(timedelta(hours=1))
    assert told(world, "visit_ended") == 2
    assert visits.count_of(world.known("ana")) == 3


@pytest.mark.req("BI1", "BI7", "DI5")
def test_what_is_owed_elsewhere_is_told_by_the_difference_and_a_failure_once(world: World) -> None:
    now = world.now
    owed = InvoiceRecord(
        reference="I1", stamp=stamp_at(now), person=Person(), number="778", amount_minor=45_00,
        currency="", state="open", issued_at=now, due_on=date(2026, 3, 9),
        pay_url="https://pay.example/778",
    )  # fmt: skip
    old = replace(owed, reference="I0", number="1", issued_at=now - timedelta(days=90))
    failed = replace(owed, state="failed", stamp=stamp_at(now + timedelta(1)))
    again = replace(failed, stamp=stamp_at(now + timedelta(2)))  # as of a file of every night
    paid = replace(owed, state="paid", stamp=stamp_at(now + timedelta(3)))
    for record in (owed, old, failed, again, paid, failed):
        lay(world, "ana", record)
    row = Invoice.objects.get(number="778")
    assert (row.state, row.currency, row.due_at.day) == ("paid", "USD", 9)
    heard = ("invoice_issued", "payment_failed", "invoice_paid")
    assert [told(world, one) for one in heard] == [1, 1, 1]
    assert Invoice.objects.get(number="1").state == "open"


@pytest.mark.req("AP18")
def test_how_somebody_came_follows_from_the_moment_unless_it_is_said(world: World) -> None:
    def entry(who: str, said: Entry | None) -> str:
        wish = Wish(contact_id=world.known(who), slot_id=world.slots["noon"], entry=said)
        return places.book(world.house, world.workspace_id, wish, actor="user:1").entry

    assert entry("ana", None) == Entry.LATE  # two hours ahead
    assert entry("ben", Entry.AHEAD) == Entry.AHEAD
