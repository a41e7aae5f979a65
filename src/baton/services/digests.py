"""Digests: small news kept line by line, and said in one message at its time (C20)."""

from baton.flows.effects import AddToDigest
from baton.services import arrivals
from baton.services.arrivals import DigestDue
from baton.services.ledger import Ledger
from baton.store.queries import digests
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
            due_at=kept.due_at,
        )
    )
    ledger.set_timer(
        arrivals.timer_of(
            DigestDue(digest=kept.digest),
            keyset,
            workspace_id=contact.workspace_id,
            lane=contact.lane,
            key=f"digest:{contact.id}:{kept.digest}:{kept.due_at.isoformat()}",
            due_at=kept.due_at,
        )
    )


def take(ledger: Ledger, contact_id: str, digest: str) -> str:
    """Return a digest's message, its lines in order, and forget them; "" when there are none."""
    keyset = ledger.house.keyset
    ledger.flush()  # a line of this very batch goes out as well
    rows = digests.take(contact_id, digest)
    if not rows:
        return ""
    opening = keyset.unseal(rows[0][1], f"digest.opening:{rows[0][0]}")
    lines = (keyset.unseal(line, f"digest.line:{row_id}") for row_id, _opening, line in rows)
    return "\n".join((opening, *dict.fromkeys(lines)))
