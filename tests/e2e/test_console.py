"""The console in a real browser: an agent's whole way with one conversation, by hand and by key."""

import re
from collections.abc import Iterator
from itertools import cycle

import pytest
from httpx import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from baton.core.roles import Role
from baton.services.desk import agents
from baton.services.workspace import workspaces
from baton.store.models import ArticleUse, AuditEntry, Conversation, Message
from tests.ingress.installation import PASSWORD, Installation, staff_at_any_hour
from tests.ingress.visitor import Visitor, a_visitor
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

REFUND = "I want my money back, this is a scam"
SKILLS = ["billing", "retention", "clinical", "bookings"]


@pytest.fixture
def visitor(address: str, gym: Installation) -> Iterator[Visitor]:
    staff_at_any_hour(gym, *SKILLS)
    with Client(base_url=address, timeout=30) as client:
        yield a_visitor(client, gym)


@pytest.fixture
def page(context: BrowserContext, address: str, visitor: Visitor) -> Iterator[Page]:
    """A browser with the inbox open, signed in by hand; no script fails and none is blocked."""
    assert visitor.token
    page = context.new_page()
    problems: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A refusal (409) and what the test says is not there are told to the person.
        is_missing = message.location["url"].endswith(("/live/inbox", "/nowhere"))
        # A page that is left while it refreshes stops asking; a failed answer has other words.
        is_left = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        is_told = "409" in message.text or is_missing or is_left
        if message.type == "error" and not is_told:
            problems.append(message.text)

    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", hear)
    page.goto(address)
    page.get_by_label("E-mail").fill("maya@gym.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue", exact=True)).to_be_visible()
    page.wait_for_load_state("load")  # the page's own scripts have run
    yield page
    assert problems == []


def _waiting(page: Page, visitor: Visitor, words: str = REFUND, *, client_id: str = "m1") -> str:
    """Let the visitor write, and wait until the list shows it by itself."""
    known = page.locator(".row").count()
    assert visitor.say(words, client_id=client_id).status_code in (200, 202)
    expect(page.locator(".row")).to_have_count(known + 1)
    return str(page.locator(".row").last.get_attribute("data-id"))


def _open(page: Page) -> None:
    page.locator(".row").first.click()
    expect(page.locator("#card")).to_be_visible()


def _take(page: Page) -> None:
    _open(page)
    page.get_by_role("button", name="Take", exact=True).click()
    expect(page.locator("#owner")).to_contain_text("Yours")


