"""What a provider tells of an SMS, read from its webhook into one shape for all providers."""

from dataclasses import dataclass

from baton.core.delivery import Delivery
from baton.core.keywords import Keyword


class WrongSignatureError(Exception):
    """A webhook is not from the provider that it claims to be from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivingSms:
    """A message that somebody sent us.

    `receipt` is the provider's id of it, `sender` the number as the provider writes it.
    `keyword` is set when the provider took the message for one and has answered it.
    """

    receipt: str
    sender: str
    text: str
    keyword: Keyword | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message of ours.

    `message_id` is our own name for it, "" when the provider did not repeat it; `fault`
    is a word of `core.delivery.Undelivered`, "" unless it failed; `code` the provider's.
    """

    receipt: str
    recipient: str
    state: Delivery
    told: str
    message_id: str = ""
    fault: str = ""
    code: str = ""
