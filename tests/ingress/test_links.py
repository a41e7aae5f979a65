"""Short links: signed, counted when a person opens them, and open to no other target."""

import json
import re

import pytest
from httpx import Client, Response

from baton.core.json import Json
from baton.services.workspace import workspaces
from baton.store.models import Message, ShortLink, Workspace
from tests.ingress.installation import Installation
from tests.ingress.visitor import hook_headers

TARGET = "https://shop.example/track/A1?mail=mia@example.org"
FLOW: Json = {
    "flow": "orders", "title": "Orders", "owner": "CX lead", "purpose": "transactional",
    "trigger": {"on": "event", "event": "order_shipped"},
    "facts": {"url": "text"},
    "start": "say",
    "steps": {
        "say": {
            "type": "send", "text": "It is on its way.", "then": "look",
            "link": {"label": "Track", "url": "{{ run.url }}", "short": True},
        },
        "look": {
            "type": "wait", "for": "1d", "then": "over",
            "events": [{"event": "link_opened", "when": "event.flow == 'orders'", "then": "seen"}],
        },
        "seen": {"type": "send", "text": "You have seen it.", "then": "over"},
        "over": {"type": "end"},
    },
}  # fmt: skip
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}


def ship(client: Client, gym: Installation) -> str:
    """Let the business tell of an order; return the path of the link in the bot's words."""
    workspaces.publish(
        gym.house, gym.workspace.id, "orders", FLOW, now=gym.clock.now(), reason="a test"
    )
    Workspace.objects.update(revision=100)
    data = {"event": "order_shipped", "for": "v-1", "facts": {"url": TARGET}}
    told = {"type": "event.reported", "timestamp": "2026-03-02T10:00:00Z", "data": data}
    body = json.dumps(told).encode()
    at = int(gym.clock.now().timestamp())
    headers = hook_headers(gym.secret, body, webhook_id="msg_1", at=at)
    assert client.post(f"/hooks/{gym.inbox.token}", content=body, headers=headers).is_success
    gym.step()
    message = Message.objects.get(author="bot")
    words = gym.house.keyset.unseal(message.body_sealed, f"message:{message.id}")
    assert "shop.example" not in words
    found = re.search(rf"{re.escape(gym.house.base_url)}(/l/[0-9A-Za-z]+)$", words)
    assert found is not None
    return found[1]


def opened(client: Client, path: str, **headers: str) -> Response:
    return client.get(path, headers=BROWSER | headers, follow_redirects=False)


@pytest.mark.req("C22", "C27")
def test_a_click_leads_on_is_counted_and_moves_the_run(client: Client, gym: Installation) -> None:
    path = ship(client, gym)
    for unseen in ({"User-Agent": "Slackbot 1.0"}, {"Sec-Purpose": "prefetch"}):
        assert opened(client, path, **unseen).headers["location"] == TARGET
    assert client.head(path, headers=BROWSER, follow_redirects=False).status_code == 302
    gym.step()
    assert ShortLink.objects.get().clicks == 0
    answer = opened(client, path)
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    opened(client, path)  # a double click opens it once
    gym.step()
    assert ShortLink.objects.get().clicks == 1
    first, second = Message.objects.filter(author="bot").order_by("id")
    assert first.delivery == "read"
    assert second.flow == first.flow == "orders"


def test_a_link_that_we_did_not_make_leads_nowhere(client: Client, gym: Installation) -> None:
    path = ship(client, gym)
    last = "A" if path[-1] != "A" else "B"
    other = "/l/" + "0" * 14
    for false in (path[:-1] + last, path[:4] + last + path[5:], other, "/l/x", f"{path}x"):
        answer = opened(client, false)
        assert answer.status_code == 404
        assert "location" not in answer.headers
    assert opened(client, f"{path}?to=https://elsewhere.example").headers["location"] == TARGET
