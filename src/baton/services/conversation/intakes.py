"""The intake: what a contact answered about their health, apart from all that runs and logs.

Runs, cards, events and logs hold a name for each answer. The words stand sealed in one object of
a conversation's flow; an action that books by them gets them as it goes out, and a person sees
them behind their role, which is logged.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from baton.core import intake
from baton.flows.effects import KeepIntake
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Intake, Run
from baton.store.rows import ConversationRow

MAX_ANSWER = 4_000


def keep(ledger: Ledger, conversation: ConversationRow, flow: str, answer: KeepIntake) -> None:
    """Keep an answer; that there is one is noted, and not what it says."""
    keyset = ledger.house.keyset
    mine = Intake.objects.filter(conversation_id=conversation.id, flow=flow)
    row = mine.select_for_update().first()
    answers = answers_of(ledger.house, row) if row else {}
    row = row or Intake(
        id=ledger.next_id(),
        workspace_id=conversation.workspace_id,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        flow=flow,
        began_at=ledger.now,
    )
    answers[answer.name] = answer.text[:MAX_ANSWER]
    row.answers_sealed = keyset.seal(msgspec.json.encode(answers).decode(), f"intake:{row.id}")
    row.updated_at = ledger.now
    row.save()
    subject = f"intake:{row.id}"
    ledger.audit(row.workspace_id, "bot", "intake_kept", subject, question=answer.name)


def filled(house: House, run_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an action is given, with the answers in the place of their names."""
    if not any(intake.question_in(value) for value in given.values()):
        return dict(given)
    run = Run.objects.filter(id=run_id).values("conversation_id", "flow").first()
    row = Intake.objects.filter(**run).first() if run else None
    answers = answers_of(house, row) if row else {}
    return {name: answers.get(intake.question_in(value), value) for name, value in given.items()}


def answers_of(house: House, row: Intake) -> dict[str, str]:
    """Return the words of an intake by question; nothing of one whose time was over."""
    kept = house.keyset.unseal(bytes(row.answers_sealed), f"intake:{row.id}")
    return msgspec.json.decode(kept, type=dict[str, str])
