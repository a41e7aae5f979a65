"""Double opt-in: a yes that others pass on counts once the contact confirms it (P17).

It is kept as pending, and asked about once. The contact confirms by answering YES to that
question, or on their own page; each leaves a word of its own, beside the one that waits.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from baton.core import consent
from baton.core import text as texts
from baton.core.consent import EVERY, Purpose, Word
from baton.core.policy import Policy
from baton.services.ledger import Ledger
from baton.services.people import consents
from baton.services.people.consents import Said
from baton.store.models import Consent
from baton.store.rows import ContactRow

BY_ANSWER = "confirmed: answered YES"
_YES = frozenset({"yes", "y", "si", "sí", "oui", "ja", "sim", "confirm", "i confirm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody passes on, in what counts at once and what the contact is to confirm."""

    certain: tuple[Said, ...]
    pending: tuple[Said, ...]


def weigh(policy: Policy, said: Said, words: Collection[Word] = ()) -> Told:
    """Return what of a word counts at once.

    `words` are those of the contact on its channel: nobody is asked to confirm what they have
    taken back since it was said. It is kept as what it is, an old word.
    """
    if not said.is_granted:
        return Told(certain=(said,), pending=())
    purposes = tuple(Purpose) if said.purpose == EVERY else (Purpose(said.purpose),)
    pending = tuple(
        replace(said, purpose=one.value)
        for one in purposes
        if consent.is_listed(policy.double_opt_in, said.channel, one)
        and not _is_taken_back(said.at, one, words)
    )
    if not pending:
        return Told(certain=(said,), pending=())
    waits = {one.purpose for one in pending}
    certain = [replace(said, purpose=one.value) for one in purposes if one.value not in waits]
    return Told(certain=tuple(certain), pending=pending)


def _is_taken_back(said_at: datetime, purpose: Purpose, words: Iterable[Word]) -> bool:
    return any(
        not word.is_granted and word.purpose in (purpose, EVERY) and word.at > said_at
        for word in words
    )


def note(
    ledger: Ledger, contact: ContactRow, pending: Iterable[Said], *, request_id: str | None
) -> None:
    """Keep words that wait to be confirmed, with the message that asks for it, if one could go."""
    for one in pending:
        consents.record(ledger, contact, [one], is_pending=True, request_id=request_id)
        ledger.audit(
            contact.workspace_id,
            "system",
            "consent_pending",
            f"contact:{contact.id}",
            channel=one.channel,
            purpose=one.purpose,
            source=one.source,
            asked=request_id is not None,
        )


def list_open(contact_id: str, policy: Policy, now: datetime) -> tuple[Consent, ...]:
    """Return the words that a contact may still confirm, the newest of each channel and purpose."""
    told = Consent.objects.filter(contact_id=contact_id).order_by("recorded_at", "id")
    newest = {(one.channel, one.purpose): one for one in told}
    ended = {one.channel: one.recorded_at for one in told if one.purpose == EVERY}
    return tuple(
        one
        for one in newest.values()
        if one.is_pending
        and now - one.recorded_at < policy.double_opt_in_lasts
        and ended.get(one.channel, one.recorded_at) <= one.recorded_at
    )


def is_yes(words: str) -> bool:
    """Return whether a whole message says yes."""
    return texts.bare(words).strip(" .!") in _YES


def confirm(
    ledger: Ledger, contact: ContactRow, waiting: Iterable[Consent], *, source: str
) -> ContactRow:
    """Record that the contact meant what they had said; return them."""
    for one in waiting:
        said = Said(
            channel=one.channel,
            purpose=one.purpose,
            is_granted=True,
            source=source,
            wording=one.wording,
            evidence=f"message:{one.request_id}" if one.request_id else one.evidence,
            at=ledger.now,
        )
        contact = consents.tell(ledger, contact, said, actor=f"contact:{contact.id}")
    return contact
