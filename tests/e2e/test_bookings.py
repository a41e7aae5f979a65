"""Places and members in a real browser: every page fits, and a contact's grows by itself."""

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from baton.services.bookings import activities, members
from baton.services.bookings.activities import Offer
from baton.services.bookings.members import Plan
from baton.services.workspace import workspaces
from baton.services.workspace.library import load_template
from baton.services.writing import documents
from baton.store.models import Activity, Contact, Slot, Workspace
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
    Workspace.objects.filter(id=workspace_id).update(
        policy={"quiet_from": "00:00", "quiet_until": "00:00"}, revision=2
    )
    for name in _FLOWS:
        template = load_template(name)
        document = documents.read(template.source, file=name).value
        workspaces.publish(
            house, workspace_id, name, document,
            now=house.clock.now(), reason="to try", source=template.source,
        )  # fmt: skip
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
