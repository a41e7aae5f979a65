"""Emails as letters: what stands around a text that goes out, and how its answers are known.

Every message of ours is named by its id and a mark that only this installation can make. Who
repeats both has the message: so an answer finds its conversation, a bounce its message and an
unsubscription its contact, and nobody else's guess does.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from baton.channels import Letterhead
from baton.core.presend import Author
from baton.services.facts import LetterTold
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.connections import EMAIL
from baton.services.workspace.standards import standards_cache
from baton.store.models import Letter
from baton.store.queries import deliveries
from baton.store.queries import letters as stored
from baton.store.queries.letters import Addressee
from baton.store.queries.outgoing import OutgoingRow
from baton.store.rows import ConversationRow, LetterRow

UNSUBSCRIBE_PATH = "/u"
MAX_SUBJECT = 200
_MARK = 16  # hexadecimal signs: 64 bits
_NAMED = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{16})")
_ANSWERING = re.compile(
    r"(?:(?:re|aw|sv|rif|réf|res|antw|odp|vs)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


class Use(StrEnum):
    """What a mark is good for: one that is seen in every answer unsubscribes nobody."""

    ANSWER = "answer"
    UNSUBSCRIBE = "unsubscribe"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed of an email: `name` is its Message-ID, without brackets."""

    subject: str = ""
    name: str = ""


def note_subject(
    ledger: Ledger, conversation: ConversationRow, message_id: str, subject: str
) -> None:
    """Keep the subject that a flow gave a message of ours, for when it goes by email."""
    _add(ledger, conversation, message_id, LetterTold(subject=subject), is_inbound=False)


def note_heard(
    ledger: Ledger, conversation: ConversationRow, message_id: str, told: LetterTold
) -> None:
    """Keep what an email that came in says beside its words."""
    _add(ledger, conversation, message_id, told, is_inbound=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLetter:
    """What a reader of a transcript sees of an email beside its words."""

    subject: str
    is_automatic: bool
    is_from_stranger: bool
    is_disproved: bool


def shown_of(house: House, message_ids: Sequence[str]) -> dict[str, ShownLetter]:
    """Return what is kept of those messages that are emails, by message."""
    return {
        row.id: ShownLetter(
            subject=_open(
                house, stored.Head(message_id=row.id, head_sealed=bytes(row.head_sealed))
            ).subject,
            is_automatic=row.is_automatic,
            is_from_stranger=row.is_from_stranger,
            is_disproved=row.is_disproved,
        )
        for row in Letter.objects.filter(id__in=message_ids)
    }


def letterhead_of(house: House, row: OutgoingRow) -> Letterhead | None:
    """Return what stands around a message on its way out; None on other channels."""
    if row.channel != EMAIL:
        return None
    standards = standards_cache(house).standards_of(row.workspace_id)
    business, location = standards.facts["business"], standards.facts["location"]
    name = str(business["name"]) if isinstance(business, dict) else ""
    place = str(location.get("address") or "") if isinstance(location, dict) else ""
    own = stored.find_head(row.message_id)
    subject = _open(house, own).subject if own else ""
    # What nobody asked for begins a thread of its own, where it says what it is about.
    begins = row.is_unprompted and bool(subject)
    heard = () if begins else stored.list_heard(row.conversation_id)
    before = [_open(house, head) for head in heard]
    if before:
        subject = f"Re: {bare_subject(before[-1].subject) or name}"
    return Letterhead(
        tag=mark(house, Use.ANSWER, row.message_id),
        subject=subject or name,
        sent_at=house.clock.now(),
        answers=tuple(head.name for head in before if head.name),
        unsubscribe_url=unsubscribe_url_of(house, row.message_id) if row.is_unprompted else "",
        signed_by=", ".join(filter(None, (name, place))) if row.is_unprompted else "",
        is_automatic=row.author != Author.AGENT.value,
    )


def mark(house: House, use: Use, message_id: str) -> str:
    """Return a message's id with the mark that proves who has it."""
    return f"{message_id}.{house.keyset.fingerprint(f'mail:{use}', message_id)[:_MARK]}"


def find_marked(house: House, use: Use, text: str) -> str | None:
    """Return the first message of ours that a text names with its mark, or None."""
    for found in _NAMED.finditer(text):
        if hmac.compare_digest(mark(house, use, found[1]), found[0]):
            return found[1]
    return None


def unsubscribe_url_of(house: House, message_id: str) -> str:
    """Return where whoever got a message ends all email with one click."""
    return f"{house.base_url}{UNSUBSCRIBE_PATH}/{mark(house, Use.UNSUBSCRIBE, message_id)}"


def find_addressee(message_id: str) -> Addressee | None:
    """Return whom an email of ours was written to, or None."""
    found = stored.find_addressee(message_id)
    return found if found and found.channel == EMAIL else None


def address_at(house: House, workspace_id: str, lane: str) -> str:
    """Return the address of a lane as it is written, "" when nobody has it."""
    found = deliveries.list_recipients([lane]).get((workspace_id, lane))
    if found is None:
        return ""
    return house.keyset.unseal(found.value_sealed, f"vault:{workspace_id}:{found.token}")


def bare_subject(subject: str) -> str:
    """Return a subject without what clients write before it in answers."""
    return _ANSWERING.sub("", subject.strip(), count=1).strip()


def _add(
    ledger: Ledger,
    conversation: ConversationRow,
    message_id: str,
    told: LetterTold,
    *,
    is_inbound: bool,
) -> None:
    head = Head(subject=told.subject[:MAX_SUBJECT], name=told.name)
    ledger.add(
        LetterRow(
            id=message_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            head_sealed=ledger.house.keyset.seal(
                msgspec.json.encode(head).decode(), _place(message_id)
            ),
            is_inbound=is_inbound,
            is_automatic=told.is_automatic,
            is_from_stranger=told.is_from_stranger,
            is_disproved=told.is_disproved,
        )
    )


def _open(house: House, head: stored.Head) -> Head:
    return msgspec.json.decode(
        house.keyset.unseal(head.head_sealed, _place(head.message_id)), type=Head
    )


def _place(message_id: str) -> str:
    return f"letter:{message_id}"
