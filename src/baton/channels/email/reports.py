"""Mail about our mail: bounces (RFC 3464), and complaints (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from baton.channels.email.headers import raw_header

_MOST_BLOCKS = 20
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon)@", re.IGNORECASE)
_DELAYED = re.compile(
    r"\b(?:delayed|still being retried|will (?:be )?retr(?:y|ied)|not yet been delivered|"
    r"temporary(?: delivery)? (?:failure|problem)|no action is required)\b",
    re.IGNORECASE,
)


class ReportKind(StrEnum):
    """What is reported of a message."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a mail server tells of a message of ours; `said` is its words with their codes."""

    kind: ReportKind
    code: str = ""
    said: str = ""


def find_report(message: Message, parts: list[Message], sender: str, text: str) -> Report | None:
    """Return what a message reports, None for one that is no report."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return _delivery_report(part)
        if kind == "message/feedback-report":
            return Report(kind=ReportKind.COMPLAINT)
    if not _DAEMON.match(sender) and not raw_header(message, "X-Failed-Recipients"):
        return None
    # Older servers tell in words alone.
    kind = ReportKind.DELAYED if _DELAYED.search(text[:2_000]) else ReportKind.FAILED
    status = _STATUS.search(text[:5_000])
    return Report(kind=kind, code=status[1] if status else "", said=text[:2_000])


def _delivery_report(part: Message) -> Report:
    """Return what a delivery status tells of its recipient; of several, the worst."""
    kinds = {"failed": ReportKind.FAILED, "delayed": ReportKind.DELAYED}
    told = [
        Report(
            kind=kinds.get(raw_header(block, "Action").lower(), ReportKind.DELIVERED),
            code=_code_of(raw_header(block, "Status")),
            said=f"{raw_header(block, 'Status')} {raw_header(block, 'Diagnostic-Code')}",
        )
        for block in _blocks(part)
        if raw_header(block, "Action")
    ]
    return min(told, key=lambda one: _BY_WEIGHT.index(one.kind), default=_NOTHING)


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload[:_MOST_BLOCKS] if isinstance(block, Message))


def _code_of(status: str) -> str:
    found = _STATUS.search(status)
    return found[1] if found else ""


_BY_WEIGHT = (ReportKind.FAILED, ReportKind.DELAYED, ReportKind.DELIVERED, ReportKind.COMPLAINT)
_NOTHING = Report(kind=ReportKind.DELAYED)
