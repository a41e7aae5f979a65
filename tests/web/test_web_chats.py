"""Settings > Channels > a web chat: its line to copy, its sites, its greeting and its secret."""

import html
import re
from datetime import timedelta

import pytest

from baton.core.roles import Role
from baton.services.doors import chat
from baton.services.doors.chat import Identity
from baton.services.workspace import inboxes
from baton.services.workspace.standards import StandardsCache
from baton.store.models import AuditEntry, Inbox
from tests.web.conftest import Gym, Screen, open_gym

PAGE = "/settings/channels"
CHATS = f"{PAGE}/web-chats"
WANTED = {"name": "The shop's chat", "sites": "shop.example/contact\n", "greeting": "Hello!"}


def shown(screen: Screen, path: str) -> str:
    answer = screen.get(path)
    assert answer.status == 200, answer.text
    return html.unescape(answer.text)


def is_known(gym: Gym, page: str, secret: str) -> bool:
    """Return whether whoever signs with a secret is believed at the gym's chat."""
    entrance = chat.find_entrance(gym.house, StandardsCache(gym.house), gym.inbox.token)
    assert entrance is not None
    code = re.search(r">(import hashlib.*?)</pre>", page, re.DOTALL)
    assert code is not None
    written: dict[str, object] = {}
    exec(html.unescape(code[1]), written)  # noqa: S102 - as a reader of the page would run it
    sign = written["signature"]
    assert callable(sign)
    ann = Identity(id="m-7", name="Ann", membership="", signature=sign(secret, "m-7", "Ann"))
    bare = Identity(id="m-7", name="", membership="", signature=sign(secret, "m-7"))
    believed = {chat.is_vouched_for(entrance, identity) for identity in (ann, bare)}
    assert len(believed) == 1
    return believed.pop()


def secret_on(page: str) -> str:
    found = re.search(r'id="secret"[^>]*value="(whsec_[^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_web_chat_leads_to_its_line_and_its_trial_page(gym: Gym, robin: Screen) -> None:
    path = f"{CHATS}/{gym.inbox.id}"
    assert f'href="{path}"' in shown(robin, PAGE)
    page = shown(robin, path)
    line = inboxes.script_line_of(gym.house.base_url, gym.inbox.token)
    assert f'value="{line}"' in page
    assert f'href="/try/{gym.inbox.token}"' in page
    assert "Nothing was said in it lately" in page
    assert "Northside Gym" in page  # the usual greeting
    gym.hear("mia", "What time do you open?")
    assert "Last heard of on" in shown(robin, path)
    assert robin.get(f"{PAGE}/{gym.inbox.id}").headers["Location"] == path


def test_sites_and_greeting_are_kept_and_noted(gym: Gym, robin: Screen) -> None:
    path = f"{CHATS}/{gym.inbox.id}"
    assert robin.post(path, WANTED, htmx=False).status == 302
    entrance = chat.find_entrance(gym.house, StandardsCache(gym.house), gym.inbox.token)
    assert entrance is not None
    assert (entrance.allowed_origins, entrance.greeting) == (("https://shop.example",), "Hello!")
    noted = AuditEntry.objects.get(action="web_chat_changed")
    assert noted.actor == f"user:{robin.user.id}"
    assert '"https://shop.example"' in noted.details


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "required"), ("sites", "https://*.example.com", "without *"),
        ("greeting", "a" * 301, "300"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_beside_its_field(
    gym: Gym, robin: Screen, field: str, value: str, words: str
) -> None:
    for path in (f"{CHATS}/{gym.inbox.id}", f"{CHATS}/new"):
        answer = robin.post(path, WANTED | {field: value}, htmx=False)
        assert answer.status == 422
        assert words in html.unescape(answer.text)
    assert Inbox.objects.get().allowed_origins == []


def test_a_second_chat_shows_its_secret_once(gym: Gym, robin: Screen) -> None:
    answer = robin.post(f"{CHATS}/new", WANTED, htmx=False)
    made = Inbox.objects.exclude(id=gym.inbox.id).get()
    assert secret_on(answer.text) == inboxes.secret_of(gym.house, made)
    assert (made.name, made.allowed_origins) == ("The shop's chat", ["https://shop.example"])
    assert "whsec_" not in robin.get(f"{CHATS}/{made.id}").text
    assert gym.deeds("web_chat_added") == [(f"user:{robin.user.id}", f"inbox:{made.id}")]
    assert made.token in shown(robin, f"{CHATS}/{made.id}")


def test_a_fresh_secret_signs_as_the_page_shows_and_the_one_before_a_day_longer(
    gym: Gym, robin: Screen
) -> None:
    before = inboxes.secret_of(gym.house, gym.inbox)
    page = robin.post(f"{PAGE}/{gym.inbox.id}/secret", htmx=False).text
    fresh = secret_on(page)
    assert gym.deeds("inbox_secret_rotated") == [(f"user:{robin.user.id}", f"inbox:{gym.inbox.id}")]
    assert is_known(gym, page, fresh)
    assert is_known(gym, page, before)
    assert not is_known(gym, page, fresh[:-5] + "AAAA=")
    gym.clock.advance(inboxes.FORMER_LASTS + timedelta(seconds=1))
    assert is_known(gym, page, fresh)
    assert not is_known(gym, page, before)


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_who_may_not_change_settings_sees_no_chat(gym: Gym, role: Role) -> None:
    screen = gym.screen_of(gym.hire("Kim", role))
    for path in (f"{CHATS}/new", f"{CHATS}/{gym.inbox.id}"):
        assert screen.get(path).status == 403
        assert screen.post(path, WANTED, htmx=False).status == 403
    assert Inbox.objects.get().name == "Website chat"


def test_a_chat_of_others_is_not_there(gym: Gym, robin: Screen) -> None:
    other = open_gym("Southside Gym", house=gym.house, clock=gym.clock)
    assert robin.get(f"{CHATS}/{other.inbox.id}").status == 404
    assert robin.post(f"{CHATS}/{other.inbox.id}", WANTED, htmx=False).status == 404
    assert Inbox.objects.get(id=other.inbox.id).name == "Website chat"
