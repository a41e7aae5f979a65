"""Consent on record: who permitted what, where, when, and by what proof (P1, P2, P15).

A contact gives and takes permissions by their words, and other systems pass on what was
said elsewhere: a joining form, a front desk. Nothing is ever changed here, only added; the
words that stand are found by `core.consent`. Nobody but the contact takes STOP back: a
permission that comes by another way is kept, and counts once they have written START.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from baton.core import privacy
from baton.core.consent import EVERY, Purpose
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.text import clean
from baton.services.facts import EventReported
from baton.services.ledger import Ledger
from baton.services.people import vaulting
from baton.store.rows import ConsentRow, ContactRow

GIVEN, WITHDRAWN = "consent_given", "consent_withdrawn"
"""The events by which another system passes a permission on, or its end."""

# Who writes START asks for messages again; promotions want a yes of their own.
_BY_START = (Purpose.SERVICE.value, Purpose.TRANSACTIONAL.value)
LONGEST = {"source": 60, "wording": 400, "evidence": 120, "channel": 20}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A permission given or withdrawn, with its provenance; `at` is when it was said."""

    channel: str
    purpose: str
    is_granted: bool
    source: str
    at: datetime
    wording: str = ""
    evidence: str = ""


def record(
    ledger: Ledger,
    contact: ContactRow,
    said: Iterable[Said],
    *,
    is_pending: bool = False,
    request_id: str | None = None,
) -> None:
    """Keep what a contact permitted or forbade; what is pending counts for nothing yet.

    What identifies somebody in the proof stands there as its token; the vault knows it.
    """
    tokenise = vaulting.tokeniser(ledger, contact.workspace_id)
    for one in said:
        ledger.add(
            ConsentRow(
                id=ledger.next_id(),
                workspace_id=contact.workspace_id,
                contact_id=contact.id,
                channel=one.channel,
                purpose=one.purpose,
                is_granted=one.is_granted,
                is_pending=is_pending,
                request_id=request_id,
                source=privacy.mask(one.source, tokenise)[: LONGEST["source"]],
                wording=privacy.mask(one.wording, tokenise)[: LONGEST["wording"]],
                evidence=one.evidence
                if privacy.is_reference(one.evidence)
                else privacy.mask(one.evidence, tokenise)[: LONGEST["evidence"]],
                at=one.at,
                recorded_at=ledger.now,
            )
        )


def note_first_words(ledger: Ledger, contact: ContactRow, channel: str) -> None:
    """Record that who writes first may be answered there, with the evidence (P1)."""
    said = Said(
        channel=channel,
        purpose=Purpose.SERVICE.value,
        is_granted=True,
        source="the contact wrote first",
        at=ledger.now,
    )
    record(ledger, contact, [said])


def change(
    ledger: Ledger, contact: ContactRow, channel: str, *, is_granted: bool, source: str = ""
) -> ContactRow:
    """Record STOP or START: for that channel, all purposes (C24); return the contact.

    `source` says how it became known, where nobody wrote the word here.
    """
    source = source or ("START" if is_granted else "STOP")
    record(
        ledger,
        contact,
        [
            Said(channel=channel, purpose=one, is_granted=is_granted, source=source, at=ledger.now)
            for one in (_BY_START if is_granted else (EVERY,))
        ],
    )
    return _marked(ledger, contact, channel, f"contact:{contact.id}", is_granted=is_granted)


def read(told: EventReported, now: datetime) -> Said:
    """Read a permission, or its end, that another system passes on; raises InvalidInput."""
    return said_of(told.facts, is_granted=told.event == GIVEN, channel=told.channel, now=now)


def tell(ledger: Ledger, contact: ContactRow, said: Said, *, actor: str) -> ContactRow:
    """Record what somebody says of a contact's permission; return the contact."""
    record(ledger, contact, [said])
    if said.purpose == EVERY and not said.is_granted:
        return _marked(ledger, contact, said.channel, actor, is_granted=False)
    ledger.audit(
        contact.workspace_id,
        actor,
        GIVEN if said.is_granted else WITHDRAWN,
        f"contact:{contact.id}",
        channel=said.channel,
        purpose=said.purpose,
        source=said.source,
    )
    return contact


def said_of(facts: Mapping[str, Json], *, is_granted: bool, channel: str, now: datetime) -> Said:
    """Read a permission as a form or a file tells of it; raises InvalidInput.

    A permission needs its source: one that nobody can prove is worth nothing.
    """
    texts = {name: clean(str(facts.get(name) or "")) for name in LONGEST}
    purpose = str(facts.get("purpose") or "")
    problems = {
        name: f"has more than {most} characters"
        for name, most in LONGEST.items()
        if len(texts[name]) > most
    }
    if purpose not in (*Purpose, EVERY):
        problems["purpose"] = f"choose one of {', '.join((*Purpose, EVERY))}"
    if is_granted and not texts["source"]:
        problems["source"] = "say where they agreed to it"
    at = _moment(facts.get("at"), now)
    if at is None:
        problems["at"] = "write the moment with its offset, as in 2026-03-02T10:00:00+00:00"
    if problems or at is None:
        raise InvalidInput(problems)
    return Said(
        channel=texts["channel"] or channel,
        purpose=purpose,
        is_granted=is_granted,
        source=texts["source"] or "told by another system",
        wording=texts["wording"],
        evidence=texts["evidence"],
        at=at,
    )


def _moment(raw: Json, now: datetime) -> datetime | None:
    """Return when something was said: now when nothing tells, and never later than now."""
    if not raw:
        return now
    try:
        at = datetime.fromisoformat(str(raw))
        # A moment at the edge of the calendar is none in UTC, in which it is kept.
        return min(at.astimezone(UTC), now) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _marked(
    ledger: Ledger, contact: ContactRow, channel: str, actor: str, *, is_granted: bool
) -> ContactRow:
    channels = set(filter(None, contact.opted_out.split(",")))
    changed = channels - {channel} if is_granted else channels | {channel}
    ledger.audit(
        contact.workspace_id,
        actor,
        "opted_in" if is_granted else "opted_out",
        f"contact:{contact.id}",
        channel=channel,
    )
    return replace(contact, opted_out=",".join(sorted(changed)))
