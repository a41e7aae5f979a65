"""Escalation rules as they hold, and live flags with what raised them."""

from collections.abc import Collection

from django.db.models import OuterRef, QuerySet, Subquery

from baton.core.ownership import Owner
from baton.store.models import Conversation, Escalation, EscalationRuleVersion


def newest_versions(workspace_id: str) -> QuerySet[EscalationRuleVersion]:
    """Return the version that holds of each rule that anybody ever set."""
    rows = EscalationRuleVersion.objects.filter(workspace_id=workspace_id)
    alike = rows.filter(name=OuterRef("name")).order_by("-version")
    return rows.filter(id=Subquery(alike.values("id")[:1])).order_by("name")


def flagged_live(workspace_id: str) -> QuerySet[Conversation]:
    """Return open conversations that the bot has and on which a flag stands, newest word first."""
    found = Conversation.objects.filter(
        workspace_id=workspace_id, status="open", handled_by=Owner.BOT.value
    )
    return found.exclude(flags="").order_by("-last_message_at", "-id")


def raised_on(conversations: Collection[Conversation]) -> dict[str, tuple[Escalation, ...]]:
    """Return the newest escalation behind each flag that stands, by conversation."""
    standing = {row.id: set(row.flags.split(",")) for row in conversations}
    found = Escalation.objects.filter(conversation_id__in=standing, act="flag")
    newest: dict[str, dict[str, Escalation]] = {}
    for row in found.order_by("at", "id"):
        if row.trigger in standing[row.conversation_id]:
            newest.setdefault(row.conversation_id, {})[row.trigger] = row
    return {
        conversation_id: tuple(sorted(rows.values(), key=lambda row: (row.at, row.id)))
        for conversation_id, rows in newest.items()
    }
