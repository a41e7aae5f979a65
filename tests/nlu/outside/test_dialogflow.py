"""Dialogflow CX as the outside reader: its address, its token, its sessions, its answers."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from baton.core.errors import InvalidInput
from baton.core.reading import IntentScore
from baton.nlu.outside import DialogflowSettings, OutsideFailed, check, guarded
from baton.nlu.outside.dialogflow import DialogflowReader
from tests.nlu.outside.conftest import MAPPING, NOW, Local
from tests.nlu.outside.server import Answer, Asked, Server

AGENT = "projects/gym-1/locations/europe-west2/agents/0a1b2c3d"
ACCOUNT = "baton@gym-1.iam.gserviceaccount.com"
INTENTS = frozenset(MAPPING.values())
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def settings_of(url: str = "", **changes: object) -> DialogflowSettings:
    given: dict[str, object] = {
        "agent": AGENT,
        "language": "en",
        "client_email": ACCOUNT,
        "private_key": pem_of(KEY),
        "mapping": MAPPING,
        "ask_seconds": 2.0,
    }
    if url:
        given |= {"endpoint": url, "token_url": f"{url}/token"}
    return DialogflowSettings(**{**given, **changes})  # type: ignore[arg-type] # what a test changes


class Google:
    """The two answers that matter: a token for a well signed statement, and an intent for it."""

    def __init__(self, server: Server) -> None:
        self.tokens = 0
        self.match: object = matched("Hours", 0.87)
        self.is_token_good = True
        server.answer = self._answer

    def _answer(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            return self._token(asked)
        if asked.headers["authorization"] != f"Bearer token-{self.tokens}":
            return Answer(status=401)
        if not self.is_token_good:
            return Answer(status=403)
        return Answer(pieces=(json.dumps(self.match).encode(),))

    def _token(self, asked: Asked) -> Answer:
        claims = claims_of(asked)
        assert claims["iss"] == ACCOUNT
        assert claims["aud"].endswith("/token")
        self.tokens += 1
        told = {"access_token": f"token-{self.tokens}", "expires_in": 3599, "token_type": "Bearer"}
        return Answer(pieces=(json.dumps(told).encode(),))


def claims_of(asked: Asked) -> dict[str, Any]:
    """Return what a statement claims; its signature must fit the account's key."""
    form = parse_qs(asked.body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    header, claims, signature = form["assertion"][0].split(".")
    KEY.public_key().verify(
        unpacked(signature), f"{header}.{claims}".encode(), PKCS1v15(), SHA256()
    )
    assert json.loads(unpacked(header)) == {"alg": "RS256", "typ": "JWT"}
    told: dict[str, Any] = json.loads(unpacked(claims))
    return told


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def matched(name: str, confidence: object, kind: str = "INTENT") -> dict[str, object]:
    intent = {"name": f"{AGENT}/intents/77", "displayName": name}
    match = {"intent": intent, "resolvedInput": "x", "matchType": kind, "confidence": confidence}
    return {"responseId": "1", "queryResult": {"text": "x", "languageCode": "en", "match": match}}


@pytest.fixture
def google(server: Server) -> Google:
    return Google(server)


@pytest.fixture
def moment() -> list[datetime]:
    return [NOW]


@pytest.fixture
def reader(
    server: Server, google: Google, moment: list[datetime], new_id: Callable[[], str]
) -> Iterator[DialogflowReader]:
    del google
    reader = DialogflowReader(settings_of(server.url), now=lambda: moment[0], new_id=new_id)
    yield reader
    reader.close()


def test_a_text_is_asked_in_a_session_of_its_own_without_anything_else(
    server: Server, reader: DialogflowReader
) -> None:
    asked = reader.ask(("when do you open", "how much"), within=2)
    assert asked == ((IntentScore(name="Hours", confidence=0.87),),) * 2
    _token, first, second = server.asked
    assert first.path == f"/v3/{AGENT}/sessions/id-1:detectIntent"
    assert second.path == f"/v3/{AGENT}/sessions/id-2:detectIntent"
    assert first.json == {
        "queryInput": {"text": {"text": "when do you open"}, "languageCode": "en"},
        "queryParams": {"disableWebhook": True},
    }


def test_a_published_environment_is_named_in_the_path(
    server: Server, google: Google, new_id: Callable[[], str]
) -> None:
    assert google.tokens == 0
    settings = settings_of(server.url, environment="live-1")
    reader = DialogflowReader(settings, now=lambda: NOW, new_id=new_id)
    reader.ask(("hi",), within=2)
    reader.close()
    assert server.asked[1].path == f"/v3/{AGENT}/environments/live-1/sessions/id-1:detectIntent"


def test_a_token_serves_until_shortly_before_its_end(
    server: Server, google: Google, reader: DialogflowReader, moment: list[datetime]
) -> None:
    reader.ask(("hi", "hi"), within=2)
    moment[0] += timedelta(minutes=54)
    reader.ask(("hi",), within=2)
    assert google.tokens == 1
    moment[0] += timedelta(minutes=1)
    reader.ask(("hi",), within=2)
    assert google.tokens == 2
    claims = claims_of(server.asked[0])
    assert claims["scope"] == "https://www.googleapis.com/auth/dialogflow"
    assert (claims["iat"], claims["exp"]) == (int(NOW.timestamp()), int(NOW.timestamp()) + 600)


def test_a_token_that_is_refused_is_fetched_anew_the_next_time(
    google: Google, reader: DialogflowReader
) -> None:
    reader.ask(("hi",), within=2)
    google.is_token_good = False
    with pytest.raises(OutsideFailed, match="refused"):
        reader.ask(("hi",), within=2)
    google.is_token_good = True
    reader.ask(("hi",), within=2)
    assert google.tokens == 2


def test_many_threads_fetch_one_token(google: Google, reader: DialogflowReader) -> None:
    threads = [
        threading.Thread(target=reader.ask, args=(("hi",),), kwargs={"within": 5}) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert google.tokens == 1


@pytest.mark.parametrize("kind", ["NO_MATCH", "NO_INPUT", "PARAMETER_FILLING", "EVENT", ""])
def test_no_match_is_no_intent(google: Google, reader: DialogflowReader, kind: str) -> None:
    google.match = matched("Hours", 0.9, kind)
    assert reader.ask(("hi",), within=2) == ((),)


@pytest.mark.parametrize(
    "answer", [{}, [], None, {"queryResult": {}}, matched("Hours", "0.9"), matched("Hours", None)]
)
def test_an_answer_of_another_form_is_wrong(
    google: Google, reader: DialogflowReader, answer: object
) -> None:
    google.match = answer
    with pytest.raises(OutsideFailed, match="wrong"):
        reader.ask(("hi",), within=2)


@pytest.mark.parametrize(
    "answer",
    [{}, {"access_token": 1, "expires_in": 1}, {"access_token": "a\r\nX: y", "expires_in": 3600}],
)
def test_a_token_of_another_form_is_wrong(
    server: Server, reader: DialogflowReader, answer: object
) -> None:
    server.answers(answer)
    with pytest.raises(OutsideFailed, match="wrong"):
        reader.ask(("hi",), within=2)


def test_behind_the_guard_only_short_texts_are_asked_and_names_are_ours(
    server: Server, google: Google, new_id: Callable[[], str]
) -> None:
    reader = guarded(Local(), settings_of(server.url), now=lambda: NOW, new_id=new_id)
    readings = reader.read_many(("when do you open", "x" * 256, "y" * 257))
    reader.close()
    assert [reading.source for reading in readings] == ["dialogflow", "dialogflow", "local"]
    assert readings[0].best == IntentScore(name="opening_hours", confidence=0.87)
    assert google.tokens == 1


@pytest.mark.parametrize(
    ("location", "base"),
    [
        ("europe-west2", "https://europe-west2-dialogflow.googleapis.com"),
        ("us-central1", "https://us-central1-dialogflow.googleapis.com"),
        ("global", "https://dialogflow.googleapis.com"),
    ],
)
def test_an_agent_is_asked_in_its_own_region(location: str, base: str) -> None:
    settings = settings_of(agent=f"projects/p/locations/{location}/agents/a")
    assert settings.base == base
    check(settings, intents=INTENTS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agent": "gym"}, "agent"),
        ({"agent": f"{AGENT}/sessions/../x"}, "agent"),
        ({"agent": "projects/p/locations/evil.example.com#/agents/a"}, "agent"),
        ({"environment": "a/b"}, "environment"),
        ({"client_email": ""}, "client_email"),
        ({"private_key": "no key"}, "private_key"),
        ({"private_key": pem_of(ec.generate_private_key(ec.SECP256R1()))}, "private_key"),
        ({"token_url": "http://oauth2.example.com/token"}, "token_url"),
        ({"endpoint": "http://dialogflow.example.com"}, "endpoint"),
        ({"language": ""}, "language"),
    ],
)
def test_settings_that_are_unsafe_or_wrong_are_refused(
    changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        check(settings_of(**changes), intents=INTENTS)  # type: ignore[arg-type] # what a test changes
    assert field in caught.value.fields


def test_a_key_does_not_show_itself() -> None:
    assert "PRIVATE KEY" not in repr(settings_of())
