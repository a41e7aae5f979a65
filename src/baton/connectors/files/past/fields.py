"""What stands in an exported object: asked for by kind, whatever somebody put there."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from baton.core import text as texts
from baton.core.past import MAX_WORDS

_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAKING = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^<>]{0,200}>", re.IGNORECASE)
_HIDDEN = ("style", "script")
_BLANKS = re.compile(r"[ \t\xa0]+")
_QUOTED = re.compile(
    r"^\s*(?:>|On .{4,160} wrote:|-{2,}\s*Original Message|_{10,}|Sent from my |"
    r"## ?- ?Please type your reply above)", re.IGNORECASE | re.MULTILINE
)  # fmt: skip
_LONGEST_READ = 20_000  # of one body, before it is cut to what is kept
_MILLISECONDS = 10**11  # a Unix time above it counts in thousandths
_EARLIEST, _LATEST = 315_532_800, 4_102_444_800  # 1980 and 2100


@dataclass(frozen=True)
class Fields:
    """An object of an export."""

    given: Mapping[str, object]
    line: int = field(default=0)

    def at(self, line: int) -> "Fields":
        """Return the same, standing on a line."""
        return replace(self, line=line)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return what the object names at all."""
        return frozenset(self.given)

    def part(self, *names: str) -> "Fields":
        """Return the object inside; an empty one where there is none."""
        found: object = self.given
        for name in names:
            found = found.get(name) if isinstance(found, Mapping) else None
        return Fields(found if isinstance(found, Mapping) else {}, self.line)

    def parts(self, *names: str) -> "Iterator[Fields]":
        """Yield the objects of a list inside."""
        found = self.part(*names[:-1]).given.get(names[-1])
        for one in found if isinstance(found, list) else ():
            if isinstance(one, Mapping):
                yield Fields(one, self.line)

    def word(self, *names: str) -> str:
        """Return the first of these that is a short text or a number, as text; else ""."""
        for name in names:
            found = self.given.get(name)
            if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
                return str(found)[:200]
        return ""

    def body(self, *names: str) -> str:
        """Return the first of these with any words in it, as plain words (`plain`)."""
        for name in names:
            found = self.given.get(name)
            if isinstance(found, str) and (words := plain(found)):
                return words
        return ""

    def number(self, *names: str) -> float | None:
        """Return the first of these that is a number, not below 0."""
        for name in names:
            found = self.given.get(name)
            if isinstance(found, int | float) and not isinstance(found, bool) and found >= 0:
                return float(found)
        return None

    def moment(self, *names: str) -> datetime | None:
        """Return the first of these that is a moment: ISO 8601, or Unix seconds."""
        return next((at for name in names if (at := moment_of(self.given.get(name)))), None)

    def yes(self, name: str, *, otherwise: bool = False) -> bool:
        """Return a yes or no."""
        found = self.given.get(name)
        return found if isinstance(found, bool) else otherwise


def moment_of(given: object) -> datetime | None:
    """Return the moment that a value says; None where it says none. Without a zone it is UTC.

    What is not from 1980 to 2100 is none: one such day would stretch the span that every count
    a week is reckoned over.
    """
    if isinstance(given, int | float) and not isinstance(given, bool):
        seconds = given / 1_000 if given > _MILLISECONDS else given
        if _EARLIEST < seconds < _LATEST:
            return datetime.fromtimestamp(seconds, UTC)
        return None
    if not isinstance(given, str) or not given.strip():
        return None
    if given.strip().isdecimal():
        return moment_of(int(given.strip()[:15]))
    try:
        found = datetime.fromisoformat(given.strip().removesuffix(" UTC"))
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if _EARLIEST < found.timestamp() < _LATEST else None


def plain(body: str) -> str:
    """Return a body as plain words: no markup, and nothing of what it quotes or signs with."""
    told = body[:_LONGEST_READ]
    if "<" in told:
        told = _TAG.sub(" ", _BREAKING.sub("\n", _shown(told)))
    if "&" in told:
        told = html.unescape(told)
    told = _BLANKS.sub(" ", texts.clean(told))
    quoted = _QUOTED.search(told)
    if quoted and told[: quoted.start()].strip():
        told = told[: quoted.start()]
    return told.strip()[:MAX_WORDS]


def _shown(told: str) -> str:
    """Return markup without what no reader sees; one way through, whatever was written."""
    for name in _HIDDEN:
        parts, low, place = [], told.lower(), 0
        while (start := low.find(f"<{name}", place)) >= 0:
            end = low.find(f"</{name}", start)
            parts.append(told[place:start])
            place = end if end >= 0 else len(told)
        told = "".join((*parts, told[place:]))
    return told


def opening(subject: str, body: str) -> str:
    """Return what somebody asked: the subject counts where the body does not repeat it."""
    if not subject or subject.casefold() in body.casefold():
        return body
    return f"{subject}. {body}"[:MAX_WORDS] if body else subject
