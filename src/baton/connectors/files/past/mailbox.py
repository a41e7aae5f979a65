"""A mailbox (mbox): letters joined to conversations by what they answer.

Whoever most letters are written to is us; nothing else of a mailbox says so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from baton.connectors.files.past.fields import opening, plain
from baton.connectors.files.past.messages import (
    Message,
    answers_of,
    first_of,
    handled_of,
    in_order,
)
from baton.core.past import PastConversation, Unread

MAX_LETTER = 25_000_000
_BEGINS = b"From "
_MACHINES = ("auto-submitted", "x-autoreply", "x-autorespond", "list-unsubscribe")
_MOST_REFERENCES = 50
_PUBLIC = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com",
     "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "proton.me"}
)  # fmt: skip
"""Hosts that everybody has a mailbox at: there the address alone says who it is."""


@dataclass(frozen=True, slots=True)
class _Letter:
    line: int
    subject: str
    words: str
    sender: str
    to: tuple[str, ...]
    at: datetime | None


@dataclass(slots=True)
class _Thread:
    letters: list[_Letter] = field(default_factory=list)


def conversations(path: Path) -> Iterator[PastConversation | Unread]:
    """Yield a mailbox's conversations, the letters that cannot be read first."""
    threads: list[_Thread] = []
    known: dict[str, _Thread] = {}
    for line, raw in _letters(path):
        told = _read(line, raw)
        if isinstance(told, Unread):
            yield told
            continue
        letter, name, references = told
        thread = next((known[one] for one in references if one in known), None)
        if thread is None:
            thread = _Thread()
            threads.append(thread)
        thread.letters.append(letter)
        known.update(dict.fromkeys((name, *references), thread))
    ours = _ours(threads)
    for thread in threads:
        yield _conversation(thread, ours)


def _letters(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Yield each letter with its first line; None for one that is too long."""
    held: list[bytes] = []
    size, number, begun, is_between = 0, 0, 1, True
    with path.open("rb") as file:
        while line := file.readline(MAX_LETTER):
            number += 1
            if is_between and line.startswith(_BEGINS):
                if number > 1:
                    yield begun, None if size > MAX_LETTER else b"".join(held)
                held, size, begun = [], 0, number
            else:
                size += len(line)
                if size <= MAX_LETTER:
                    held.append(line)
            is_between = not line.strip()
    if number:
        yield begun, None if size > MAX_LETTER else b"".join(held)


def _read(line: int, raw: bytes | None) -> tuple[_Letter, str, tuple[str, ...]] | Unread:
    if raw is None:
        return Unread(line, f"a letter of more than {MAX_LETTER // 1_000_000} MB")
    try:
        letter = BytesParser(policy=policy.default).parsebytes(raw)
        if any(letter[name] and letter[name] != "no" for name in _MACHINES):
            return Unread(line, "was sent by a machine")
        return _told(line, letter)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, MessageError):
        # What the standard library raises for letters that no program should have written.
        return Unread(line, "is no letter that can be read")


def _told(line: int, letter: EmailMessage) -> tuple[_Letter, str, tuple[str, ...]] | Unread:
    body = letter.get_body(("plain", "html"))
    words = plain(_content(body) if body is not None else "")
    [*_, (_name, sender)] = [("", ""), *getaddresses([str(letter["from"] or "")])]
    if not sender:
        return Unread(line, "has no sender")
    to = tuple(
        address.casefold() for _name, address in getaddresses([str(letter["to"] or "")]) if address
    )
    told = _Letter(
        line, plain(_bare(str(letter["subject"] or ""))), words, sender.casefold(), to, _at(letter)
    )
    references = f"{letter['references'] or ''} {letter['in-reply-to'] or ''}".split()
    return told, str(letter["message-id"] or "").strip(), tuple(references[-_MOST_REFERENCES:])


def _content(body: MIMEPart) -> str:
    try:
        found = body.get_content()
    except LookupError:  # a character set that nobody knows; most letters are UTF-8 all the same
        raw = body.get_payload(decode=True)
        found = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    return found if isinstance(found, str) else ""


def _bare(subject: str) -> str:
    """Return a subject without what answering puts before it."""
    while (parts := subject.lstrip().partition(":"))[1] and parts[0].casefold() in (
        "re",
        "fwd",
        "aw",
    ):
        subject = parts[2]
    return subject.strip()


def _at(letter: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(letter["date"]))
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _ours(threads: list[_Thread]) -> str:
    counted = Counter(one for thread in threads for letter in thread.letters for one in letter.to)
    return counted.most_common(1)[0][0] if counted else ""


def _is_ours(sender: str, ours: str) -> bool:
    host = ours.rpartition("@")[2]
    return sender == ours or (host not in _PUBLIC and sender.rpartition("@")[2] == host)


def _conversation(thread: _Thread, ours: str) -> PastConversation | Unread:
    letters = thread.letters
    said = in_order([Message(one.words, _is_ours(one.sender, ours), one.at) for one in letters])
    first = next((one for one in letters if not _is_ours(one.sender, ours)), None)
    if first is None:
        return Unread(letters[0].line, "nobody from outside wrote in it")
    words = opening(first.subject, first_of(said, ours=False))
    if not words:
        return Unread(first.line, "has no words")
    return PastConversation(
        line=first.line,
        words=words,
        answer=first_of(said, ours=True),
        contact=first.sender,
        channel="email",
        opened_at=first.at,
        answers=answers_of(said),
        handled=handled_of(said),
    )
