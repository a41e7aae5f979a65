"""A full team in a browser: a promise made and kept, the boards meanwhile, a contact's photos."""

import base64
from collections.abc import Iterator

import pytest
from django.db.models import F
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect

from baton.store.models import AuditEntry, SlaClock, Workspace
from tests.e2e.conftest import until
from tests.ingress.installation import PASSWORD, Installation, staff_at_any_hour
from tests.ingress.visitor import Visitor, a_visitor
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

PERSON = "Can I talk to a human?"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def client(address: str, gym: Installation) -> Iterator[Client]:
    staff_at_any_hour(gym, "billing")
    busy = Workspace.objects.get(id=gym.workspace.id)
    Workspace.objects.filter(id=busy.id).update(
        policy={**busy.policy, "agent_capacity": 1}, revision=F("revision") + 1
    )
    with Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    page.wait_for_load_state("load")
    return page


@pytest.mark.req("G12", "R1", "R3", "H21", "G2")
def test_a_full_team_promises_sees_its_boards_and_keeps_the_promise(
    page: Page, address: str, client: Client, gym: Installation
) -> None:
    first = a_visitor(client, gym)
    _send_photos(first)
    page.locator(".row").hover()
    page.locator(".row-take").click()  # from its row, with one click
    expect(page.locator("#owner")).to_contain_text("Yours")
    _look_at_the_photos(page)

    second, third = a_visitor(client, gym), a_visitor(client, gym)
    second.say(PERSON)
    third.say("something for our company, 25 people, every friday?")
    _look_at_the_boards(page, address)

    page.goto(f"{address}/?folder=promised")
    page.locator(".row").click()
    page.get_by_role("button", name="Take", exact=True).click()
    expect(page.locator("#owner")).to_contain_text("Yours")
    page.get_by_label("Your reply to the contact").fill("As promised: here I am.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Reply sent.")
    # Said means kept; the visitor has it as soon as it was carried out.
    until(page, lambda: second.texts()[-1][1] == "As promised: here I am.")
    said = [text for _author, text in second.texts()]
    assert any("within" in text for text in said), said  # the promise, in the same thread
    assert SlaClock.objects.get(kind="async_promise").met_at is not None


def _send_photos(visitor: Visitor) -> None:
    kept = [visitor.upload(PNG).json()["id"] for _ in range(2)]
    files = [{"id": one, "name": f"bike {place}.png"} for place, one in enumerate(kept)]
    told = {"id": "m0", "text": PERSON, "files": files}
    assert visitor.client.post("/chat/messages", json=told, headers=visitor.headers).is_success


def _look_at_the_photos(page: Page) -> None:
    page.get_by_role("button", name="Open transcript").click()
    page.locator(".file .shown").first.click()
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer).to_contain_text("1 of 2")
    _see_the_picture(page)
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("2 of 2")
    _see_the_picture(page)
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("1 of 2")
    barriers.refuse(page)
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert AuditEntry.objects.filter(action="attachment_opened").count() >= 2


def _see_the_picture(page: Page) -> None:
    page.wait_for_function(
        "() => { const shown = document.querySelector('dialog[open] img');"
        " return shown && shown.complete && shown.naturalWidth > 0 }"
    )


def _look_at_the_boards(page: Page, address: str) -> None:
    """Look each over, wide and on a phone, light and dark; step in from the monitor."""
    page.goto(f"{address}/monitor")
    expect(page.get_by_role("heading", name="Flagged now (1)")).to_be_visible()
    rooms = ("monitor", "wall", "my-day", "notices", "playbook", "reports/escalations")
    barriers.look_at(page, address, rooms)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}/wall")
    expect(page.locator("main")).to_contain_text("General")
    page.goto(f"{address}/monitor")
    page.get_by_role("button", name="Step in").click()
    expect(page.locator("#owner")).to_contain_text("Yours")
