"""What to automate, in a real browser: an export in, findings, the workspace set up."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from baton.core.roles import Role
from baton.services.workspace import workspaces
from tests.ingress.installation import PASSWORD, Installation
from tests.support import barriers

pytestmark = pytest.mark.browser

_ASKED = ("what time do you open", "when do you close tonight", "what are your opening hours")


@pytest.mark.req("T22", "PL34")
def test_an_export_becomes_drafts(
    context: BrowserContext, address: str, gym: Installation, tmp_path: Path
) -> None:
    workspaces.create_user(
        gym.house, gym.workspace.id, email="robin@gym.example", name="Robin",
        role=Role.MANAGER, password=PASSWORD,
    )  # fmt: skip
    lines = [f"{_ASKED[n % 3]} please {n},2025-03-{n % 28 + 1:02}" for n in range(60)]
    export = tmp_path / "past.csv"
    export.write_text("\n".join(["Question asked,Created at", *lines, "lost,some day"]))
    page = context.new_page()
    page.goto(address)
    page.get_by_label("E-mail").fill("robin@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Pilot").click()
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
    barriers.refuse(page)
    page.get_by_role("button", name="Set up what is chosen").click()
    expect(page.get_by_role("status")).to_contain_text("Drafts were begun: faq_triage")
    expect(page.get_by_role("status")).to_contain_text("Request types set: Opening hours")
    barriers.refuse(page)
