"""A sealed message on its way to the push service of one browser (RFC 8030)."""

import time
from dataclasses import dataclass
from datetime import timedelta

from baton.channels import (
    Answer,
    ForbiddenPlaceError,
    NotSentError,
    Request,
    UnclearError,
    WirePort,
)
from baton.channels.push import keys, payloads
from baton.channels.push.keys import VapidKey
from baton.channels.push.subscriptions import Subscription
from baton.core.delivery import Undelivered
from baton.runtime.ports import Again, Done, Outcome, Park, Refused

_TOKEN_LASTS = timedelta(hours=12)  # RFC 8292 allows 24 h, and clocks differ
_GONE = frozenset({404, 410})  # RFC 8030, 7.3
_UNAUTHORISED = frozenset({401, 403})
_TIMED_OUT, _TOO_LARGE, _TOO_MANY = 408, 413, 429
_OK, _REDIRECT, _CLIENT, _SERVER = 200, 300, 400, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What is posted.

    Attributes:
        id: the name by which the browser may tell of it.
        content: what the service worker reads, at most `payloads.MAX_PLAIN` bytes.
        subject: where the push service's operators reach us, as mailto: or https:.
        lasts: how long the push service keeps what it cannot deliver.
        urgency: a word of RFC 8030, 5.3; a sleeping telephone is woken for "high".
    """

    id: str
    content: bytes
    subject: str
    lasts: timedelta
    urgency: str


def post(wire: WirePort, posted: Posted, subscription: Subscription, key: VapidKey) -> Outcome:
    """Hand a message to the push service of the browser that permitted it."""
    try:
        answer = wire.ask(_request(posted, subscription, key))
    except ForbiddenPlaceError:  # no push service, and never will be one
        return Refused(reason=Undelivered.GONE.value, code="private")
    except (NotSentError, UnclearError) as error:
        return Again(reason=f"the push service does not answer ({error})")
    return _outcome_of(answer, posted.id)


def _request(posted: Posted, subscription: Subscription, key: VapidKey) -> Request:
    ends_at = int(time.time() + _TOKEN_LASTS.total_seconds())  # noqa: TID251 - it is judged by the clock of the push service
    authorization = keys.authorization_of(
        key, audience=subscription.audience, subject=posted.subject, ends_at=ends_at
    )
    return Request(
        method="POST",
        url=subscription.endpoint,
        body=payloads.seal(posted.content, subscription),
        headers={
            "Authorization": authorization,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(posted.lasts.total_seconds())),
            "Urgency": posted.urgency,
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
