"""Words found in sealed transcripts: each is marked by a keyed hash, and no message is opened.

Messages are marked in the background, some at a time, never while they are decided. The marks
tell whoever copies the database which messages share words, and not which words those are.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from baton.core import text
from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.crypto import Keyset
from baton.store.models import Contact, Conversation, Message, User, WordMark, WordsPlace, Workspace

MOST_FOUND = 50
MOST_WORDS = 6
PAGE = 200
_SHORTEST = 3
_MOST_MARKS = 100
"""Of one message: a longer one is found by its first words."""
_EVERY = timedelta(seconds=5)
_WORD = re.compile(r"\w{3,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A conversation in which all words stand in one message."""

    conversation_id: str
    who: str
    channel: str
    at: datetime


def search(house: House, user: User, words: str) -> tuple[Found, ...]:
    """Return conversations in which a message holds all these words, the newest first.

    Conversations of guarded queues are left out: their words are for nobody; so are what is
    closed to the person: queues of trained staff, and other locations. That somebody searched
    is noted, not for what. Raises Forbidden, or InvalidInput without a word.
    """
    inbox.require(user, Action.READ_TRANSCRIPT)
    marks = _marks_of(house.keyset, user.workspace_id, words)[:MOST_WORDS]
    if not marks:
        raise InvalidInput({"words": f"Write a word of at least {_SHORTEST} letters."})
    first, *others = (
        WordMark.objects.filter(workspace_id=user.workspace_id, mark=mark) for mark in marks
    )
    for other in others:
        first = first.filter(message_id__in=other.values("message_id"))
    policy = standards_cache(house).setting_of(user.workspace_id).policy
    queues = [one.strip() for one in policy.guarded_queues.split(",") if one.strip()]
    found = Conversation.objects.filter(id__in=first.values("conversation_id"))
    if closed := sight.closed_to(user, policy.closed_queues):
        found = found.filter(~Q(queue__in=closed) | Q(assignee_id=user.id))
    if user.locations:
        mine = Contact.objects.filter(location_id__in=["", *user.locations])
        found = found.filter(Q(contact_id__in=mine.values("id")) | Q(assignee_id=user.id))
    rows = list(found.exclude(queue__in=queues).order_by("-last_message_at")[:MOST_FOUND])
    names = dict(
        Contact.objects.filter(id__in={row.contact_id for row in rows}).values_list(
            "id", "name_sealed"
        )
    )
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        subject = f"workspace:{user.workspace_id}"
        told = {"words": len(marks), "found": len(rows)}
        ledger.audit(user.workspace_id, f"user:{user.id}", "words_searched", subject, **told)
        ledger.flush()
    return tuple(
        Found(
            conversation_id=row.id,
            who=inbox.name_of(house, row.contact_id, bytes(names.get(row.contact_id, b""))),
            channel=row.channel,
            at=row.last_message_at,
        )
        for row in rows
    )


@dataclass(slots=True, kw_only=True)
class WordMarker:
    """Marks the words of new messages, a page of each workspace at a time."""

    house: House
    _looked_at: datetime | None = None

    def run_once(self) -> int:
        """Mark what came since the last look; return how many messages that were."""
        now = self.house.clock.now()
        if self._looked_at is not None and now - self._looked_at < _EVERY:
            return 0
        workspaces = list(Workspace.objects.values_list("id", flat=True))
        done = [mark_page(self.house, one) for one in workspaces]
        # As long as a page is full, the next is looked at without a wait.
        self._looked_at = None if PAGE in done else now
        return sum(done)


def mark_page(house: House, workspace_id: str) -> int:
    """Mark the words of a page of messages; return how many there were."""
    with house.engine.transaction():
        place, _ = WordsPlace.objects.select_for_update().get_or_create(workspace_id=workspace_id)
        page = Message.objects.filter(workspace_id=workspace_id, id__gt=place.reached)
        rows = list(page.order_by("id").values_list("id", "conversation_id", "body_sealed")[:PAGE])
        if not rows:
            return 0
        WordMark.objects.bulk_create(
            WordMark(
                workspace_id=workspace_id,
                conversation_id=conversation_id,
                message_id=message_id,
                mark=mark,
            )
            for message_id, conversation_id, sealed in rows
            for mark in _marks_of(
                house.keyset,
                workspace_id,
                house.keyset.unseal(bytes(sealed), f"message:{message_id}"),
            )
        )
        place.reached = rows[-1][0]
        place.save()
    return len(rows)


def _marks_of(keyset: Keyset, workspace_id: str, words: str) -> list[str]:
    kind = f"word:{workspace_id}"
    return [keyset.fingerprint(kind, word)[:16] for word in dict.fromkeys(_words(words))][
        :_MOST_MARKS
    ]


def _words(words: str) -> Iterator[str]:
    """Yield words without their accents, since who searches may not write them."""
    apart = unicodedata.normalize("NFKD", text.bare(words))
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return (found[0] for found in _WORD.finditer(plain))
