"""Notifications in a real browser: one click, a worker that shows them, a click that leads back.

The browser's own push service is on the internet and is not asked: the page is given the
permission that our browser of RFC 8291 makes, and the worker what that one has read.
"""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from baton.channels.push import keys
from baton.store.models import Address, Contact, Inbox, Message, StaffBrowser
from tests.channels.browser import KEY, Browser
from tests.e2e.conftest import in_context, until
from tests.ingress import test_push as over_http
from tests.ingress.installation import PASSWORD, Installation
from tests.nlu.outside.server import Server, running
from tests.support import barriers

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

# What the browser's push service would have told: where it is, and the browser's keys.
_SUBSCRIBE = """
PushManager.prototype.subscribe = async function (options) {
  const told = %s;
  const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = (text) => Uint8Array.from(plain(text), (sign) => sign.charCodeAt(0)).buffer;
  window.subscribedWith = options.applicationServerKey.length;
  const getKey = (name) => bytes(told[name]);
  const subscription = { endpoint: told.endpoint, getKey, options, unsubscribe: async () => true };
  PushManager.prototype.getSubscription = async () => subscription;
  return subscription;
};
"""


@pytest.fixture
def service() -> Iterator[Server]:
    with running() as server:
        server.answers(b"", status=201)
        yield server


BROWSER = Browser()


@pytest.fixture
def inbox(gym: Installation) -> Inbox:
    """Return a push inbox, whose workspace tells of orders by it."""
    return over_http.connected(gym)


@pytest.fixture
def context(whole_browser: Chromium) -> Iterator[BrowserContext]:
    with in_context(whole_browser) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, address: str, gym: Installation, service: Server) -> Page:
    context.grant_permissions(["notifications"], origin=address)
    told = BROWSER.permission(f"{service.url}/push/abc")
    known = {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth}
    page = context.new_page()
    page.add_init_script(_SUBSCRIBE % json.dumps(known))
    page.goto(f"{address}/try/{gym.inbox.token}")
    return page


OURS, STAFF = "/baton-push/", "/static/baton/"  # scopes of the visitor's and the staff's worker


def deliver(
    page: Page, devtools: CDPSession, address: str, content: str, scope: str = OURS
) -> None:
    """Hand a message to the page's worker, as the browser does once it has read it."""
    registrations: list[dict[str, str]] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    until(page, lambda: registrations)
    [ours] = [one for one in registrations if one["scopeURL"].endswith(scope)]
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": address,
            "registrationId": ours["registrationId"],
            "data": content,
        },
    )


def shown(page: Page, scope: str = OURS) -> list[str]:
    """Return the notifications that stand on the screen."""
    found: list[str] = page.evaluate(
        f"navigator.serviceWorker.getRegistration('{scope}')"
        ".then((one) => one.getNotifications())"
        ".then((all) => all.map((one) => `${one.title}: ${one.body}`))"
    )
    return found


@pytest.mark.req("C2")
@pytest.mark.usefixtures("inbox")
def test_a_click_permits_a_worker_shows_and_another_click_ends(
    page: Page, context: BrowserContext, address: str, gym: Installation, service: Server
) -> None:
    page.get_by_role("button", name="Open chat").click()
    page.get_by_label("Your message").fill("What time do you open on Saturday?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="Notify me")).to_be_visible()
    barriers.look_over(page)
    page.get_by_role("button", name="Notify me").press("Enter")
    expect(page.get_by_role("button", name="Turn off")).to_be_focused()
    assert page.evaluate("window.subscribedWith") == len(keys.decode(KEY.public))
    until(page, lambda: Address.objects.filter(channel="push").exists())

    over_http.report(gym, Contact.objects.get())
    until(page, lambda: service.asked)
    told = json.loads(BROWSER.read(service.asked[0].body))
    path = told["told"].partition("/push/")[2]
    told["told"] = f"{address}/push/{path}"  # the port of this test
    deliver(page, context.new_cdp_session(page), address, json.dumps(told))
    until(page, lambda: shown(page) == ["Northside: Your order is on its way."])
    sent = Message.objects.filter(channel="push")
    until(page, lambda: sent.get().delivery == "delivered")

    page.keyboard.press("Escape")
    [worker] = context.service_workers
    worker.evaluate(
        "self.registration.getNotifications().then(([notification]) => self.dispatchEvent("
        "new NotificationEvent('notificationclick', { notification })))"
    )
    expect(page.get_by_role("dialog", name="Northside Gym")).to_be_visible()
    expect(page.locator(".m.bot .b").last).to_have_text("Your order is on its way.")
    until(page, lambda: sent.get().delivery == "read")

    page.get_by_role("button", name="Turn off").press("Enter")
    expect(page.get_by_role("button", name="Notify me")).to_be_focused()
    until(page, lambda: Contact.objects.get().opted_out == "push")


@pytest.mark.req("AL11")
def test_staff_are_called_with_no_console_open_and_not_beside_one(
    page: Page, context: BrowserContext, address: str, service: Server
) -> None:
    console = context.new_page()
    told = BROWSER.permission(f"{service.url}/push/staff")
    known = {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth}
    console.add_init_script(_SUBSCRIBE % json.dumps(known))
    console.goto(f"{address}/notices")
    console.get_by_label("E-mail").fill("maya@gym.example")
    console.get_by_label("Password").fill(PASSWORD)
    console.get_by_role("button", name="Sign in").click()
    console.get_by_role("button", name="Call me in this browser").press("Enter")
    expect(console.get_by_text("This browser calls you.")).to_be_visible()
    barriers.look_over(console)
    assert StaffBrowser.objects.get().name == "Chrome on Linux"

    call = {"id": "c1", "body": "1 x a promise overdue", "page": "/notices", "is_silent": False}
    deliver(page, context.new_cdp_session(page), address, json.dumps(call), STAFF)
    console.close()
    deliver(page, context.new_cdp_session(page), address, json.dumps(call | {"id": "c2"}), STAFF)
    until(page, lambda: shown(page, STAFF) == ["Baton: 1 x a promise overdue"])
    [worker] = [one for one in context.service_workers if "call-worker" in one.url]
    # A click with no console open makes one, which no script may do by itself.
    console = context.new_page()
    console.goto(f"{address}/contacts")
    console.wait_for_load_state("load")
    worker.evaluate(
        "self.registration.getNotifications().then(([notification]) => self.dispatchEvent("
        "new NotificationEvent('notificationclick', { notification })))"
    )
    expect(console.get_by_role("heading", name="Notices")).to_be_visible()
    console.get_by_role("button", name="Call me there no more").press("Enter")
    expect(console.get_by_role("button", name="Call me in this browser")).to_be_visible()
    assert not StaffBrowser.objects.exists()
