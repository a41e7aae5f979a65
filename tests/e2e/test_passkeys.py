"""A passkey in a real browser, made and proven by the device that Chromium plays."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from baton.store.models import AuditEntry
from tests.ingress.installation import PASSWORD, Installation

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("gym")]


def test_somebody_signs_in_with_a_passkey_and_no_password(
    context: BrowserContext, address: str, gym: Installation
) -> None:
    here = address.replace("127.0.0.1", "localhost")  # a number has no passkeys
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    _give_password(page, f"{here}/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("What you call it").fill("My telephone")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("strong", has_text="My telephone")).to_be_visible()
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()

    page.goto("about:blank")
    context.clear_cookies()
    page.goto(f"{here}/account")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    # With the password, the passkey is the second step.
    page.goto("about:blank")
    context.clear_cookies()
    _give_password(page, here)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    done = AuditEntry.objects.filter(workspace_id=gym.workspace.id, actor=f"user:{gym.agent.id}")
    assert done.filter(action="second_step_used").count() == 2


def _give_password(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
