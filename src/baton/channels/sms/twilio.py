"""SMS through Twilio's REST API, version 2010-04-01 (the messages resource).

Twilio has no idempotency key for messages: a request that timed out may have been taken.
So every message names itself in its status callback, and what is unknown is settled when
that comes (`twilio_hooks`); nothing is sent again by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from baton.channels import (
    MAX_ANSWER_BYTES,
    Answer,
    FetchedFile,
    Health,
    HugeAnswerError,
    NotSentError,
    Outgoing,
    Request,
    UnclearError,
    WirePort,
)
from baton.channels.sms import twilio_codes
from baton.channels.sms.settings import TwilioSettings
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.core.files import FileFault
from baton.runtime.ports import Again, Done, Outcome, Park, Refused, Unknown

Shape = TypeVar("Shape", bound=msgspec.Struct)

_OK, _CREATED = 200, 201
_PAGE = 50  # the newest messages to one number: an unanswered one is among them
_SERVICE = "MG"  # begins the SID of a messaging service
_TIMED_OUT, _TOO_MANY, _SERVER, _UNAVAILABLE = 408, 429, 500, 503
_REDIRECT, _CLIENT = 300, 400
_UNAUTHORISED = frozenset({401, 403})
_NOT_FOUND = 404


class _Created(msgspec.Struct):
    """The part of a message resource that is kept."""

    sid: str


class _Problem(msgspec.Struct):
    """How Twilio refuses: https://www.twilio.com/docs/usage/twilios-response#exceptions."""

    code: int = 0
    message: str = ""


