"""Web Push: one request to the push service of one browser (RFC 8030).

A push service says that it took a message, never that somebody saw it: that is told by the
browser (`hooks`). A message that was taken twice is shown once, for the second
notification with its id takes the place of the first. So it may be asked again.
"""

from dataclasses import dataclass
from datetime import timedelta

from baton.channels import Health, Outgoing, WirePort
from baton.channels.push import keys, payloads, posting, subscriptions
from baton.channels.push.payloads import Notification
from baton.channels.push.posting import Posted
from baton.channels.push.settings import WebPushSettings
from baton.channels.push.subscriptions import Subscription
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.runtime.ports import Outcome, Refused

LASTS = timedelta(days=1)
"""How long a push service keeps what it cannot deliver; older news is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPush:
    """A `ChannelPort` over the push services that browsers name; `hook_url` is where they tell."""

    settings: WebPushSettings
    hook_url: str
    wire: WirePort

    name = "push"
    is_outside = True

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a notification shows it: choices stand in it as words."""
        return sms.render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand a notification to the push service of the browser that permitted it."""
        subscription = subscriptions.read(outgoing.address)
        key = self.settings.key_of(subscription.key) if subscription else None
        if subscription is None or key is None:
            return Refused(reason=Undelivered.GONE.value)
        content = payloads.render(self._notification(outgoing, subscription))
        if not outgoing.text or len(content) > payloads.MAX_PLAIN:
            return Refused(reason=Undelivered.TEXT_LENGTH.value)
        return posting.post(
            self.wire,
            Posted(
                id=outgoing.message_id,
                content=content,
                subject=f"mailto:{self.settings.contact}",
                lasts=LASTS,
                urgency="normal",
            ),
            subscription,
            key,
        )

    def check(self) -> Health:
        """Return that all is well: nobody has to be asked before a browser permits anything."""
        return Health(sender=self.settings.sender)

    def _notification(self, outgoing: Outgoing, subscription: Subscription) -> Notification:
        return Notification(
            id=outgoing.message_id,
            title=self.settings.sender,
            body=self.render(outgoing.text, outgoing.choices),
            page=subscription.page,
            told=self.hook_url,
            # By the newest key, whichever the browser knows: only we look at it again.
            proof=keys.proof_of(self.settings.keys[0].private, outgoing.message_id),
        )
