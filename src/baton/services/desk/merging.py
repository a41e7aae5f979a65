"""Two contacts found to be one person: merged by a person, never by guess (DI4).

What the one had becomes the other's, an opt-out of either holds for both, and what still
comes for the one's lane is sent on (`forwarding`).
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import pairs
from baton.services.desk.pairs import Moved, Pair
from baton.services.house import House
from baton.services.people import contacts
from baton.services.people.contacts import Marks, marks_of
from baton.store.models import Contact, Conversation, Merge, Run, User
from baton.store.rows import ContactRow

MAX_REASON = 200
_TAKEN = (
    "external_id",
    "membership",
    "timezone",
    "timezone_from",
    "language",
    "language_from",
    "preferred_channel",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Somebody who was found to be a contact, by whom and why."""

    merge_id: str
    who: str
    at: datetime
    by: str
    reason: str


def merge(house: House, user: User, contact_id: str, other_id: str, reason: str) -> str:
    """Make the other a part of the contact; return the merge's id.

    Raises NotFound, Forbidden, InvalidInput without a reason, and Conflict for one who is
    part of somebody already.
    """
    inbox.require(user, Action.ANSWER)
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise InvalidInput({"reason": f"Say how you know, in {MAX_REASON} characters at most."})
    if contact_id == other_id:
        raise InvalidInput({"other": "This is the contact themselves."})
    with pairs.held(house, user, contact_id, other_id) as pair:
        ledger, kept, other = pair.ledger, pair.kept, pair.other
        if kept.merged_into_id or other.merged_into_id:
            message = "One of the two is part of another contact by now. Look again."
            raise Conflict(message)
        moved = _move_all(pair)
        record = Merge.objects.create(
            id=ledger.next_id(),
            workspace_id=kept.workspace_id,
            contact_id=kept.id,
            other_id=other.id,
            actor=f"user:{user.id}",
            reason=reason,
            at=ledger.now,
            moved=msgspec.to_builtins(moved),
            opted_out=kept.opted_out,
        )
        ledger.keep(_as_one(pair))
        ledger.keep(replace(other, merged_into_id=kept.id, is_joined=True))
        pairs.note(pair, user, "merged", merge=record.id, reason=reason)
    return record.id


def list_parts(house: House, contact_id: str) -> tuple[Part, ...]:
    """Return who is part of a contact now, in the order in which they became it."""
    found = list(Merge.objects.filter(contact_id=contact_id, undone_at=None).order_by("id"))
    names = dict(
        Contact.objects.filter(id__in=[one.other_id for one in found]).values_list(
            "id", "name_sealed"
        )
    )
    people = dict(
        User.objects.filter(id__in=[one.actor.partition(":")[2] for one in found]).values_list(
            "id", "name"
        )
    )
    return tuple(
        Part(
            merge_id=one.id,
            who=inbox.name_of(house, one.other_id, bytes(names[one.other_id])),
            at=one.at,
            by=people.get(one.actor.partition(":")[2], ""),
            reason=one.reason,
        )
        for one in found
    )


def _move_all(pair: Pair) -> Moved:
    kept, other = pair.kept, pair.other
    conversations = pairs.ids_of(Conversation.objects.filter(contact_id=other.id))
    waiting = Run.objects.filter(contact_id=other.id)
    moved = Moved(
        ids={
            name: pairs.ids_of(rows.filter(contact_id=other.id))
            for name, rows in pairs.BY_NAME.items()
        },
        runs=dict(waiting.values_list("id", "conversation_id")),
        taken=tuple(name for name in _TAKEN if getattr(other, name) and not getattr(kept, name))
        + (("name",) if other.name_sealed and not kept.name_sealed else ()),
        marks=kept.marks,
    )
    for rows in (*pairs.BY_NAME.values(), Run.objects):
        rows.filter(contact_id=other.id).update(contact_id=kept.id)
    pairs.follow(conversations, kept)
    return moved


def _as_one(pair: Pair) -> ContactRow:
    """Return who stays, with what the other had and they had not."""
    kept, other = pair.kept, pair.other
    ones, others = marks_of(kept), marks_of(other)
    marks = Marks(
        tags=tuple(dict.fromkeys((*ones.tags, *others.tags))),
        scores={**others.scores, **ones.scores},
        offers={**others.offers, **ones.offers},
        asked=tuple(sorted({*ones.asked, *others.asked})),
    )
    one = replace(
        kept,
        external_id=kept.external_id or other.external_id,
        membership=kept.membership or other.membership,
        timezone=kept.timezone or other.timezone,
        timezone_from=kept.timezone_from if kept.timezone else other.timezone_from,
        language=kept.language or other.language,
        language_from=kept.language_from if kept.language else other.language_from,
        preferred_channel=kept.preferred_channel or other.preferred_channel,
        is_identified=kept.is_identified or other.is_identified,
        opted_out=_channels(kept.opted_out, other.opted_out),
        conversation_id=pairs.newest_of(kept.id),
        marks=msgspec.json.encode(marks).decode(),
        is_joined=True,
    )
    return contacts.named(pair.ledger, one, contacts.facts_of(pair.ledger, other, "").name)


def _channels(*joined: str) -> str:
    return ",".join(sorted({one for text in joined for one in text.split(",") if one}))
