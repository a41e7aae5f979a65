"""Twilio's error codes, by what has to happen next.

https://www.twilio.com/docs/api/errors lists them. Codes that are not here are
refusals without a cause of ours: the code itself is shown.
"""

from collections.abc import Mapping
from types import MappingProxyType

from baton.channels.twilio import Codes
from baton.core.delivery import Undelivered

UNDELIVERED: Mapping[int, Undelivered] = MappingProxyType(
    {
        # Told when a message is created.
        21211: Undelivered.UNKNOWN_NUMBER,  # invalid 'To' number
        21217: Undelivered.UNKNOWN_NUMBER,  # not a valid phone number
        21265: Undelivered.NOT_TEXTABLE,  # 'To' is a short code
        21408: Undelivered.REGION_CLOSED,  # the account may not send to that country
        21602: Undelivered.TEXT_LENGTH,  # no body
        21605: Undelivered.TEXT_LENGTH,  # body beyond 160 characters on this sender
        21610: Undelivered.UNSUBSCRIBED,  # the recipient has replied STOP
        21612: Undelivered.BLOCKED,  # cannot be reached from this sender
        21614: Undelivered.NOT_TEXTABLE,  # 'To' is not a mobile number
        21617: Undelivered.TEXT_LENGTH,  # body beyond 1,600 characters
        # Told later, by a status callback.
        30003: Undelivered.UNREACHABLE,  # switched off or out of reach
        30004: Undelivered.BLOCKED,  # message blocked
        30005: Undelivered.UNKNOWN_NUMBER,  # unknown destination handset
        30006: Undelivered.NOT_TEXTABLE,  # landline or unreachable carrier
        30007: Undelivered.BLOCKED,  # filtered by the carrier
        30410: Undelivered.UNREACHABLE,  # the carrier did not answer in time
    }
)

MISCONFIGURED: Mapping[int, str] = MappingProxyType(
    {
        20003: "Twilio does not accept the account SID with this auth token.",
        20005: "The Twilio account is not active.",
        20404: "Twilio knows no account with this SID.",
        21212: "Twilio does not accept the sender's number.",
        21603: "Twilio wants a sender: a number or a messaging service.",
        21606: "The sender's number cannot send SMS from this Twilio account.",
        21608: "A Twilio trial account sends to verified numbers alone.",
        21659: "The sender's number does not belong to this Twilio account.",
        21660: "The sender's number belongs to another Twilio account.",
        21701: "Twilio knows no messaging service with this SID.",
        21703: "The messaging service has no sender in it.",
        30002: "The Twilio account is suspended.",
    }
)

BUSY = frozenset({20429, 14107, 21611, 30001})
"""Too fast, or a queue is full: nothing was taken, and a later try may be."""

CODES = Codes(undelivered=UNDELIVERED, misconfigured=MISCONFIGURED, busy=BUSY)


def undelivered_of(code: int) -> Undelivered:
    """Return what a code means for the message."""
    return UNDELIVERED.get(code, Undelivered.PROVIDER_REFUSED)
