"""Twilio's codes for calls, by what has to happen next: https://www.twilio.com/docs/api/errors."""

from collections.abc import Mapping
from types import MappingProxyType

from baton.channels.twilio import Codes
from baton.core.delivery import Undelivered

UNDELIVERED: Mapping[int, Undelivered] = MappingProxyType(
    {
        13224: Undelivered.UNKNOWN_NUMBER,  # dialled number is not valid
        13225: Undelivered.BLOCKED,  # dialled number is forbidden
        13227: Undelivered.REGION_CLOSED,  # the account may not call that country
        21211: Undelivered.UNKNOWN_NUMBER,  # invalid 'To' number
        21214: Undelivered.UNKNOWN_NUMBER,  # 'To' cannot be reached
        21215: Undelivered.REGION_CLOSED,  # the account may not call that country
        21216: Undelivered.BLOCKED,  # the account may not call that number
        21217: Undelivered.UNKNOWN_NUMBER,  # not a valid phone number
    }
)
MISCONFIGURED: Mapping[int, str] = MappingProxyType(
    {
        20003: "Twilio does not accept the account SID with this auth token.",
        20005: "The Twilio account is not active.",
        20404: "Twilio knows no account with this SID.",
        21210: "The number that calls is not verified at Twilio.",
        21212: "Twilio does not accept the number that calls.",
        21219: "A Twilio trial account calls verified numbers alone.",
    }
)
BUSY = frozenset({20429, 10004})  # too many requests, or calls at a time

CODES = Codes(undelivered=UNDELIVERED, misconfigured=MISCONFIGURED, busy=BUSY)
