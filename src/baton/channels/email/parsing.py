"""A message as it came, read into what it says: pure, bounded, and never at a loss.

Anybody can send anything here. What is nested, long or broken beyond bounds is told as
unreadable, with its sender, so that somebody can look into the mailbox itself.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from itertools import islice

from baton.channels.email import addresses, authentication, headers, plaintext, reply, reports
from baton.channels.email.automatic import is_automatic
from baton.channels.email.headers import decoded, raw_header, raw_headers
from baton.channels.email.reports import Report
from baton.core import text as texts

MAX_BYTES = 25 * 1024 * 1024
"""The largest message that is taken; providers take no larger ones either."""

UNREADABLE = "[an email that could not be read]"
_MAX_HEAD = 200_000
_MAX_PARAMETERS = 8_000
_MAX_PARTS = 100
_MAX_LINES = 400_000  # of 76 characters, as base64 has: more than the largest message
_MAX_DEPTH = 20
_MAX_FILES = 20
_MAX_TEXT = 400_000
_ORNAMENT = 20_000
_MAX_NAME = 200
_MOST_MENTIONS = 50
# What would make reading it slow, seen before it is read.
_NESTING = re.compile(rb"boundary\s*=|content-type\s*:\s*message/", re.IGNORECASE)
_DESCRIBING = re.compile(
    rb"content-(?:type|disposition)[ \t]*:(?:[^\r\n]|(?:\r\n?|\n)[ \t])*+", re.IGNORECASE
)
# What the standard library raises for headers that nobody writes but to see it fail.
_BROKEN = (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
_MARK = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{16}")
_NAME = re.compile(r"<([^<>\s]{1,250})>")
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file in a message; name and bytes are its sender's."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivingMail:
    """An email that somebody, or something, sent us.

    Attributes:
        name: its Message-ID without brackets, "" for none.
        sender: the address that it says to be from, "" for none that can be answered.
        sender_name: the name beside that address.
        recipients: whom it is to, as far as it says.
        subject, text: its words; `text` without quotations and signature.
        files: what lay in it.
        mentions: what could name messages of ours that it answers or is about.
        is_automatic: a machine wrote it.
        checks: what servers on its way noted of its sender (`authentication`).
        report: what it tells of a message of ours, if it does.
    """

    name: str
    sender: str
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    files: tuple[MailFile, ...] = ()
    mentions: tuple[str, ...] = ()
    is_automatic: bool = False
    checks: tuple[str, ...] = ()
    report: Report | None = None


def parse(raw: bytes) -> ArrivingMail:
    """Read a message; never raises, whatever it is given."""
    ends = _end_of_head(raw)
    head = message_from_bytes(raw[: min(ends, _MAX_HEAD)] + b"\r\n\r\n", policy=compat32)
    whole = None
    if ends <= _MAX_HEAD and _is_within_reason(raw):
        with suppress(*_BROKEN):
            whole = message_from_bytes(raw, policy=compat32)
    try:
        mail = _mail_of(head, whole)
    except _BROKEN:  # the parts are read only now
        mail = _mail_of(head, None)
    if mail.report is None:
        return mail
    return _with_mentions(mail, raw[:_MAX_TEXT].decode("ascii", "replace"))


def _end_of_head(raw: bytes) -> int:
    found = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return min(found, default=len(raw))


def _is_within_reason(raw: bytes) -> bool:
    """Return whether a message is read in the time that its length lets one expect."""
    is_long = len(raw) > MAX_BYTES or raw.count(b"\n") > _MAX_LINES
    if is_long or len(_NESTING.findall(raw)) > _MAX_PARTS:
        return False
    return all(len(one[0]) <= _MAX_PARAMETERS for one in _DESCRIBING.finditer(raw))


def _mail_of(head: Message, whole: Message | None) -> ArrivingMail:
    name, sender = addresses.first_of(raw_header(head, "From"))
    subject = texts.clean(decoded(raw_header(head, "Subject")))[:_MAX_NAME].replace("\n", " ")
    parts = _parts_of(whole) if whole else []
    written = texts.clean(_text_of(whole)) if whole else UNREADABLE
    text = texts.clean(reply.cut(written))
    return ArrivingMail(
        name=_first_name(raw_header(head, "Message-ID")),
        sender=sender,
        sender_name=texts.clean(decoded(name))[:_MAX_NAME].replace("\n", " "),
        recipients=tuple(_recipients(head)),
        subject=subject,
        text=texts.bounded(text or subject),
        files=tuple(_files(parts)),
        mentions=_mentions(" ".join(_answered(head))),
        is_automatic=is_automatic(head, sender),
        checks=tuple(islice(raw_headers(head, authentication.HEADER), authentication.MOST)),
        report=reports.find_report(head, parts, sender, written),
    )


def _with_mentions(mail: ArrivingMail, told: str) -> ArrivingMail:
    """Return a report with all that it mentions: the message that it is about lies in it."""
    return replace(mail, mentions=_mentions(f"{' '.join(mail.mentions)} {told}"))


def _answered(head: Message) -> Iterator[str]:
    for name in ("In-Reply-To", "References", *_TO):
        yield from raw_headers(head, name)


def _mentions(told: str) -> tuple[str, ...]:
    found = dict.fromkeys(one[0] for one in _MARK.finditer(told.lower()))
    return tuple(found)[:_MOST_MENTIONS]


def _recipients(head: Message) -> Iterator[str]:
    for name in _TO:
        for value in raw_headers(head, name):
            for one in value.split(",")[:_MOST_MENTIONS]:
                _shown, address = addresses.first_of(one)
                if address:
                    yield address


def _first_name(value: str) -> str:
    found = _NAME.search(value)
    return found[1] if found else ""


def _parts_of(message: Message) -> list[Message]:
    """Return the parts that hold no others, in order, as deep as anybody writes."""
    found: list[Message] = []
    waiting = [(message, 0)]
    while waiting and len(found) < _MAX_PARTS:
        part, depth = waiting.pop()
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            if depth < _MAX_DEPTH:
                waiting += [
                    (one, depth + 1) for one in reversed(inside) if isinstance(one, Message)
                ]
        else:
            found.append(part)
    return found


def _text_of(message: Message) -> str:
    """Return what a person reads first: plain words, else those of the HTML."""
    plain, shown = [], []
    for part in _parts_of(message):
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment":
            continue
        if kind == "text/plain":
            plain.append(_content(part))
        elif kind == "text/html":
            shown.append(plaintext.text_of(_content(part)))
    words = "\n".join(plain)
    return words if words.strip() else "\n".join(shown)


def _content(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = str(part.get_param("charset") or "us-ascii")
    return headers.text_of(content[:_MAX_TEXT], charset)


def _files(parts: list[Message]) -> Iterator[MailFile]:
    count = 0
    for part in parts:
        kind = part.get_content_type()
        is_words = kind in ("text/plain", "text/html") and (
            part.get_content_disposition() != "attachment"
        )
        if is_words or kind in _REPORTED or _is_ornament(part, kind):
            continue
        if count >= _MAX_FILES:
            return
        content = part.get_payload(decode=True)
        if kind == "message/rfc822":
            content = part.as_bytes()
        if isinstance(content, bytes) and content:
            count += 1
            yield MailFile(name=_file_name(part), content=content)


def _is_ornament(part: Message, kind: str) -> bool:
    """Return whether a picture is a logo of a signature: drawn in the text, and small."""
    is_drawn = kind.startswith("image/") and part.get("Content-ID") is not None
    return is_drawn and len(str(part.get_payload())) < _ORNAMENT


_REPORTED = frozenset({"message/delivery-status", "message/feedback-report", "text/rfc822-headers"})


def _file_name(part: Message) -> str:
    told = part.get_filename() or ""
    return texts.clean(decoded(str(told)))[:_MAX_NAME].replace("\n", " ")
