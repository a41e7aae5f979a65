"""Requests to Meta's Graph API, and how it says no.

Each request carries the proof that we hold the app's secret, so that a token that was
stolen is worth nothing alone: https://developers.facebook.com/docs/graph-api/guides/secure-requests
"""

import hmac
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from baton.channels import Answer, Request
from baton.channels.whatsapp import codes
from baton.channels.whatsapp.settings import VERSION, CloudSettings
from baton.core.json import Json

Shape = TypeVar("Shape", bound=msgspec.Struct)

_UNAUTHORISED = frozenset({401, 403})
_NOT_FOUND = 404
_PARAMETER = 100
_NO_OBJECT = 33
"""The subcode of an id that the token's owner cannot see, or that is none."""


class Problem(msgspec.Struct):
    """How Meta refuses: https://developers.facebook.com/docs/graph-api/guides/error-handling."""

    code: int = -1
    message: str = ""
    error_subcode: int = 0
    error_user_msg: str = ""


class _Refused(msgspec.Struct):
    error: Problem = msgspec.field(default_factory=Problem)


def request(
    settings: CloudSettings,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Json] | None = None,
) -> Request:
    """Return a request below the API's version; `path` begins with /."""
    proof = hmac.digest(settings.app_secret.encode(), settings.access_token.encode(), "sha256")
    asked = {**(query or {}), "appsecret_proof": proof.hex()}
    return Request(
        method=method,
        url=f"{settings.base}/{VERSION}{path}?{urlencode(asked)}",
        body=msgspec.json.encode(body) if body is not None else b"",
        headers={
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.access_token}",
        },
    )


def read(answer: Answer, shape: type[Shape]) -> Shape | None:
    """Read an answer, None when it is of no such shape."""
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def problem_of(answer: Answer) -> Problem:
    """Return what Meta says against a request; code -1 when it says nothing readable."""
    refused = read(answer, _Refused)
    return refused.error if refused else Problem()


def setting_fault_of(answer: Answer, problem: Problem) -> str:
    """Return what is wrong with the settings, in plain words; "" for any other fault."""
    if words := codes.setting_fault_of(problem.code):
        return words
    if "appsecret_proof" in problem.message:
        return "The app secret does not belong to the app of this access token."
    is_no_object = problem.code == _PARAMETER and problem.error_subcode == _NO_OBJECT
    if is_no_object or answer.status == _NOT_FOUND:
        return "Meta knows no such ID, or this access token may not see it."
    return codes.MISCONFIGURED[0] if answer.status in _UNAUTHORISED else ""
