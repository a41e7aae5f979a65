"""An HTTP service as the outside reader: what it gets, and every way in which it can fail."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baton.core import webhook_signature
from baton.core.errors import InvalidInput
from baton.core.reading import IntentScore
from baton.core.webhook_signature import Signed
from baton.nlu.outside import HttpSettings, OutsideFailed, check
from baton.nlu.outside.http import HttpReader
from baton.nlu.outside.wire import MAX_ANSWER_BYTES
from tests.nlu.outside.conftest import NOW, SECRET, TOKEN, http_settings
from tests.nlu.outside.server import Answer, Server, running
from tests.support.certificates import self_signed

INTENTS = frozenset({"opening_hours", "prices", "membership_pause"})
TEXTS = ("when do you open", "how much")
GOOD = {"readings": [{"intents": [{"name": "Hours", "confidence": 1}]}, {"intents": []}]}


@pytest.fixture
def reader(server: Server, new_id: Callable[[], str]) -> Iterator[HttpReader]:
    reader = HttpReader(http_settings(server.url), now=lambda: NOW, new_id=new_id)
    yield reader
    reader.close()


def failure_of(reader: HttpReader, within: float = 2.0) -> str:
    with pytest.raises(OutsideFailed) as caught:
        reader.ask(TEXTS, within=within)
    return caught.value.reason


def test_it_gets_texts_and_language_alone_and_tells_intents(
    server: Server, reader: HttpReader
) -> None:
    server.answers(GOOD)
    assert reader.ask(TEXTS, within=2) == ((IntentScore(name="Hours", confidence=1.0),), ())
    (asked,) = server.asked
    assert asked.path == "/read"
    assert asked.json == {"version": 1, "language": "en-GB", "texts": list(TEXTS)}
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["content-type"] == "application/json"


def test_a_signed_request_is_believed_and_a_changed_one_is_not(
    server: Server, new_id: Callable[[], str]
) -> None:
    server.answers(GOOD)
    settings = http_settings(server.url, auth="hmac", secret=SECRET)
    reader = HttpReader(settings, now=lambda: NOW, new_id=new_id)
    reader.ask(TEXTS, within=2)
    reader.ask(TEXTS, within=2)
    reader.close()
    first, second = server.asked
    for asked in (first, second):
        signed = Signed(
            id=asked.headers["webhook-id"],
            timestamp=asked.headers["webhook-timestamp"],
            signatures=asked.headers["webhook-signature"],
        )
        assert webhook_signature.problem_with(signed, asked.body, SECRET, NOW) is None
        assert webhook_signature.problem_with(signed, asked.body + b" ", SECRET, NOW)
        assert "authorization" not in asked.headers
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503])
def test_another_status_is_refused_and_no_redirect_is_followed(
    server: Server, reader: HttpReader, status: int
) -> None:
    server.answers(GOOD, status=status, Location=f"{server.url}/elsewhere")
    assert failure_of(reader) == "refused"
    assert [asked.path for asked in server.asked] == ["/read"], "asked once, and not elsewhere"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[" * 50_000,
        b"null",
        [],
        {},
        {"readings": None},
        {"readings": []},
        {"readings": [{"intents": []}]},
        {"readings": [{"intents": []}] * 3},
        {"readings": [{"intents": [{"name": "Hours"}]}, {"intents": []}]},
        {"readings": [{"intents": [{"name": 4, "confidence": 1}]}, {"intents": []}]},
        {"readings": [{"intents": [{"name": "Hours", "confidence": "1"}]}, {"intents": []}]},
        {"readings": [{"intents": [{"name": "Hours", "confidence": True}]}, {"intents": []}]},
        b'{"readings":[{"intents":[{"name":"a","confidence":NaN}]},{"intents":[]}]}',
        b'{"readings":[{"intents":[{"name":"a","confidence":1e999}]},{"intents":[]}]}',
    ],
)
def test_an_answer_of_another_form_is_wrong(
    server: Server, reader: HttpReader, answer: object
) -> None:
    server.answers(answer)
    assert failure_of(reader) == "wrong"


def test_a_packed_answer_is_not_unpacked(server: Server, reader: HttpReader) -> None:
    server.answers(gzip.compress(b" " * 10_000_000), Content_Encoding="gzip")
    assert failure_of(reader) == "wrong"


def test_a_huge_answer_is_left_unread(server: Server, reader: HttpReader) -> None:
    piece = b" " * 65_536
    server.answer = lambda _asked: Answer(pieces=(piece,) * 1_000)
    assert len(piece) * 1_000 > 200 * MAX_ANSWER_BYTES
    assert failure_of(reader) == "huge"


def test_a_late_answer_is_not_waited_for(server: Server, reader: HttpReader) -> None:
    server.waits()
    assert failure_of(reader, within=0.1) == "late"


def test_a_dripping_answer_is_late(server: Server, reader: HttpReader) -> None:
    # Every piece comes within the time of a read; all of them together do not.
    server.answer = lambda _asked: Answer(pieces=(b" ",) * 100, pause=0.02)
    with pytest.raises(OutsideFailed, match="late: dripping"):
        reader.ask(TEXTS, within=0.3)


def test_nobody_there_is_down(new_id: Callable[[], str]) -> None:
    with running() as gone:
        url = gone.url
    reader = HttpReader(http_settings(url), now=lambda: NOW, new_id=new_id)
    assert failure_of(reader) == "down"
    reader.close()
    assert failure_of(reader) == "down"


def test_a_cookie_is_not_carried_to_the_next_request(server: Server, reader: HttpReader) -> None:
    server.answers(GOOD, Set_Cookie="who=mia; Path=/")
    reader.ask(TEXTS, within=2)
    reader.ask(TEXTS, within=2)
    assert not any("cookie" in asked.headers for asked in server.asked)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, new_id: Callable[[], str]
) -> None:
    with running(self_signed(tmp_path)) as server:
        server.answers(GOOD)
        reader = HttpReader(http_settings(server.url), now=lambda: NOW, new_id=new_id)
        assert failure_of(reader) == "down"
        reader.close()
        assert server.asked == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://nlu.example.com/read"}, "url"),
        ({"url": "http://10.0.0.7/read"}, "url"),
        ({"url": "http://localhost.example.com/read"}, "url"),
        ({"url": "ftp://nlu.example.com"}, "url"),
        ({"url": "https://user:pass@nlu.example.com"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"url": "https://nlu.example.com:99999/"}, "url"),
        ({"url": "nlu.example.com"}, "url"),
        ({"url": ""}, "url"),
        ({"secret": "short"}, "secret"),
        ({"secret": "with a blank and enough letters"}, "secret"),
        ({"auth": "hmac", "secret": TOKEN}, "secret"),
        ({"auth": "hmac", "secret": "whsec_c2hvcnQ="}, "secret"),
        ({"auth": "none"}, "auth"),
        ({"language": "english"}, "language"),
        ({"ask_seconds": 30.0}, "ask_seconds"),
        ({"mapping": {}}, "mapping"),
        ({"mapping": {"Hours": "no_such_intent"}}, "mapping"),
    ],
)
def test_settings_that_are_unsafe_or_wrong_are_refused(
    changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        check(http_settings("https://nlu.example.com", **changes), intents=INTENTS)
    assert field in caught.value.fields


@pytest.mark.parametrize(
    "url",
    [
        "https://nlu.example.com/read?x=1",
        "http://127.0.0.1:9/",
        "http://[::1]:9/",
        "http://localhost:9",
    ],
)
def test_tls_may_be_left_out_on_this_machine_alone(url: str) -> None:
    check(http_settings("", url=url), intents=INTENTS)


def test_a_secret_does_not_show_itself() -> None:
    assert TOKEN not in repr(http_settings("https://nlu.example.com"))
    assert isinstance(http_settings("https://x.example"), HttpSettings)
