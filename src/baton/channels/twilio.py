"""An account at Twilio, whatever it serves: how it is asked, and what its answers mean.

Version 2010-04-01 of its REST API. No request has an idempotency key there: one that timed
out may have been taken, so it stays unknown until its status callback comes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from baton.channels import (
    MAX_ANSWER_BYTES,
    Answer,
    Health,
    NotSentError,
    Request,
    UnclearError,
    WirePort,
)
from baton.core.delivery import Undelivered
from baton.runtime.ports import Again, Done, Outcome, Park, Refused, Unknown

TWILIO_API = "https://api.twilio.com"
OK, REDIRECT, CLIENT, SERVER = 200, 300, 400, 500
TIMED_OUT, TOO_MANY = 408, 429
UNAUTHORISED = frozenset({401, 403})
_CREATED, _NOT_FOUND, _UNAVAILABLE = 201, 404, 503

# https://www.twilio.com/docs/glossary/what-is-a-sid
_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_TOKEN = re.compile(r"[\x21-\x7e]{16,100}")
_ACCEPT = {"Accept": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Keys(Protocol):
    """What opens an account; `base` is another address than Twilio's for tests."""

    @property
    def account_sid(self) -> str: ...
    @property
    def auth_token(self) -> str: ...
    @property
    def base(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Twilio's error codes of one use of it, by what has to happen next.

    https://www.twilio.com/docs/api/errors lists them. `busy` ones took nothing: a later try
    may be taken. Codes that stand nowhere are refusals without a cause of ours.
    """

    undelivered: Mapping[int, Undelivered]
    misconfigured: Mapping[int, str]
    busy: frozenset[int]


class _Created(msgspec.Struct):
    sid: str


class _Problem(msgspec.Struct):
    """How Twilio refuses: https://www.twilio.com/docs/usage/twilios-response#exceptions."""

    code: int = 0


class _Account(msgspec.Struct):
    friendly_name: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAccount:
    """An account that is asked over a wire."""

    keys: Keys
    wire: WirePort
    codes: Codes

    def create(self, path: str, form: Mapping[str, str] | list[tuple[str, str]]) -> Outcome:
        """Have a message or a call made, once; its SID is the receipt."""
        body = urlencode(form).encode()
        try:
            answer = self.wire.ask(self.request("POST", path, headers=_ACCEPT | _FORM, body=body))
        except NotSentError as error:
            return Again(reason=f"Twilio cannot be reached ({error})")
        except UnclearError as error:
            return Unknown(reason=f"Twilio did not answer ({error})")
        return self._outcome_of(answer)

    def check(self) -> Health:
        """Ask for the account itself, which proves SID and token and reaches nobody."""
        try:
            answer = self.wire.ask(self.request("GET", ".json"))
        except (NotSentError, UnclearError) as error:
            return Health(problem=f"Twilio cannot be reached from this server ({error}).")
        if answer.status != OK:
            return Health(problem=self.words_of(answer))
        account = read(answer, _Account) or _Account()
        problem = "" if account.status == "active" else f"The Twilio account is {account.status}."
        return Health(problem=problem, account=account.friendly_name)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] = _ACCEPT,
        body: bytes = b"",
        most: int = MAX_ANSWER_BYTES,
    ) -> Request:
        """Return a request below the account's address."""
        account = quote(self.keys.account_sid, safe="")
        return Request(
            method=method,
            url=f"{self.keys.base}/2010-04-01/Accounts/{account}{path}",
            body=body,
            headers=headers,
            user=self.keys.account_sid,
            password=self.keys.auth_token,
            most=most,
        )

    def words_of(self, answer: Answer) -> str:
        """Return what is wrong with the settings, in plain words."""
        known = self.codes.misconfigured
        if words := known.get(_code_of(answer)):
            return words
        if answer.status in UNAUTHORISED:
            return known[20003]
        if answer.status == _NOT_FOUND:
            return known[20404]
        return f"Twilio answered with status {answer.status}. Try again later."

    def _outcome_of(self, answer: Answer) -> Outcome:
        if answer.status == _CREATED:
            created = read(answer, _Created)
            # It says that it took it, but not under which name.
            return Done(receipt=created.sid) if created else Unknown(reason="Twilio gave no SID")
        if answer.status >= SERVER or answer.status == TIMED_OUT:
            return _server_failed(answer)
        return self._refusal_of(answer, _code_of(answer))

    def _refusal_of(self, answer: Answer, code: int) -> Outcome:
        told = code or answer.status
        if known := self.codes.undelivered.get(code):
            return Refused(reason=known.value, code=str(code))
        if answer.status == TOO_MANY or code in self.codes.busy:
            return Again(reason=f"Twilio asks to wait ({told})", after=answer.wait)
        if self._is_setting(answer, code):
            return Park(reason=f"{self.words_of(answer)} ({told})")
        if answer.status < CLIENT:
            return Unknown(reason=f"Twilio answered {answer.status}")
        return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code=str(told))

    def _is_setting(self, answer: Answer, code: int) -> bool:
        return (
            code in self.codes.misconfigured
            or answer.status in UNAUTHORISED
            or answer.status == _NOT_FOUND
            or REDIRECT <= answer.status < CLIENT
        )


def read(answer: Answer, shape: type[Shape]) -> Shape | None:
    """Return what an answer tells; None where it is not of that shape."""
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def problems_with(keys: Keys) -> dict[str, str]:
    """Return what of an account's keys cannot be used, by field, for whoever fills them in."""
    problems = {}
    if not _ACCOUNT_SID.fullmatch(keys.account_sid):
        problems["account_sid"] = "An account SID is AC and 32 more letters and digits."
    if not _TOKEN.fullmatch(keys.auth_token):
        problems |= {"auth_token": "Copy the auth token from Twilio's console: 32 characters."}
    return problems


def _code_of(answer: Answer) -> int:
    return (read(answer, _Problem) or _Problem()).code


def _server_failed(answer: Answer) -> Outcome:
    """Tell a server that took nothing, and says so, from one that broke on the way."""
    if answer.status == _UNAVAILABLE or answer.wait is not None:
        return Again(reason=f"Twilio is not available ({answer.status})", after=answer.wait)
    return Unknown(reason=f"Twilio failed ({answer.status})")
