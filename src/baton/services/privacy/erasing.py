"""Erasing a person: asked for, taken back while there is time, carried out, and certified.

What goes and what stays without them is `store.personal`'s list. The certificate names nobody:
it counts, and holds an id that leads nowhere any more. The audit trail stays whole; it held
tokens, and the vault does not know what they stood for any longer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import kept_stops
from baton.services.privacy import belongings, clearing, holding
from baton.services.privacy.manifest import Line, Manifest
from baton.services.workspace.standards import standards_cache
from baton.store import sealed
from baton.store.models import (
    Assignment,
    Contact,
    Conversation,
    Erasure,
    Handoff,
    Invitation,
    Message,
    Run,
    SlaClock,
    SystemDelivery,
    Task,
    User,
)
from baton.store.personal import GONE, Of, Theirs

MAX_REASON = 200
CLOSED_AS = "no_action"
_PAGE = 200
_BROUGHT_BACK = "erased before; a backup had brought them back"
_DIGITS_TOLD_APART = 9  # of a number, however it is written: its country's code may be left out
_DELIVERED = next(one for one in sealed.COLUMNS if one.model is SystemDelivery)


def ask(house: House, user: User, contact_id: str, reason: str) -> Erasure:
    """Have a contact erased once the time to take it back has passed; raises InvalidInput."""
    inbox.require(user, Action.PROTECT)
    whole = belongings.parts_of(user.workspace_id, contact_id)[0]
    guarding.refuse_elsewhere(user, whole)
    reason = belongings.masked(reason)[:MAX_REASON]
    if not reason:
        raise InvalidInput({"reason": "Say why: the day and the way in which they asked, say."})
    with house.engine.transaction():
        refuse_unless_free(whole)
        if find_asked(whole) is not None:
            message = "It has been asked for already."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        policy = standards_cache(house).setting_of(user.workspace_id).policy
        row = _wish(ledger, user.workspace_id, whole, reason, actor=f"user:{user.id}")
        row.due_at = ledger.now + policy.erase_after
        row.save()
        _note(ledger, row, f"user:{user.id}", "erasure_asked")
        ledger.flush()
    return row


def take_back(house: House, user: User, contact_id: str) -> None:
    """Keep a contact who was to be erased; raises Conflict when it is too late."""
    inbox.require(user, Action.PROTECT)
    whole = belongings.parts_of(user.workspace_id, contact_id)[0]
    guarding.refuse_elsewhere(user, whole)
    with house.engine.transaction():
        row = find_asked(whole)
        if row is None:
            message = "Nothing of them is to be erased, or it is done already."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        Erasure.objects.filter(id=row.id).update(
            taken_back_at=ledger.now, taken_back_by=f"user:{user.id}"
        )
        _note(ledger, row, f"user:{user.id}", "erasure_taken_back")
        ledger.flush()


def erase_now(
    house: House, manifest: Manifest, workspace_id: str, contact_id: str, reason: str
) -> Erasure:
    """Erase a contact at once, as the operator; raises NotFound, or Conflict under a hold."""
    whole = belongings.parts_of(workspace_id, contact_id)[0]
    refuse_unless_free(whole)
    return carry_out(house, manifest, _wished(house, workspace_id, whole, reason))


def carry_out(house: House, manifest: Manifest, row: Erasure) -> Erasure:
    """Erase whom a wish names, whoever they were found to be meanwhile; return the certificate."""
    workspace_id = row.workspace_id
    # Noted first: what a restored backup brings back is erased once more.
    manifest.add(Line(workspace_id, tuple(belongings.parts_of(workspace_id, row.contact_id))))
    with house.engine.transaction():
        theirs = belongings.of_contact(house, workspace_id, row.contact_id)
        for lane in sorted(theirs.of(Of.LANE)):
            house.engine.lock_lane(workspace_id, lane)
        # Once more: what came until the lanes were held is theirs as well.
        theirs = belongings.of_contact(house, workspace_id, row.contact_id)
        ledger = Ledger(house, house.clock.now())
        _close(ledger, theirs)
        kept_stops.keep(ledger, workspace_id, theirs.of(Of.CONTACT))
        told = {"payloads of systems": _blank_payloads(house, theirs)}
        told |= clearing.clear(house, theirs)
        row.done_at, row.told = ledger.now, {name: n for name, n in told.items() if n}
        row.save()
        _note(ledger, row, "system", "contact_erased", **row.told)
        ledger.ring(f"workspace:{workspace_id}", *(f"lane:{one}" for one in theirs.of(Of.LANE)))
        ledger.flush()
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Whom a backup had brought back: how many were erased again, and how many a hold keeps."""

    erased: int = 0
    held: int = 0


def erase_again(house: House, manifest: Manifest) -> Again:
    """Erase whom a restored backup brought back; a hold that came back with them is kept.

    Who is held is erased when the hold is lifted: the wish is noted now, and waits for that.
    """
    erased = held = 0
    for line in manifest.lines():
        back = Contact.objects.filter(id__in=line.contacts, workspace_id=line.workspace_id)
        for contact in back.exclude(lane__startswith=GONE):
            whole = belongings.parts_of(line.workspace_id, contact.id)[0]
            row = _wished(house, line.workspace_id, whole, _BROUGHT_BACK)
            if holding.find(whole) is not None:
                held += 1
                continue
            carry_out(house, manifest, row)
            erased += 1
    return Again(erased=erased, held=held)