def _close_while_the_menu_is_drawn_anew(page: Page) -> None:
    """Resolve and go on by key; the button that was pressed is gone when the answer comes."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/resolve", hold)
    page.keyboard.press("Control+Alt+e")
    pressed = page.locator("#code-answered").element_handle()
    with page.expect_request("**/resolve"):
        page.keyboard.press("Enter")
    page.evaluate("document.body.dispatchEvent(new Event('changed'))")
    page.wait_for_function("pressed => !pressed.isConnected", arg=pressed)
    held[0].continue_()
    page.unroute("**/resolve")


@pytest.mark.req("H4", "H5", "P10")
def test_from_the_queue_to_the_answer_without_a_reload(page: Page, visitor: Visitor) -> None:
    conversation = _waiting(page, visitor)
    _open(page)
    assert page.url.split("?")[0].endswith(f"/inbox/{conversation}")
    expect(page.locator("#card")).to_contain_text("wants their money back")
    expect(page.locator(".bubble")).to_have_count(0)
    expect(page.get_by_text("this is a scam")).to_be_hidden()  # masked, and folded away
    page.get_by_role("button", name="Take", exact=True).click()
    expect(page.locator("#owner")).to_contain_text("Yours")

    page.get_by_role("button", name="Open transcript").click()
    expect(page.locator(".bubble").first).to_have_text(REFUND)
    page.get_by_label("Your reply to the contact").fill("I am looking at it now.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry.agent .bubble")).to_have_text("I am looking at it now.")
    expect(page.get_by_label("Your reply to the contact")).to_have_value("")
    expect(page.locator(".entry.agent .delivery")).to_have_text("Sent")
    assert ("agent", "I am looking at it now.") in visitor.texts()

    # What the contact says next comes by itself, and the transcript stays open.
    visitor.say("thank you", client_id="m2")
    expect(page.locator(".entry.contact .bubble").last).to_have_text("thank you")
    opened = AuditEntry.objects.filter(action="transcript_opened")
    assert opened.count() == 1


def test_resolving_by_keyboard(page: Page, visitor: Visitor) -> None:
    conversation = _waiting(page, visitor)
    page.keyboard.press("Alt+j")
    expect(page.locator("#card")).to_be_visible()
    page.keyboard.press("Alt+e")
    expect(page.locator("#said")).to_have_text("Take the conversation first.")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("take this")
    page.keyboard.press("Enter")
    expect(page.locator("#owner")).to_contain_text("Yours")
    page.keyboard.press("Alt+e")
    expect(page.get_by_role("button", name="Answered")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#owner")).to_contain_text("Refunded")
    assert Conversation.objects.get(id=conversation).resolution_code == "refunded"


def test_resolve_and_next_opens_the_next_conversation(
    page: Page, visitor: Visitor, gym: Installation
) -> None:
    first = _waiting(page, visitor)
    second = _waiting(page, a_visitor(visitor.client, gym))
    agents.accept(gym.house, gym.agent, first)
    page.goto(page.url + "?folder=mine")
    _open(page)
    agents.accept(gym.house, gym.agent, second)
    expect(page.locator(".row")).to_have_count(2)
    last = str(page.locator(".row").last.get_attribute("data-id"))
    following = {first: second, second: first}[last]
    if page.locator("#conversation").get_attribute("data-id") != last:
        page.keyboard.press("Alt+j")
    expect(page.locator(f"#conversation[data-id='{last}']")).to_be_visible()
    _close_while_the_menu_is_drawn_anew(page)
    # Nothing stands below the last: one goes on from the top.
    expect(page.locator(f"#conversation[data-id='{following}']")).to_be_visible()
    # What was closed a moment ago comes back by keyboard, from wherever one is.
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("Alt+z")
    expect(page.locator("#said")).to_have_text("Open again, and yours.")
    assert Conversation.objects.get(id=last).assignee_id == gym.agent.id
    # On a phone one goes on without the way back to the list.
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#resolve summary").click()
    page.get_by_role("button", name="Answered").click()
    page.locator("#next").click()
    expect(page.locator(f"#conversation[data-id='{last}']")).to_be_visible()


def test_two_agents_do_not_collide_and_no_word_is_lost(
    page: Page, visitor: Visitor, gym: Installation
) -> None:
    conversation = _waiting(page, visitor)
    _open(page)
    reply = page.get_by_label("Your reply to the contact")
    reply.fill("I can help")
    robin = workspaces.create_user(
        gym.house,
        gym.workspace.id,
        email="robin@gym.example",
        name="Robin",
        role=Role.AGENT,
        password=None,
    )
    agents.accept(gym.house, robin, conversation)
    expect(page.locator("#owner")).to_contain_text("Robin has this conversation.")
    expect(page.get_by_role("button", name="Take", exact=True)).to_have_count(0)
    reply.press("Control+Enter")
    expect(page.locator("#problem")).to_have_text("Robin has this conversation.")
    expect(reply).to_have_value("I can help")
    assert not Message.objects.filter(author="agent").exists()


def test_a_refresh_keeps_focus_caret_text_and_open_menus(
    page: Page, visitor: Visitor, gym: Installation
) -> None:
    _waiting(page, visitor)
    _take(page)
    reply = page.get_by_label("Your reply to the contact")
    reply.fill("half a sentence")
    reply.evaluate("field => field.setSelectionRange(4, 4)")
    _waiting_elsewhere(page, gym, visitor)
    expect(reply).to_be_focused()
    assert reply.evaluate("field => field.selectionStart") == 4
    expect(reply).to_have_value("half a sentence")
    page.keyboard.press("Alt+m")
    until_reply = page.get_by_role("button", name="Until they reply")
    until_reply.focus()
    visitor.say("one more thing", client_id="m7")
    _waiting_elsewhere(page, gym, visitor)
    expect(until_reply).to_be_visible()
    expect(until_reply).to_be_focused()


def _waiting_elsewhere(page: Page, gym: Installation, visitor: Visitor) -> None:
    """Let somebody else arrive, and wait for the list to show it."""
    known = page.locator(".row").count()
    a_visitor(visitor.client, gym).say(REFUND)
    expect(page.locator(".row")).to_have_count(known + 1)


def test_a_draft_survives_a_reload_and_is_forgotten_once_sent(page: Page, visitor: Visitor) -> None:
    _waiting(page, visitor)
    _take(page)
    reply = page.get_by_label("Your reply to the contact")
    reply.press_sequentially("to be continued")
    page.reload()
    expect(reply).to_have_value("to be continued")
    reply.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Reply sent.")
    page.reload()
    expect(reply).to_have_value("")


@pytest.mark.req("H24", "TP12")
def test_words_that_stand_ready_canned_replies_and_notes_by_key(
    page: Page, visitor: Visitor
) -> None:
    _waiting(page, visitor)
    # Taken from its row by key, it opens; the play's words begin the reply, and an article that
    # answers what is asked meanwhile comes by itself.
    page.locator(".row").focus()
    page.keyboard.press("Alt+t")
    expect(page.locator("#owner")).to_contain_text("Yours")
    reply = page.get_by_label("Your reply to the contact")
    expect(reply).to_be_focused()
    page.get_by_role("button", name="Use these words").click()
    expect(reply).to_have_value("I see the charge and I have it in hand. Here is what I can do, "
                                "and by when you will see it.")  # fmt: skip
    visitor.say("Where can I park?", client_id="m2")
    expect(page.locator("#fitting")).to_contain_text("park")
    page.keyboard.press("Alt+i")
    expect(reply).to_have_value(re.compile("I see the charge.*\n\n.*park", re.DOTALL))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Reply sent.")
    expect(page.locator("#fitting")).to_be_empty()
    assert ArticleUse.objects.get(outcome="by_person").article == "parking"
    page.keyboard.press("Alt+l")
    page.keyboard.type("Sure. /direc")
    expect(page.get_by_role("listbox", name="Canned replies").get_by_role("option")).to_have_count(
        1
    )
    page.keyboard.press("Enter")
    expect(reply).to_have_value("Sure. You find us at 12 Canal Street: https://maps.example/canal")
    page.keyboard.press("Alt+p")
    note = page.get_by_label("Your note, for colleagues only")
    expect(note).to_be_focused()
    page.keyboard.type("be kind")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Note kept.")
    page.get_by_role("button", name="Open transcript").click()
    expect(page.locator(".entry.note .bubble")).to_have_text("be kind")
    assert Message.objects.get(is_note=True).delivery == "none"


def test_the_command_bar_and_the_list_of_keys(page: Page, visitor: Visitor) -> None:
    conversation = _waiting(page, visitor)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("snoozed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is snoozed.")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type(conversation[-6:])
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{conversation}")).to_be_visible()


def test_without_the_stream_the_page_asks_by_itself(
    page: Page, visitor: Visitor, address: str
) -> None:
    page.clock.install()
    page.route("**/live/inbox", lambda route: route.fulfill(status=404))
    page.goto(address)
    expect(page.locator(".empty")).to_be_visible()
    visitor.say(REFUND)
    beside = page.context.new_page()  # hears the stream, and so tells when there is something
    beside.goto(address)
    expect(beside.locator(".row")).to_have_count(1)
    page.clock.run_for(25_000)
    expect(page.locator(".row")).to_have_count(1)


def test_on_a_phone_one_pane_at_a_time(page: Page, visitor: Visitor) -> None:
    _waiting(page, visitor)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#pane")).to_be_hidden()
    page.get_by_role("button", name="Folders").click()
    page.get_by_role("link", name="Queue 1 conversations").click()
    listed = page.url
    page.locator(".row").first.click()
    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Take", exact=True).click()
    expect(page.locator("#owner")).to_contain_text("Yours")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#pane")).to_be_hidden()
    assert page.url == listed  # with its page, where a list has several


def test_on_a_phone_every_section_is_in_one_menu(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "review", "settings/confidence"):
        page.goto(f"{address}/{path}")
        sections = page.get_by_role("navigation", name="Main")
        expect(sections).to_be_hidden()
        page.get_by_role("button", name="Menu").focus()
        page.keyboard.press("Enter")
        expect(sections.get_by_role("link")).to_have_count(14)
        for link in sections.get_by_role("link").all():
            expect(link).to_be_in_viewport(ratio=1)
        barriers.refuse(page)
        page.keyboard.press("Escape")
        expect(sections).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Audit").click()
    expect(page.get_by_role("heading", name="Audit")).to_be_visible()


def test_the_menu_needs_no_script(browser: Browser, page: Page, address: str) -> None:
    with browser.new_context(
        viewport={"width": 390, "height": 844},
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
    ) as context:
        still = context.new_page()
        still.goto(f"{address}/review")
        still.get_by_role("button", name="Menu").click()
        still.get_by_role("link", name="Knowledge").click()
        expect(still.get_by_role("heading", name="Knowledge", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_reasons_of_a_review_are_all_in_sight(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{address}/review")
    reasons = page.get_by_role("navigation", name="Reasons")
    assert reasons.get_by_role("link").count() > 1
    assert reasons.evaluate("bar => bar.scrollWidth <= bar.clientWidth")


def test_the_theme_is_kept(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Change between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_no_page_has_a_barrier_that_axe_can_find(
    page: Page, visitor: Visitor, address: str
) -> None:
    conversation = _waiting(page, visitor)
    _check_conversation(page)
    paths = ("review", "audit", "nowhere", f"inbox/{conversation}?folder=team")
    barriers.look_at(page, address, paths)
    page.locator("#person summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    barriers.look_over(page)


def _check_conversation(page: Page) -> None:
    """Look at a conversation in each of its states, light and dark by turns."""
    schemes = cycle(("light", "dark"))

    def check() -> None:
        page.emulate_media(color_scheme=next(schemes), reduced_motion="reduce")  # type: ignore[arg-type] # two of its words
        barriers.refuse(page)

    check()
    _take(page)
    page.get_by_role("button", name="Open transcript").click()
    expect(page.locator(".bubble").first).to_be_visible()
    page.get_by_label("Your reply to the contact").press_sequentially("/re")
    expect(
        page.get_by_role("listbox", name="Canned replies").get_by_role("option").first
    ).to_be_visible()
    check()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+e")
    check()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    check()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+p")
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.set_viewport_size({"width": 1280, "height": 800})
