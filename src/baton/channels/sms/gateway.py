"""SMS through any provider that takes one HTTP request, as its inbox's form describes it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from baton.channels import (
    Answer,
    Health,
    NotSentError,
    Outgoing,
    Request,
    UnclearError,
    WirePort,
)
from baton.channels.sms.settings import JSON_TYPE, GatewaySettings
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.core.json import Json
from baton.runtime.ports import Again, Done, Outcome, Park, Refused, Unknown

_PLACE = re.compile(r"\{(to|from|text|id)\}")
_MAX_RECEIPT = 64
_OK_FROM, _OK_TO = 200, 300
_CLIENT, _SERVER, _UNAVAILABLE = 400, 500, 503
_TIMED_OUT, _TOO_MANY = 408, 429
_SETTINGS = frozenset({401, 403, 404, 405, 415})
_PROBLEMS = {
    401: "The gateway does not accept the header that proves who asks.",
    403: "The gateway does not accept the header that proves who asks.",
    404: "The gateway knows no such address.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySms:
    """A `ChannelPort` over one address."""

    settings: GatewaySettings
    wire: WirePort

    name = "sms"
    is_outside = True

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a phone shows it."""
        return sms.render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Make the request, once."""
        text = self.render(outgoing.text, outgoing.choices)
        if not text or len(text) > sms.MAX_CHARACTERS:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        try:
            answer = self.wire.ask(self._request(outgoing, text))
        except NotSentError as error:
            return Again(reason=f"the gateway cannot be reached ({error})")
        except UnclearError as error:
            return self._unclear(f"the gateway did not answer ({error})")
        return self._outcome_of(answer)

    def check(self) -> Health:
        """Ask the address for its options, which sends nothing and is rarely refused."""
        try:
            answer = self.wire.ask(
                Request(method="OPTIONS", url=self.settings.url, headers=self._proof())
            )
        except (NotSentError, UnclearError) as error:
            return Health(problem=f"The gateway cannot be reached from this server ({error}).")
        if words := _PROBLEMS.get(answer.status):
            return Health(problem=words)
        if answer.status >= _SERVER:
            return Health(problem=f"The gateway answered with status {answer.status}.")
        return Health(account=self.settings.url)

    def _request(self, outgoing: Outgoing, text: str) -> Request:
        given = {
            "to": outgoing.address,
            "from": self.settings.sender,
            "text": text,
            "id": outgoing.message_id,
        }
        return Request(
            method="POST",
            url=self.settings.url,
            body=filled(self.settings.body, given, self.settings.content_type).encode(),
            headers={"Content-Type": self.settings.content_type, **self._proof()},
        )

    def _proof(self) -> dict[str, str]:
        return {self.settings.header: self.settings.header_value} if self.settings.header else {}

    def _outcome_of(self, answer: Answer) -> Outcome:
        status = answer.status
        if _OK_FROM <= status < _OK_TO:
            return self._taken(answer)
        if status in (_TOO_MANY, _UNAVAILABLE) or answer.wait is not None:
            return Again(reason=f"the gateway asks to wait ({status})", after=answer.wait)
        if status >= _SERVER or status == _TIMED_OUT:
            return self._unclear(f"the gateway failed ({status})")
        if status in _SETTINGS or status < _CLIENT:
            return Park(reason=f"The gateway does not accept the request as it is set ({status}).")
        return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code=str(status))

    def _taken(self, answer: Answer) -> Outcome:
        if not self.settings.id_field:
            return Done()
        receipt = found_at(answer.body, self.settings.id_field)
        if receipt:
            return Done(receipt=receipt[:_MAX_RECEIPT])
        return self._unclear("the gateway's answer has no id where it is set to stand")

    def _unclear(self, reason: str) -> Outcome:
        """Try again only where twice is known to be once."""
        return Again(reason=reason) if self.settings.is_idempotent else Unknown(reason=reason)


def filled(body: str, given: Mapping[str, str], content_type: str) -> str:
    """Return a request's body with its places filled, each value made safe for its form."""

    def value(place: re.Match[str]) -> str:
        raw = given[place[1]]
        return json.dumps(raw)[1:-1] if content_type == JSON_TYPE else quote(raw, safe="")

    return _PLACE.sub(value, body)


def found_at(body: bytes, path: str) -> str:
    """Return what stands at a path of a JSON answer as text, "" when there is nothing."""
    try:
        found: Json = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in path.split("."):
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            return ""
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
