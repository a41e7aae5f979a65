"""Flows in a real browser: a manager changes, looks, publishes and goes back."""

from collections.abc import Iterator

import pytest
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect

from baton.services.flows import flow_drafts, flow_publishing, flow_sources
from baton.store.models import FlowVersion, Run
from tests.e2e.conftest import until
from tests.ingress.installation import PASSWORD, Installation
from tests.ingress.visitor import Visitor, a_visitor
from tests.support import barriers
from tests.support.flows import REMINDERS

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

UNKNOWN = "blorp zebra"  # words that no intent covers: the menu is offered
NEWS = "Choose 1, 2 or 3. Quick ✓"


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def page(context: BrowserContext, address: str, gym: Installation) -> Iterator[Page]:
    """A browser on the flows, signed in as a manager; no script fails."""
    assert gym.workspace.id
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{address}/flows")
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Flows", exact=True)).to_be_visible()
    page.wait_for_load_state("load")
    yield page
    assert problems == []


def _ask(page: Page, visitor: Visitor, address: str, words: str, *, number: int) -> None:
    """Let a visitor write, and wait until the bot has answered that often in all."""
    visitor.say(words, client_id=f"m{number}")
    page.goto(f"{address}/flows/faq")
    until(page, lambda: len([who for who, _text in visitor.texts() if who == "bot"]) >= number)


@pytest.mark.req("GV10", "GV7", "GV8")
def test_a_reminder_is_changed_seen_published_and_taken_back(
    page: Page, client: Client, gym: Installation, address: str
) -> None:
    mia, ben, eve = (a_visitor(client, gym) for _who in range(3))
    _ask(page, mia, address, UNKNOWN, number=1)
    old = mia.texts()[-1][1]
    _change_the_menu(page, address)
    _publish(page)

    _ask(page, ben, address, UNKNOWN, number=1)
    assert ben.texts()[-1][1] == NEWS
    _ask(page, mia, address, "1", number=2)
    assert set(Run.objects.filter(status="waiting").values_list("version", "step")) == {
        (1, "billing"),
        (2, "menu"),
    }

    _go_back(page, address)
    _ask(page, eve, address, UNKNOWN, number=1)
    assert eve.texts()[-1][1] == old
    assert FlowVersion.objects.filter(name="faq").count() == 3


def _change_the_menu(page: Page, address: str) -> None:
    """Change a text and a time by the form, watching the preview and the check."""
    page.goto(f"{address}/flows")
    page.get_by_role("link", name="Questions at the front desk").click()
    page.get_by_role("link", name="menu, asks").click()  # a box of the picture
    preview = page.locator("#preview")
    page.locator("#f-text").fill("Choose {{ run.nothing }}.")
    expect(preview).to_contain_text("nothing")
    page.locator("#f-text").fill(NEWS)
    # The first is in the language of the form; the others stand below it.
    expect(preview.locator(".channel-sms").first).to_contain_text("1 SMS, special: ✓")
    expect(preview.locator(".channel-whatsapp .bubble").first).to_contain_text(NEWS)
    page.locator("#f-silence").fill("soon")
    expect(preview).to_contain_text("1 fault in this step")
    page.locator("#f-silence").fill("3h")
    expect(preview).to_contain_text("No fault found in this step")
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.get_by_text("No fault found in this draft.")).to_be_visible()


def _publish(page: Page) -> None:
    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_text("Silence was “2h”, is now “3h”")).to_be_visible()
    page.get_by_label("Why").fill("shorter is clearer")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Version 2 is in force")).to_be_visible()


def _go_back(page: Page, address: str) -> None:
    page.goto(f"{address}/flows/faq/versions")
    page.get_by_role("link", name="Version 1").click()
    page.get_by_label("Why").fill("the old one was clearer")
    page.get_by_role("button", name="Publish version 1 anew").click()
    expect(page.get_by_role("heading", name="Version 3 in force")).to_be_visible()


def test_no_page_has_a_barrier_and_each_fits_a_phone(
    page: Page, gym: Installation, address: str
) -> None:
    flow_drafts.begin(gym.house, gym.agent, REMINDERS)
    seen = flow_sources.digest_of(REMINDERS)
    flow_publishing.publish(gym.house, gym.agent, "reminders", reason="first", seen=seen, newest=0)
    faulty = REMINDERS.replace("before: 24h", "before: soon")
    flow_drafts.save_source(gym.house, gym.agent, "reminders", faulty, seen=seen)
    flow = "flows/reminders"
    _look_on_a_phone(page, f"{address}/{flow}/steps/remind")
    paths = (
        "flows",
        "flows/new",
        flow,
        f"{flow}/head",
        f"{flow}/steps/remind",
        f"{flow}/steps/day_before",
        f"{flow}/yaml",
        f"{flow}/publish",
        f"{flow}/versions",
        f"{flow}/versions/1",
        f"{flow}/runs",
        f"{flow}/pause",
        "flows/faq/try",
    )
    barriers.look_at(page, address, paths)


def _look_on_a_phone(page: Page, step: str) -> None:
    """Go from a long form to its preview and back, where they stand one below the other."""
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(step)
    page.get_by_role("link", name="Preview", exact=True).click()
    expect(page.locator("#reads")).to_be_in_viewport()
    page.get_by_role("link", name="Back to the form").click()
    expect(page.locator("#step-form").get_by_label("Text").first).to_be_in_viewport()
