"""An unhappy answer in a real browser: 3 of 10, a call, and 9 when asked again."""

import pytest
from django.db.models import F
from playwright.sync_api import BrowserContext, Page, expect

from baton.core.json import Json
from baton.services.people import telling
from baton.services.workspace import library, workspaces
from baton.services.writing import documents
from baton.store.models import Contact, Workspace
from tests.ingress.installation import Installation
from tests.ingress.test_server import session_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

_SOON = {  # days become moments, and the phone in the lab takes the place of SMS
    "for: 72h": "for: 1s",
    "for: 21d": "for: 1s",
    "channels: [sms, whatsapp, email]": "channels: [webchat]",
    "channels: [whatsapp, sms]": "channels: [webchat]",
}


@pytest.mark.req("NP6", "NP7", "NP19", "NP21", "G41")
def test_a_three_becomes_a_call_and_a_nine(
    context: BrowserContext, address: str, gym: Installation
) -> None:
    _publish(gym)
    cookie = session_of(gym.agent)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    phone = context.new_page()
    phone.goto(f"{address}/lab/")
    phone.get_by_role("button", name="Hours", exact=True).click()
    expect(phone.locator(".said-by.bot")).to_have_count(1, timeout=60_000)
    contact = Contact.objects.get()
    facts: dict[str, Json] = {"visit_number": 2, "review_url": "https://reviews.example/"}
    with gym.house.engine.transaction():
        telling.tell(gym.house, contact.id, "visit_ended", facts, key="a second visit")

    _answer(phone, "recommend", "3")
    _answer(phone, "What went wrong", "Too crowded at six")
    _answer(phone, "YES for a callback", "YES")
    desk = context.new_page()
    desk.goto(f"{address}/to-do")
    expect(desk.locator("strong", has_text="Call back within 24 hours")).to_be_visible()
    expect(desk.get_by_text("Too crowded at six").first).to_be_visible()

    _answer(phone, "Northside Gym now", "9")
    expect(phone.locator(".said-by.bot").last).to_contain_text("helps us to do better")
    desk.goto(f"{address}/reports/feedback?kind=nps")
    row = desk.locator("tbody tr", has_text="Too crowded at six")
    expect(row).to_contain_text("3")
    expect(row).to_contain_text("9")


def _publish(gym: Installation) -> None:
    """Put the library's flow in force with its days as moments, at any hour of the day."""
    mine = Workspace.objects.get()
    source = library.load_template("nps_recovery").source
    for days, moments in _SOON.items():
        assert days in source
        source = source.replace(days, moments)
    document = documents.read(source, file="nps_recovery.yaml").value
    workspaces.publish(
        gym.house, mine.id, "nps_recovery", document, now=gym.house.clock.now(), reason="a test",
        source=source,
    )  # fmt: skip
    # Counted up last: the server reads all of it anew from here on.
    policy = {**mine.policy, "quiet_from": "00:00", "quiet_until": "00:00"}
    kept = Workspace.objects.filter(id=mine.id)
    kept.update(policy=policy, revision=F("revision") + 1)


def _answer(phone: Page, asked: str, words: str) -> None:
    expect(phone.locator(".said-by.bot").last).to_contain_text(asked, timeout=30_000)
    phone.get_by_role("textbox").last.fill(words)
    phone.get_by_role("textbox").last.press("Enter")
