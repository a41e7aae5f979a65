"""May this message be sent? Asked when it is planned and again when it is sent (invariant 7)."""

from dataclasses import dataclass
from enum import StrEnum

from baton.core.ownership import Owner, may_bot_speak


class Author(StrEnum):
    """Who a message is from."""

    CONTACT = "contact"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Refusal(StrEnum):
    """Why a message was not sent; stored with it and shown to people."""

    OPTED_OUT = "opted_out"
    PERSON_OWNS = "person_owns"


class Notice(StrEnum):
    """The bot's own last words: the only messages with an exemption, and only from one rule."""

    CONSENT = "consent"  # the confirmation of STOP or START, whoever owns the conversation
    HANDOVER = "handover"  # that a person takes over, said when one already does


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What the policy may know about one message at the moment of sending.

    `notice` marks the confirmation of an opt-out and the notice that a
    person will take over: the two messages that are still the bot's own.
    """

    author: Author
    owner: Owner
    is_opted_out: bool
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """It may be sent now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It may not be sent, and will not be."""

    reason: Refusal


def decide(sending: Sending) -> Allowed | Refused:
    """Return whether a message may leave; the opt-out wins over everything (C24)."""
    if sending.is_opted_out and sending.notice is not Notice.CONSENT:
        return Refused(reason=Refusal.OPTED_OUT)
    is_bot_word = sending.author is Author.BOT and sending.notice is None
    if is_bot_word and not may_bot_speak(sending.owner):
        return Refused(reason=Refusal.PERSON_OWNS)
    return Allowed()
