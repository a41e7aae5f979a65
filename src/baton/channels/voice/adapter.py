"""Calls through Twilio's REST API, version 2010-04-01 (the calls resource).

A request that timed out may have called, and nobody is called twice by a machine: such a
call stays unknown until its status comes (`hooks`).
"""

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from baton.channels import (
    Answer,
    Health,
    NotSentError,
    Outgoing,
    Request,
    UnclearError,
    WirePort,
)
from baton.channels.voice import codes, speech
from baton.channels.voice.settings import TwilioVoiceSettings
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.runtime.ports import Again, Done, Outcome, Park, Refused, Unknown

Shape = TypeVar("Shape", bound=msgspec.Struct)

RINGS_SECONDS = 25
"""Before most mailboxes pick up."""

_ACCEPT = {"Accept": "application/json"}
_OK, _CREATED, _REDIRECT, _CLIENT, _SERVER = 200, 201, 300, 400, 500
_NOT_FOUND, _TIMED_OUT, _TOO_MANY, _UNAVAILABLE = 404, 408, 429, 503
_UNAUTHORISED = frozenset({401, 403})


class _Created(msgspec.Struct):
    sid: str


class _Problem(msgspec.Struct):
    code: int = 0


class _Account(msgspec.Struct):
    friendly_name: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioVoice:
    """A `ChannelPort` that calls; `hook_url` is where Twilio reports and asks what to do."""

    settings: TwilioVoiceSettings
    hook_url: str
    wire: WirePort

    name = "voice"
    is_outside = True

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as it is said: choices stand in it as words."""
        return sms.render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Ask for a call, once; choices are not offered: one key leads to a person."""
        if not outgoing.text or len(outgoing.text) > speech.MAX_TEXT:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        try:
            answer = self.wire.ask(self._creation(outgoing))
        except NotSentError as error:
            return Again(reason=f"Twilio cannot be reached ({error})")
        except UnclearError as error:
            return Unknown(reason=f"Twilio did not answer ({error})")
        return _outcome_of(answer)

    def check(self) -> Health:
        """Ask Twilio for the account, which proves SID and token and calls nobody."""
        try:
            answer = self.wire.ask(self._request("GET", ".json"))
        except (NotSentError, UnclearError) as error:
            return Health(problem=f"Twilio cannot be reached from this server ({error}).")
        if answer.status != _OK:
            return Health(problem=_words_of(answer))
        account = _read(answer, _Account) or _Account()
        problem = "" if account.status == "active" else f"The Twilio account is {account.status}."
        return Health(problem=problem, account=account.friendly_name)

    def _creation(self, outgoing: Outgoing) -> Request:
        named = urlencode({"message": outgoing.message_id, "language": outgoing.language})
        told = f"{self.hook_url}?{named}"
        form = [
            ("To", outgoing.address),
            ("From", self.settings.sender),
            ("Twiml", speech.call(outgoing.text, outgoing.language, heard_url=told)),
            ("Timeout", str(RINGS_SECONDS)),
            ("StatusCallback", told),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "answered"),
            ("StatusCallbackEvent", "completed"),
        ]
        return self._request("POST", "/Calls.json", urlencode(form).encode())

    def _request(self, method: str, path: str, body: bytes = b"") -> Request:
        account = quote(self.settings.account_sid, safe="")
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        return Request(
            method=method,
            url=f"{self.settings.base}/2010-04-01/Accounts/{account}{path}",
            body=body,
            headers=_ACCEPT | form,
            user=self.settings.account_sid,
            password=self.settings.auth_token,
        )


def _outcome_of(answer: Answer) -> Outcome:
    status = answer.status
    if status == _CREATED:
        created = _read(answer, _Created)
        return Done(receipt=created.sid) if created else Unknown(reason="Twilio gave no call SID")
    if status == _UNAVAILABLE or (status >= _SERVER and answer.wait is not None):
        return Again(reason=f"Twilio is not available ({status})", after=answer.wait)
    if status >= _SERVER or status == _TIMED_OUT:
        return Unknown(reason=f"Twilio failed ({status})")
    return _refusal_of(answer, (_read(answer, _Problem) or _Problem()).code)


def _refusal_of(answer: Answer, code: int) -> Outcome:
    if known := codes.UNDELIVERED.get(code):
        return Refused(reason=known.value, code=str(code))
    if answer.status == _TOO_MANY or code in codes.BUSY:
        return Again(reason=f"Twilio asks to wait ({code or answer.status})", after=answer.wait)
    is_setting = answer.status in _UNAUTHORISED or answer.status == _NOT_FOUND
    if is_setting or code in codes.MISCONFIGURED or _REDIRECT <= answer.status < _CLIENT:
        return Park(reason=_words_of(answer))
    if answer.status < _CLIENT:
        return Unknown(reason=f"Twilio answered {answer.status}")
    return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code=str(code or answer.status))


def _words_of(answer: Answer) -> str:
    """Return what is wrong with the settings, in plain words."""
    code = (_read(answer, _Problem) or _Problem()).code
    if words := codes.MISCONFIGURED.get(code):
        return words
    if answer.status in _UNAUTHORISED:
        return codes.MISCONFIGURED[20003]
    return f"Twilio answered with status {answer.status}. Try again later."


def _read(answer: Answer, shape: type[Shape]) -> Shape | None:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
