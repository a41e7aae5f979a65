"""A pilot in a real browser, from an export of past talks to a flow that serves everybody."""

from pathlib import Path

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

FLOW = "faq_triage"
_ASKED = ("what time do you open", "when do you close tonight", "what are your opening hours")

# The visitor's message is decided by a thread of its own; the page knows when that was.
_UNTIL_DRAFTED = """async () => {
  for (let look = 0; look < 200; look++) {
    const text = await (await fetch(location.href)).text();
    if (text.includes("draft-text")) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}"""


@pytest.mark.req("PL1", "PL2", "PL5", "PL6", "PL9", "PL31", "PL34", "T22", "G16", "X38")
def test_from_an_export_to_a_flow_for_everybody(
    context: BrowserContext, address: str, gym: Installation, tmp_path: Path
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
    _assess(page, tmp_path)
    _publish_in_place(page)
    expect(page.locator("#next")).to_contain_text("answer for: triage, owner")
    _renew_the_key(gym)
    for check in NINETY_DAYS.needed_for("full"):
        rollouts.answer(gym.house, robin, FLOW, check, "looked at it with the desk")
    for stage in ("design", "build", "validate in shadow"):
        _say(page, "#on-form", "all of it is there", f"Move on to {stage}")
    _look_at_the_shadow(page, address, gym)
    _launch_and_harm(page, address, gym)
    _take_back(page)
    _mend(page, address)
    _take_up(page, address)
    _let_to_everybody(page)


def _assess(page: Page, folder: Path) -> None:
    """Bring an export, read what is found, and choose the template that it suggests."""
    lines = [f"{_ASKED[n % 3]} please {n},2025-03-{n % 28 + 1:02}" for n in range(60)]
    export = folder / "past.csv"
    export.write_text("\n".join(["Question asked,Created at", *lines, "lost,some day"]))
    page.get_by_role("link", name="What to automate").click()
    page.locator("summary", has_text="The columns of a table").click()
    page.get_by_label("What people wrote").fill("Question asked")
    page.locator("#past-file").set_input_files(export)
    barriers.refuse(page)
    page.get_by_role("button", name="Assess it").click()
    expect(page.get_by_role("heading", name="Begin with: Questions and answers")).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text("line 62: Created at")).to_be_visible()
    page.get_by_role("button", name="Set up what is chosen").click()
    expect(page.get_by_role("status")).to_contain_text(f"Drafts were begun: {FLOW}")
    expect(page.get_by_role("status")).to_contain_text("Request types set: Opening hours")
    barriers.refuse(page)


def _publish_in_place(page: Page) -> None:
    """Publish it by a pilot, in the place of the pack's flow that the same words start."""
    page.get_by_role("status").get_by_role("link", name=FLOW).click()
    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_role("heading", name="1 fault must be mended first")).to_be_visible()
    page.get_by_role("button", name="Put it in place of Questions at the front desk").click()
    expect(page.get_by_text("No fault found in this draft.")).to_be_visible()
    expect(page.get_by_label("By a pilot, 90 days.")).to_be_checked()
    barriers.refuse(page)
    page.get_by_label("Why").fill("what is asked most")
    page.get_by_role("button", name="Publish version 1").click()


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
    page.goto(f"{address}/pilot/{FLOW}/drafts")
    assert page.evaluate(_UNTIL_DRAFTED)
    page.reload()
    expect(page.get_by_role("heading", name="The flow in force said")).to_be_visible()
    page.get_by_role("button", name="Says the same").click()
    expect(page.locator(".lead")).to_contain_text("1 of 1 say the same")
    barriers.refuse(page)


def _launch_and_harm(page: Page, address: str, gym: Installation) -> None:
    page.goto(f"{address}/pilot/{FLOW}")
    page.get_by_label("In spite of gates").check()
    _say(page, "#on-form", "few write in winter", "Move on to soft launch")
    expect(page.locator(".stages .now")).to_contain_text("15 %")
    barriers.refuse(page)
    keep_matters(gym.house, gym.workspace.id, 40, began=gym.house.clock.now(), handed=40, flow=FLOW)
    assert watch.look(gym.house, gym.workspace.id).keys() == {FLOW}
    page.reload()
    expect(page.locator("main .notice.bad")).to_contain_text("100% were handed over")
    expect(page.locator("#next")).to_contain_text("It is paused")
    expect(page.locator("#gates + .verdict-list")).to_contain_text("broken")


def _take_back(page: Page) -> None:
    expect(page.locator("#back-hint")).to_contain_text("Questions at the front desk answers")
    _say(page, "#roll-back-form", "it still does not understand", "Roll back")
    expect(page.locator("#next")).to_contain_text("It is off")


def _mend(page: Page, address: str) -> None:
    page.goto(f"{address}/flows/{FLOW}/steps/menu")
    page.locator("#f-text").fill("Reply with 1 for billing, 2 for bookings, 3 for anything else.")
    page.get_by_role("button", name="Save to the draft").click()
    page.get_by_role("link", name="Publish…").click()
    page.get_by_label("Why").fill("the menu was not understood")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Version 2 is in force")).to_be_visible()


def _take_up(page: Page, address: str) -> None:
    page.goto(f"{address}/pilot/{FLOW}")
    _say(page, "#take-up-form", "its menu is mended", "Take it up again")
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
