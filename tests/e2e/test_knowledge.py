"""The knowledge base in a real browser: written with a live preview, answered with, restored."""

from collections.abc import Iterator

import pytest
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect

from baton.store.models import ArticleVersion, Turn
from tests.ingress.installation import PASSWORD, Installation
from tests.ingress.visitor import Visitor, a_visitor
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

ASKED = "What time do you open?"


@pytest.fixture
def visitor(address: str, gym: Installation) -> Iterator[Visitor]:
    with Client(base_url=address, timeout=30) as client:
        yield a_visitor(client, gym)


@pytest.fixture
def page(context: BrowserContext, address: str, visitor: Visitor) -> Iterator[Page]:
    """A browser on the knowledge base, signed in as a manager; no script fails."""
    assert visitor.token
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{address}/knowledge")
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Knowledge")).to_be_visible()
    page.wait_for_load_state("load")
    yield page
    assert problems == []


def _ask(
    page: Page, visitor: Visitor, address: str, words: str = ASKED, *, number: int = 1
) -> None:
    """Let a visitor ask, and wait until the inbox shows by itself that the bot has it."""
    page.goto(f"{address}/?folder=bot")
    visitor.say(words, client_id="m1")
    # The first message waits until the reader is loaded, which is slow on a busy machine.
    expect(page.locator(".row")).to_have_count(number, timeout=60_000)


@pytest.mark.req("GV10", "FQ3")
def test_an_answer_is_changed_by_a_form_and_the_next_visitor_reads_it(
    page: Page, visitor: Visitor, address: str
) -> None:
    page.get_by_label("Search").fill("when are you open")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="When are you open?").click()
    page.get_by_role("link", name="Edit", exact=True).click()

    page.get_by_label("Answer", exact=True).fill("Call {{ location.phon }} to know.")
    expect(page.locator("#preview")).to_contain_text("location.phon is undefined")
    page.get_by_label("Answer", exact=True).fill("Call {{ location.phone }} to know.")
    expect(page.locator("#preview")).to_contain_text("Call +1 555 0100 to know.")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.locator("#about-note")).to_contain_text("Say in a few words why")
    expect(page.get_by_label("Answer", exact=True)).to_have_value(
        "Call {{ location.phone }} to know."
    )
    page.get_by_label("Why this change").fill("the hours change often")
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_role("heading", name="When are you open?")).to_be_visible()

    _ask(page, visitor, address)
    page.goto(f"{address}/knowledge/articles/opening_hours")
    assert ("bot", "Call +1 555 0100 to know.") in visitor.texts()
    expect(page.get_by_role("link", name="1 Given")).to_be_visible()
    page.get_by_role("link", name="1 Given").click()
    expect(page.locator(".row")).to_have_count(1)
    page.go_back()

    page.get_by_role("link", name="All versions").click()
    expect(page.locator("ins").first).to_contain_text("Call")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.get_by_text("Restored version 1")).to_be_visible()
    assert ArticleVersion.objects.filter(version=3).count() == 1


@pytest.mark.req("FQ18")
def test_a_suggestion_goes_from_the_conversation_to_the_article(
    page: Page, visitor: Visitor, address: str
) -> None:
    _ask(page, visitor, address)
    turn = Turn.objects.get()
    page.goto(f"{address}/inbox/{turn.conversation_id}")
    page.get_by_text("Decision log (1)").click()
    page.get_by_text("Suggest a fix").click()
    page.get_by_label("What should the article").fill("Name the weekend too.")
    page.get_by_role("button", name="Send suggestion").click()
    expect(page.get_by_text("Suggestion kept on")).to_be_visible()
    page.get_by_role("link", name="the article").click()
    expect(page.get_by_text("Name the weekend too.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Suggested fixes")).to_have_count(0)


@pytest.mark.req("FQ8")
def test_a_gap_becomes_an_article(
    page: Page, visitor: Visitor, gym: Installation, address: str
) -> None:
    for number, words in enumerate(("blorp zebra", "zebra wibble"), start=1):
        _ask(page, a_visitor(visitor.client, gym), address, words, number=number)
    Turn.objects.update(is_unanswered=True, intent="", confidence=None)
    page.goto(f"{address}/knowledge")
    page.get_by_role("link", name="Asked, never answered").click()
    page.get_by_role("link", name="Write an answer to: zebra").click()
    expect(page.get_by_label("Question", exact=True)).to_have_value("zebra wibble")
    expect(page.get_by_label("Other ways to ask, one a line")).to_have_value("blorp zebra")


def test_no_page_has_a_barrier_and_each_fits_a_phone(
    page: Page, visitor: Visitor, address: str
) -> None:
    _ask(page, visitor, address)
    article = "knowledge/articles/opening_hours"
    paths = (
        "knowledge",
        "knowledge/gaps",
        "knowledge/new",
        article,
        f"{article}/edit",
        f"{article}/versions",
        f"{article}/counted?outcome=given",
    )
    barriers.look_at(page, address, paths)
