"""A contact who is a person of their own after all: a merge undone.

Each has again what was theirs, and what was said since at their own addresses; what was
forbidden in between stays forbidden to both.
"""

from collections.abc import Collection, Sequence

import msgspec
from django.db.models import Q
from msgspec.structs import replace

from baton.core.consent import EVERY
from baton.core.errors import Conflict, NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.conversation import digests
from baton.services.desk import pairs
from baton.services.desk.pairs import Moved, Pair
from baton.services.house import House
from baton.services.people import contacts
from baton.services.people.contacts import Marks, marks_of
from baton.store.models import (
    Address,
    Consent,
    Contact,
    Conversation,
    Merge,
    Run,
    Suppression,
    User,
)
from baton.store.rows import ConsentRow, ContactRow


def unmerge(house: House, user: User, merge_id: str) -> None:
    """Part two contacts who were merged; raises NotFound, Forbidden, or Conflict if they are."""
    inbox.require(user, Action.ANSWER)
    record = Merge.objects.filter(id=merge_id, workspace_id=user.workspace_id).first()
    if record is None:
        raise NotFound("merge", merge_id)
    above = _above(record)
    with pairs.held(house, user, above[-1], record.other_id) as pair:
        # Asked again, now that nobody else can part or merge them.
        record.refresh_from_db()
        if record.undone_at is not None or _above(record) != above:
            message = "These two were parted or merged again meanwhile. Look again."
            raise Conflict(message)
        moved = msgspec.convert(record.moved, Moved)
        lanes = _give_back(pair, record, moved)
        _forget_above(above, record, moved)
        _part(pair, record, moved, lanes)
        record.undone_at, record.undone_by = pair.ledger.now, f"user:{user.id}"
        record.save(update_fields=["undone_at", "undone_by"])
        pairs.note(pair, user, "unmerged", merge=record.id)


def _above(record: Merge) -> tuple[str, ...]:
    """Return who a merge made the other part of, and who that one is part of, up to the top."""
    found = [record.contact_id]
    parent: str | None = record.contact_id
    while parent:
        into = Contact.objects.filter(id=parent, workspace_id=record.workspace_id)
        parent = into.values_list("merged_into_id", flat=True).first()
        found += [parent] if parent else []
    return tuple(found)


def _give_back(pair: Pair, record: Merge, moved: Moved) -> frozenset[str]:
    """Let the other have again what was theirs; return the lanes of their addresses."""
    kept, other = pair.kept, pair.other
    for name, rows in pairs.BY_NAME.items():
        rows.filter(id__in=moved.ids[name], contact_id=kept.id).update(contact_id=other.id)
    lanes = frozenset(Address.objects.filter(contact_id=other.id).values_list("lane", flat=True))
    # What was said since at an address of theirs was said to them.
    since = Conversation.objects.filter(contact_id=kept.id, address_lane__in=lanes)
    since.update(contact_id=other.id)
    theirs = pairs.ids_of(Conversation.objects.filter(contact_id=other.id))
    pairs.follow(theirs, other)
    _give_back_runs(pair, record, moved, theirs)
    _give_back_words(pair, record)
    digests.wake_again(pair.ledger, other)
    return lanes


def _give_back_runs(pair: Pair, record: Merge, moved: Moved, theirs: Collection[str]) -> None:
    kept, other = pair.kept, pair.other
    began_since = Q(conversation_id__in=theirs, started_at__gte=record.at)
    of_kept = Run.objects.filter(contact_id=kept.id)
    of_kept.filter(Q(id__in=list(moved.runs)) | began_since).update(contact_id=other.id)
    # Each run speaks where its own contact is: in the conversation that it had, or the newest.
    for run in Run.objects.filter(contact_id=other.id).exclude(conversation_id__in=theirs):
        run.conversation_id = moved.runs[run.id]
        run.save(update_fields=["conversation_id"])
    newest = pairs.newest_of(kept.id)
    if newest is not None:
        of_kept.filter(conversation_id__in=theirs).update(conversation_id=newest)


def _give_back_words(pair: Pair, record: Merge) -> None:
    """Share what was permitted and forbidden since: a no holds for both, a yes where it was said.

    What was said in the very moment of the merge counts as said since: rather a no too many.
    A consent names a channel and no address. Where both are on it, it is not known which
    of the two said it.
    """
    kept, other = pair.kept, pair.other
    of_kept, of_other = _reach(kept.id), _reach(other.id)
    since = Consent.objects.filter(contact_id=kept.id, recorded_at__gte=record.at)
    since.filter(channel__in=of_other - of_kept).update(contact_id=other.id)
    for one in since.filter(channel__in=of_kept & of_other, is_granted=False).order_by("id"):
        pair.ledger.add(
            ConsentRow(
                id=pair.ledger.next_id(),
                workspace_id=one.workspace_id,
                contact_id=other.id,
                channel=one.channel,
                purpose=one.purpose,
                is_granted=False,
                source=one.source,
                wording=one.wording,
                evidence=one.evidence,
                at=one.at,
                recorded_at=pair.ledger.now,
            )
        )
    barred = Suppression.objects.filter(contact_id=kept.id, at__gte=record.at, lifted_at=None)
    barred.filter(channel__in=of_other - of_kept).update(contact_id=other.id)
    for bar in barred.filter(channel__in=of_kept & of_other):
        bar.id, bar.contact_id = pair.ledger.next_id(), other.id
        bar.save(force_insert=True)


