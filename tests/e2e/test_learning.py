"""Review by keyboard and learning by buttons, in a real browser."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect

from baton.config import serving
from baton.services import house as houses
from baton.services.workspace import lessons
from baton.store.models import ReaderVersion, TaughtExample, User
from tests.ingress.installation import PASSWORD, Installation
from tests.ingress.visitor import Visitor, a_visitor
from tests.support import barriers, overlap_reader

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
_EXAMINED_WITHIN = 240_000

UNKNOWN = "can you wibble the flurb for ada@example.org"


@pytest.fixture
def gym(gym: Installation) -> Installation:
    """The gym, with a reader that is trained at once."""
    house = replace(gym.house, reader_of=overlap_reader.plain_reader_of, train=overlap_reader.train)
    houses.install(house)
    app = serving.create_application(lambda: house)
    return replace(gym, house=house, app=app)


@pytest.fixture
def visitor(address: str, gym: Installation) -> Iterator[Visitor]:
    with Client(base_url=address, timeout=30) as client:
        yield a_visitor(client, gym)


@pytest.fixture
def page(context: BrowserContext, address: str, visitor: Visitor) -> Page:
    assert visitor.token
    page = context.new_page()
    page.goto(f"{address}/review")
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()
    page.wait_for_load_state("load")
    return page


@pytest.mark.req("PE12", "E37", "FL5")
def test_reviewing_by_keyboard(page: Page, visitor: Visitor) -> None:
    visitor.say(UNKNOWN, client_id="m1")
    card = page.locator("[data-review]")
    expect(card).to_have_count(1)  # it came by itself
    expect(card).to_contain_text("[email:")
    expect(card).not_to_contain_text("ada@example.org")
    barriers.refuse(page)
    page.keyboard.press("j")
    expect(card).to_have_attribute("aria-current", "true")
    page.keyboard.press("/")
    expect(page.get_by_placeholder("They meant something else …")).to_be_focused()
    page.keyboard.type("to know where to park")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Everything has been reviewed")).to_be_visible()
    assert TaughtExample.objects.get().intent == "parking"
    page.keyboard.press("u")
    expect(card).to_have_count(1)
    assert TaughtExample.objects.get().retired_at is not None
    page.keyboard.press("n")
    expect(page.get_by_text("Everything has been reviewed")).to_be_visible()


def test_what_is_being_written_survives_a_refresh(page: Page, visitor: Visitor) -> None:
    visitor.say(UNKNOWN, client_id="m1")
    meant = page.get_by_placeholder("They meant something else …").first
    meant.fill("to know")
    with page.expect_response(lambda answer: answer.url.endswith("/review")):
        visitor.say("wibble wobble wubble", client_id="m2")
    expect(meant).to_have_value("to know")


@pytest.mark.req("GV10", "FQ10")
def test_a_new_intent_a_reader_and_one_step_back(
    page: Page, visitor: Visitor, gym: Installation
) -> None:
    visitor.say(UNKNOWN, client_id="m1")
    page.get_by_role("link", name="New intent").click()
    page.get_by_label("Short name").fill("Wibble blorping")
    page.get_by_label("The customer wants …").fill("to have a wibble blorped")
    page.get_by_label("Request type").select_option("facilities")
    page.get_by_label("More examples").fill(
        "blorp the wibble now\nplease blorp the wibble\nblorp my wibble\ncan you blorp the wibble"
    )
    barriers.refuse(page)
    page.get_by_role("button", name="Make the intent").click()
    page.get_by_role("link", name="Readers").click()
    expect(page.get_by_text("The reader that came with the pack is live")).to_be_visible()
    barriers.refuse(page)
    page.get_by_role("button", name="Train a new reader").click()
    # Told by the page itself, once the reader has read every sample of its examination.
    expect(page.get_by_text("Candidate")).to_be_visible(timeout=_EXAMINED_WITHIN)
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_text("It may go live")).to_be_visible()
    expect(page.get_by_text("What fell and what rose")).to_be_visible()
    barriers.refuse(page)
    page.go_back()
    page.get_by_role("button", name="Put live").click()
    expect(page.get_by_text("Validation window open")).to_be_visible()
    expect(page.get_by_text("nothing closes without a person").first).to_be_visible()
    barriers.refuse(page)
    page.get_by_role("button", name="One step back").click()
    expect(page.get_by_text("is live again")).to_be_visible()
    assert ReaderVersion.objects.get().status == "retired"
    page.get_by_role("link", name="Examples and intents").click()
    expect(page.get_by_role("cell", name="blorp my wibble", exact=True)).to_be_visible()
    barriers.refuse(page)
    assert lessons.lesson_of(gym.house, gym.workspace.id).texts
    assert User.objects.count() == 1
