"""What is noted of a handoff for the measures: first answer, card seen, had to say it again."""

from collections.abc import Iterable

from baton.core import restating
from baton.services.ledger import Ledger
from baton.store.models import AuditEntry, Handoff, Message
from baton.store.rows import ConversationRow

_MAX_WORDS = 60
"""Messages of one conversation that are compared, on either side of the handoff."""


def note_reply(ledger: Ledger, conversation: ConversationRow, user_id: str) -> None:
    """Note the first answer of a person, and whether they had opened the card by then (H19)."""
    handoff = _in_force(conversation)
    if handoff is None or handoff.replied_at is not None:
        return
    opened = AuditEntry.objects.filter(
        workspace_id=conversation.workspace_id,
        subject=f"handoff:{handoff.id}",
        action="card_opened",
        actor=f"user:{user_id}",
    )
    handoff.replied_at = ledger.now
    handoff.is_card_seen = opened.exists()
    handoff.save(update_fields=["replied_at", "is_card_seen"])


def note_end(ledger: Ledger, conversation: ConversationRow) -> None:
    """Note, as people end it, whether the contact had to say again what they had said before."""
    handoff = _in_force(conversation)
    if handoff is None or handoff.replied_at is None:
        return
    said = Message.objects.filter(conversation_id=conversation.id, author="contact")
    earlier = said.filter(created_at__lte=handoff.offered_at).order_by("-id")[:_MAX_WORDS]
    later = said.filter(created_at__gt=handoff.replied_at).order_by("id")[:_MAX_WORDS]
    known = _words(ledger, earlier)
    handoff.is_restated = any(restating.restates(known, one) for one in _words(ledger, later))
    handoff.save(update_fields=["is_restated"])


def _words(ledger: Ledger, rows: Iterable[Message]) -> list[str]:
    keyset = ledger.house.keyset
    return [keyset.unseal(row.body_sealed, f"message:{row.id}") for row in rows]


def _in_force(conversation: ConversationRow) -> Handoff | None:
    rows = Handoff.objects.filter(conversation_id=conversation.id, ended_at=None)
    return rows.order_by("-offered_at").first()
