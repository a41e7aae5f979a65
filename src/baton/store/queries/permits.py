"""What decides whether a contact may be written to unasked: their words, and what they got."""

from datetime import datetime

from django.db.models import Q

from baton.core.consent import Purpose, Word
from baton.store.models import Consent, Message, Suppression, Workspace
from baton.store.rows import MessageRow

_WAITING = ("queued", "held")
_NEVER = ("refused", "failed")


def words_of(contact_id: str, channel: str) -> tuple[Word, ...]:
    """Return everything that a contact said about being written to on a channel."""
    told = Consent.objects.filter(contact_id=contact_id, channel=channel)
    return tuple(
        Word(purpose=purpose, is_granted=is_granted, at=at)
        for purpose, is_granted, at in told.values_list("purpose", "is_granted", "at")
    )


def is_suppressed(contact_id: str, channel: str) -> bool:
    """Return whether nothing may go to a contact's address on a channel."""
    return Suppression.objects.filter(
        contact_id=contact_id, channel=channel, lifted_at=None
    ).exists()


def is_paused(workspace_id: str) -> bool:
    """Return whether a person has stopped what the bot begins by itself."""
    return Workspace.objects.filter(id=workspace_id, paused_at__isnull=False).exists()


def list_written(contact_id: str, purpose: Purpose, since: datetime) -> tuple[datetime | None, ...]:
    """Return when each unprompted message of a purpose went since; None if it still waits.

    One that was held went when its time came, any other when it was written: near enough
    for the limit of a day.
    """
    found = Message.objects.filter(
        Q(created_at__gt=since) | Q(held_until__gt=since),
        contact_id=contact_id,
        is_unprompted=True,
        purpose=purpose.value,
    ).exclude(delivery__in=_NEVER)
    return tuple(
        None if delivery in _WAITING else held_until or created_at
        for delivery, held_until, created_at in found.values_list(
            "delivery", "held_until", "created_at"
        )
    )


def is_waiting(row: MessageRow) -> bool:
    """Return whether a message is one that `list_written` would tell of once it is stored."""
    return row.is_unprompted and row.delivery in _WAITING


def last_word_at(contact_id: str) -> datetime | None:
    """Return when a contact last wrote, on any channel; None if they never did."""
    said = Message.objects.filter(contact_id=contact_id, author="contact").order_by("-id")
    return said.values_list("created_at", flat=True).first()
