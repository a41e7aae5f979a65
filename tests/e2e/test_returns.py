"""A return in a real browser: a form with a photo, a label to print, a refund by one click."""

from pathlib import Path

import pytest
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect

from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import Contact, Return
from tests.e2e.conftest import until
from tests.ingress.installation import PASSWORD, Installation
from tests.ingress.visitor import a_visitor
from tests.support.orders import an_order
from tests.support.photos import a_photo

pytestmark = pytest.mark.browser


@pytest.mark.req("RT1", "RT4", "RT8", "RT12", "X3", "G40", "G51")
def test_a_form_with_a_photo_becomes_a_label_and_one_click_pays_it_back(
    context: BrowserContext, address: str, gym: Installation, tmp_path: Path
) -> None:
    with Client(base_url=address, timeout=30) as client:
        assert a_visitor(client, gym).say("What time do you open?").status_code in (200, 202)
    page = context.new_page()
    _sign_in(page, address)
    # The first message of a process waits for its reader to be made.
    page.get_by_role("link", name="Bot", exact=False).first.click()
    expect(page.locator(".row")).to_have_count(1, timeout=60_000)
    contact = Contact.objects.get()
    workspace_id = contact.workspace_id
    order = an_order(
        gym.house, workspace_id, contact.id, lines=(("Linen shirt", 1, 4_200), ("Socks", 3, 600))
    )
    photo = tmp_path / "shirt.jpg"
    photo.write_bytes(a_photo(place=True))
    path = one_tap.link(gym.house, Errand.RETURN, workspace_id, order.id)
    page.goto(address + path.removeprefix(gym.house.base_url))
    page.get_by_label("Linen shirt").check()
    page.get_by_label("Wrong size").check()
    page.get_by_label("A photo").set_input_files(photo)
    page.get_by_label("Anything else").fill("One size up, please.")
    page.get_by_role("button", name="Send it back").click()
    expect(page.get_by_text("Accepted. Your label is ready.")).to_be_visible()
    page.goto(address + _path(page.get_by_role("link", name="Label of").get_attribute("href")))
    with page.expect_download() as told:
        page.get_by_role("link", name="Get the label (PDF)").click()
    assert told.value.path().read_bytes().startswith(b"%PDF-")

    _pay_back(page, address)
    assert Return.objects.get().state == "refunded"
    _show_it_again(page, address, gym, contact, photo)


def _show_it_again(
    page: Page, address: str, gym: Installation, contact: Contact, photo: Path
) -> None:
    """Send another order back with the photo of the first: a person decides, with all of it."""
    other = an_order(
        gym.house, contact.workspace_id, contact.id, "10443", lines=(("Wool coat", 1, 3_900),)
    )
    path = one_tap.link(gym.house, Errand.RETURN, contact.workspace_id, other.id)
    page.goto(address + path.removeprefix(gym.house.base_url))
    page.get_by_label("Wool coat").check()
    page.get_by_label("Wrong size").check()
    page.get_by_label("A photo").set_input_files(photo)
    page.get_by_label("Anything else").fill("Too wide at the shoulders.")
    page.get_by_role("button", name="Send it back").click()
    expect(page.get_by_text("Your label is ready.")).to_have_count(0)
    page.goto(f"{address}/returns?state=flagged")
    page.get_by_role("link", name="#2").click()
    expect(page.locator(".notice.bad")).to_contain_text("Photos not shown before")
    expect(page.get_by_text("Too wide at the shoulders.")).to_be_visible()
    expect(page.get_by_text("shown before", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Refund")).to_have_count(0)
    page.get_by_role("button", name="Accept the return").click()
    expect(page.get_by_role("button", name="Refund 39.00 USD")).to_be_visible()
    row = Return.objects.get(number="2")
    assert (row.flags, row.label, row.state) == ("photo_seen_before", "", "approved")


def _pay_back(page: Page, address: str) -> None:
    page.goto(f"{address}/returns?state=to_pay")
    page.get_by_role("link", name="#1").click()
    expect(page.get_by_alt_text("Photo 1 of the return")).to_have_js_property(
        "complete", value=True
    )
    page.get_by_role("button", name="Refund 42.00 USD").click()
    until(page, lambda: "Refund carried out" in _anew(page))
    expect(page.get_by_role("heading", name="Return 1")).to_contain_text("paid back")
    for deed in ("Asked for", "Accepted", "Label issued", "Refund granted", "Refund carried out"):
        expect(page.locator("#deeds + ul")).to_contain_text(deed)


def _anew(page: Page) -> str:
    page.reload()
    return page.content()


def _sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()


def _path(url: str | None) -> str:
    assert url
    return "/t/" + url.rpartition("/t/")[2]
