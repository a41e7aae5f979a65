"""Notifications end to end: a click, a push service on loopback, a browser that reads."""

import json
from collections.abc import Iterator

import msgspec
import pytest
from httpx import Client, Response

from baton.channels.push import keys
from baton.channels.push.settings import WebPushSettings
from baton.core.json import Json
from baton.services import arrivals
from baton.services.desk import agents
from baton.services.facts import EventReported
from baton.services.workspace import inboxes, workspaces
from baton.services.workspace.inboxes import Wanted
from baton.store.models import (
    Address,
    Consent,
    Contact,
    Conversation,
    Inbox,
    Message,
    Suppression,
    VaultEntry,
    Workspace,
)
from tests.channels.browser import KEY, PAGE, Browser
from tests.ingress.installation import Installation
from tests.ingress.visitor import Visitor, a_visitor, begin, hook_headers
from tests.nlu.outside.server import Server, running

ORDERS: Json = {
    "flow": "orders", "title": "Orders", "owner": "CX lead", "purpose": "transactional",
    "trigger": {"on": "event", "event": "order_shipped"}, "channels": ["push"], "start": "say",
    "steps": {
        "say": {"type": "send", "text": "Your order is on its way.", "then": "over"},
        "over": {"type": "end"},
    },
}  # fmt: skip


@pytest.fixture
def service() -> Iterator[Server]:
    """Yield a push service."""
    with running() as server:
        server.answers(b"", status=201)
        yield server


@pytest.fixture
def inbox(gym: Installation) -> Inbox:
    return connected(gym)


def connected(gym: Installation) -> Inbox:
    """Return a push inbox, whose workspace tells of orders by it."""
    now = gym.clock.now()
    workspaces.publish(gym.house, gym.workspace.id, "orders", ORDERS, now=now, reason="a test")
    Workspace.objects.update(revision=7)
    settings = WebPushSettings(
        sender="Northside", contact="ops@example.com", keys=(KEY,), allows_loopback=True
    )
    wanted = Wanted(name="Notifications", settings=settings)
    return inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")


def permit(visitor: Visitor, browser: Browser, service: Server, **changes: str) -> Response:
    told = msgspec.to_builtins(browser.permission(f"{service.url}/push/abc")) | changes
    headers = visitor.headers | {"Origin": "https://gym.example"}
    return visitor.client.post("/chat/push", json=told, headers=headers)


def ship(client: Client, gym: Installation, visitor: Visitor, number: int) -> None:
    """Let a shop tell that an order was shipped, and everything that follows happen."""
    told = {"type": "event.reported", "data": {"for": visitor.id, "event": "order_shipped"}}
    body = json.dumps(told).encode()
    at = int(gym.clock.now().timestamp())
    headers = hook_headers(gym.secret, body, webhook_id=f"order-{number}", at=at)
    assert client.post(f"/hooks/{gym.inbox.token}", content=body, headers=headers).is_success
    gym.step()


def report(gym: Installation, contact: Contact) -> None:
    """Let the house learn that a contact's order was shipped, by whatever way."""
    at = Address.objects.get(contact_id=contact.id, channel="webchat")
    fact = EventReported(
        event="order_shipped", facts={}, channel="webchat", inbox_id=at.inbox_id, address=""
    )
    now = gym.clock.now()
    arrival = arrivals.arrival_of(
        fact, gym.house.keyset, workspace_id=gym.workspace.id, lane=at.lane, dedupe_key="ship",
        received_at=now,
    )  # fmt: skip
    with gym.house.engine.transaction():
        gym.house.engine.inbox.append([arrival])
    gym.house.bell.ring("inbox")


def newest() -> tuple[str, str]:
    row = Message.objects.filter(channel="push").latest("id")
    return row.delivery, row.delivery_reason


