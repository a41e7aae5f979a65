"""An email as bytes: the text, the same text as HTML, and the headers that let it be answered.

It depends on nothing but what it is given, so that every try is the same message.
"""

import re
from collections.abc import Iterator
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from urllib.parse import quote

import dkim

from baton.channels import Letterhead, Outgoing
from baton.channels.email import html
from baton.channels.email.settings import EmailSettings
from baton.core import sms

MAX_CHARACTERS = 50_000
"""Longer than any text of ours; what servers refuse begins at ten megabytes."""

RETURN = "reply+"
"""Begins the addresses that name a message, at the reply domain."""

_MAX_SUBJECT = 150
_MAX_REFERENCES = 700  # in one header of at most 998 characters (RFC 5322, section 2.1.1)
_SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"reply-to",
    b"mime-version", b"content-type", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
_BLANKS = re.compile(r"\s+")
_FOOT_RULE = "\n\n-- \n"


def plain(text: str, choices: tuple[tuple[str, str], ...]) -> str:
    """Return the text as a mail client without HTML shows it: choices are words below it."""
    return sms.render(text, choices)


def compose(settings: EmailSettings, outgoing: Outgoing, head: Letterhead) -> bytes:
    """Return the whole message, signed where the settings hold a key."""
    foot = foot_of(head)
    text = plain(outgoing.text, outgoing.choices)
    body = EmailMessage(policy=SMTP)
    body.set_content(f"{text}{_FOOT_RULE}{foot}\n" if foot else f"{text}\n", cte="quoted-printable")
    shown = html.page(
        outgoing.text,
        title=head.subject,
        choices=[(label, _answer_url(settings, head, key)) for key, label in outgoing.choices],
        foot=foot,
    )
    body.add_alternative(shown, subtype="html", cte="quoted-printable")
    _bound(body, outgoing.message_id)
    for file in outgoing.files:
        kind, _, subtype = file.media_type.partition("/")
        body.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    if outgoing.files:
        _bound(body, f"{outgoing.message_id}.f")
    headers = "".join(f"{name}: {value}\r\n" for name, value in _headers(settings, outgoing, head))
    letter = headers.encode("ascii") + body.as_bytes()
    return _signed(settings, letter)


def _bound(body: EmailMessage, name: str) -> None:
    """Set the parts apart by a name that stays: by chance, each try would be another message."""
    body.set_boundary(f"=_{name}")


def foot_of(head: Letterhead) -> str:
    """Return the lines below a message that nobody asked for: who writes, and how to end it."""
    ending = f"Unsubscribe: {head.unsubscribe_url}" if head.unsubscribe_url else ""
    return "\n".join(line for line in (head.signed_by, ending) if line)


def return_address(settings: EmailSettings, head: Letterhead) -> str:
    """Return where answers and bounces go: an address that names the message, if there can be."""
    return (
        f"{RETURN}{head.tag}@{settings.reply_domain}" if settings.reply_domain else settings.sender
    )


def _headers(
    settings: EmailSettings, outgoing: Outgoing, head: Letterhead
) -> Iterator[tuple[str, str]]:
    yield "From", formataddr((_one_line(settings.from_name), settings.sender))
    yield "To", outgoing.address
    yield "Subject", _encoded(_one_line(head.subject)[:_MAX_SUBJECT])
    yield "Date", format_datetime(head.sent_at)
    yield "Message-ID", f"<{head.tag}@{settings.domain}>"
    if settings.reply_domain:
        yield (
            "Reply-To",
            formataddr((_one_line(settings.from_name), return_address(settings, head))),
        )
    if head.answers:
        yield "In-Reply-To", f"<{head.answers[-1]}>"
        yield "References", _references(head.answers)
    if head.is_automatic:
        # RFC 3834: so that no vacation message answers, and no loop begins.
        yield "Auto-Submitted", "auto-replied" if head.answers else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
    if head.unsubscribe_url:
        yield "List-Unsubscribe", f"<{head.unsubscribe_url}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"  # RFC 8058


def _references(answers: tuple[str, ...]) -> str:
    """Return the thread's names: the first, which clients group by, and the newest that fit."""
    first, rest = f"<{answers[0]}>", answers[1:]
    kept: list[str] = []
    room = _MAX_REFERENCES - len(first)
    for name in reversed(rest):
        room -= len(name) + 4
        if room < 0:
            break
        kept.append(f"<{name}>")
    return "\r\n ".join((first, *reversed(kept)))


def _answer_url(settings: EmailSettings, head: Letterhead, key: str) -> str:
    """Return what opens an answer that says a choice's key, in whatever writes mail there."""
    to = quote(return_address(settings, head), safe="@+=")
    return f"mailto:{to}?subject={quote(f'Re: {head.subject}')}&body={quote(key)}"


def _encoded(text: str) -> str:
    if text.isascii():
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", "".join(sign if sign.isprintable() else " " for sign in text)).strip()


def _signed(settings: EmailSettings, letter: bytes) -> bytes:
    if not settings.dkim_key:
        return letter
    signature: bytes = dkim.sign(
        letter,
        settings.dkim_selector.encode(),
        settings.domain.encode(),
        settings.dkim_key.encode(),
        include_headers=list(_SIGNED),
    )
    return signature + letter
