"""What holds after every step (design, section 3), by a model that shares no rule with the code."""

import json
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from baton.config.faults.database import Watch
from baton.config.faults.letters import Letter
from baton.config.faults.phones import Phones
from baton.config.faults.place import FLOWS, Place
from baton.config.faults.standing import AT_REST, STANDING
from baton.core import audit
from baton.core.audit import Link
from baton.core.presend import Notice

_LONDON: Final = ZoneInfo("Europe/London")
_FATES: Final = ("sent", "failed", "delivered", "read")
_DAY: Final = range(8, 21)
_AWAKE: Final = timedelta(minutes=30)
_OFF: Final = timedelta(seconds=90)  # how far a process's clock may be off


class Laws:
    """What is held against the database; keeps what it has seen, so that each look is short."""

    def __init__(self, place: Place, watch: Watch, phones: Phones) -> None:
        self._place, self._watch, self._phones = place, watch, phones
        self._cursor: sqlite3.Cursor = place.glass.raw.cursor()
        self._found: list[str] = []
        self._letters: dict[str, Letter] = {}  # by our name for its words
        self._whose: dict[str, str] = {}  # our name for words -> the contact who said them
        self._erased: set[str] = set()
        self._forgotten: set[str] = set()
        self._seen_taken = 0
        self._places: dict[str, int] = {}  # of words in the inbox, as they were answered
        self._last_words: dict[str, int] = {}
        self._fates: dict[str, int] = {}
        self._message_row = self._newest("store_message")
        self._turn_row = self._newest("store_turn")
        self._audit_place, self._audit_head = self._ask(
            "SELECT audit_seq, audit_head FROM store_workspace"
        )[0]
        self._owners: dict[str, str] = {}
        self._sending: set[str] = set()
        self._consents: dict[str, list[tuple[str, bool]]] = defaultdict(list)

    def note(self, wrong: str) -> None:
        """Note what somebody else found."""
        self._found.append(wrong)

    def answered(self, letter: Letter, key: str, *, is_new: bool) -> None:
        """Remember what was answered with success; it has to stand in the inbox."""
        if letter.is_false:
            self.note(f"{letter.key} was believed, whose signature is false")
        name = key.rpartition(":")[2]
        if name in self._forgotten and not is_new:
            return  # of somebody who is erased, and known to have come
        self._letters[name] = letter
        found = self._ask("SELECT seq FROM runtime_event WHERE dedupe_key = ?", key)
        if found:
            self._places.setdefault(name, found[0][0])
        else:
            self.note(f"{letter.key} was answered with success and is not in the inbox")

    def broken(self, now: datetime) -> str | None:
        """Return a law that does not hold right now."""
        if len(self._phones.taken) > self._seen_taken:
            self._look_at_phones()
        if self._watch.dirty:
            dirty, self._watch.dirty = self._watch.dirty, set()
            self._look_at(dirty, now)
        return self._found[0] if self._found else None

    def at_rest(self, now: datetime) -> str | None:
        """Return a law that does not hold once all has come to rest."""
        moment = (now - timedelta(minutes=1)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        for law in AT_REST:
            if found := self._ask(law.query, *([moment] if "?" in law.query else [])):
                return f"at rest, {law.words}: {found[0][0]}"
        return self._unheard()

    def _look_at(self, dirty: set[str], now: datetime) -> None:
        for law in STANDING:
            if not dirty.isdisjoint(law.tables) and (found := self._ask(law.query)):
                self.note(f"{law.words}: {found[0][0]}")
        if "store_auditentry" in dirty or "store_workspace" in dirty:
            deeds = self._look_at_audit()
        else:
            deeds = set()
        if "store_erasure" in dirty:
            self._look_at_erased()
        if "store_conversation" in dirty:
            self._look_at_owners(deeds)
        if "store_message" in dirty:
            self._look_at_messages(now)
        if "store_conversation" in dirty:
            self._owners = dict(self._ask("SELECT id, handled_by FROM store_conversation"))

    # The phone

    def _look_at_phones(self) -> None:
        for taken in self._phones.taken[self._seen_taken :]:
            if self._phones.counts[taken.message_id] > 1:
                self.note(f"the message {taken.text!r} arrived twice")
        self._seen_taken = len(self._phones.taken)

    # The audit trail

    def _look_at_audit(self) -> set[str]:
        """Walk the new entries of the chain; return what they are about."""
        rows = self._ask(
            "SELECT seq, at, actor, action, subject, details, previous_hash, hash"
            " FROM store_auditentry WHERE seq > ? ORDER BY seq",
            self._audit_place,
        )
        links = [
            Link(
                seq=seq, at=_moment(at), actor=actor, action=action, subject=subject,
                details=details, previous_hash=previous, hash=own,
            )
            for seq, at, actor, action, subject, details, previous, own in rows
        ]  # fmt: skip
        broken = audit.first_break(links, seq=self._audit_place, head=self._audit_head)
        if broken is not None:
            self.note(f"the audit trail is broken at entry {broken}")
        if links:
            self._audit_place, self._audit_head = links[-1].seq, links[-1].hash
        if self._ask("SELECT audit_seq, audit_head FROM store_workspace")[0] != (
            self._audit_place, self._audit_head,
        ):  # fmt: skip
            self.note("the audit trail does not end where the workspace says")
        return {link.subject for link in links}

    def _look_at_owners(self, deeds: set[str]) -> None:
        for id_, owner in self._ask("SELECT id, handled_by FROM store_conversation"):
            before = self._owners.get(id_)
            if before is not None and before != owner and f"conversation:{id_}" not in deeds:
                self.note(f"a conversation went from {before} to {owner} without an audit entry")

    # Who is erased

    def _look_at_erased(self) -> None:
        """Let go of what was said by whoever is erased: nothing of it has to stay."""
        for (contact_id,) in self._ask(
            "SELECT contact_id FROM store_erasure WHERE done_at IS NOT NULL"
        ):
            if contact_id in self._erased:
                continue
            self._erased.add(contact_id)
            lanes = {
                self._letters[name].lane
                for name, whose in self._whose.items()
                if whose == contact_id and name in self._letters
            }
            theirs = {name for name, one in self._letters.items() if one.lane in lanes}
            self._forgotten |= theirs
            for name in theirs:
                del self._letters[name]
                self._places.pop(name, None)

    # Messages

    def _look_at_messages(self, now: datetime) -> None:
        self._look_at_new_messages()
        self._look_at_order()
        self._look_at_fates()
        rows = self._ask(
            "SELECT m.id, m.author, m.purpose, m.is_unprompted, m.flow, m.channel, c.opted_out,"
            " v.handled_by, m.body_sealed, m.contact_id, e.body FROM store_message m"
            " JOIN runtime_effect e ON e.effect_id = m.id"
            " JOIN store_contact c ON c.id = m.contact_id"
            " JOIN store_conversation v ON v.id = m.conversation_id WHERE m.delivery = 'sending'"
        )
        for row in rows:
            if row[0] not in self._sending:
                self._look_at_sending(row, now)
        self._sending = {row[0] for row in rows}

    def _look_at_new_messages(self) -> None:
        """No word of the bot is written while a person has the conversation."""
        rows = self._ask(
            "SELECT m.rowid, m.conversation_id, m.body_sealed, m.id, v.handled_by, e.body"
            " FROM store_message m JOIN store_conversation v ON v.id = m.conversation_id"
            " LEFT JOIN runtime_effect e ON e.effect_id = m.id"
            " WHERE m.rowid > ? AND m.author = 'bot' AND m.is_note = 0 AND m.delivery <> 'refused'",
            self._message_row,
        )
        for _, conversation_id, sealed, id_, owner, body in rows:
            if owner == "agent" and self._owners.get(conversation_id) == "agent":
                text = self._opened(sealed, id_)
                if not _notice_of(body):
                    self.note(f"the bot says {text!r} while a person has the conversation")

    def _look_at_order(self) -> None:
        """One contact's words are kept in the order in which they were taken."""
        rows = self._ask(
            "SELECT m.rowid, e.seq, e.lane, m.client_id, m.contact_id"
            " FROM store_message m JOIN runtime_event e"
            " ON e.kind = 'message_received' AND e.dedupe_key LIKE '%:' || m.client_id"
            " WHERE m.rowid > ? AND m.author = 'contact' ORDER BY m.rowid",
            self._message_row,
        )
        for _, now_at, lane, key, contact_id in rows:
            self._whose[key] = contact_id
            seq = self._places.get(key, now_at)
            last = self._last_words.get(lane, 0)
            if seq <= last:
                self.note(f"{key} was decided {'twice' if seq == last else 'after later words'}")
            self._last_words[lane] = seq
        self._message_row = self._newest("store_message")

    def _look_at_fates(self) -> None:
        """What is known of a message that left only ever grows."""
        rows = self._ask(
            "SELECT id, delivery FROM store_message"
            " WHERE delivery IN ('sent', 'failed', 'delivered', 'read')"
        )
        for id_, delivery in rows:
            known = _FATES.index(delivery)
            if known < self._fates.get(id_, known):
                self.note(f"a message that was {_FATES[self._fates[id_]]} is {delivery} now")
            self._fates[id_] = known

    def _look_at_sending(self, row: tuple[Any, ...], now: datetime) -> None:
        id_, author, _, is_unprompted, flow, channel, opted_out, owner, sealed, _, body = row
        text, notice = self._opened(sealed, str(id_)), _notice_of(body)
        if str(channel) in str(opted_out).split(",") and notice != Notice.CONSENT:
            self.note(f"{text!r} goes out after STOP")
        if author == "bot" and owner == "agent" and not notice:
            self.note(f"the bot's {text!r} goes out while a person has the conversation")
        if is_unprompted and str(flow) in FLOWS:
            self._look_at_unprompted(row, text, now)

    def _look_at_unprompted(self, row: tuple[Any, ...], text: str, now: datetime) -> None:
        contact_id = str(row[9])
        day = [(now + off).astimezone(_LONDON).hour for off in (-_OFF, _OFF)]
        if not any(hour in _DAY for hour in day) and not self._is_awake(contact_id, now):
            self.note(f"{text!r} goes out at night")
        if row[2] == "promotional" and not self._agreed(contact_id):
            self.note(f"{text!r} goes out without consent")

    def _is_awake(self, contact_id: str, now: datetime) -> bool:
        [(at,)] = self._ask(
            "SELECT max(created_at) FROM store_message WHERE contact_id = ? AND author = 'contact'",
            contact_id,
        )
        return at is not None and now - _moment(at) <= _AWAKE + 2 * _OFF

    def _agreed(self, contact_id: str) -> bool:
        rows = self._ask(
            "SELECT is_granted FROM store_consent WHERE contact_id = ?"
            " AND purpose IN ('promotional', 'all')"
            " ORDER BY at DESC, is_granted LIMIT 1",
            contact_id,
        )
        return bool(rows and rows[0][0])

    # At the end

    def _unheard(self) -> str | None:
        """Each of a contact's words that was answered with success is kept, once."""
        kept = [key for (key,) in self._ask(
            "SELECT client_id FROM store_message WHERE author = 'contact' AND client_id <> ''"
        )]  # fmt: skip
        said = {name for name, one in self._letters.items() if one.is_said}
        if len(kept) != len(set(kept)):
            return "somebody's words are kept twice"
        if lost := said - set(kept):
            return f"the words {min(lost)} are lost"
        return None

    def _opened(self, sealed: object, message_id: str) -> str:
        assert isinstance(sealed, bytes)  # noqa: S101 - the column's own type
        return self._place.keyset.unseal(sealed, f"message:{message_id}")

    def _newest(self, table: str) -> int:
        ((newest,),) = self._ask(f"SELECT coalesce(max(rowid), 0) FROM {table}")
        return int(newest)

    def _ask(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        # SQLite says of no column what it holds.
        return self._cursor.execute(query, parameters).fetchall()


def _notice_of(body: object) -> str:
    """Return which word of duty a message is, by its order to be sent; "" for none."""
    return str(json.loads(bytes(body) if isinstance(body, bytes) else b"{}").get("notice") or "")


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
