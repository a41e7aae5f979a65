"""SMS without a provider: the message lies in Baton's own feed, where the phone lab shows it."""

from baton.channels import Health, Outgoing
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.runtime.ports import Done, Outcome, Refused


class SandboxSms:
    """A phone that is always on."""

    name = "sms"
    is_outside = False

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a phone shows it."""
        return sms.render(text, choices)

    def check(self) -> Health:
        """Find all well: there is nobody to ask."""
        return Health()

    def send(self, outgoing: Outgoing) -> Outcome:
        """Accept what a network would take."""
        text = self.render(outgoing.text, outgoing.choices)
        if not text or len(text) > sms.MAX_CHARACTERS:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        return Done(receipt=outgoing.message_id)
