"""The phone lab in a real browser."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from baton.services.desk import agents
from baton.store.models import Conversation
from tests.e2e.conftest import until
from tests.ingress.installation import Installation
from tests.ingress.test_server import session_of
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


@pytest.fixture
def lab(context: BrowserContext, address: str, gym: Installation) -> Page:
    cookie = session_of(gym.agent)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return context.new_page()


@pytest.fixture
def page(lab: Page, address: str) -> Page:
    lab.goto(f"{address}/lab/")
    expect(lab.get_by_role("tab", name="Customer 1")).to_be_visible()
    return lab


def test_what_is_said_before_the_first_customer_is_in_is_not_lost(lab: Page, address: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    lab.route("**/sessions", hold)
    lab.goto(f"{address}/lab/")
    lab.get_by_role("button", name="Hours", exact=True).click()
    until(lab, lambda: held)
    held[0].continue_()
    expect(lab.locator(".said-by.bot")).to_have_count(1)


def test_several_customers_are_played_at_once(page: Page, gym: Installation) -> None:
    page.get_by_role("button", name="Hours", exact=True).click()
    expect(page.locator(".said-by.bot")).to_have_count(1)
    expect(page.locator("#facts")).to_contain_text("opening_hours")

    page.get_by_role("button", name="New customer").click()
    expect(page.get_by_role("tab", name="Customer 2")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("Nothing has been decided yet.")).to_be_visible()
    page.get_by_role("button", name="A person", exact=True).click()
    expect(page.locator("#facts")).to_contain_text("handed_over")

    page.get_by_role("tab", name="Customer 1").click()
    expect(page.locator(".said-by.contact p")).to_have_text("What time do you open on Saturday?")
    waiting = Conversation.objects.get(handled_by__in=["queue", "async"])
    agents.accept(gym.house, gym.agent, waiting.id)
    agents.reply(gym.house, gym.agent, waiting.id, "Maya here.")
    expect(page.get_by_role("tab", name="Customer 2")).to_contain_text("1")
    page.get_by_role("tab", name="Customer 2").click()
    expect(page.locator(".said-by.agent")).to_contain_text("Maya here.")
    expect(page.locator("#facts")).to_contain_text("agent (Maya Ortiz)")

    page.reload()
    expect(page.get_by_role("tab")).to_have_count(2)
    expect(page.locator(".said-by.agent")).to_contain_text("Maya here.")


def test_the_lab_is_accessible_and_fits(page: Page) -> None:
    page.get_by_role("button", name="Off topic", exact=True).click()
    expect(page.get_by_role("button", name="Billing")).to_be_visible()
    expect(page.locator("#turns li")).to_have_count(1)
    barriers.look_over(page)
