"""What flows in shadow would have done, kept beside what people really answer (PL5, G23)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from baton.flows.turn import Draft
from baton.services.ledger import Ledger
from baton.store.models import ShadowDraft
from baton.store.rows import ConversationRow, ShadowDraftRow

MOST_TEXT = 4_000
KEPT_FOR = timedelta(days=120)
"""A pilot and the look back on it are over by then; what a draft quotes of a contact goes."""


def keep(ledger: Ledger, conversation: ConversationRow, drafts: Iterable[Draft]) -> None:
    """Keep drafts, their words sealed, with the conversation in which nobody said them."""
    for draft in drafts:
        draft_id = ledger.next_id()
        ledger.add(
            ShadowDraftRow(
                id=draft_id,
                workspace_id=conversation.workspace_id,
                conversation_id=conversation.id,
                flow=draft.flow,
                version=draft.version,
                text_sealed=ledger.house.keyset.seal(draft.text[:MOST_TEXT], purpose_of(draft_id)),
                at=ledger.now,
                trigger=draft.trigger,
                does=draft.does[:60],
            )
        )
        ledger.audit(
            conversation.workspace_id,
            "bot",
            "shadow_drafted",
            f"conversation:{conversation.id}",
            flow=draft.flow,
            draft=draft_id,
        )


def prune(workspace_id: str, now: datetime) -> int:
    """Delete drafts whose pilot was looked back on long ago; return how many."""
    old = ShadowDraft.objects.filter(workspace_id=workspace_id, at__lt=now - KEPT_FOR)
    return old.delete()[0]


def purpose_of(draft_id: str) -> str:
    """Return what a draft's words are sealed for."""
    return f"shadow:{draft_id}"
