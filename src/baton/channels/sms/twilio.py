"""SMS through Twilio's REST API (the messages resource).

Every message names itself in its status callback, and what is unknown is settled when that
comes (`twilio_hooks`); nothing is sent again by itself.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from baton.channels import (
    Answer,
    FetchedFile,
    Health,
    HugeAnswerError,
    NotSentError,
    Outgoing,
    Request,
    UnclearError,
    WirePort,
    twilio,
)
from baton.channels.sms import twilio_codes
from baton.channels.sms.settings import TwilioSettings
from baton.channels.twilio import TwilioAccount
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.core.files import FileFault
from baton.runtime.ports import Again, Outcome, Park, Refused

_PAGE = 50  # the newest messages to one number: an unanswered one is among them
_SERVICE = "MG"  # begins the SID of a messaging service
# Where Twilio keeps pictures: https://www.twilio.com/docs/messaging/api/media-resource
_MEDIA_HOSTS = (".twiliocdn.com", ".twilio.com", ".amazonaws.com")


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
        sender = "MessagingServiceSid" if self.settings.sender.startswith(_SERVICE) else "From"
        form = {
            "To": outgoing.address,
            sender: self.settings.sender,
            "Body": text,
            "StatusCallback": f"{self.hook_url}?{urlencode({'message': outgoing.message_id})}",
        }
        return self._account.create("/Messages.json", form)

    def look_up(self, outgoing: Outgoing) -> tuple[str, ...] | None:
        """Return the SIDs of the newest messages to this number with these words."""
        text = self.render(outgoing.text, outgoing.choices)
        path = f"/Messages.json?{urlencode({'To': outgoing.address, 'PageSize': _PAGE})}"
        try:
            answer = self.wire.ask(self._account.request("GET", path))
        except (NotSentError, UnclearError):
            return None
        found = twilio.read(answer, _Page) if answer.status == twilio.OK else None
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
            answer = self.wire.ask(self._account.request("GET", path, headers={}, most=most))
            if twilio.REDIRECT <= answer.status < twilio.CLIENT and self._is_twilios(
                answer.location
            ):
                there = Request(method="GET", url=answer.location, headers={}, most=most)
                answer = self.wire.ask(there)
        except HugeAnswerError:
            return Refused(reason=FileFault.SIZE.value)
        except (NotSentError, UnclearError) as error:
            return Again(reason=f"Twilio does not hand it out ({error})")
        return self._fetched(answer)

    def _is_twilios(self, url: str) -> bool:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_known = parts.scheme == "https" and host.endswith(_MEDIA_HOSTS)
        return is_known or url.startswith(f"{self.settings.base}/")

    def check(self) -> Health:
        """Ask Twilio for the account, which sends nothing."""
        return self._account.check()

    @property
    def _account(self) -> TwilioAccount:
        return TwilioAccount(keys=self.settings, wire=self.wire, codes=twilio_codes.CODES)

    def _fetched(self, answer: Answer) -> FetchedFile | Again | Refused | Park:
        status = answer.status
        if status == twilio.OK:
            return FetchedFile(content=answer.body)
        if status in twilio.UNAUTHORISED:
            return Park(reason=self._account.words_of(answer))
        if status in (twilio.TOO_MANY, twilio.TIMED_OUT) or status >= twilio.SERVER:
            return Again(reason=f"Twilio does not hand it out ({status})", after=answer.wait)
        return Refused(reason=FileFault.UNAVAILABLE.value, code=str(status))
