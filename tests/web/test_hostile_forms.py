"""A crawl of the console: every form that is met gets what an attacker writes.

Whatever comes back, it is no fault of the server, it shows no script that was sent, and it tells
nothing of the database.
"""

import os
from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from typing_extensions import override

from baton.core.roles import Role
from tests.web.conftest import Answer, Gym, Screen

SCRIPT = "<script>alert(1)</script>"
HOSTILE = (
    f"\"'>{SCRIPT}<img src=x onerror=alert(1)>",
    "' OR '1'='1'; DROP TABLE store_user; --",
    "{{ settings.SECRET_KEY }}{% include '/etc/passwd' %}{{ 'x' | repeat: 999999999 }}",
    "../../../../etc/passwd",
    "9" * 400,
    "\N{RIGHT-TO-LEFT OVERRIDE}\ud7ff\u0378\r\nSet-Cookie: x=1",
)
# Ends what is crawled with, or asks the wire.
LEFT_OUT = {"account_logout", "demo_sign_in", "look_at_system", "sync_templates"}
# Every form gets all of it at once; each word by itself, field by field, takes half a minute, and
# is asked for with BATON_CRAWL=whole.
IS_WHOLE = os.environ.get("BATON_CRAWL") == "whole"
MOST_PAGES = 120
ALL_AT_ONCE = " ".join(HOSTILE)


@dataclass(slots=True)
class Form:
    """Where a form goes, and what it has."""

    action: str
    method: str
    names: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """Collects a page's forms and links."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._is_open = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = True
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        elif self._is_open and given.get("name"):
            kept = self.forms[-1].names
            if given["name"] != "csrfmiddlewaretoken" and given.get("type") != "file":
                kept.setdefault(given["name"], given.get("value", ""))

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False


class Markup(HTMLParser):
    """Collects what may run or draw within a page by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        is_data = ("type", "application/json") in attrs
        runs = any(name.startswith("on") or name == "style" for name in names)
        leads = any((value or "").strip().lower().startswith("javascript:") for _, value in attrs)
        if (
            runs
            or leads
            or tag == "style"
            or (tag == "script" and "src" not in names and not is_data)
        ):
            self.inline.append(self.get_starttag_text() or tag)


def _name_of(path: str) -> str:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""  # of another part of the server


@pytest.mark.req("P24")
def test_no_form_breaks_or_gives_a_script_back(gym: Gym) -> None:
    gym.hear("visitor-1", f"I want a person {SCRIPT}", name=f"Mia {SCRIPT}")
    screen = gym.screen_of(gym.hire("Olu", Role.OPERATIONS))
    waiting = deque(["/", "/settings/people", "/account"])
    seen: set[str] = set()
    asked = 0
    sent: set[tuple[str, tuple[str, ...]]] = set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        name = _name_of(path)
        if not name or name in seen or name in LEFT_OUT:
            continue
        seen.add(name)
        answer = screen.get(path)
        _is_harmless(answer, path)
        page = Reader()
        page.feed(answer.text)
        waiting.extend(page.links)
        for form in page.forms:
            goes = form.action or path
            about = (_name_of(goes), tuple(sorted(form.names)))
            if about[0] in {"", *LEFT_OUT} or about in sent:
                continue
            sent.add(about)
            asked += _attack(screen, goes, form)
    assert len(seen) > 80
    assert asked >= len(sent) > 150


def _attack(screen: Screen, path: str, form: Form) -> int:
    """Send what is hostile in every field, and in one at a time beside what the page had."""
    rounds = [dict.fromkeys(form.names, ALL_AT_ONCE)]
    if IS_WHOLE:
        rounds += [dict.fromkeys(form.names, word) for word in HOSTILE]
        rounds += [{**form.names, name: HOSTILE[0]} for name in form.names][:4]
    for given in rounds:
        if form.method == "post":
            answer = screen.post(path, given, htmx=False)
        else:
            got = screen.client.get(urlsplit(path).path, given)
            answer = Answer(
                status=got.status_code, text=_text_of(got), headers=dict(got.headers.items())
            )
        _is_harmless(answer, f"{form.method} {path} {given}")
    return len(rounds)


def _text_of(got: object) -> str:
    body = getattr(got, "content", b"")
    return bytes(body).decode(errors="replace")


def _is_harmless(answer: Answer, what: str) -> None:
    assert answer.status < 500, what
    assert SCRIPT not in answer.text, what
    assert "onerror=alert(1)>" not in answer.text, what
    assert "Set-Cookie: x" not in str(answer.headers), what
    _is_guarded(answer, what)
    for word in ("OperationalError", "sqlite3", "psycopg", "Traceback", "root:x:"):
        assert word not in answer.text, what


def _is_guarded(answer: Answer, what: str) -> None:
    """Hold a page against what a scanner looks for without attacking: headers and markup."""
    told = {name.lower(): value for name, value in answer.headers.items()}
    assert told["x-content-type-options"] == "nosniff", what
    assert told["referrer-policy"] == "same-origin", what
    assert "server" not in told, what
    assert "x-powered-by" not in told, what
    policy = told["content-security-policy"]
    assert "unsafe" not in policy, what
    assert "*" not in policy, what
    if told.get("content-type", "").startswith("text/html") and answer.text:
        markup = Markup()
        markup.feed(answer.text)
        assert markup.inline == [], what
        assert told["x-frame-options"] == "DENY", what


@pytest.mark.parametrize("path", ["/sign-in", "/", "/flows"])
def test_strangers_break_no_address_either(gym: Gym, path: str) -> None:
    assert gym.house is not None
    client = Client()
    for word in HOSTILE:
        for got in (client.get(f"{path}/{word}"), client.get(path, {"next": word, "page": word})):
            assert got.status_code < 500
            assert SCRIPT not in _text_of(got)
