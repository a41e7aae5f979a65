"""Meta's error codes, by what has to happen next.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
lists them. Codes that are not here are refusals without a cause of ours: the code itself is
shown.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from baton.core.delivery import Undelivered

UNDELIVERED: Mapping[int, Undelivered] = MappingProxyType(
    {
        130472: Undelivered.HELD_BACK,  # the number is part of an experiment of Meta's
        130497: Undelivered.REGION_CLOSED,  # the account may not write to that country
        131021: Undelivered.UNKNOWN_NUMBER,  # sender and recipient are the same number
        131026: Undelivered.NOT_ON_CHANNEL,  # no WhatsApp there, an old one, terms not accepted
        131047: Undelivered.WINDOW_CLOSED,  # more than 24 hours since their last word
        131049: Undelivered.HELD_BACK,  # they get enough marketing, from whomever
        131050: Undelivered.PROMOTIONS_UNWANTED,  # they stopped our marketing in WhatsApp
        131051: Undelivered.PROVIDER_REFUSED,  # a type of message that is not known
        132000: Undelivered.TEMPLATE_REFUSED,  # another count of variables than approved
        132001: Undelivered.TEMPLATE_REFUSED,  # no such template in this language
        132005: Undelivered.TEXT_LENGTH,  # too long once it is filled in
        132007: Undelivered.TEMPLATE_REFUSED,  # its words break a policy
        132008: Undelivered.TEMPLATE_REFUSED,  # a variable's value cannot be used
        132012: Undelivered.TEMPLATE_REFUSED,  # a variable of another form than approved
        132015: Undelivered.TEMPLATE_REFUSED,  # paused, for people found it a nuisance
        132016: Undelivered.TEMPLATE_REFUSED,  # paused too often: disabled for good
    }
)

MISCONFIGURED: Mapping[int, str] = MappingProxyType(
    {
        0: "Meta does not accept the access token. Make a fresh one for the system user.",
        3: "The access token lacks the permission whatsapp_business_messaging.",
        10: "The access token lacks the permission whatsapp_business_messaging.",
        190: "The access token has expired or was revoked. Make a fresh one.",
        368: "Meta has restricted the WhatsApp account for breaking a policy.",
        131005: "The access token may not use this number. Give the system user access to it.",
        131030: "A test number writes to the numbers alone that are listed for it at Meta.",
        131031: "Meta has locked the WhatsApp account. WhatsApp Manager says why.",
        131037: "The number's display name is not approved yet.",
        131042: "The WhatsApp account has no way to pay. Set one in Meta's billing.",
        131045: "The number is not registered with the Cloud API. Register it again.",
        133000: "The number was not deregistered fully. Register it again.",
        133010: "The number is not registered with the Cloud API. Register it.",
    }
)
_PERMISSIONS = range(200, 300)
_NO_PERMISSION = "The access token lacks a permission, or it was taken away."

BUSY: Mapping[int, timedelta] = MappingProxyType(
    {
        2: timedelta(minutes=1),  # Meta is down or overloaded
        4: timedelta(minutes=5),  # the app asked too often
        80007: timedelta(minutes=5),  # the account asked too often
        130429: timedelta(seconds=10),  # more messages a second than the number may send
        131016: timedelta(minutes=1),  # a service of Meta's is down
        131048: timedelta(hours=1),  # held back, for too many were reported as spam
        131056: timedelta(seconds=10),  # too many to this one contact in a short time
        131057: timedelta(minutes=5),  # the account is being moved
    }
)
"""Nothing was taken, and a later try may be: how long to leave Meta alone."""


def undelivered_of(code: int) -> Undelivered:
    """Return what a code means for the message."""
    return UNDELIVERED.get(code, Undelivered.PROVIDER_REFUSED)


def setting_fault_of(code: int) -> str:
    """Return what is wrong with the settings, in plain words; "" for any other fault."""
    return MISCONFIGURED.get(code, _NO_PERMISSION if code in _PERMISSIONS else "")
