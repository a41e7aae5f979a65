"""A booking behind one-tap links: confirmed, moved, cancelled, kept in a calendar, paid, rated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from icalendar import Calendar

from baton.core.billing import PaidBy
from baton.core.bookings import Kind
from baton.services.billing import invoices
from baton.services.billing.invoices import Reported
from baton.services.bookings import activities, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.places import Wish
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import (
    AuditEntry,
    Booking,
    BookingChange,
    Contact,
    Invoice,
    Membership,
    Notice,
    ReportedEvent,
)
from tests.web.conftest import START, Gym, Screen

EVENING = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)  # 18:00 in Paris
_AS_PERSON = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Mia's place in a class, and other times of it."""

    gym: Gym
    contact: Contact
    activity_id: str
    slots: tuple[str, ...]
    booking: Booking

    def path(self, errand: Errand, subject: str = "") -> str:
        gym, about = self.gym, subject or self.booking.id
        url = one_tap.link(gym.house, errand, gym.workspace.id, about)
        return url.removeprefix(gym.house.base_url)

    def see(self, errand: Errand, subject: str = "") -> str:
        answer = Client().get(self.path(errand, subject), headers=_AS_PERSON)
        assert answer.status_code == 200
        return unescape(answer.content.decode())

    def tap(
        self, errand: Errand, form: Mapping[str, str], subject: str = "", status: int = 302
    ) -> str:
        """Tap, and return where it leads or what it says."""
        client = Client(enforce_csrf_checks=True)
        answer = client.post(self.path(errand, subject), form)
        assert answer.status_code == status
        return answer.headers.get("Location") or unescape(answer.content.decode())

    @property
    def state(self) -> str:
        return Booking.objects.get(id=self.booking.id).state


def set_up(gym: Gym, offer: Offer, language: str = "") -> Scene:
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    Contact.objects.update(language=language)
    ws, contact = gym.workspace.id, Contact.objects.get()
    activity_id = activities.save(gym.house, ws, offer, actor="user:1")
    times = [EVENING, EVENING + timedelta(days=1), EVENING + timedelta(days=2)]
    slots = activities.add_slots(gym.house, ws, activity_id, times, actor="user:1")
    wish = Wish(contact_id=contact.id, slot_id=slots[0])
    booking = places.book(gym.house, ws, wish, actor="user:1")
    gym.step(seconds=0)
    return Scene(gym=gym, contact=contact, activity_id=activity_id, slots=slots, booking=booking)


SPIN = Offer(name="Spin 45", kind=Kind.CLASS, minutes=45, capacity=2, price_minor=15_00)


@pytest.fixture
def scene(gym: Gym) -> Scene:
    return set_up(gym, SPIN)


@pytest.mark.req("AP3", "AP10", "M11")
def test_a_look_at_any_page_changes_nothing(scene: Scene) -> None:
    changes, audited = BookingChange.objects.count(), AuditEntry.objects.count()
    booking = Errand.CONFIRM, Errand.MOVE, Errand.CANCEL, Errand.CALENDAR, Errand.AGAIN
    for errand in (*booking, Errand.DEPOSIT, Errand.RATE):
        shown = scene.see(errand)
        assert "Mia" not in shown
        assert "<script" not in shown
        assert len(shown.encode()) < 20_000
        for method in ("head", "put", "delete"):
            getattr(Client(), method)(scene.path(errand))
    assert (BookingChange.objects.count(), AuditEntry.objects.count()) == (changes, audited)
    assert not Invoice.objects.exists()
    assert scene.state == "booked"


@pytest.mark.req("AP3", "AP10")
def test_confirming_is_one_tap_and_said_again_changes_nothing(scene: Scene) -> None:
    shown = scene.see(Errand.CONFIRM)
    assert "Wednesday, March 4" in shown
    assert "6:00 PM" in shown  # by the clock of the place
    for _ in range(2):
        scene.tap(Errand.CONFIRM, {"do": "confirm"})
    assert scene.state == "confirmed"
    assert "See you there" in scene.see(Errand.CONFIRM)
    assert BookingChange.objects.filter(state="confirmed").count() == 1
    assert BookingChange.objects.get(state="confirmed").actor == f"contact:{scene.contact.id}"