def _part(pair: Pair, record: Merge, moved: Moved, lanes: Collection[str]) -> None:
    """Write both as they are by themselves."""
    ledger, kept, other = pair.ledger, pair.kept, pair.other
    said_since = Consent.objects.filter(
        contact_id__in=[kept.id, other.id],
        purpose=EVERY,
        is_granted=False,
        recorded_at__gte=record.at,
    ).exclude(id__in=moved.ids["consents"])
    closed_since = set(said_since.values_list("channel", flat=True))
    closed_later = set(said_since.exclude(recorded_at=record.at).values_list("channel", flat=True))
    closed = set(filter(None, kept.opted_out.split(",")))
    own = set(filter(None, record.opted_out.split(",")))
    # A START since may be the other's where both are on a channel: a STOP from before it, or
    # one that either said since, is back.
    shared = _reach(kept.id) & _reach(other.id)
    reopened = shared & (closed_later | (closed_since - own))
    # Where others were merged in between, whose no it was is not told: it stays.
    stays = closed | reopened
    if kept.id == record.contact_id:
        stays = (closed & (own | closed_since)) | (own & shared) | reopened
    ledger.keep(
        replace(
            _without_taken(pair, moved) if kept.id == record.contact_id else kept,
            opted_out=",".join(sorted(stays)),
            conversation_id=pairs.newest_of(kept.id),
        )
    )
    closed_here = set(filter(None, other.opted_out.split(",")))
    ledger.keep(
        replace(
            other,
            merged_into_id=None,
            opted_out=",".join(sorted(closed_here | (closed & closed_since) | reopened)),
            conversation_id=pairs.newest_of(other.id),
        )
    )
    for lane in lanes:
        ledger.ring(f"lane:{lane}")


def _without_taken(pair: Pair, moved: Moved) -> ContactRow:
    """Return who stays without what they had from the other, as far as it is still that."""
    kept, other = pair.kept, pair.other
    for name in moved.taken:
        if name == "name":
            ones, others = (contacts.facts_of(pair.ledger, c, "").name for c in (kept, other))
            if ones == others:
                kept = replace(kept, name_sealed=b"")
        elif getattr(kept, name) == getattr(other, name):
            kept = replace(kept, **{name: ""})
    before, theirs, marks = (
        msgspec.json.decode(moved.marks, type=Marks), marks_of(other), marks_of(kept),
    )  # fmt: skip
    lent = Marks(
        tags=tuple(set(theirs.tags) - set(before.tags)),
        scores={n: v for n, v in theirs.scores.items() if n not in before.scores},
        offers={n: v for n, v in theirs.offers.items() if n not in before.offers},
        asked=tuple(set(theirs.asked) - set(before.asked)),
    )
    marks = Marks(
        tags=tuple(tag for tag in marks.tags if tag not in lent.tags),
        scores={n: v for n, v in marks.scores.items() if lent.scores.get(n) != v},
        offers={n: v for n, v in marks.offers.items() if lent.offers.get(n) != v},
        asked=tuple(at for at in marks.asked if at not in lent.asked),
    )
    return replace(
        kept,
        is_identified=bool(kept.external_id),
        marks=msgspec.json.encode(marks).decode(),
    )


def _forget_above(above: Sequence[str], record: Merge, moved: Moved) -> None:
    """Let no later merge give away what has gone back to whose it was."""
    gone = {one for ids in moved.ids.values() for one in ids}
    for parent in above[:-1]:
        later = Merge.objects.filter(other_id=parent, undone_at=None).exclude(id=record.id)
        for one in later:
            known = msgspec.convert(one.moved, Moved)
            ids = {name: [i for i in of if i not in gone] for name, of in known.ids.items()}
            runs = {run: at for run, at in known.runs.items() if run not in moved.runs}
            one.moved = msgspec.to_builtins(msgspec.structs.replace(known, ids=ids, runs=runs))
            one.save(update_fields=["moved"])


def _reach(contact_id: str) -> set[str]:
    return set(Address.objects.filter(contact_id=contact_id).values_list("channel", flat=True))
