"""Settings > Channels, and the lab's SMS, in a real browser."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from baton.channels.sandbox.settings import SandboxSettings
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from tests.ingress.installation import Installation
from tests.ingress.test_server import session_of
from tests.nlu.outside.server import Server, running

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


@pytest.fixture
def page(context: BrowserContext, address: str, gym: Installation) -> Page:
    wanted = Wanted(name="SMS, to try", settings=SandboxSettings(sender="+15005550006"))
    inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")
    cookie = session_of(gym.agent)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return context.new_page()


@pytest.fixture
def gateway() -> Iterator[Server]:
    with running() as server:
        server.answers({}, status=404)
        yield server


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [v["id"] for v in found if v["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_gateway_is_connected_by_the_form(
    page: Page, address: str, gateway: Server, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{address}/settings/channels")
    expect(page.get_by_role("heading", name="Website chat")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("Connect an inbox").click()
    page.get_by_role("link", name="SMS by another provider").click()
    page.get_by_label("Name", exact=True).fill("Gateway")
    page.get_by_label("Sender").fill("GYM")
    page.get_by_label("Address to send to").fill("http://sms.example/send")
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_text("must start with https")).to_be_visible()
    assert serious(page) == []
    page.get_by_label("Address to send to").fill(f"{gateway.url}/send")
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_role("alert")).to_contain_text("knows no such address")
    gateway.answers({})
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_role("heading", name="The inbox's secret")).to_be_visible()
    page.get_by_role("link", name="I have put it away").click()
    expect(page.get_by_role("heading", name="Gateway")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []


def test_the_lab_plays_a_phone_and_counts_its_parts(page: Page, address: str) -> None:
    page.goto(f"{address}/lab/")
    page.get_by_label("Inbox", exact=True).select_option("SMS, to try")
    page.get_by_role("button", name="New customer").click()
    expect(page.get_by_role("tab", name="Customer 2 · SMS")).to_be_visible()
    page.get_by_role("button", name="Off topic", exact=True).click()
    expect(page.locator(".said-by.bot p")).to_contain_text("Reply with 1 for billing")
    expect(page.locator(".said-by.bot .size")).to_contain_text("1 part")
    expect(page.locator("#choices button")).to_have_count(0)
    assert serious(page) == []
