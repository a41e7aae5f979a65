"""May a contact be written to unasked? Gathers what `core.presend` has to know for that.

It is gathered twice: when a message is planned, with what the same transaction is about
to write, and again when it is sent, from what is stored by then.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from baton.core import consent, fit, presend, selling
from baton.core.consent import Purpose, Word
from baton.core.ownership import Owner
from baton.core.policy import Policy
from baton.core.presend import Allowed, Author, Notice, Sending, Unprompted, Verdict
from baton.services.ledger import Ledger
from baton.store.queries import permits
from baton.store.queries.outgoing import OutgoingRow
from baton.store.rows import ConsentRow, ContactRow, ConversationRow, MessageRow

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Why a message is to go, and until when it is of use; an unprompted one answers nobody."""

    purpose: Purpose = Purpose.SERVICE
    is_unprompted: bool = False
    notice: Notice | None = None
    useful_until: datetime | None = None


ANSWER = Wish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the workspace settles: its limits, and the zone of contacts who name none."""

    policy: Policy
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a contact; `written` tells of unasked messages, None while they wait."""

    channel: str
    purpose: Purpose
    words: tuple[Word, ...]
    written: tuple[datetime | None, ...]
    timezone: str
    wrote_at: datetime | None
    is_paused: bool


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
) -> Verdict:
    """Return whether the bot may plan a message; an answer is asked about only when it is sent.

    `further` are the channels that are left to the message after this one.
    """
    if not wish.is_unprompted:
        return Allowed()
    sending = Sending(
        author=Author.BOT,
        owner=Owner(conversation.handled_by),
        is_opted_out=channel in contact.opted_out.split(","),
        is_suppressed=permits.is_suppressed(contact.id, channel),
        notice=wish.notice,
        unprompted=replace(
            _unprompted(
                _with_pending(ledger, contact, channel, wish.purpose), text, terms, ledger.now
            ),
            useful_until=wish.useful_until,
        ),
        further=further,
    )
    return presend.decide(sending, now=ledger.now)


def ask_again(
    row: OutgoingRow, text: str, notice: Notice | None, terms: Terms | None, *, now: datetime
) -> Verdict:
    """Return whether a stored message may leave now; `terms` are for an unprompted one."""
    sending = Sending(
        author=Author(row.author),
        owner=Owner(row.handled_by),
        is_opted_out=row.channel in row.opted_out.split(","),
        is_suppressed=row.is_suppressed,
        notice=notice,
        unprompted=_unprompted(_stored(row, now), text, terms, now) if terms else None,
        further=row.onward,
    )
    return presend.decide(sending, now=now)


def words_of(ledger: Ledger, contact_id: str, channel: str) -> tuple[Word, ...]:
    """Return what a contact said about a channel, with what is about to be written."""
    told = [
        Word(purpose=row.purpose, is_granted=row.is_granted, at=row.at)
        for row in ledger.added(ConsentRow)
        if (row.contact_id, row.channel) == (contact_id, channel)
    ]
    return (*permits.words_of(contact_id, channel), *told)


def _with_pending(ledger: Ledger, contact: ContactRow, channel: str, purpose: Purpose) -> _Known:
    written = permits.list_written(contact.id, purpose, ledger.now - _WEEK)
    added = [row for row in ledger.added(MessageRow) if row.contact_id == contact.id]
    waiting = [row for row in added if permits.is_waiting(row) and row.purpose == purpose.value]
    writes_now = any(row.author == Author.CONTACT for row in added)
    return _Known(
        channel=channel,
        purpose=purpose,
        words=words_of(ledger, contact.id, channel),
        written=(*written, *(None for _row in waiting)),
        timezone=contact.timezone,
        wrote_at=ledger.now if writes_now else permits.last_word_at(contact.id),
        is_paused=permits.is_paused(contact.workspace_id),
    )


def _stored(row: OutgoingRow, now: datetime) -> _Known:
    """Return what is known as a message leaves; what waits beside it is asked about in its turn."""
    purpose = Purpose(row.purpose)
    written = permits.list_written(row.contact_id, purpose, now - _WEEK)
    return _Known(
        channel=row.channel,
        purpose=purpose,
        words=permits.words_of(row.contact_id, row.channel),
        written=tuple(at for at in written if at is not None),
        timezone=row.timezone,
        wrote_at=permits.last_word_at(row.contact_id),
        is_paused=row.is_paused,
    )


def _unprompted(known: _Known, text: str, terms: Terms, now: datetime) -> Unprompted:
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
    )
