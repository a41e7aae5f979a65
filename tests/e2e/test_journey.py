"""The whole way, in two browsers at once: a customer on the widget, an agent in the inbox."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from baton.store.models import AuditEntry, Conversation, SurveyResponse, Workspace
from tests.ingress.installation import PASSWORD, Installation, staff_at_any_hour

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

REFUND = "I want my money back, this is a scam"


@pytest.fixture
def business(gym: Installation) -> Installation:
    """Somebody is there at any hour, and the one question comes at once."""
    staff_at_any_hour(gym, "billing", "retention", "clinical", "bookings")
    workspace = Workspace.objects.get(id=gym.workspace.id)
    Workspace.objects.update(
        policy=workspace.policy | {"csat_delay": "1s"}, revision=workspace.revision + 1
    )
    return gym


@pytest.fixture
def customer(business: Installation, address: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"{address}/try/{business.inbox.token}")
    page.get_by_role("button", name="chat").first.click()
    yield page
    context.close()


@pytest.fixture
def agent(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    return page


def say(page: Page, words: str) -> None:
    page.get_by_role("textbox").fill(words)
    page.get_by_role("textbox").press("Enter")


def come_back(customer: Page, agent: Page) -> None:
    """The same matter again: a recontact, which the agent sees by itself."""
    say(customer, "I still want my money back")
    expect(agent.locator(".row").first).to_contain_text("Refund")
    conversation = Conversation.objects.get()
    assert conversation.recontacts == 1
    assert conversation.status == "open"
    assert conversation.handled_by == "queue"
    customer.reload()
    customer.get_by_role("button", name="chat").first.click()
    expect(customer.get_by_text("I still want my money back")).to_be_visible()


@pytest.mark.req("G58", "H1", "H5", "H6", "H12", "K3", "FQ5", "FQ19", "P10")
def test_from_the_first_question_to_the_recontact(customer: Page, agent: Page) -> None:
    say(customer, "where can I park?")
    expect(customer.get_by_text("Members park free")).to_be_visible()

    say(customer, f"{REFUND}. Call me on +44 7911 123456")
    expect(customer.get_by_text("colleague", exact=False).last).to_be_visible()

    agent.locator(".row").first.click()
    card = agent.locator("#card")
    expect(card).to_contain_text("money back")
    shown = agent.content()
    assert "7911" not in shown  # no raw identifier
    assert "Members park free" not in shown  # no transcript
    assert not re.search(r"\b0\.\d{2,}|confiden", card.inner_text())  # no probability

    agent.get_by_role("button", name="Take", exact=True).click()
    expect(agent.locator("#owner")).to_contain_text("Yours")
    agent.get_by_role("button", name="Open transcript").click()
    expect(agent.get_by_text("where can I park?").last).to_be_visible()
    assert AuditEntry.objects.filter(action="card_opened").exists()
    assert AuditEntry.objects.filter(action="transcript_opened").count() == 1

    agent.get_by_role("textbox", name="Reply").fill("I have refunded it, sorry about that.")
    agent.keyboard.press("Control+Enter")
    expect(customer.get_by_text("I have refunded it")).to_be_visible()

    agent.keyboard.press("Alt+e")
    agent.get_by_role("button", name="Refunded").click()
    expect(customer.get_by_text("How did we do today?", exact=False)).to_be_visible()
    customer.get_by_role("button", name="5", exact=True).click()
    expect(customer.get_by_text("Thank you for telling us")).to_be_visible()
    assert SurveyResponse.objects.get().score == 100

    come_back(customer, agent)
