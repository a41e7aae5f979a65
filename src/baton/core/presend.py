"""May this message be sent? Asked when it is planned and again when it is sent (invariant 7).

The rules are asked in order, and the first that says no decides: the order is policy.

1. The opt-out wins over everything but the one sentence that confirms it (C24).
2. Nothing goes to an address that is known bad or was barred by a person, whoever writes.
3. The bot is silent while a person owns the conversation (invariant 4).
   A call is made for high value alone, or for what did not arrive otherwise (C2, C10, OR3).

What answers the contact, and what a person writes, may go then. What nobody asked for is
asked further, refusals before delays, so that nothing is held that would be refused anyway:

4. An operations lead has stopped whatever the bot begins by itself (X39).
5. The contact has not agreed to it, on this channel and for this purpose (P1, G21).
6. It sells, under the name of a transaction, to somebody who agreed to no promotions (P16).
7. They were written to often enough for this purpose, today or this week (C20).
8. Its words are too long for the channel, and another one is left to it (C15).
9. It is night where they are: it waits until the quiet hours are over. What it is about
   must not be over by then, nor now, after it waited for its inbox or its provider.

10. On a channel that takes any words for a while after the contact's own, and later only
    approved ones (WhatsApp), that while is over when the message would leave, and no
    approved template stands for it (C6). This is asked of every message, a person's too.

A refusal that is about the channel alone lets an unprompted message fall to the next channel
of its sequence, where all of this is asked anew: one at a time, never a blast (C8).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from baton.core import quiet, whatsapp
from baton.core.consent import Purpose
from baton.core.ownership import Owner, may_bot_speak
from baton.core.policy import Policy


class Author(StrEnum):
    """Who a message is from."""

    CONTACT = "contact"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Refusal(StrEnum):
    """Why a message was not sent; stored with it and shown to people."""

    OPTED_OUT = "opted_out"
    SUPPRESSED = "suppressed"
    PERSON_OWNS = "person_owns"
    PAUSED = "paused"
    NO_CONSENT = "no_consent"
    PROMOTIONAL_WORDS = "promotional_words"
    FREQUENCY_CAP = "frequency_cap"
    TOO_LATE = "too_late"
    DOES_NOT_FIT = "does_not_fit"
    WINDOW_CLOSED = "window_closed"
    TEMPLATE_UNAPPROVED = "template_unapproved"
    RESERVED = "reserved"


ABOUT_THE_CHANNEL = frozenset(
    {
        Refusal.OPTED_OUT,
        Refusal.SUPPRESSED,
        Refusal.NO_CONSENT,
        Refusal.DOES_NOT_FIT,
        Refusal.WINDOW_CLOSED,
        Refusal.TEMPLATE_UNAPPROVED,
        Refusal.RESERVED,
    }
)
"""Refusals that say nothing of another channel; what is about the contact or the hour does."""


class Delay(StrEnum):
    """Why a message waits; stored with it and shown to people."""

    QUIET_HOURS = "quiet_hours"
    RATE_LIMIT = "rate_limit"  # of the inbox that it leaves by: told by `core.pace`


class Notice(StrEnum):
    """The bot's own words of duty: the only messages with exemptions.

    All are said whoever owns the conversation. The first is said after an opt-out too; the
    last one needs no consent, and keeps to all the other rules.
    """

    CONSENT = "consent"  # the confirmation of STOP or START, whoever owns the conversation
    HANDOVER = "handover"  # that a person takes over, said when one already does
    OPT_IN = "opt_in"  # asks to confirm a yes: the one unasked message that needs none before


class Unprompted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked besides of a message that answers nobody.

    Attributes:
        policy: the limits that the workspace lives by.
        is_permitted: the contact's standing word for this channel and purpose, None
            without one; `may_promote` is whether they agreed to promotions there.
        sells: whether its words sell something.
        is_paused: whether a person has stopped what the bot begins by itself.
        sent_in_day, sent_in_week: how many such messages of the purpose went to the contact
            in the last 24 hours and 7 days.
        suits: whether its words are short enough for the channel.
        zone: where the contact is; `wrote_at` their own last word, None without one.
        useful_until: when the message is worth nothing any more, None if it stays of use.
    """

    policy: Policy
    channel: str
    purpose: Purpose
    is_permitted: bool | None
    may_promote: bool
    sells: bool
    is_paused: bool
    sent_in_day: int
    sent_in_week: int
    zone: ZoneInfo
    wrote_at: datetime | None
    suits: bool = True
    useful_until: datetime | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The while in which a channel takes any words from us (C6).

    Attributes:
        wrote_at: the contact's last word to this very number, None without one.
        names_template: whether the message names a template for later.
        has_template: whether that one is approved, in the contact's language, and filled in.
    """

    wrote_at: datetime | None
    names_template: bool = False
    has_template: bool = False

    def is_open(self, at: datetime) -> bool:
        """Return whether any words may go at a moment."""
        return self.wrote_at is not None and at - self.wrote_at < whatsapp.WINDOW


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy may know about one message at the moment of sending.

    `notice` marks the confirmation of an opt-out, the notice that a person will take over,
    and the question whether a yes is meant: the messages that are still the bot's own.
    `unprompted` is None for whatever answers the contact or comes from a person.
    `further` are the channels left to it after this one, in order; an answer has none.
    `window` is None on a channel that takes any words at any time. It `is_reserved` where
    its channel is kept for what this message is not.
    """

    author: Author
    owner: Owner
    is_opted_out: bool
    is_suppressed: bool = False
    notice: Notice | None = None
    unprompted: Unprompted | None = None
    further: tuple[str, ...] = ()
    window: Window | None = None
    is_reserved: bool = False


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """It may be sent now."""


