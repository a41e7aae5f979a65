"""A pilot in a real browser: shadow, 15 %, a harm that pauses it, taken back, up again, full."""

import pytest
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect

from baton.core.roles import Role
from baton.core.rollout import NINETY_DAYS
from baton.services.ledger import Ledger
from baton.services.pilot import rollouts, watch
from baton.services.workspace import workspaces
from tests.ingress.installation import PASSWORD, Installation
from tests.ingress.visitor import a_visitor
from tests.support import barriers
from tests.support.matters import keep_matters

pytestmark = pytest.mark.browser

# The visitor's message is decided by a thread of its own; the page knows when that was.
_UNTIL_DRAFTED = """async () => {
  for (let look = 0; look < 200; look++) {
    const text = await (await fetch(location.href)).text();
    if (text.includes("draft-text")) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}"""


@pytest.mark.req("PL1", "PL2", "PL5", "PL6", "PL9", "PL31", "G16", "X38")
def test_a_flow_is_shadowed_let_to_a_share_stopped_and_taken_back(
    context: BrowserContext, address: str, gym: Installation
) -> None:
    robin = workspaces.create_user(
        gym.house, gym.workspace.id, email="robin@gym.example", name="Robin",
        role=Role.MANAGER, password=PASSWORD,
    )  # fmt: skip
    page = context.new_page()
    page.goto(address)
    page.get_by_label("E-mail").fill("robin@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Pilot").click()
    page.get_by_role("link", name="Questions at the front desk").click()
    _say(page, "#begin-form", "Five questions fill the day", "Begin")
    expect(page.locator("#next")).to_contain_text("answer for: triage, owner")
    _renew_the_key(gym)
    for check in NINETY_DAYS.needed_for("full"):
        rollouts.answer(gym.house, robin, "faq", check, "looked at it with the desk")
    for stage in ("design", "build", "validate in shadow"):
        _say(page, "#on-form", "all of it is there", f"Move on to {stage}")
    _look_at_the_shadow(page, address, gym)
    _launch_and_harm(page, address, gym)
    _take_back_and_up(page, address)
    _let_to_everybody(page)


def _renew_the_key(gym: Installation) -> None:
    """Note a new key, as `baton keys rotate` does: the gym began long ago, and its keys are old."""
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.house.clock.now())
        whole = f"workspace:{gym.workspace.id}"
        ledger.audit(gym.workspace.id, "system", "key_added", whole, key=2)
        ledger.flush()


def _look_at_the_shadow(page: Page, address: str, gym: Installation) -> None:
    with Client(base_url=address, timeout=30) as client:
        assert a_visitor(client, gym).say("What time do you open?").status_code in (200, 202)
    page.goto(f"{address}/pilot/faq/drafts")
    assert page.evaluate(_UNTIL_DRAFTED)
    page.reload()
    page.get_by_role("button", name="Says the same").click()
    expect(page.locator(".lead")).to_contain_text("1 of 1 say the same")
    barriers.refuse(page)


def _launch_and_harm(page: Page, address: str, gym: Installation) -> None:
    page.goto(f"{address}/pilot/faq")
    page.get_by_label("In spite of gates").check()
    _say(page, "#on-form", "few write in winter", "Move on to soft launch")
    expect(page.locator(".stages .now")).to_contain_text("15 %")
    barriers.refuse(page)
    keep_matters(gym.house, gym.workspace.id, 40, began=gym.house.clock.now(), handed=40)
    assert watch.look(gym.house, gym.workspace.id).keys() == {"faq"}
    page.reload()
    expect(page.locator("main .notice.bad")).to_contain_text("100% were handed over")
    expect(page.locator("#next")).to_contain_text("It is paused")
    page.get_by_role("link", name="Resume it").click()
    _say(page, "#resume-form", "one bad batch of words", "Resume")


def _take_back_and_up(page: Page, address: str) -> None:
    page.goto(f"{address}/pilot/faq")
    expect(page.locator("#back-hint")).to_contain_text("people answer")
    _say(page, "#roll-back-form", "it still does not understand", "Roll back")
    expect(page.locator("#next")).to_contain_text("It is off")
    _say(page, "#take-up-form", "its articles are mended", "Take it up again")
    expect(page.locator(".stages .now")).to_contain_text("10 %")
    for told in ("Paused", "Resumed", "Taken back", "Taken up again", "few write in winter"):
        expect(page.locator(".happenings")).to_contain_text(told)


def _let_to_everybody(page: Page) -> None:
    for stage in ("measure and mend", "scale or pause", "everybody"):
        page.get_by_label("In spite of gates").check()
        _say(page, "#on-form", "the mend holds", f"Move on to {stage}")
    expect(page.locator(".stages .now")).to_contain_text("Everybody")
    expect(page.locator(".happenings")).to_contain_text("the mend holds")


def _say(page: Page, form: str, why: str, button: str) -> None:
    page.locator(f"{form} [name=reason]").fill(why)
    page.locator(form).get_by_role("button", name=button, exact=True).click()
