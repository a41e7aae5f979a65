"""The web chat's transport.

Its provider is Baton itself: once a message is marked as sent, the widget's
feed (`ingress.feed`) shows it, at once or when the visitor comes back. A
message is known by its id, so sending it twice shows it once.
"""

from baton.channels import Outgoing
from baton.core.delivery import Undelivered
from baton.core.text import MAX_MESSAGE_CHARACTERS
from baton.runtime.ports import Done, Outcome, Refused


class WebChat:
    """The channel of the widget and of the phone lab."""

    name = "webchat"
    is_outside = False

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:  # noqa: ARG002 - the widget draws buttons
        """Return the text alone: the widget shows the choices itself."""
        return text

    def send(self, outgoing: Outgoing) -> Outcome:
        """Accept the message for the feed; a text that no widget shows is refused."""
        if not outgoing.text or len(outgoing.text) > MAX_MESSAGE_CHARACTERS:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        return Done(receipt=outgoing.message_id)