@pytest.mark.req("AP9", "AP10")
def test_what_another_system_keeps_is_confirmed_here_and_changed_there_or_by_people(
    scene: Scene,
) -> None:
    Booking.objects.update(system_id="theirs")
    assert "by our staff" in scene.see(Errand.MOVE)
    assert "by our staff" in scene.see(Errand.CANCEL)
    for _ in range(2):
        scene.tap(Errand.CONFIRM, {"do": "confirm"})
    assert scene.state == "confirmed"
    assert BookingChange.objects.get(state="confirmed").actor == f"contact:{scene.contact.id}"
    Booking.objects.update(page_url="https://book.example/b/1")
    for errand in (Errand.MOVE, Errand.CANCEL):
        assert "https://book.example/b/1" in (shown := scene.see(errand))
        assert "by our staff" not in shown
    Booking.objects.update(state="cancelled")
    scene.tap(Errand.CONFIRM, {"do": "confirm"}, status=409)


@pytest.mark.req("AP10", "M11")
def test_it_moves_to_a_free_time_and_its_old_place_is_free(scene: Scene) -> None:
    shown = scene.see(Errand.MOVE)
    assert scene.slots[0] not in shown
    assert shown.count('type="radio"') == 2
    for _ in range(2):
        scene.tap(Errand.MOVE, {"slot": scene.slots[1]})
    assert Booking.objects.get().slot_id == scene.slots[1]
    assert BookingChange.objects.count() == 2
    scene.gym.step(seconds=0)
    assert ReportedEvent.objects.filter(name="booking_moved").exists()
    for slot in ("", "0" * 32, "'; --"):
        assert "changed meanwhile" in scene.tap(Errand.MOVE, {"slot": slot}, status=409)
    # The last free time goes to somebody else while the page is open.
    ws = scene.gym.workspace.id
    rivals = [
        Contact(id=f"{n:032x}", workspace_id=ws, lane=f"x{n}", created_at=START) for n in (1, 2)
    ]
    Contact.objects.bulk_create(rivals)
    for rival in rivals:
        wish = Wish(contact_id=rival.id, slot_id=scene.slots[2])
        places.book(scene.gym.house, ws, wish, actor="user:1")
    told = scene.tap(Errand.MOVE, {"slot": scene.slots[2]}, status=409)
    assert "just been taken" in told
    assert scene.slots[2] not in scene.see(Errand.MOVE)


@pytest.mark.req("AP11", "AP14")
@pytest.mark.parametrize(
    ("hours", "rule", "reason"), [(20, "freely", "asked"), (2, "late", "late_cancellation")]
)
def test_the_cancellation_rule_stands_before_the_tap(
    scene: Scene, hours: int, rule: str, reason: str
) -> None:
    scene.gym.clock.move_to(EVENING - timedelta(hours=hours))
    assert rule in scene.see(Errand.CANCEL)
    for _ in range(2):
        scene.tap(Errand.CANCEL, {"do": "cancel"})
    row = Booking.objects.get()
    assert (row.state, row.reason) == ("cancelled", reason)
    assert BookingChange.objects.filter(state="cancelled").count() == 1
    assert "This booking is cancelled" in scene.see(Errand.CANCEL)
    scene.tap(Errand.CANCEL, {"do": "restore"})
    assert scene.state == "booked"


def test_what_is_over_is_told_and_not_changed(scene: Scene) -> None:
    scene.gym.clock.move_to(EVENING + timedelta(hours=1))
    for errand, form in (
        (Errand.CONFIRM, {"do": "confirm"}),
        (Errand.CANCEL, {"do": "cancel"}),
        (Errand.MOVE, {"slot": scene.slots[1]}),
    ):
        assert "over" in scene.see(errand)
        scene.tap(errand, form, status=409)
    assert scene.state == "booked"


