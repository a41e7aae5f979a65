"""Signing in by OpenID Connect, against an issuer on this machine that signs as real ones do."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db.models import F
from django.test import Client

from baton.core.roles import Role
from baton.store.models import SignInProvider, SignInSubject, User, Workspace
from tests.nlu.outside.server import Answer, Asked, Server, running
from tests.web.conftest import Gym, Screen

CLIENT, SECRET = "baton-at-the-gym", "a secret of theirs"


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _spelt(number: int) -> str:
    """Return a number as RFC 7518 spells it."""
    told = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


@dataclass(slots=True)
class Issuer:
    """What it says of itself and of people; a test changes what it wants to be false."""

    server: Server
    claims: dict[str, Any] = field(default_factory=dict)
    signs_with: str = "its own"
    algorithm: str = "RS256"
    describes: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    challenge: str = ""

    @property
    def url(self) -> str:
        return self.server.url.rstrip("/")

    def answer(self, asked: Asked) -> Answer:
        match urlsplit(asked.path).path:
            case "/.well-known/openid-configuration":
                told = self._description()
            case "/keys":
                told = self._keys()
            case _:
                told = self._token(asked)
        return Answer(pieces=(json.dumps(told).encode(),), status=200 if told else 400)

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            **self.describes,
        }

    def _keys(self) -> dict[str, Any]:
        numbers = _key("its own").public_key().public_numbers()
        shown = {"kty": "RSA", "n": _spelt(numbers.n), "e": _spelt(numbers.e)}
        return {"keys": [{**shown, "kid": "k1", "alg": "RS256", "use": "sig"}]}

    def _token(self, asked: Asked) -> dict[str, Any]:
        pair = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
        form = {name: value[0] for name, value in parse_qs(asked.body.decode()).items()}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        is_proven = base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
        if pair != f"{CLIENT}:{SECRET}" or not is_proven or form["code"] != "the-code":
            return {}
        return {"id_token": self._signed()}

    def _signed(self) -> str:
        headers = {"kid": "k1"}
        if self.algorithm == "none":
            return jwt.encode(self.claims, "", algorithm="none", headers=headers)
        if self.algorithm == "HS256":
            return jwt.encode(self.claims, "x" * 32, algorithm="HS256", headers=headers)
        return jwt.encode(
            self.claims, _key(self.signs_with), algorithm=self.algorithm, headers=headers
        )


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running() as server:
        made = Issuer(server)
        server.answer = made.answer
        yield made


@pytest.fixture
def maya(gym: Gym) -> User:
    return gym.hire("Maya", Role.AGENT)


def _set_up(screen: Screen, known: Issuer, **given: str) -> int:
    told = {"name": "Gym ID", "issuer": known.url, "client_id": CLIENT, "secret": SECRET}
    return screen.post("/settings/sign-in", {**told, **given}).status


def _go(gym: Gym, issuer: Issuer, **claims: object) -> tuple[Client, dict[str, str]]:
    """Go to the issuer as a browser, which agrees at once; return what comes back."""
    client = Client()
    place = client.get(f"/sign-in/by/{gym.workspace.id}").headers["Location"]
    assert place.startswith(f"{issuer.url}/authorize?")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(place).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].endswith("/sign-in/vouched")
    issuer.challenge = asked["code_challenge"]
    now = int(gym.clock.now().timestamp())
    issuer.claims = {
        "iss": issuer.url, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 300,
        "nonce": asked["nonce"], "email": "Maya@gym.example", "email_verified": True, **claims,
    }  # fmt: skip
    return client, {"state": asked["state"], "code": "the-code"}


def test_who_the_issuer_vouches_for_comes_in_and_is_known_by_its_name_for_them(
    gym: Gym, robin: Screen, maya: User, issuer: Issuer
) -> None:
    assert _set_up(robin, issuer) == 302
    assert SECRET not in str(list(SignInProvider.objects.values()))
    assert "Sign in with Gym ID" in Client().get("/sign-in").content.decode()
    # A role that needs a second step was asked for it there.
    Workspace.objects.update(policy={"two_step_roles": "agent"}, revision=F("revision") + 1)
    client, brought = _go(gym, issuer)
    came = client.get("/sign-in/vouched", brought)
    assert came.status_code == 302, came.content.decode()
    assert client.get("/my-day").status_code == 200
    assert gym.deeds("signed_in") == [(f"user:{maya.id}", f"user:{maya.id}")]
    assert client.get("/sign-in/vouched", brought).status_code == 403  # each once
    # From now on her e-mail may change there; and nobody else's name is taken for hers.
    client, brought = _go(gym, issuer, email="maya@elsewhere.example")
    assert client.get("/sign-in/vouched", brought).status_code == 302
    client, brought = _go(gym, issuer, sub="u-2")
    assert "by another name" in client.get("/sign-in/vouched", brought).content.decode()
    assert SignInSubject.objects.count() == 1
    User.objects.filter(id=maya.id).update(is_active=False)
    client, brought = _go(gym, issuer)
    assert client.get("/sign-in/vouched", brought).status_code == 403


@pytest.mark.parametrize(
    ("claims", "changed"),
    [
        ({"iss": "https://evil.example"}, {}),
        ({"aud": "somebody-else"}, {}),
        ({"aud": [CLIENT, "other"], "azp": "other"}, {}),
        ({"nonce": "of another"}, {}),
        ({"exp": 1_000}, {}),
        ({"iat": 99_999_999_999, "exp": 99_999_999_999}, {}),
        ({"email_verified": False}, {}),
        ({"email": ""}, {}),
        ({"email": "stranger@gym.example"}, {}),
        ({}, {"signs_with": "another's"}),
        ({}, {"algorithm": "none"}),
        ({}, {"algorithm": "HS256"}),
    ],
)
@pytest.mark.usefixtures("maya")
def test_a_word_that_is_not_proven_lets_nobody_in(
    gym: Gym, robin: Screen, issuer: Issuer, claims: dict[str, Any], changed: dict[str, str]
) -> None:
    _set_up(robin, issuer)
    client, brought = _go(gym, issuer, **claims)
    for name, value in changed.items():
        setattr(issuer, name, value)
    refused = client.get("/sign-in/vouched", brought)
    assert refused.status_code == 403
    assert "You could not be signed in" in refused.content.decode()
    assert client.get("/").status_code == 302


@pytest.mark.usefixtures("maya")
def test_an_answer_to_no_question_of_ours_lets_nobody_in(
    gym: Gym, robin: Screen, issuer: Issuer
) -> None:
    _set_up(robin, issuer)
    _, brought = _go(gym, issuer)
    assert Client().get("/sign-in/vouched", brought).status_code == 403
    client, brought = _go(gym, issuer)
    assert client.get("/sign-in/vouched", {**brought, "state": "x"}).status_code == 403
    client, brought = _go(gym, issuer)
    assert client.get("/sign-in/vouched", {**brought, "code": "guessed"}).status_code == 403
    client, brought = _go(gym, issuer)
    gym.clock.advance(timedelta(minutes=11))
    assert client.get("/sign-in/vouched", brought).status_code == 403


def test_an_issuer_is_asked_who_it_is_before_it_vouches_for_anybody(
    gym: Gym, robin: Screen, sam: Screen, issuer: Issuer
) -> None:
    assert sam.get("/settings/sign-in").status == 403
    assert _set_up(robin, issuer, issuer="http://10.0.0.1/") == 422
    assert _set_up(robin, issuer, issuer="https://127.0.0.1:1/") == 422
    assert _set_up(robin, issuer, secret="") == 422
    issuer.describes = {"issuer": "https://evil.example"}
    assert _set_up(robin, issuer) == 422
    issuer.describes = {"token_endpoint": "http://169.254.169.254/latest"}
    assert _set_up(robin, issuer) == 422
    issuer.describes = {}
    assert _set_up(robin, issuer) == 302
    assert _set_up(robin, issuer, secret="", name="ID") == 302  # keeps the secret
    assert robin.post("/settings/sign-in/remove").status == 302
    assert robin.post("/settings/sign-in/remove").status == 404
    assert "Sign in with" not in Client().get("/sign-in").content.decode()
    assert len(gym.deeds("sign_in_provider_set")) == 2
