"""Web Push: one request to the push service of one browser (RFC 8030).

A push service says that it took a message, never that somebody saw it: that is told by the
browser (`hooks`). A message that was taken twice is shown once, for the second
notification with its id takes the place of the first. So it may be asked again.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from baton.channels import (
    Answer,
    ForbiddenPlaceError,
    Health,
    NotSentError,
    Outgoing,
    Request,
    UnclearError,
    WirePort,
)
from baton.channels.push import keys, payloads, subscriptions
from baton.channels.push.keys import VapidKey
from baton.channels.push.payloads import Notification
from baton.channels.push.settings import WebPushSettings
from baton.channels.push.subscriptions import Subscription
from baton.core import sms
from baton.core.delivery import Undelivered
from baton.runtime.ports import Again, Done, Outcome, Park, Refused

LASTS = timedelta(days=1)
"""How long a push service keeps what it cannot deliver; older news is no news."""

_TOKEN_LASTS = timedelta(hours=12)  # RFC 8292 allows 24 h, and clocks differ
_GONE = frozenset({404, 410})  # RFC 8030, 7.3
_UNAUTHORISED = frozenset({401, 403})
_TIMED_OUT, _TOO_LARGE, _TOO_MANY = 408, 413, 429
_OK, _REDIRECT, _CLIENT, _SERVER = 200, 300, 400, 500


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
        try:
            answer = self.wire.ask(self._request(subscription, key, content))
        except ForbiddenPlaceError:  # no push service, and never will be one
            return Refused(reason=Undelivered.GONE.value, code="private")
        except (NotSentError, UnclearError) as error:
            return Again(reason=f"the push service does not answer ({error})")
        return _outcome_of(answer, outgoing.message_id)

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

    def _request(self, subscription: Subscription, key: VapidKey, content: bytes) -> Request:
        ends_at = int(time.time() + _TOKEN_LASTS.total_seconds())  # noqa: TID251 - it is judged by the clock of the push service
        authorization = keys.authorization_of(
            key,
            audience=subscription.audience,
            subject=f"mailto:{self.settings.contact}",
            ends_at=ends_at,
        )
        return Request(
            method="POST",
            url=subscription.endpoint,
            body=payloads.seal(content, subscription),
            headers={
                "Authorization": authorization,
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(int(LASTS.total_seconds())),
                "Urgency": "normal",
            },
        )


def _outcome_of(answer: Answer, message_id: str) -> Outcome:
    status = answer.status
    if _OK <= status < _REDIRECT:
        return Done(receipt=message_id)  # the name by which the browser tells of it
    if status in _GONE:
        return Refused(reason=Undelivered.GONE.value, code=str(status))
    if status == _TOO_LARGE:
        return Refused(reason=Undelivered.TEXT_LENGTH.value, code=str(status))
    if status in (_TIMED_OUT, _TOO_MANY) or status >= _SERVER:
        return Again(reason=f"the push service asks to wait ({status})", after=answer.wait)
    if status in _UNAUTHORISED or _REDIRECT <= status < _CLIENT:
        return Park(reason=f"The push service does not accept the keys of this inbox ({status}).")
    return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code=str(status))