def list_due(now: datetime) -> list[Erasure]:
    """Return the wishes whose time to be taken back has passed."""
    waiting = Erasure.objects.filter(done_at=None, taken_back_at=None, due_at__lte=now)
    return list(waiting.order_by("due_at")[:_PAGE])


def find_asked(contact_id: str) -> Erasure | None:
    """Return the wish to erase a contact that is not carried out yet."""
    return Erasure.objects.filter(contact_id=contact_id, done_at=None, taken_back_at=None).first()


def find_certificate(contact_id: str) -> Erasure | None:
    """Return the certificate of a contact who was erased."""
    done = Erasure.objects.filter(contact_id=contact_id).exclude(done_at=None)
    return done.order_by("-done_at").first()


def refuse_unless_free(contact_id: str) -> None:
    """Raise Conflict for a contact whose data must stay."""
    held = holding.find(contact_id)
    if held is not None:
        message = f"A legal hold keeps what is known of them: {held.reason} Lift it first."
        raise Conflict(message)


def _wished(house: House, workspace_id: str, whole: str, reason: str) -> Erasure:
    """Return the operator's wish to erase a contact, which is due at once."""
    with house.engine.transaction():
        row = find_asked(whole)
        if row is None:
            ledger = Ledger(house, house.clock.now())
            told = belongings.masked(reason)[:MAX_REASON]
            row = _wish(ledger, workspace_id, whole, told, actor="system")
            row.save()
            _note(ledger, row, "system", "erasure_asked")
            ledger.flush()
    return row


def _wish(
    ledger: Ledger, workspace_id: str, contact_id: str, reason: str, *, actor: str
) -> Erasure:
    return Erasure(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        contact_id=contact_id,
        reason=reason,
        asked_at=ledger.now,
        asked_by=actor,
        due_at=ledger.now,
    )


def _close(ledger: Ledger, theirs: Theirs) -> None:
    """End whatever is under way with a person; nobody waits for it any more."""
    conversations = theirs.of(Of.CONVERSATION)
    now = ledger.now
    still = {"conversation_id__in": list(conversations)}
    SlaClock.objects.filter(**still, met_at=None, stopped_at=None).update(stopped_at=now)
    Assignment.objects.filter(**still, ended_at=None).update(ended_at=now, ended_by="resolved")
    Invitation.objects.filter(**still, state="open").update(state="void", ended_at=now)
    Handoff.objects.filter(**still, ended_at=None).update(
        state="resolved", ended_at=now, outcome=CLOSED_AS
    )
    Run.objects.filter(**still, status="waiting").update(status="stopped", awaits="", events="")
    Task.objects.filter(**still, done_at=None).update(done_at=now, outcome="erased")
    # What sends them goes with the person. One at its provider may still be told of.
    written = Message.objects.filter(**still)
    written.filter(delivery__in=["queued", "held"]).update(
        delivery="refused", delivery_reason="erased", held_until=None
    )
    written.filter(delivery="sending").update(delivery="unknown", delivery_reason="erased")
    open_ones = Conversation.objects.filter(id__in=list(conversations)).exclude(status="resolved")
    for conversation_id, workspace_id in open_ones.values_list("id", "workspace_id"):
        subject = f"conversation:{conversation_id}"
        ledger.audit(workspace_id, "system", "resolved", subject, code=CLOSED_AS)
    open_ones.update(
        status="resolved", handled_by="bot", assignee_id=None, resolved_at=now,
        resolved_by="agent", resolution_code=CLOSED_AS, run_id=None, snoozed_until=None,
        waiting_since=None, is_flagged=False, flags="",
    )  # fmt: skip


def _blank_payloads(house: House, theirs: Theirs) -> int:
    """Empty whatever other systems delivered that holds a person's number or mailbox."""
    wanted = [_bare(one) for one in belongings.handles_of(house, theirs)]
    wanted = [one for one in wanted if one]
    done = 0
    for value in _payloads() if wanted else ():
        plain = house.keyset.unseal(value.sealed, value.place).casefold()
        if any(one in plain or one in re.sub(r"\D", "", plain) for one in wanted):
            sealed.replace(_DELIVERED, [(value, house.keyset.seal("{}", value.place))])
            done += 1
    return done


def _payloads() -> Iterator[sealed.SealedValue]:
    after: object = None
    while page := sealed.page(_DELIVERED, after=after, limit=_PAGE):
        yield from page
        after = page[-1].key


def _bare(handle: str) -> str:
    """Return by what a handle is found in a text, however its number is written."""
    if "@" in handle:
        return handle.casefold()
    digits = re.sub(r"\D", "", handle)
    return digits[-_DIGITS_TOLD_APART:] if len(digits) >= _DIGITS_TOLD_APART else ""


def _note(ledger: Ledger, row: Erasure, actor: str, action: str, **told: int) -> None:
    subject = f"contact:{row.contact_id}"
    ledger.audit(row.workspace_id, actor, action, subject, certificate=row.id, **told)
