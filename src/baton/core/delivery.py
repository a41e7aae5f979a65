"""What became of a message on its way out, in whatever order that is told.

The sender and the provider's receipts speak of the same message without waiting for
each other, and receipts come late, twice or in any order. So what is known only ever
grows: of two words about a message the one that is further along stands.
"""

from enum import StrEnum


class Delivery(StrEnum):
    """The fate of an outgoing message; what comes later in this list is known better."""

    QUEUED = "queued"
    HELD = "held"  # by our own policy, until a moment
    REFUSED = "refused"  # by our own policy: it never left
    SENDING = "sending"
    UNKNOWN = "unknown"  # it left, and nobody said whether it was taken
    SENT = "sent"  # the provider took it
    FAILED = "failed"
    # A network that reports both did deliver: the failure was of one try.
    DELIVERED = "delivered"
    READ = "read"


class Undelivered(StrEnum):
    """Why a channel did not deliver, in our own words; the provider's code stands beside it."""

    UNKNOWN_NUMBER = "unknown_number"
    NOT_TEXTABLE = "not_textable"
    UNKNOWN_ADDRESS = "unknown_address"
    NO_ROUTE = "no_route"  # to the mail server of the address
    MAILBOX_FULL = "mailbox_full"
    COMPLAINED = "complained"  # it arrived, and was reported as spam
    UNSUBSCRIBED = "unsubscribed"
    GONE = "gone"  # the browser took its permission back, or is no more
    UNREACHABLE = "unreachable"
    LINE_BUSY = "line_busy"
    NOT_PICKED_UP = "not_picked_up"
    BLOCKED = "blocked"
    REGION_CLOSED = "region_closed"
    TEXT_LENGTH = "text_length"
    NOT_ON_CHANNEL = "not_on_channel"
    WINDOW_CLOSED = "window_closed"
    TEMPLATE_REFUSED = "template_refused"
    PROMOTIONS_UNWANTED = "promotions_unwanted"
    HELD_BACK = "held_back"
    PROVIDER_REFUSED = "provider_refused"


HARD = frozenset(
    {
        Undelivered.UNKNOWN_NUMBER.value,
        Undelivered.NOT_TEXTABLE.value,
        Undelivered.UNKNOWN_ADDRESS.value,
        Undelivered.COMPLAINED.value,
        Undelivered.GONE.value,
    }
)
"""What ends writing to an address: it is none, or whoever has it calls us a nuisance."""

GO_AGAIN = frozenset({Delivery.FAILED.value, Delivery.UNKNOWN.value, Delivery.REFUSED.value})
"""What a person may send again: nobody knows of it that it arrived."""

_ORDER = tuple(Delivery)


def further(known: Delivery, told: Delivery) -> Delivery:
    """Return what stands of two words about one message: never a step backwards."""
    return max(known, told, key=_ORDER.index)
