"""The widget in a real browser, on the trial page, against a real server and worker."""

import base64
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from baton.services.delivery.attachments import Upload
from baton.services.desk import agents
from baton.services.doors import presence
from baton.store.models import Conversation, Message
from tests.ingress.installation import Installation
from tests.ingress.visitor import signed_identity
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
QUESTION = "What time do you open on Saturday?"


@pytest.fixture
def page(context: BrowserContext, address: str, gym: Installation) -> Iterator[Page]:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{address}/try/{gym.inbox.token}")
    yield page
    assert problems == []


def _open(page: Page) -> None:
    page.get_by_role("button", name="Open chat").click()
    expect(page.get_by_role("dialog", name="Northside Gym")).to_be_visible()


def _say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()


def _bubbles(page: Page, author: str) -> Locator:
    return page.locator(f"#baton-chat .m.{author} .b")


@pytest.mark.req("FQ1", "C25")
def test_a_question_gets_its_answer_and_both_survive_a_reload(page: Page) -> None:
    _open(page)
    expect(_bubbles(page, "bot")).to_have_count(1)  # the greeting
    _say(page, QUESTION)
    expect(_bubbles(page, "contact")).to_have_text([QUESTION])
    expect(_bubbles(page, "bot")).to_have_count(2)
    expect(page.locator("#baton-chat .state")).to_have_count(0)

    page.reload()
    expect(_bubbles(page, "contact")).to_have_text([QUESTION])
    expect(_bubbles(page, "bot")).to_have_count(2)
    assert Message.objects.filter(author="contact").count() == 1


def test_words_said_offline_wait_and_are_sent_once_the_network_is_back(
    page: Page, context: BrowserContext
) -> None:
    _open(page)
    expect(_bubbles(page, "bot")).to_have_count(1)
    context.set_offline(True)
    _say(page, QUESTION)
    expect(page.get_by_text("Offline - your message will be sent.")).to_be_visible()
    expect(page.get_by_text("Waiting for the network…")).to_be_visible()
    assert not Message.objects.exists()

    context.set_offline(False)
    expect(_bubbles(page, "bot")).to_have_count(2)
    expect(page.get_by_text("Waiting for the network…")).to_have_count(0)
    expect(page.get_by_text(re.compile("^Offline"))).to_have_count(0)
    assert Message.objects.filter(author="contact").count() == 1


def test_words_said_offline_survive_a_reload(
    page: Page, context: BrowserContext, address: str, gym: Installation
) -> None:
    _open(page)
    expect(_bubbles(page, "bot")).to_have_count(1)
    context.set_offline(True)
    _say(page, QUESTION)
    expect(page.get_by_text("Waiting for the network…")).to_be_visible()
    page.close()
    context.set_offline(False)

    later = context.new_page()
    later.goto(f"{address}/try/{gym.inbox.token}")
    expect(_bubbles(later, "contact")).to_have_text([QUESTION])
    expect(_bubbles(later, "bot")).to_have_count(2)


def test_it_works_by_keyboard_alone(page: Page) -> None:
    launch = page.get_by_role("button", name="Open chat")
    launch.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("how do I book a class?")
    page.keyboard.press("Enter")
    expect(_bubbles(page, "contact")).to_have_text(["first line\nhow do I book a class?"])
    expect(page.get_by_label("Your message")).to_have_value("")
    expect(_bubbles(page, "bot")).to_have_count(2)
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("log")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Open chat")).to_be_focused()


@pytest.mark.req("C18")
def test_a_menu_is_answered_by_a_button(page: Page) -> None:
    _open(page)
    _say(page, "flurb the quantum giraffe")
    choice = page.get_by_role("button", name="Billing")
    choice.click()
    expect(_bubbles(page, "contact")).to_have_text(["flurb the quantum giraffe", "Billing"])
    expect(choice).to_have_count(0)
    expect(_bubbles(page, "bot").last).to_contain_text("billing")