def test_what_staff_confirm_by_hand_is_theirs(gym: Gym) -> None:
    scene = set_up(gym, Offer(name="Trainer", needs_staff_confirmation=True), language="es")
    for errand in (Errand.MOVE, Errand.CANCEL):
        assert "nuestro personal" in scene.see(errand)
    assert "nuestro personal" in scene.tap(Errand.CANCEL, {"do": "cancel"}, status=409)
    assert scene.state == "booked"


@pytest.mark.req("DI20", "M11")
def test_it_goes_into_any_calendar(scene: Scene) -> None:
    shown = scene.see(Errand.CALENDAR)
    assert "dates=20260304T170000Z%2F20260304T174500Z" in shown
    assert "startdt=2026-03-04T17%3A00%3A00%2B00%3A00" in shown
    answer = Client().get(f"{scene.path(Errand.CALENDAR)}?as=ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (
        EVENING,
        EVENING + timedelta(minutes=45),
    )
    assert str(entry["summary"]) == "Spin 45 (Northside Gym)"
    assert "Mia" not in answer.content.decode()
    assert b"ics" not in Client().get(f"{scene.path(Errand.CONFIRM)}?as=ics").content


@pytest.mark.req("ON8")
def test_booking_is_one_tap_and_a_look_by_a_person_is_a_click(scene: Scene) -> None:
    about = scene.contact.id
    Client().get(scene.path(Errand.BOOK, about), headers={"user-agent": "WhatsApp/2.24"})
    scene.gym.step(seconds=0)
    assert not ReportedEvent.objects.filter(name="booking_clicked").exists()
    shown = scene.see(Errand.BOOK, about)
    assert "Your next booking: Spin 45" in shown
    assert shown.count('type="radio"') == 2
    scene.gym.step(seconds=0)
    assert ReportedEvent.objects.filter(name="booking_clicked").exists()
    for _ in range(2):
        onward = scene.tap(Errand.BOOK, {"slot": scene.slots[2]}, about)
        assert "/t/confirm." in onward
    assert Booking.objects.filter(slot_id=scene.slots[2]).count() == 1
    scene.tap(Errand.CANCEL, {"do": "cancel"})
    assert "/t/confirm." in scene.tap(Errand.AGAIN, {"slot": scene.slots[1]})
    assert Booking.objects.count() == 3


@pytest.mark.req("AP12", "AP27", "DI17")
def test_a_deposit_is_paid_on_its_invoices_page_and_the_place_is_theirs(gym: Gym) -> None:
    scene = set_up(gym, Offer(name="Party", minutes=120, price_minor=200_00, capacity=2))
    gym.step(minutes=1)
    onward = scene.tap(Errand.BOOK, {"slot": scene.slots[1]}, scene.contact.id)
    assert "/t/deposit." in onward
    held = Booking.objects.get(slot_id=scene.slots[1])
    assert (held.state, held.deposit_minor) == ("held", 50_00)
    assert "$50.00" in scene.see(Errand.DEPOSIT, held.id)
    for _ in range(2):
        onward = scene.tap(Errand.DEPOSIT, {"do": "pay"}, held.id)
    row = Invoice.objects.get()
    assert (row.amount_minor, row.cause_id) == (50_00, held.id)
    assert "/t/pay." in onward
    assert "Deposit for Party" in unescape(Client().get(onward).content.decode())
    pay(scene, row)
    assert Booking.objects.get(id=held.id).state == "booked"
    assert "the deposit is paid" in scene.see(Errand.DEPOSIT, held.id)
    # A move of what was paid for is a person's (AP29).
    assert "changed by our staff" in scene.see(Errand.MOVE, held.id)


