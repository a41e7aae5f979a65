"""What was asked in a turn and what was answered, masked, as reviewers read it (P10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from baton.core import privacy
from baton.services.house import House
from baton.store.models import Message, Turn

_QUOTE = 400  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The turn that a review is about: the one before, when its answer did not help."""

    review_id: str
    turn: Turn


def words_of(house: House, subjects: Iterable[Subject]) -> dict[str, tuple[str, str]]:
    """Return what was asked and answered, masked: the messages of the turn's very moment."""
    subjects = list(subjects)
    spoken = Message.objects.filter(
        conversation_id__in={one.turn.conversation_id for one in subjects},
        created_at__in={one.turn.at for one in subjects},
        author__in=["contact", "bot"],
    ).order_by("id")
    said: dict[tuple[str, datetime, str], list[str]] = {}
    for message in spoken:
        key = (message.conversation_id, message.created_at, message.author)
        body = house.keyset.unseal(message.body_sealed, f"message:{message.id}")
        said.setdefault(key, []).append(
            privacy.mask(body, partial(house.keyset.token, message.workspace_id))
        )

    def quote(turn: Turn, author: str) -> str:
        return "\n".join(said.get((turn.conversation_id, turn.at, author), []))[:_QUOTE]

    return {one.review_id: (quote(one.turn, "contact"), quote(one.turn, "bot")) for one in subjects}
