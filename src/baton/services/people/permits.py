"""May a contact be written to unasked? Gathers what `core.presend` has to know for that.

It is gathered twice: when a message is planned, with what the same transaction is about
to write, and again when it is sent, from what is stored by then.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import msgspec

from baton.core import consent, fit, presend, reserve, selling
from baton.core.consent import Purpose, Word
from baton.core.ownership import Owner
from baton.core.policy import Policy
from baton.core.presend import Allowed, Author, Notice, Sending, Unprompted, Verdict, Window
from baton.services import acquaintance
from baton.services.acquaintance import Permit
from baton.services.ledger import Ledger
from baton.store.queries import permits
from baton.store.queries.outgoing import OutgoingRow
from baton.store.rows import ConsentRow, ContactRow, ConversationRow, MessageRow

_DAY = timedelta(days=1)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message is to go, and until when it is of use; an unprompted one answers nobody.

    `flow` is the one that says it, "" for whatever no flow does. It `has_failed` where it did
    not arrive, or was not seen, on a channel before.
    """

    purpose: Purpose = Purpose.SERVICE
    is_unprompted: bool = False
    notice: Notice | None = None
    useful_until: datetime | None = None
    flow: str = ""
    has_failed: bool = False


ANSWER = Wish()


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the workspace settles: its limits, and the zone of contacts who name none."""

    policy: Policy
    zone: ZoneInfo


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a contact; `written` tells of unasked messages, None while they wait."""

    channel: str
    purpose: Purpose
    words: tuple[Word, ...]
    written: tuple[datetime | None, ...]
    timezone: str
    wrote_at: datetime | None
    is_paused: bool
    useful_until: datetime | None = None


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """All that the policy is asked about a plan, in values that can be compared."""

    known: Known
    text: str
    zone: ZoneInfo
    owner: str
    opted_out: str
    is_suppressed: bool
    notice: Notice | None
    further: tuple[str, ...]
    window: Window | None
    is_reserved: bool


def plan(  # noqa: PLR0913 - whom, where, what and why
    ledger: Ledger,
    contact: ContactRow,
    conversation: ConversationRow,
    *,
    channel: str,
    text: str,
    wish: Wish,
    terms: Terms,
    further: tuple[str, ...] = (),
    window: Window | None = None,
) -> Verdict:
    """Return whether the bot may plan a message; an answer is asked about only when it is sent.

    `further` are the channels that are left to the message after this one, `window` the while
    in which this one takes any words.
    """
    if not wish.is_unprompted:
        return Allowed()
    permit = ledger.acquaintance.permit_of(contact.id)
    asked = _Asked(
        known=_with_pending(ledger, permit, contact, channel, wish),
        text=text,
        zone=terms.zone,
        owner=conversation.handled_by,
        opted_out=contact.opted_out,
        is_suppressed=channel in permit.barred,
        notice=wish.notice,
        further=further,
        window=window,
        is_reserved=channel in reserve.CHANNELS
        and reserve.is_closed(
            channel,
            value=conversation.value,
            high_value=terms.policy.high_value,
            tags=tags_of(contact),
            has_failed=wish.has_failed,
        ),
    )
    return ledger.acquaintance.verdict_on(
        asked, terms.policy, partial(_judged, asked, terms, ledger.now)
    )


def _judged(asked: _Asked, terms: Terms, now: datetime) -> Verdict:
    sending = Sending(
        author=Author.BOT,
        owner=Owner(asked.owner),
        is_opted_out=asked.known.channel in asked.opted_out.split(","),
        is_suppressed=asked.is_suppressed,
        notice=asked.notice,
        unprompted=_unprompted(asked.known, asked.text, terms, now),
        further=asked.further,
        window=asked.window,
        is_reserved=asked.is_reserved,
    )
    return presend.decide(sending, now=now)


def tags_of(contact: ContactRow) -> tuple[str, ...]:
    """Return what flows have tagged a contact with."""
    return msgspec.json.decode(contact.marks, type=_Tagged).tags


class _Tagged(msgspec.Struct):
    tags: tuple[str, ...] = ()