class _Listed(msgspec.Struct):
    """The part of a listed message by which it is known again."""

    sid: str
    body: str | None = ""
    direction: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it was sent by the API, and not to us."""
        return self.direction == "outbound-api"


class _Page(msgspec.Struct):
    messages: list[_Listed]


class _Account(msgspec.Struct):
    friendly_name: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSms:
    """A `ChannelPort` over one account; `hook_url` is where Twilio reports to."""

    settings: TwilioSettings
    hook_url: str
    wire: WirePort

    name = "sms"
    is_outside = True

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a phone shows it."""
        return sms.render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Create a message at Twilio, once."""
        text = self.render(outgoing.text, outgoing.choices)
        if not text or len(text) > sms.MAX_CHARACTERS:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        try:
            answer = self.wire.ask(self._creation(outgoing, text))
        except NotSentError as error:
            return Again(reason=f"Twilio cannot be reached ({error})")
        except UnclearError as error:
            return Unknown(reason=f"Twilio did not answer ({error})")
        return _outcome_of(answer)

    def look_up(self, outgoing: Outgoing) -> tuple[str, ...] | None:
        """Return the SIDs of the newest messages to this number with these words."""
        text = self.render(outgoing.text, outgoing.choices)
        path = f"/Messages.json?{urlencode({'To': outgoing.address, 'PageSize': _PAGE})}"
        try:
            answer = self.wire.ask(self._request("GET", path, _ACCEPT))
        except (NotSentError, UnclearError):
            return None
        found = _read(answer, _Page) if answer.status == _OK else None
        if found is None:
            return None
        return tuple(one.sid for one in found.messages if one.is_ours and one.body == text)

    def fetch(self, reference: str, *, most: int) -> FetchedFile | Again | Refused | Park:
        """Get a picture of an MMS; `reference` is its message's SID and its own.

        Twilio sends to where it lies, and there nobody needs to prove who asks.
        """
        message, _, media = reference.partition("/")
        path = f"/Messages/{quote(message, safe='')}/Media/{quote(media, safe='')}"
        try:
            answer = self.wire.ask(self._request("GET", path, {}, most=most))
            if _REDIRECT <= answer.status < _CLIENT and self._is_twilios(answer.location):
                there = Request(method="GET", url=answer.location, headers={}, most=most)
                answer = self.wire.ask(there)
        except HugeAnswerError:
            return Refused(reason=FileFault.SIZE.value)
        except (NotSentError, UnclearError) as error:
            return Again(reason=f"Twilio does not hand it out ({error})")
        return _fetched(answer)

    def _is_twilios(self, url: str) -> bool:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_known = parts.scheme == "https" and host.endswith(_MEDIA_HOSTS)
        return is_known or url.startswith(f"{self.settings.base}/")

    def check(self) -> Health:
        """Ask Twilio for the account, which proves SID and token and sends nothing."""
        try:
            answer = self.wire.ask(self._request("GET", ".json", _ACCEPT))
        except (NotSentError, UnclearError) as error:
            return Health(problem=f"Twilio cannot be reached from this server ({error}).")
        if answer.status != _OK:
            return Health(problem=_words_of(answer))
        account = _read(answer, _Account) or _Account()
        problem = "" if account.status == "active" else f"The Twilio account is {account.status}."
        return Health(problem=problem, account=account.friendly_name)

    def _creation(self, outgoing: Outgoing, text: str) -> Request:
        sender = "MessagingServiceSid" if self.settings.sender.startswith(_SERVICE) else "From"
        form = {
            "To": outgoing.address,
            sender: self.settings.sender,
            "Body": text,
            "StatusCallback": f"{self.hook_url}?{urlencode({'message': outgoing.message_id})}",
        }
        headers = _ACCEPT | {"Content-Type": "application/x-www-form-urlencoded"}
        return self._request("POST", "/Messages.json", headers, urlencode(form).encode())

    def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        most: int = MAX_ANSWER_BYTES,
    ) -> Request:
        account = quote(self.settings.account_sid, safe="")
        return Request(
            method=method,
            url=f"{self.settings.base}/2010-04-01/Accounts/{account}{path}",
            body=body,
            headers=headers,
            user=self.settings.account_sid,
            password=self.settings.auth_token,
            most=most,
        )


# Where Twilio keeps pictures: https://www.twilio.com/docs/messaging/api/media-resource
_MEDIA_HOSTS = (".twiliocdn.com", ".twilio.com", ".amazonaws.com")
_ACCEPT = {"Accept": "application/json"}


def _fetched(answer: Answer) -> FetchedFile | Again | Refused | Park:
    if answer.status == _OK:
        return FetchedFile(content=answer.body)
    if answer.status in _UNAUTHORISED:
        return Park(reason=_words_of(answer))
    if answer.status in (_TOO_MANY, _TIMED_OUT) or answer.status >= _SERVER:
        return Again(reason=f"Twilio does not hand it out ({answer.status})", after=answer.wait)
    return Refused(reason=FileFault.UNAVAILABLE.value, code=str(answer.status))


def _outcome_of(answer: Answer) -> Outcome:
    if answer.status == _CREATED:
        created = _read(answer, _Created)
        # It says that it took the message, but not under which name.
        return (
            Done(receipt=created.sid) if created else Unknown(reason="Twilio gave no message SID")
        )
    if answer.status >= _SERVER or answer.status == _TIMED_OUT:
        return _server_failed(answer)
    return _refusal_of(answer, _read(answer, _Problem) or _Problem())


def _refusal_of(answer: Answer, problem: _Problem) -> Outcome:
    known = twilio_codes.UNDELIVERED.get(problem.code)
    if known is not None:
        return Refused(reason=known.value, code=str(problem.code))
    if answer.status == _TOO_MANY or problem.code in twilio_codes.BUSY:
        return Again(
            reason=f"Twilio asks to wait ({problem.code or answer.status})", after=answer.wait
        )
    if _is_setting(answer, problem):
        return Park(reason=f"{_words_of(answer)} ({problem.code or answer.status})")
    if answer.status < _CLIENT:
        return Unknown(reason=f"Twilio answered {answer.status}")
    code = str(problem.code or answer.status)
    return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code=code)


def _server_failed(answer: Answer) -> Outcome:
    """Tell a server that took nothing, and says so, from one that broke on the way."""
    if answer.status == _UNAVAILABLE or answer.wait is not None:
        return Again(reason=f"Twilio is not available ({answer.status})", after=answer.wait)
    return Unknown(reason=f"Twilio failed ({answer.status})")


def _is_setting(answer: Answer, problem: _Problem) -> bool:
    return (
        problem.code in twilio_codes.MISCONFIGURED
        or answer.status in _UNAUTHORISED
        or answer.status == _NOT_FOUND
        or _REDIRECT <= answer.status < _CLIENT
    )


def _words_of(answer: Answer) -> str:
    """Return what is wrong with the settings, in plain words."""
    problem = _read(answer, _Problem) or _Problem()
    if words := twilio_codes.MISCONFIGURED.get(problem.code):
        return words
    if answer.status in _UNAUTHORISED:
        return twilio_codes.MISCONFIGURED[20003]
    if answer.status == _NOT_FOUND:
        return twilio_codes.MISCONFIGURED[20404]
    return f"Twilio answered with status {answer.status}. Try again later."


def _read(answer: Answer, shape: type[Shape]) -> Shape | None:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
