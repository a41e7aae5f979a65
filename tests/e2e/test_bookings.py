"""Places and members in a real browser: from the calendar to a phone, one tap, and on."""

import re
from datetime import datetime, timedelta

import pytest
from django.db.models import F
from playwright.sync_api import Browser, BrowserContext, Page, expect

from baton.core.bookings import State
from baton.services.bookings import activities, members
from baton.services.bookings.activities import Offer
from baton.services.bookings.members import Plan
from baton.services.workspace import workspaces
from baton.services.workspace.library import load_template
from baton.services.writing import documents
from baton.store.models import Activity, Booking, Contact, Run, RuntimeTimer, Slot, Workspace
from tests.ingress.installation import Installation
from tests.ingress.test_server import session_of
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

_FLOWS = ("appointment_reminders", "no_show_offer", "spot_hold")


@pytest.fixture
def slots(gym: Installation) -> tuple[str, str]:
    """Return two times of a class for one, days ahead; no hour of the day is a quiet one."""
    house, workspace_id = gym.house, gym.workspace.id
    for name in _FLOWS:
        template = load_template(name)
        document = documents.read(template.source, file=name).value
        workspaces.publish(
            house, workspace_id, name, document,
            now=house.clock.now(), reason="to try", source=template.source,
        )  # fmt: skip
    # Last of all: a server that runs already keeps what it reads under a new number.
    Workspace.objects.filter(id=workspace_id).update(
        policy={"quiet_from": "00:00", "quiet_until": "00:00"}, revision=F("revision") + 1
    )
    offer = Offer(name="Yoga", capacity=1, price_minor=15_00)
    activity_id = activities.save(house, workspace_id, offer, actor="system")
    noon = house.clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    starts = [noon + timedelta(days=4), noon + timedelta(days=5)]
    first, second = activities.add_slots(house, workspace_id, activity_id, starts, actor="system")
    return first, second


@pytest.fixture
def staff(context: BrowserContext, address: str, gym: Installation) -> BrowserContext:
    cookie = session_of(gym.agent)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return context


@pytest.mark.req("AP2", "AP3", "AP8", "AP9", "AP13", "AP17")
def test_a_booking_is_confirmed_moved_by_one_tap_and_its_place_is_offered_on(
    browser: Browser, staff: BrowserContext, address: str, slots: tuple[str, str]
) -> None:
    first, second = slots
    lab = staff.new_page()
    ana, ben = _two_customers(lab, address)
    desk = staff.new_page()
    _book(desk, address, first, ana, "Book")
    _book(desk, address, first, ben, "Book, or put on the waiting list")
    expect(desk.get_by_text("1 of 1 places are taken, 1 wait")).to_be_visible()

    lab.bring_to_front()
    lab.get_by_role("tab", name="Customer 1").click()
    asked = lab.locator(".said-by.bot", has_text="Yoga is booked for")
    expect(asked).to_be_visible()
    [link] = re.findall(r"/t/move\.\S+", asked.inner_text())
    lab.get_by_role("button", name="Confirm").click()
    expect(lab.locator(".said-by.bot", has_text="Confirmed: Yoga")).to_be_visible()
    assert Booking.objects.get(contact_id=ana).state == State.CONFIRMED

    _move_on_a_phone(browser, address + link)
    moved = Booking.objects.get(contact_id=ana)
    assert (moved.slot_id, moved.state) == (second, State.BOOKED)
    expect(asked).to_have_count(2)
    assert _reminded_at(ana) == moved.starts_at - timedelta(days=1)
    # The place that is free is offered to who waits, in the same moment.
    lab.get_by_role("tab", name="Customer 2").click()
    expect(lab.locator(".said-by.bot", has_text="A place is free: Yoga")).to_be_visible()
    lab.get_by_role("button", name="Take it").click()
    expect(lab.locator(".said-by.bot", has_text="The place is yours: Yoga")).to_be_visible()

    _cancel(desk, address, moved.id)
    assert [one.state for one in Booking.objects.order_by("id")] == [State.CANCELLED, State.BOOKED]
    lab.bring_to_front()
    lab.get_by_role("tab", name="Customer 1").click()
    expect(lab.get_by_text("no run waits")).to_be_visible()
    assert _reminded_at(ana) is None


def test_the_pages_of_places_and_members_are_accessible_and_fit(
    staff: BrowserContext, address: str, gym: Installation, slots: tuple[str, str]
) -> None:
    page = staff.new_page()
    ana, _ben = _two_customers(page, address)
    plan = Plan(name="Gold", price_minor=49_00)
    membership = members.begin(gym.house, gym.workspace.id, ana, plan, actor="system")
    day = Slot.objects.get(id=slots[0]).starts_at.date().isoformat()
    paths = [
        f"calendar?on={day}", "activities", f"activities/{Activity.objects.get().id}",
        "members", f"members/{membership}", f"members/new/{_ben}", f"contacts/{ana}",
    ]  # fmt: skip
    barriers.look_at(page, address, paths)
    # What happens to a contact is on their page while it is looked at.
    page.set_viewport_size({"width": 1280, "height": 844})
    _book(other := staff.new_page(), address, slots[0], ana, "Book")
    other.close()
    expect(page.get_by_role("link", name="Yoga,")).to_be_visible()


def _two_customers(page: Page, address: str) -> tuple[str, str]:
    """Let two customers say hello on the lab's phones; return their contacts."""
    page.goto(f"{address}/lab/")
    expect(page.get_by_role("tab", name="Customer 1")).to_be_visible()
    page.get_by_role("button", name="Hours", exact=True).click()
    expect(page.locator(".said-by.bot")).to_have_count(1)
    page.get_by_role("button", name="New customer").click()
    expect(page.get_by_role("tab", name="Customer 2")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Hours", exact=True).click()
    expect(page.locator(".said-by.bot")).to_have_count(1)
    ana, ben = Contact.objects.order_by("id").values_list("id", flat=True)
    return ana, ben


def _book(page: Page, address: str, slot: str, contact: str, how: str) -> None:
    page.goto(f"{address}/calendar/slots/{slot}?q={contact[-8:]}")
    page.get_by_role("button", name=how, exact=True).click()
    expect(page.locator(".booking-lines li")).not_to_have_count(0)
    page.wait_for_load_state("load")


def _reminded_at(contact: str) -> datetime | None:
    """Return when a contact's run of the reminders goes on by itself, if one waits."""
    run = Run.objects.filter(contact_id=contact, flow="appointment_reminders").get()
    timer = RuntimeTimer.objects.filter(key=f"run:{run.id}").first()
    return timer.due_at if timer else None


def _cancel(page: Page, address: str, booking: str) -> None:
    page.bring_to_front()
    page.goto(f"{address}/bookings/{booking}")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cancelled")


def _move_on_a_phone(browser: Browser, link: str) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    phone.set_default_timeout(20_000)
    phone.goto(link)
    barriers.look_over(phone)
    phone.get_by_role("radio").first.check()
    phone.get_by_role("button", name="Move").click()
    # What is shown is the booking at its new time, to be confirmed.
    expect(phone.get_by_role("button", name="Yes, I will come")).to_be_visible()
    barriers.refuse(phone)
    phone.context.close()