def ask_again(  # noqa: PLR0913 - what is sent, by whose terms, to whom
    row: OutgoingRow,
    text: str,
    notice: Notice | None,
    terms: Terms,
    known: Known | None,
    *,
    window: Window | None,
    now: datetime,
) -> Verdict:
    """Return whether a stored message may leave now; an unprompted one by what is `known`."""
    sending = Sending(
        author=Author(row.author),
        owner=Owner(row.handled_by),
        is_opted_out=row.channel in row.opted_out.split(","),
        is_suppressed=row.is_suppressed,
        notice=notice,
        unprompted=_unprompted(known, text, terms, now) if known else None,
        further=row.onward,
        window=window,
        # What nobody asked for was judged when it was planned; nobody is answered by a call.
        is_reserved=row.channel in reserve.CHANNELS and not row.is_unprompted,
    )
    return presend.decide(sending, now=now)


def list_known(rows: Iterable[OutgoingRow], now: datetime) -> dict[str, Known]:
    """Return what is known of the contacts of unprompted messages as they leave, by message.

    What waits beside a message is asked about in its turn.
    """
    unprompted = [row for row in rows if row.is_unprompted]
    contact_ids = sorted({row.contact_id for row in unprompted})
    if not contact_ids:
        return {}
    found = acquaintance.list_permits(contact_ids, now)
    return {row.message_id: _stored(row, found[row.contact_id]) for row in unprompted}


def _stored(row: OutgoingRow, permit: Permit) -> Known:
    return Known(
        channel=row.channel,
        purpose=Purpose(row.purpose),
        words=permit.words.get(row.channel, ()),
        written=tuple(at for at in permit.written.get(row.purpose, ()) if at is not None),
        timezone=row.timezone,
        wrote_at=permit.wrote_at,
        is_paused=row.is_paused,
        useful_until=row.useful_until,
    )


def words_of(ledger: Ledger, contact_id: str, channel: str) -> tuple[Word, ...]:
    """Return what a contact said about a channel, with what is about to be written."""
    stored = ledger.acquaintance.permit_of(contact_id).words.get(channel, ())
    return (*stored, *_words_to_come(ledger, contact_id, channel))


def _words_to_come(ledger: Ledger, contact_id: str, channel: str) -> list[Word]:
    return [
        Word(purpose=row.purpose, is_granted=row.is_granted, at=row.at)
        for row in ledger.added_for(ConsentRow, contact_id)
        if row.channel == channel and not row.is_pending
    ]


def _with_pending(
    ledger: Ledger, permit: Permit, contact: ContactRow, channel: str, wish: Wish
) -> Known:
    purpose = wish.purpose
    added = ledger.added_for(MessageRow, contact.id)
    waiting = [row for row in added if permits.is_waiting(row) and row.purpose == purpose]
    writes_now = any(row.author == Author.CONTACT for row in added)
    return Known(
        channel=channel,
        purpose=purpose,
        words=(
            *permit.words.get(channel, ()),
            *_words_to_come(ledger, contact.id, channel),
        ),
        written=(*permit.written.get(purpose, ()), *[None for _row in waiting]),
        timezone=contact.timezone,
        wrote_at=ledger.now if writes_now else permit.wrote_at,
        is_paused=ledger.acquaintance.is_paused(contact.workspace_id),
        useful_until=wish.useful_until,
    )


def _unprompted(known: Known, text: str, terms: Terms, now: datetime) -> Unprompted:
    return Unprompted(
        policy=terms.policy,
        channel=known.channel,
        purpose=known.purpose,
        is_permitted=consent.is_permitted(known.words, known.purpose),
        may_promote=bool(consent.is_permitted(known.words, Purpose.PROMOTIONAL)),
        sells=selling.find(text) is not None,
        is_paused=known.is_paused,
        sent_in_day=sum(at is None or at > now - _DAY for at in known.written),
        sent_in_week=len(known.written),
        zone=ZoneInfo(known.timezone) if known.timezone else terms.zone,
        wrote_at=known.wrote_at,
        suits=fit.suits(known.channel, text),
        useful_until=known.useful_until,
    )
