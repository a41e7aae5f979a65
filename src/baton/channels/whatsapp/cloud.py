"""WhatsApp through Meta's Cloud API.

The API has no idempotency key: a request that timed out may have been taken. So every
message names itself in `biz_opaque_callback_data`, which each of its receipts repeats, and
what is unknown is settled when one comes (`hooks`); nothing is sent again by itself.
"""

from dataclasses import dataclass

import msgspec

from baton.channels import (
    Answer,
    FetchedFile,
    Health,
    NotSentError,
    Outgoing,
    UnclearError,
    WirePort,
)
from baton.channels.whatsapp import codes, graph, media, messages, uploads
from baton.channels.whatsapp.settings import CloudSettings
from baton.core import whatsapp
from baton.core.delivery import Undelivered
from baton.core.json import Json
from baton.runtime.ports import Again, Done, Outcome, Park, Refused, Unknown

_OK_FROM, _REDIRECT, _CLIENT = 200, 300, 400
_TIMED_OUT, _TOO_MANY, _SERVER, _UNAVAILABLE = 408, 429, 500, 503


class _Taken(msgspec.Struct):
    id: str


class _Sent(msgspec.Struct):
    messages: list[_Taken]


class _Number(msgspec.Struct):
    display_phone_number: str = ""
    verified_name: str = ""


class _Listed(msgspec.Struct):
    id: str


class _Numbers(msgspec.Struct):
    data: list[_Listed]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWhatsApp:
    """A `ChannelPort` over one number."""

    settings: CloudSettings
    wire: WirePort

    name = "whatsapp"
    is_outside = True

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a phone shows it, above what can be tapped."""
        return whatsapp.render(text, choices)

    def carries(self, media_type: str, size: int, *, text: str = "", others: int = 0) -> bool:
        """Return whether a file goes as one: a message holds one, with a short text at most."""
        return not others and whatsapp.fits(media_type, size, text)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send a message by Meta, once; a file is handed over first, which sends nothing."""
        text = self.render(outgoing.text, () if outgoing.template else outgoing.choices)
        if len(text) > whatsapp.MAX_TEXT or not (text or outgoing.files):
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        if not outgoing.files:
            return self._say(messages.body_of(outgoing))
        [file] = outgoing.files
        media_id = uploads.upload(self.settings, self.wire, file)
        if not isinstance(media_id, str):
            return media_id
        return self._say(messages.body_of(outgoing, media_id))

    def _say(self, body: dict[str, Json]) -> Outcome:
        path = f"/{self.settings.phone_number_id}/messages"
        try:
            answer = self.wire.ask(graph.request(self.settings, "POST", path, body=body))
        except NotSentError as error:
            return Again(reason=f"Meta cannot be reached ({error})")
        except UnclearError as error:
            return Unknown(reason=f"Meta did not answer ({error})")
        return _outcome_of(answer)

    def fetch(self, reference: str, *, most: int) -> FetchedFile | Again | Refused | Park:
        """Get a file that came with a message, by Meta's id of it."""
        return media.fetch(self.settings, self.wire, reference, most=most)

    def check(self) -> Health:
        """Ask Meta for the number and its account, which proves all four settings."""
        fields = {"fields": "display_phone_number,verified_name"}
        number = f"/{self.settings.phone_number_id}"
        listed = f"/{self.settings.business_account_id}/phone_numbers"
        try:
            answer = self.wire.ask(graph.request(self.settings, "GET", number, query=fields))
            if words := _words_of(answer, "phone number ID"):
                return Health(problem=words)
            others = self.wire.ask(
                graph.request(self.settings, "GET", listed, query={"fields": "id", "limit": "100"})
            )
        except (NotSentError, UnclearError) as error:
            return Health(problem=f"Meta cannot be reached from this server ({error}).")
        if words := _words_of(others, "business account ID"):
            return Health(problem=words)
        found = graph.read(others, _Numbers)
        if found and self.settings.phone_number_id not in {one.id for one in found.data}:
            return Health(problem="This number does not belong to this business account.")
        known = graph.read(answer, _Number) or _Number()
        return Health(account=known.verified_name, sender=known.display_phone_number)


def _outcome_of(answer: Answer) -> Outcome:
    if _OK_FROM <= answer.status < _REDIRECT:
        sent = graph.read(answer, _Sent)
        if sent and sent.messages:
            return Done(receipt=sent.messages[0].id)
        # It says that it took the message, but not under which name.
        return Unknown(reason="Meta gave no message id")
    problem = graph.problem_of(answer)
    told = problem.code if problem.code >= 0 else answer.status
    wait = codes.BUSY.get(problem.code)
    if wait or answer.status in (_TOO_MANY, _UNAVAILABLE):
        return Again(reason=f"Meta asks to wait ({told})", after=answer.wait or wait)
    if problem.code in codes.UNDELIVERED:
        return Refused(reason=codes.UNDELIVERED[problem.code].value, code=str(told))
    if words := graph.setting_fault_of(answer, problem):
        return Park(reason=f"{words} ({told})")
    return _unnamed(answer, told)


def _unnamed(answer: Answer, told: int) -> Outcome:
    """Return what may follow a failure without a code that says so."""
    if answer.status >= _SERVER or answer.status == _TIMED_OUT:
        if answer.wait is not None:  # it is there, and says that it took nothing
            return Again(reason=f"Meta asks to wait ({told})", after=answer.wait)
        return Unknown(reason=f"Meta failed ({told})")
    if answer.status < _CLIENT:
        return Park(reason=f"Meta's address has moved ({answer.status}).")
    return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code=str(told))


def _words_of(answer: Answer, what: str) -> str:
    """Return what is wrong, in plain words, "" when nothing is."""
    if _OK_FROM <= answer.status < _REDIRECT:
        return ""
    problem = graph.problem_of(answer)
    if words := graph.setting_fault_of(answer, problem):
        return f"{words} Asked was for the {what}."
    return f"Meta answered with status {answer.status}. Try again later."
