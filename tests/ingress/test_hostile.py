"""Input that is wrong, too large, or meant to harm: a clear refusal each, never a 500."""

import asyncio
import json
import socket
from collections.abc import Iterator

import pytest
from httpx import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from baton.core.text import MAX_MESSAGE_CHARACTERS
from baton.ingress.refusal import Refusal
from baton.ingress.wire import read_body
from tests.ingress.installation import Installation
from tests.ingress.visitor import Visitor, a_visitor, hook_headers

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def ann(client: Client, gym: Installation) -> Visitor:
    return a_visitor(client, gym)


def _paths(gym: Installation) -> tuple[str, ...]:
    return ("/chat/messages", f"/chat/{gym.inbox.token}/sessions", f"/hooks/{gym.inbox.token}")


def test_a_body_of_1_mb_is_refused_unread(client: Client, gym: Installation, ann: Visitor) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"id": "m1", "text": "'
        for _ in range(1_000):
            yield b"x" * 1024

    for path in _paths(gym):
        declared = client.post(path, content=b"x" * 1_000_000, headers=ann.headers | JSON)
        streamed = client.post(path, content=endless(), headers=ann.headers | JSON)
        assert (declared.status_code, streamed.status_code) == (413, 413)
        assert declared.json()["error"]["code"] == "too_large"


def test_who_sends_5_mb_at_once_still_hears_why_not(address: str, gym: Installation) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    size = 5 * 1024 * 1024
    head = f"POST /hooks/{gym.inbox.token} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {size}\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + bytes(size))
        assert line.recv(100).split(b"\r\n")[0].startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("length", ["9" * 5_000, "16385", "1000000000"])
def test_a_declared_length_is_enough_to_refuse(length: str) -> None:
    # No client library sends these, but a hand-made request may.
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    headers = [(b"content-length", length.encode())]
    request = Request({"type": "http", "headers": headers}, gone)
    with pytest.raises(Refusal) as refused:
        asyncio.run(read_body(request))
    assert refused.value.status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe\x89PNG\r\n\x1a\n" * 40,
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"[" * 16_000,
        b'{"id":"a","text":' + b'{"a":' * 3_000,
        b'{"id": "a"}',
        b'{"text": "hi"}',
        b'{"id": 1, "text": "hi"}',
        b'{"id": "a", "text": null}',
        b'{"id": "a", "text": ["hi"]}',
        b'{"id": "a:b", "text": "hi"}',
        b'{"id": "a\\n", "text": "hi"}',
        b'{"id": "", "text": "hi"}',
        b'{"id": "a", "text": "\\ud800"}',
        b'{"id": "a", "text": "hi", "author": "agent"}',
        '{"id": "ä", "text": "hi"}'.encode(),
        json.dumps({"id": "a" * 65, "text": "hi"}).encode(),
    ],
)
def test_what_is_no_message_is_refused_in_words(client: Client, ann: Visitor, body: bytes) -> None:
    answer = client.post("/chat/messages", content=body, headers=ann.headers | JSON)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] in {"invalid_json", "invalid_body"}
    assert error["message"].endswith(".")


@pytest.mark.parametrize("media_type", ["", "text/plain", "multipart/form-data", "application/xml"])
def test_another_content_type_is_refused(
    client: Client, gym: Installation, ann: Visitor, media_type: str
) -> None:
    for path in _paths(gym):
        headers = ann.headers | {"Content-Type": media_type}
        assert client.post(path, content=b"{}", headers=headers).status_code == 415


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00\x01\x02",
        "\n".join(["line"] * 1_500),
        "x" * (MAX_MESSAGE_CHARACTERS + 1),
    ],
)
def test_a_text_that_cannot_be_taken_is_refused_in_words_for_its_writer(
    ann: Visitor, text: str
) -> None:
    answer = ann.say(text)
    assert answer.status_code == 422
    assert "lease" in answer.json()["error"]["message"]


