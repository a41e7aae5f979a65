"""OpenID Connect, as far as signing in takes: the code flow with PKCE, and a token that is proven.

Nothing of what the issuer says is taken for true before its signature, issuer, audience, time and
nonce are: https://openid.net/specs/openid-connect-core-1_0.html, 3.1.3.7.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt

from baton.channels import ForbiddenPlaceError, NotSentError, Request, UnclearError
from baton.channels.wire import PublicWire
from baton.core import web_address
from baton.core.errors import BatonError, InvalidInput

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures by a pair of keys: one by a shared secret could be made by whoever has ours."""

LASTS = timedelta(minutes=10)
"""So long somebody may take at the issuer."""
_LEEWAY = timedelta(minutes=1)
_PATIENCE = 10.0
_MOST = 256 * 1024
_OK = 200


class NotVouched(BatonError):  # noqa: N818 - the tree reads as the outcome
    """The issuer did not vouch for somebody, or what it said is not proven."""

    code = "not_vouched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How an issuer knows us."""

    issuer: str
    client_id: str
    secret: str
    returns_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is kept of a question until its answer; none of it leaves but as a hash or as itself."""

    state: str
    nonce: str
    verifier: str
    until: str  # a moment, as ISO


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom an issuer vouched for."""

    subject: str
    email: str


def begin(client: Client, *, now: datetime) -> tuple[str, Asked]:
    """Return where to send somebody, and what to keep; raises NotVouched, InvalidInput."""
    known = discover(client.issuer)
    asked = Asked(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        until=(now + LASTS).isoformat(),
    )
    digest = hashlib.sha256(asked.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.returns_to,
        "scope": "openid email",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    place = known["authorization_endpoint"]
    return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}", asked


def finish(client: Client, asked: Asked, *, state: str, code: str, now: datetime) -> Vouched:
    """Return whom the issuer vouches for; raises NotVouched."""
    is_ours = secrets.compare_digest(state.encode(), asked.state.encode())
    if not is_ours or not code or now > datetime.fromisoformat(asked.until):
        raise NotVouched("the answer belongs to no question of ours, or came too late")
    known = discover(client.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.returns_to,
        "code_verifier": asked.verifier,
    }
    told = _asked(
        client.issuer,
        Request(
            method="POST",
            url=known["token_endpoint"],
            body=urlencode(form).encode(),
            headers={"content-type": "application/x-www-form-urlencoded"},
            user=client.client_id,
            password=client.secret,
            most=_MOST,
        ),
    )
    claims = _proven(client, known, str(told.get("id_token", "")), now)
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), asked.nonce.encode()):
        raise NotVouched("the token answers another question")
    email = str(claims.get("email", "")).lower()
    if not email or claims.get("email_verified") is False:
        raise NotVouched("the issuer does not vouch for an e-mail address")
    return Vouched(subject=str(claims["sub"])[:255], email=email)


def discover(issuer: str) -> dict[str, str]:
    """Return an issuer's own description; raises NotVouched, InvalidInput for an unsafe address."""
    web_address.check(issuer, field="issuer")
    place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    told = _asked(issuer, Request(method="GET", url=place, headers={}, most=_MOST))
    if told.get("issuer") != issuer:
        raise NotVouched("it calls itself otherwise than by this address")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    found = {name: str(told.get(name, "")) for name in wanted}
    for name, address in found.items():
        try:
            web_address.check(address, field=name)
        except InvalidInput as error:
            raise NotVouched(f"its {name} is no safe address") from error
    return found


def _proven(client: Client, known: Mapping[str, str], token: str, now: datetime) -> dict[str, Any]:
    """Return a token's claims once its signature, issuer, audience and times hold."""
    keys = _asked(
        client.issuer, Request(method="GET", url=known["jwks_uri"], headers={}, most=_MOST)
    )
    try:
        header = jwt.get_unverified_header(token)
        [key] = [
            one for one in jwt.PyJWKSet.from_dict(keys).keys if one.key_id == header.get("kid")
        ]
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=client.client_id,
            issuer=client.issuer,
            options={
                "require": ["iss", "sub", "aud", "exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        ends, began = int(claims["exp"]), int(claims["iat"])
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise NotVouched(f"its token is not proven: {type(error).__name__}") from None
    # By our own clock, as everything here.
    leeway = _LEEWAY.total_seconds()
    if not began - leeway <= now.timestamp() < ends + leeway:
        raise NotVouched("its token is of another time")
    others = claims.get("azp", client.client_id)
    if others != client.client_id:
        raise NotVouched("its token was made for somebody else")
    return claims


def _asked(issuer: str, request: Request) -> dict[str, Any]:
    wire = PublicWire(patience=_PATIENCE, allows_loopback=issuer.startswith("http://"))
    try:
        answer = wire.ask(request)
        told = json.loads(answer.body) if answer.status == _OK else None
    except (ForbiddenPlaceError, NotSentError, UnclearError, ValueError) as error:
        raise NotVouched(f"it could not be asked: {type(error).__name__}") from None
    finally:
        wire.close()
    if not isinstance(told, dict):
        raise NotVouched(f"it answered {answer.status}")
    return told
