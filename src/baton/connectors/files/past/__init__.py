"""Exports of past conversations: one module a system that they come from.

Each says which of the objects are its own and makes a `PastConversation` of one. They are read
one by one, so that a file of any length needs no more memory than its longest conversation.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

from baton.connectors.files import sheets
from baton.connectors.files.past import (
    chatwoot,
    elements,
    freshdesk,
    gorgias,
    intercom,
    mailbox,
    tables,
    zendesk,
)
from baton.connectors.files.past.elements import Element
from baton.connectors.files.past.fields import Fields
from baton.connectors.files.sheets import UnreadableFileError
from baton.core.past import PastConversation, Unread

Past: TypeAlias = Iterator[PastConversation | Unread]

MAX_BYTES = 2_000_000_000
MAX_CONVERSATIONS = 1_000_000
_LOOKED_AT = 5  # objects that tell whose export it is


@dataclass(frozen=True, slots=True)
class Source:
    """A helpdesk's objects: whether one is its own, and what it says."""

    knows: Callable[[Fields], bool]
    read: Callable[[Fields], PastConversation | str]


SOURCES: Mapping[str, Source] = {
    module.__name__.rpartition(".")[2]: Source(module.knows, module.read)
    for module in (intercom, chatwoot, gorgias, freshdesk, zendesk)
}
"""By name, in the order in which an unknown export is shown to them."""

KINDS = ("auto", *SOURCES, "csv", "mbox")


def read(path: Path, *, kind: str = "auto", columns: Mapping[str, str] | None = None) -> Past:
    """Yield the conversations of an export, and what of it could not be taken.

    Args:
        path: the file.
        kind: one of KINDS; "auto" tells it from what stands in the file.
        columns: for a table, what stands in which column (`tables.FIELDS`); columns with usual
            names are found without it.

    Raises UnreadableFileError for a file that is none of these.
    """
    if path.stat().st_size > MAX_BYTES:
        message = f"It has more than {MAX_BYTES // 1_000_000_000} GB. Split it."
        raise UnreadableFileError(message)
    with path.open("rb") as file:
        head = file.read(2_048)
    found = _kind_of(head) if kind == "auto" else kind
    if found != "csv" and sheets.encoding_of(head).startswith("utf-16"):
        raise UnreadableFileError("It is written in UTF-16. Save it as UTF-8.")
    if found == "mbox":
        told: Past = mailbox.conversations(path)
    elif found == "csv":
        told = tables.conversations(path, columns or {})
    else:
        told = _objects(path, "" if found == "json" else found)
    yield from islice(told, MAX_CONVERSATIONS)
    if next(told, None) is not None:
        yield Unread(0, f"Only the first {MAX_CONVERSATIONS:,} conversations were read.")


def _kind_of(head: bytes) -> str:
    begin = head.decode(sheets.encoding_of(head), "replace").removeprefix("\ufeff")
    if begin.startswith(("From ", ">From ")):
        return "mbox"
    return "json" if begin.lstrip()[:1] in {"{", "["} else "csv"


def _objects(path: Path, name: str) -> Past:
    rows = elements.elements_of(path)
    first = list(islice(rows, _LOOKED_AT))
    source = SOURCES[name] if name else _source_of(first)
    for row in chain(first, rows):
        yield _conversation(row, source)


def _conversation(row: Element, source: Source) -> PastConversation | Unread:
    if row.fields is None:
        return Unread(row.line, row.problem)
    told = source.read(row.fields.at(row.line))
    return Unread(row.line, told) if isinstance(told, str) else told


def _source_of(first: list[Element]) -> Source:
    known = [row.fields for row in first if row.fields is not None]
    for source in SOURCES.values():
        if any(source.knows(fields) for fields in known):
            return source
    raise UnreadableFileError(
        "No helpdesk's export is known by these fields. Say which one it is, or export CSV."
    )


__all__ = [
    "KINDS",
    "MAX_BYTES",
    "MAX_CONVERSATIONS",
    "SOURCES",
    "Past",
    "UnreadableFileError",
    "read",
    "sheets",
]