def test_ten_thousand_lines_are_refused(ann: Visitor) -> None:
    answer = ann.say("a\n" * 10_000)
    assert answer.status_code in {413, 422}
    assert ann.texts() == []


@pytest.mark.parametrize(
    "text",
    [
        "هل أنتم مفتوحون يوم الجمعة؟",
        "מתי אתם פותחים? 🙂",
        "👩‍👩‍👧‍👦 🏋️‍♀️ 🇺🇳 do you have a family plan?",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "'; DROP TABLE store_message; --",
        "{{ business.name }} {% raw %}",
        "ﷺ" * 300,
    ],
)
def test_any_writing_comes_back_as_it_was_written(
    gym: Installation, ann: Visitor, text: str
) -> None:
    assert ann.say(text).status_code == 202
    gym.step()
    assert ann.texts()[0] == ("contact", text)


def test_marks_that_turn_text_around_are_taken_out(gym: Installation, ann: Visitor) -> None:
    ann.say("pay \u202egnp.exe\u202c now")
    gym.step()
    assert ann.texts()[0] == ("contact", "pay gnp.exe now")


@pytest.mark.parametrize(
    "token",
    ["unknown", "%00", "..%2F..%2Fetc", "a" * 5_000, "%F0%9F%92%A9", "%FF%FE", "' OR 1=1 --"],
)
def test_an_unknown_inbox_is_not_found(client: Client, gym: Installation, token: str) -> None:
    assert gym.inbox.token != token
    for answer in (
        client.post(f"/chat/{token}/sessions", json={}),
        client.post(f"/hooks/{token}", json={}),
        client.get(f"/try/{token}"),
    ):
        assert answer.status_code in {404, 405}


# One installation serves all examples of a property: what they leave behind does no harm.
_MANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=70) | _ANYTHING,
        "text": st.text(max_size=400) | _ANYTHING,
        "identity": st.fixed_dictionaries({"id": st.text(), "signature": st.text()}) | _ANYTHING,
        "type": st.just("message.received") | st.text(max_size=20),
        "data": st.fixed_dictionaries({"from": st.text(), "text": st.text()}) | _ANYTHING,
    },
)
_BODIES = (
    st.binary(max_size=2_000)
    | _ANYTHING.map(lambda v: json.dumps(v).encode())
    | _SHAPED.map(lambda v: json.dumps(v).encode())
)


@_MANY
@given(body=_BODIES)
def test_no_body_breaks_the_server(
    client: Client, gym: Installation, ann: Visitor, body: bytes
) -> None:
    gym.step(61)  # lets the limits forget the example before
    for path in _paths(gym)[:2]:
        answer = client.post(path, content=body, headers=ann.headers | JSON)
        assert answer.status_code < 500, body


@_MANY
@given(body=_BODIES)
def test_no_signed_webhook_breaks_the_server(
    client: Client, gym: Installation, body: bytes
) -> None:
    headers = hook_headers(gym.secret, body, webhook_id="w1", at=int(gym.clock.now().timestamp()))
    answer = client.post(f"/hooks/{gym.inbox.token}", content=body, headers=headers)
    assert answer.status_code in {200, 202, 400, 422}


# What HTTP allows in a header's value; anything else, the server's parser refuses before us.
_VALUES = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")
).map(lambda value: value.strip().encode("latin-1"))
_NAMES = st.sampled_from(
    [
        b"authorization",
        b"origin",
        b"webhook-id",
        b"webhook-timestamp",
        b"webhook-signature",
        b"content-type",
        b"cookie",
    ]
)


@_MANY
@given(headers=st.dictionaries(_NAMES, _VALUES))
def test_no_header_breaks_the_server(
    client: Client, gym: Installation, headers: dict[bytes, bytes]
) -> None:
    gym.step(61)
    for method, path in (
        *(("POST", path) for path in _paths(gym)),
        ("GET", "/chat/messages"),
        ("GET", "/live/inbox"),
    ):
        assert client.request(method, path, headers=headers).status_code < 500