class Deferred(msgspec.Struct, frozen=True, kw_only=True):
    """It may not be sent before a moment, and is to be asked about again then."""

    until: datetime
    reason: Delay


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """It may not be sent, and will not be."""

    reason: Refusal


class Fallback(msgspec.Struct, frozen=True, kw_only=True):
    """It may not be sent here, and is to be asked about on `channel`, the next one."""

    channel: str
    reason: Refusal


Verdict: TypeAlias = Allowed | Deferred | Refused | Fallback


def decide(sending: Sending, *, now: datetime) -> Verdict:
    """Return whether a message may leave, in the order that the module's text gives."""
    verdict = _by_permission(sending, now)
    match verdict:
        case Allowed():
            return _by_the_window(sending, now) or verdict
        case Deferred(until=until):
            return _by_the_window(sending, until) or verdict
        case _:
            return verdict


def _by_permission(sending: Sending, now: datetime) -> Verdict:
    for refuses, reason in _OF_ALL:
        if refuses(sending):
            return _refused(sending, reason)
    if not _is_asked_further(sending) or sending.unprompted is None:
        return Allowed()
    for forbids, reason in _OF_UNPROMPTED:
        if reason is Refusal.NO_CONSENT and sending.notice is Notice.OPT_IN:
            continue
        if forbids(sending.unprompted):
            return _refused(sending, reason)
    if sending.further and not sending.unprompted.suits:
        return Fallback(channel=sending.further[0], reason=Refusal.DOES_NOT_FIT)
    return _by_the_clock(sending.unprompted, now)


def _by_the_window(sending: Sending, leaves_at: datetime) -> Verdict | None:
    window = sending.window
    if window is None or window.has_template or window.is_open(leaves_at):
        return None
    reason = Refusal.TEMPLATE_UNAPPROVED if window.names_template else Refusal.WINDOW_CLOSED
    return _refused(sending, reason)


def _is_asked_further(sending: Sending) -> bool:
    is_own = sending.author is Author.BOT and sending.notice in (None, Notice.OPT_IN)
    return is_own and sending.unprompted is not None


def _refused(sending: Sending, reason: Refusal) -> Verdict:
    if reason in ABOUT_THE_CHANNEL and sending.further and _is_asked_further(sending):
        return Fallback(channel=sending.further[0], reason=reason)
    return Refused(reason=reason)


def _is_opted_out(sending: Sending) -> bool:
    return sending.is_opted_out and sending.notice is not Notice.CONSENT


def _is_suppressed(sending: Sending) -> bool:
    return sending.is_suppressed


def _is_reserved(sending: Sending) -> bool:
    return sending.is_reserved


def _person_owns(sending: Sending) -> bool:
    is_bot_word = sending.author is Author.BOT and sending.notice is None
    return is_bot_word and not may_bot_speak(sending.owner)


def _is_paused(message: Unprompted) -> bool:
    return message.is_paused


def _lacks_consent(message: Unprompted) -> bool:
    if message.is_permitted is not None:
        return not message.is_permitted
    # Without a word, only what is no promotion goes, and only where people come by themselves.
    is_free = message.channel in message.policy.consent_free_channels.split(",")
    return message.purpose is Purpose.PROMOTIONAL or not is_free


def _sells_below_a_receipt(message: Unprompted) -> bool:
    is_transaction = message.purpose is Purpose.TRANSACTIONAL
    return is_transaction and message.sells and not message.may_promote


def _is_too_often(message: Unprompted) -> bool:
    a_day, a_week = _most_of(message.policy, message.purpose)
    return message.sent_in_day >= a_day or message.sent_in_week >= a_week


def _most_of(policy: Policy, purpose: Purpose) -> tuple[int, int]:
    match purpose:
        case Purpose.TRANSACTIONAL:
            return policy.transactional_per_day, policy.transactional_per_week
        case Purpose.PROMOTIONAL:
            return policy.promotional_per_day, policy.promotional_per_week
        case Purpose.SERVICE:
            return policy.service_per_day, policy.service_per_week


def _by_the_clock(message: Unprompted, now: datetime) -> Verdict:
    until = _quiet_until(message, now)
    if message.useful_until is not None and message.useful_until <= (until or now):
        return Refused(reason=Refusal.TOO_LATE)
    return Deferred(until=until, reason=Delay.QUIET_HOURS) if until else Allowed()


def _quiet_until(message: Unprompted, now: datetime) -> datetime | None:
    policy, wrote_at = message.policy, message.wrote_at
    if wrote_at is not None and now - wrote_at <= policy.awake_window:
        return None  # who has just written is awake, and expects what comes next
    return quiet.ends_at(now, message.zone, policy.quiet_from, policy.quiet_until)


_OF_ALL: Sequence[tuple[Callable[[Sending], bool], Refusal]] = (
    (_is_opted_out, Refusal.OPTED_OUT),
    (_is_suppressed, Refusal.SUPPRESSED),
    (_person_owns, Refusal.PERSON_OWNS),
    (_is_reserved, Refusal.RESERVED),
)
_OF_UNPROMPTED: Sequence[tuple[Callable[[Unprompted], bool], Refusal]] = (
    (_is_paused, Refusal.PAUSED),
    (_lacks_consent, Refusal.NO_CONSENT),
    (_sells_below_a_receipt, Refusal.PROMOTIONAL_WORDS),
    (_is_too_often, Refusal.FREQUENCY_CAP),
)