def test_a_deposit_that_comes_for_a_place_that_is_gone_is_shown_to_people(
    gym: Gym, sam: Screen
) -> None:
    scene = set_up(gym, Offer(name="Party", minutes=120, price_minor=200_00, capacity=1))
    scene.tap(Errand.BOOK, {"slot": scene.slots[1]}, scene.contact.id)
    held = Booking.objects.get(slot_id=scene.slots[1])
    scene.tap(Errand.DEPOSIT, {"do": "pay"}, held.id)
    gym.step(minutes=31)
    assert Booking.objects.get(id=held.id).state == "released"
    Contact.objects.create(id="1" * 32, workspace_id=gym.workspace.id, lane="x", created_at=START)
    wish = Wish(contact_id="1" * 32, slot_id=scene.slots[1])
    places.book(gym.house, gym.workspace.id, wish, actor="user:1")
    pay(scene, Invoice.objects.get())
    assert Invoice.objects.get().state == "paid"  # the money did come
    assert Booking.objects.get(id=held.id).state == "released"
    assert gym.deeds("deposit_without_place")
    told = Notice.objects.get(kind="deposit_late")  # to who serves bookings, and nobody else
    assert (told.user_id, told.details) == (sam.user.id, f"invoice {Invoice.objects.get().number}")
    assert "Find them another one, or give it back" in sam.get("/notices").text


def pay(scene: Scene, row: Invoice) -> None:
    paid = Reported(
        paid_by=PaidBy.CARD, amount_minor=row.amount_minor, currency="USD", noted_by="system:1",
        at=scene.gym.clock.now(), reference="pi_1",
    )  # fmt: skip
    with invoices.written(scene.gym.house, row.workspace_id) as ledger:
        invoices.settle(ledger, row.workspace_id, row.id, paid)
    scene.gym.step(seconds=0)


def test_one_question_is_answered_once(scene: Scene, sam: Screen, alex: Screen) -> None:
    assert "once you have been there" in scene.see(Errand.RATE)
    scene.tap(Errand.RATE, {"rating": "5"}, status=409)
    scene.gym.clock.move_to(EVENING + timedelta(hours=2))
    assert scene.see(Errand.RATE).count('type="radio"') == 5
    for bad in ("", "0", "6", "٣", "five"):
        scene.tap(Errand.RATE, {"rating": bad}, status=409)
    scene.tap(Errand.RATE, {"rating": "2", "words": "Too loud"})
    scene.tap(Errand.RATE, {"rating": "5"})
    assert "You gave 2 of 5" in scene.see(Errand.RATE)
    assert Booking.objects.get().rating == 2
    scene.gym.step(seconds=0)
    assert ReportedEvent.objects.filter(name="visit_rated").exists()
    kept = Booking.objects.get()
    shown = sam.get(f"/bookings/{kept.id}").text  # their words are for who may answer them
    assert ("2 of 5" in shown, "Too loud" in shown) == (True, True)
    assert "Too loud" not in alex.get(f"/bookings/{kept.id}").text
    assert "2 of 5" in sam.get(f"/contacts/{kept.contact_id}").text


@pytest.mark.req("RN1")
def test_a_renewal_is_one_tap_to_its_invoice(scene: Scene) -> None:
    Membership.objects.create(
        id="2" * 32, workspace_id=scene.gym.workspace.id, reference="M1", plan="Gold",
        contact_id=scene.contact.id, state="active", price_minor=49_00, joined_at=START,
        ends_on=START.date() + timedelta(days=30), changed_at=START,
    )  # fmt: skip
    shown = scene.see(Errand.RENEW, "2" * 32)
    assert "April 1, 2026" in shown
    assert "Renew for $49.00" in shown
    onward = scene.tap(Errand.RENEW, {"do": "renew"}, "2" * 32)
    assert re.search(r"^/t/pay\.", onward)
    pay(scene, Invoice.objects.get())
    assert ReportedEvent.objects.filter(name="membership_renewed").exists()