@pytest.mark.req("C2", "P1", "P15")
def test_a_visitor_is_notified_from_a_click_on_and_finds_the_words_in_the_chat(
    client: Client, gym: Installation, inbox: Inbox, service: Server
) -> None:
    ann, browser = a_visitor(client, gym), Browser()
    session = begin(client, gym).json()
    assert session["push_key"] == KEY.public
    assert permit(ann, browser, service).status_code == 202
    gym.step()
    said = Consent.objects.filter(channel="push").values_list("purpose", "wording", "source")
    assert sorted(said) == [
        (purpose, session["push_wording"], "the button Notify me")
        for purpose in ("service", "transactional")
    ]
    ship(client, gym, ann, 1)
    [asked] = service.asked
    told = json.loads(browser.read(asked.body))
    assert (told["title"], told["body"], told["page"]) == (
        "Northside", "Your order is on its way.", PAGE,
    )  # fmt: skip
    assert newest() == ("sent", "")
    assert ("bot", "Your order is on its way.") in ann.texts()  # where the click leads

    told_url = f"/push/{inbox.token}"
    for state, known in (("opened", "read"), ("shown", "read")):
        report = {"id": told["id"], "proof": told["proof"], "state": state}
        assert client.post(told_url, content=json.dumps(report)).status_code == 202
        gym.step()
        assert newest() == (known, "")
    false = {"id": told["id"], "proof": keys.proof_of(keys.fresh().private, told["id"])}
    assert client.post(told_url, content=json.dumps({**false, "state": "shown"})).status_code == 403


@pytest.mark.req("C24", "P18")
@pytest.mark.usefixtures("inbox")
def test_what_is_gone_or_ended_gets_nothing_until_it_is_permitted_again(
    client: Client, gym: Installation, service: Server
) -> None:
    ann = a_visitor(client, gym)
    permit(ann, Browser(), service)
    gym.step()
    service.answers(b"", status=410)  # the browser took its permission back
    ship(client, gym, ann, 2)
    assert newest() == ("failed", "gone")
    ship(client, gym, ann, 3)
    assert newest() == ("refused", "suppressed")

    service.answers(b"", status=201)
    assert permit(ann, Browser(), service).status_code == 202
    gym.step()
    assert not Suppression.objects.filter(lifted_at=None).exists()
    assert Address.objects.filter(channel="push").count() == 1  # of one browser, the newest
    assert VaultEntry.objects.filter(kind="push").count() == 1
    ship(client, gym, ann, 4)
    assert newest() == ("sent", "")

    assert client.post("/chat/push/end", json={}, headers=ann.headers).status_code == 202
    gym.step()
    ship(client, gym, ann, 5)
    assert newest() == ("refused", "opted_out")
    assert permit(ann, Browser(), service).status_code == 202
    gym.step()
    assert Contact.objects.get().opted_out == ""


def test_a_browser_belongs_to_whoever_sits_before_it(
    client: Client, gym: Installation, inbox: Inbox, service: Server
) -> None:
    assert inbox.provider == "web_push"
    ann, bob, browser = a_visitor(client, gym), a_visitor(client, gym), Browser()
    for visitor in (ann, bob):
        assert permit(visitor, browser, service).status_code == 202
        gym.step()
    ship(client, gym, ann, 1)
    assert not service.asked
    ship(client, gym, bob, 2)
    assert len(service.asked) == 1


@pytest.mark.usefixtures("inbox")
def test_only_what_the_pages_own_browser_permits_to_our_newest_key_is_kept(
    client: Client, gym: Installation, service: Server
) -> None:
    ann, browser = a_visitor(client, gym), Browser()
    assert permit(ann, browser, service, key=keys.fresh().public).status_code == 422
    assert permit(ann, browser, service, page="https://elsewhere.example/").status_code == 422
    assert permit(ann, browser, service, endpoint="http://10.0.0.1/a").status_code == 422
    assert client.post("/chat/push", json={}).status_code == 401
    gym.step()
    assert not Address.objects.filter(channel="push").exists()


@pytest.mark.req("X33", "C3")
@pytest.mark.usefixtures("inbox")
def test_what_an_agent_wrote_unseen_comes_as_a_notification_and_stands_in_the_chat_once(
    client: Client, gym: Installation, service: Server
) -> None:
    ann, browser = a_visitor(client, gym), Browser()
    ann.say("Can I talk to a real person please?")
    permit(ann, browser, service)
    gym.step()
    waiting = Conversation.objects.get()
    agents.accept(gym.house, gym.agent, waiting.id)
    agents.reply(gym.house, gym.agent, waiting.id, "Maya here.")
    gym.step()
    assert not service.asked  # they may be looking
    gym.step(301)
    [asked] = service.asked
    assert json.loads(browser.read(asked.body))["body"] == "Maya here."
    assert [text for _author, text in ann.texts()].count("Maya here.") == 1
