"""Digests: small news kept line by line, and said in one message at its time (C20)."""

from collections.abc import Sequence
from datetime import datetime

from baton.core.consent import Purpose
from baton.flows.effects import AddToDigest
from baton.services import arrivals
from baton.services.facts import DigestDue
from baton.services.ledger import Ledger
from baton.store.crypto import Keyset
from baton.store.queries import digests
from baton.store.queries.digests import Line
from baton.store.rows import ContactRow, DigestLineRow


def add(ledger: Ledger, contact: ContactRow, kept: AddToDigest) -> None:
    """Keep a line, and wake its digest when it is due.

    Each moment has a timer of its own: none is put off by a line that is due later, and a
    line that comes while the digest goes out is told next time.
    """
    keyset, row_id = ledger.house.keyset, ledger.next_id()
    ledger.add(
        DigestLineRow(
            id=row_id,
            workspace_id=contact.workspace_id,
            contact_id=contact.id,
            digest=kept.digest,
            opening_sealed=keyset.seal(kept.opening, f"digest.opening:{row_id}"),
            line_sealed=keyset.seal(kept.line, f"digest.line:{row_id}"),
            purpose=kept.purpose.value,
            due_at=kept.due_at,
        )
    )
    _wake(ledger, contact, kept.digest, kept.due_at)


def wake_again(ledger: Ledger, contact: ContactRow) -> None:
    """Wake the digests of all lines that a contact has been given back."""
    for digest, due_at in digests.list_due(contact.id):
        _wake(ledger, contact, digest, max(due_at, ledger.now))


def _wake(ledger: Ledger, contact: ContactRow, digest: str, due_at: datetime) -> None:
    ledger.set_timer(
        arrivals.timer_of(
            DigestDue(digest=digest),
            ledger.house.keyset,
            workspace_id=contact.workspace_id,
            lane=contact.lane,
            key=f"digest:{contact.id}:{digest}:{due_at.isoformat()}",
            due_at=due_at,
        )
    )


def take(ledger: Ledger, contact_id: str, digest: str) -> tuple[tuple[Purpose, str], ...]:
    """Return a digest's messages, and forget their lines.

    There is one for each purpose, so that a promotion to which nobody agreed keeps no news
    of an order from going.
    """
    by_purpose: dict[str, list[Line]] = {}
    for line in digests.take(contact_id, digest):
        by_purpose.setdefault(line.purpose, []).append(line)
    return tuple(
        (Purpose(name), _message_of(ledger.house.keyset, lines))
        for name, lines in by_purpose.items()
    )


def _message_of(keyset: Keyset, lines: Sequence[Line]) -> str:
    opening = keyset.unseal(lines[0].opening_sealed, f"digest.opening:{lines[0].id}")
    said = (keyset.unseal(line.line_sealed, f"digest.line:{line.id}") for line in lines)
    return "\n".join((opening, *dict.fromkeys(said)))
