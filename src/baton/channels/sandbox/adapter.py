"""A channel without a provider: the message lies in Baton's own feed, where the lab shows it."""

from dataclasses import dataclass

from baton.channels import Outgoing
from baton.channels.sandbox.settings import SandboxSettings
from baton.core import sms, whatsapp
from baton.core.delivery import Undelivered
from baton.runtime.ports import Done, Outcome, Refused

_WHATSAPP = "whatsapp"
_MOST = {
    _WHATSAPP: whatsapp.MAX_TEXT,
    "sms": sms.MAX_CHARACTERS,
    "email": 50_000,
    "push": 3_000,
    "voice": 600,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A phone that is always on."""

    settings: SandboxSettings

    is_outside = False

    @property
    def name(self) -> str:
        """The channel that it plays."""
        return self.settings.channel

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a phone shows it."""
        render = whatsapp.render if self.name == _WHATSAPP else sms.render
        return render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Accept what a network would take."""
        text = self.render(outgoing.text, outgoing.choices)
        if not text or len(text) > _MOST[self.name]:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        return Done(receipt=outgoing.message_id)
