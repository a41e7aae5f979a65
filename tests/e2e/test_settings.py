"""Confidence and triage in a real browser: a manager changes a threshold, and opens a number."""

from collections.abc import Iterator

import pytest
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect

from baton.store.models import Contact, ThresholdChange, Turn
from tests.ingress.installation import PASSWORD, Installation
from tests.ingress.visitor import a_visitor
from tests.support import barriers

pytestmark = pytest.mark.browser


@pytest.fixture
def page(context: BrowserContext, address: str, gym: Installation) -> Iterator[Page]:
    """A browser signed in as a manager; one contact has asked one thing."""
    with Client(base_url=address, timeout=30) as client:
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address)
        page.get_by_label("E-mail").fill("maya@gym.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
        page.get_by_role("link", name="Bot", exact=False).first.click()
        assert a_visitor(client, gym).say("What time do you open?").status_code in (200, 202)
        # The first message of a process waits for its reader to be made.
        expect(page.locator(".row")).to_have_count(1, timeout=60_000)
        yield page
    assert problems == []


@pytest.mark.req("GV10", "X27")
def test_a_threshold_is_changed_after_its_effect_was_shown_and_put_back(page: Page) -> None:
    intent = Turn.objects.get().intent
    title = intent.replace("_", " ").capitalize()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Confidence")).to_be_visible()
    page.get_by_role("link", name=title, exact=True).click()
    page.get_by_label("Answer from, in percent").fill("95")
    page.get_by_role("button", name="Show what it would have done").click()
    expect(page.get_by_label("Why")).to_be_focused()  # the browser asks for what is missing
    page.get_by_label("Why").fill("Look at more of them for a while")
    page.get_by_role("button", name="Show what it would have done").click()
    expect(page.get_by_role("heading", name="What it would have done")).to_be_visible()
    expect(page.locator("#effect")).to_contain_text("Of 1 turn in the last 30 days")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#saved")).to_be_visible()
    expect(page.get_by_text("Look at more of them for a while")).to_be_visible()
    assert [row.new_answer for row in ThresholdChange.objects.all()] == [0.95]

    page.get_by_role("link", name=f"Put back {title}").click()
    expect(page.get_by_label("Set nothing here")).to_be_checked()
    page.get_by_role("button", name="Show what it would have done").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#saved")).to_be_visible()
    assert [row.new_answer for row in ThresholdChange.objects.order_by("version")] == [0.95, None]


@pytest.mark.req("T9")
def test_a_number_of_the_report_opens_its_conversations(page: Page) -> None:
    conversation = Turn.objects.get().conversation_id
    page.get_by_role("link", name="Reports").click()
    page.get_by_role("link", name="Triage", exact=True).click()
    expect(page.get_by_role("heading", name="Triage")).to_be_visible()
    page.get_by_role("link", name="1 conversation", exact=True).click()
    page.get_by_role("link", name=f"#{conversation[-6:]}").click()
    expect(page.locator("#conversation")).to_have_attribute("data-id", conversation)


def test_pages_fit_their_screen_and_are_accessible(page: Page) -> None:
    scheme, _, host = page.url.split("/", 3)[:3]
    paths = (
        "settings/confidence",
        "settings/sending",
        f"contacts/{Contact.objects.get().id}",
        "settings/confidence/change?scope=intent&name=ask_person",
        "reports/triage",
        "reports/triage/counted?kind=drift&name=needless&measure=needless&part=numerator",
    )
    barriers.look_at(page, f"{scheme}//{host}", paths)
