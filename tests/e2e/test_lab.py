"""The phone lab in a real browser."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from baton.services.desk import agents
from baton.store.models import Conversation
from tests.ingress.installation import Installation
from tests.ingress.test_server import session_of
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


@pytest.fixture
def page(context: BrowserContext, address: str, gym: Installation) -> Page:
    cookie = session_of(gym.agent)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/lab/")
    expect(page.get_by_role("tab", name="Customer 1")).to_be_visible()
    return page


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
