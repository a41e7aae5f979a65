"""Acting, in two browsers: stepping in and giving back; a refund that goes up and comes back."""

from collections.abc import Iterator

import pytest
from httpx import Client
from playwright.sync_api import Browser, Page, expect

from baton.core.roles import Role
from baton.services.workspace import workspaces
from baton.store.models import Approval, Message
from tests.ingress.installation import PASSWORD, Installation, staff_at_any_hour
from tests.ingress.visitor import Visitor, a_visitor
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


@pytest.fixture
def visitor(address: str, gym: Installation) -> Iterator[Visitor]:
    workspaces.create_user(
        gym.house, gym.workspace.id, email="sam@gym.example", name="Sam", role=Role.AGENT,
        password=PASSWORD,
    )  # fmt: skip
    staff_at_any_hour(gym, "billing")
    with Client(base_url=address, timeout=30) as client:
        yield a_visitor(client, gym)


def signed_in(browser: Browser, address: str, email: str, *, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
    page.set_default_timeout(20_000)
    page.goto(address)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    page.wait_for_load_state("load")
    return page


@pytest.mark.req("G11", "G51", "R15", "E37")
def test_stepping_in_giving_back_and_a_refund_that_goes_up(
    browser: Browser, address: str, visitor: Visitor
) -> None:
    sam = signed_in(browser, address, "sam@gym.example", width=1280)
    maya = signed_in(browser, address, "maya@gym.example", width=390)

    _step_in_and_give_back(sam, visitor)
    _propose_beyond_the_limit(sam, visitor)
    _approve_on_a_phone(maya, address)
    _carry_out(sam)
    for page in (sam, maya):
        page.context.close()


def _step_in_and_give_back(sam: Page, visitor: Visitor) -> None:
    # Mid-flow: the menu waits for a choice, a person steps in, and the bot says nothing more.
    visitor.say("wibble wobble", client_id="m1")
    sam.get_by_role("link", name="Bot").click()
    sam.locator(".row").click()
    sam.get_by_role("button", name="Step in", exact=True).click()
    expect(sam.locator("#owner")).to_contain_text("Yours")
    visitor.say("What time do you open?", client_id="m2")
    sam.get_by_label("Your reply to the contact").fill("Sam here.")
    sam.keyboard.press("Control+Enter")
    expect(sam.locator("#said")).to_have_text("Reply sent.")
    assert Message.objects.filter(author="bot").count() == 1
    sam.get_by_role("button", name="Return to bot").click()
    expect(sam.locator("#owner")).to_contain_text("Bot is answering")
    visitor.say("What time do you open?", client_id="m3")
    expect(sam.locator("#owner")).to_contain_text("Bot")


def _propose_beyond_the_limit(sam: Page, visitor: Visitor) -> None:
    # A refund beyond an agent's limit goes up, by keyboard, and comes back by itself.
    visitor.say("I want my money back, this is a scam", client_id="m4")
    sam.get_by_role("button", name="Take", exact=True).click()
    expect(sam.locator("#owner")).to_contain_text("Yours")
    sam.keyboard.press("Control+k")
    sam.keyboard.type("propose a refund")
    sam.keyboard.press("Enter")
    sam.get_by_label("Amount in").fill("300")
    sam.get_by_label("Reason", exact=True).select_option("charged_wrongly")
    sam.get_by_label("Amount in").press("Enter")
    expect(sam.locator("#granted")).to_contain_text("waits for a manager")
    barriers.refuse(sam)


def _approve_on_a_phone(maya: Page, address: str) -> None:
    maya.goto(f"{address}/approvals")
    expect(maya.locator(".approval")).to_contain_text("Sam may grant 50.00 USD alone")
    barriers.refuse(maya)
    assert maya.evaluate("document.documentElement.scrollWidth") <= 390
    maya.get_by_role("button", name="Approve").click()
    expect(maya.locator(".empty")).to_contain_text("Nothing waits for you")


def _carry_out(sam: Page) -> None:
    expect(sam.locator("#granted")).to_contain_text("approved by Maya Ortiz")
    sam.locator("#granted").get_by_text("Carried out", exact=True).click()
    sam.get_by_label("Its number").fill("pay-7781")
    sam.get_by_label("Its number").press("Enter")
    expect(sam.locator(".approval .chip")).to_have_text("Carried out")
    assert Approval.objects.get().state == "done"
    sam.get_by_role("link", name="Trail").click()
    expect(sam.get_by_role("row")).to_have_count(5)