def test_an_agent_answers_by_name_and_a_closed_widget_counts(page: Page, gym: Installation) -> None:
    _open(page)
    _say(page, "I want to talk to a person")
    expect(_bubbles(page, "bot")).to_have_count(2)
    page.keyboard.press("Escape")

    conversation = Conversation.objects.get()
    agents.accept(gym.house, gym.agent, conversation.id)
    agents.reply(gym.house, gym.agent, conversation.id, "Hello! See https://gym.example/x.")
    expect(page.get_by_role("button", name="Open chat, 1 unread")).to_be_visible()
    page.get_by_role("button", name="Open chat, 1 unread").click()
    expect(page.locator("#baton-chat .by").last).to_contain_text("Maya")
    link = page.get_by_role("link", name="https://gym.example/x")
    expect(link).to_have_attribute("href", "https://gym.example/x")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


@pytest.mark.req("DI16", "C1")
def test_files_and_signs_of_life_go_both_ways(page: Page, gym: Installation) -> None:
    picture = FilePayload(name="bike.png", mimeType="image/png", buffer=PNG)
    drawing = FilePayload(name="x.svg", mimeType="image/png", buffer=b"<svg/>")
    _open(page)
    chooser = page.locator("#baton-chat input[type=file]")
    chooser.set_input_files([picture, drawing])
    refused = page.locator("#baton-chat .chips .bad")
    expect(refused).to_contain_text("x.svg: Files of this type are not taken.")
    page.get_by_role("button", name="Take x.svg out").click()
    _say(page, "I want to speak to a person")
    expect(page.locator("#baton-chat .contact img")).to_have_attribute("alt", "bike.png")
    expect(page.locator("#baton-chat .chips li")).to_have_count(0)
    expect(_bubbles(page, "bot")).to_have_count(2)

    conversation = Conversation.objects.get()
    agents.accept(gym.house, gym.agent, conversation.id)
    presence.tell_typing(gym.house, presence.BY_AGENT, conversation.address_lane)
    expect(page.get_by_text("A colleague is writing…")).to_be_visible()
    paper = Upload(content=b"%PDF-1.7", name="bill.pdf")
    agents.reply(gym.house, gym.agent, conversation.id, "", [paper])
    expect(page.get_by_role("link", name="bill.pdf")).to_be_visible()
    expect(page.get_by_text("A colleague is writing…")).to_be_hidden()
    _seen(conversation.id)


def _seen(conversation_id: str) -> None:
    """Wait until the visitor's look has come to be known."""
    ours = Message.objects.filter(conversation_id=conversation_id, author="agent")
    for _ in range(100):
        if ours.latest("id").delivery == "read":
            return
        threading.Event().wait(0.1)
    assert ours.latest("id").delivery == "read"


def test_hostile_text_is_shown_as_text(page: Page) -> None:
    page.evaluate("window.hurt = 0")
    _open(page)
    text = "<img src=x onerror='window.hurt=1'> javascript:alert(1) مرحبا"
    _say(page, text)
    expect(_bubbles(page, "contact")).to_have_text([text])
    assert page.evaluate("window.hurt") == 0
    assert page.locator("#baton-chat .b img").count() == 0


def test_a_refused_message_says_why(page: Page) -> None:
    _open(page)
    expect(_bubbles(page, "bot")).to_have_count(1)
    _say(page, "line\n" * 300)
    expect(page.get_by_text("too many lines")).to_be_visible()
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    _say(page, QUESTION)
    expect(_bubbles(page, "bot")).to_have_count(2)


def test_a_signed_person_finds_their_conversation_on_another_device(
    page: Page, context: BrowserContext, gym: Installation, address: str
) -> None:
    browser = context.browser
    assert browser
    identity = signed_identity(gym, "member-7", name="Ann")
    page.evaluate("person => window.Baton.identify(person)", identity)
    page.evaluate("window.Baton.open()")
    _say(page, QUESTION)
    expect(_bubbles(page, "bot")).to_have_count(2)

    other = browser.new_context()
    second = other.new_page()
    second.goto(f"{address}/try/{gym.inbox.token}")
    second.evaluate("person => window.Baton.identify(person)", identity)
    second.evaluate("window.Baton.open()")
    expect(_bubbles(second, "contact")).to_have_text([QUESTION])

    second.evaluate("window.Baton.identify(null)")  # signed out: nothing stays behind
    expect(_bubbles(second, "contact")).to_have_count(0)
    other.close()


def test_page_and_widget_are_accessible(page: Page) -> None:
    _open(page)
    _say(page, "flurb the quantum giraffe")
    expect(page.get_by_role("button", name="Billing")).to_be_visible()
    barriers.look_over(page)
