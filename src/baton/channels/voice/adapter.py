"""Calls through Twilio's REST API (the calls resource).

A request that timed out may have called, and nobody is called twice by a machine: such a
call stays unknown until its status comes (`hooks`).
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from baton.channels import Health, Outgoing, WirePort
from baton.channels.twilio import TwilioAccount
from baton.channels.voice import codes, speech
from baton.channels.voice.settings import TwilioVoiceSettings
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.runtime.ports import Outcome, Refused

RINGS_SECONDS = 25
"""Before most mailboxes pick up."""


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
        return self._account.create("/Calls.json", form)

    def check(self) -> Health:
        """Ask Twilio for the account, which calls nobody."""
        return self._account.check()

    @property
    def _account(self) -> TwilioAccount:
        return TwilioAccount(keys=self.settings, wire=self.wire, codes=codes.CODES)
