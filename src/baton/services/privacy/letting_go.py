"""Retention: words, files and cards go when their time is over; what was counted stays.

How long is the policy's (`keep_conversations` and its like, which packs set). A legal hold
keeps what is of its contact. The note of how far it came makes a day's work what one day let
grow old; when a hold is lifted, it starts anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from baton.core.policy import Policy
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.privacy import belongings, clearing
from baton.store import sealed
from baton.store.models import (
    Conversation,
    LegalHold,
    LetGo,
    Message,
    SystemDelivery,
    WordMark,
)
from baton.store.personal import OF_CONVERSATIONS
from baton.store.sealed import SealedColumn

PAGE = 100
"""So many conversations, messages or payloads are let go of in one transaction."""
_WORDS = next(c for c in sealed.COLUMNS if c.model is Message and c.column == "body_sealed")
_PAYLOAD = next(c for c in sealed.COLUMNS if c.model is SystemDelivery)


def let_go(house: House, workspace_id: str, policy: Policy) -> int:
    """Let go of a page of each kind whose time is over; return how many that were."""
    now = house.clock.now()
    with house.engine.transaction():
        place = LetGo.objects.filter(workspace_id=workspace_id).first()
        place = place or LetGo(workspace_id=workspace_id)
        told = {
            "conversations": _conversations(house, place, _cutoff(now, policy.keep_conversations)),
            "promotions": _promotions(house, place, _cutoff(now, policy.keep_promotions)),
            "payloads": _payloads(house, place, _cutoff(now, policy.keep_payloads)),
        }
        place.save()
        done = sum(told.values())
        if done:
            ledger = Ledger(house, now)
            subject = f"workspace:{workspace_id}"
            ledger.audit(workspace_id, "system", "retention_applied", subject, **told)
            ledger.flush()
    return done


def _cutoff(now: datetime, kept_for: timedelta) -> datetime | None:
    """Return the moment before which it goes; None where it is kept for good."""
    return now - kept_for if kept_for else None


def _held(workspace_id: str) -> list[str]:
    held = LegalHold.objects.filter(workspace_id=workspace_id, lifted_at=None)
    return list(held.values_list("contact_id", flat=True))


def _conversations(house: House, place: LetGo, before: datetime | None) -> int:
    if before is None:
        return 0
    old = Conversation.objects.filter(
        workspace_id=place.workspace_id, status="resolved", last_message_at__lt=before
    ).exclude(contact_id__in=_held(place.workspace_id))
    if place.words_before is not None:
        old = old.filter(last_message_at__gte=place.words_before)
    page = list(old.order_by("last_message_at").values_list("id", "last_message_at")[:PAGE])
    theirs = belongings.of_conversations(place.workspace_id, [one for one, _ in page])
    clearing.clear(house, theirs, only=OF_CONVERSATIONS, keeps_lanes=True)
    place.words_before = _reached([at for _, at in page], before)
    return len(page)


def _promotions(house: House, place: LetGo, before: datetime | None) -> int:
    if before is None:
        return 0
    old = Message.objects.filter(
        workspace_id=place.workspace_id, purpose="promotional", created_at__lt=before
    ).exclude(contact_id__in=_held(place.workspace_id))
    if place.promotions_before is not None:
        old = old.filter(created_at__gte=place.promotions_before)
    page = list(old.order_by("created_at").values_list("id", "created_at", "body_sealed")[:PAGE])
    _empty(house, _WORDS, [(one, bytes(kept)) for one, _, kept in page], "")
    WordMark.objects.filter(message_id__in=[one for one, _, _ in page]).delete()
    place.promotions_before = _reached([at for _, at, _ in page], before)
    return len(page)


def _payloads(house: House, place: LetGo, before: datetime | None) -> int:
    """Let go of what systems delivered; whose it is nobody knows, so any hold keeps it all."""
    if before is None or _held(place.workspace_id):
        return 0
    old = SystemDelivery.objects.filter(workspace_id=place.workspace_id, received_at__lt=before)
    if place.payloads_before is not None:
        old = old.filter(received_at__gte=place.payloads_before)
    page = list(old.order_by("received_at").values_list("id", "received_at", "body_sealed")[:PAGE])
    _empty(house, _PAYLOAD, [(one, bytes(kept)) for one, _, kept in page], "{}")
    place.payloads_before = _reached([at for _, at, _ in page], before)
    return len(page)


def _reached(moments: Sequence[datetime], before: datetime) -> datetime:
    """Return how far a page came: to its last row's moment, or to the end if it was not full."""
    return moments[-1] if len(moments) == PAGE else before


def _empty(house: House, one: SealedColumn, rows: Sequence[tuple[str, bytes]], words: str) -> None:
    changes = []
    for key, kept in rows:
        place = one.place.format(id=key)
        value = sealed.SealedValue(key=key, place=place, sealed=kept)
        changes.append((value, house.keyset.seal(words, place)))
    sealed.replace(one, changes)
