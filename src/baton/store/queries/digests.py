"""The lines that wait for a contact's next digest."""

from dataclasses import dataclass
from datetime import datetime

from baton.store.models import DigestLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a digest, sealed, with the opening that its flow gave."""

    id: str
    opening_sealed: bytes
    line_sealed: bytes
    purpose: str


def take(contact_id: str, digest: str) -> tuple[Line, ...]:
    """Return a digest's lines, oldest first, and forget them."""
    rows = DigestLine.objects.filter(contact_id=contact_id, digest=digest).order_by("id")
    found = tuple(
        Line(
            id=row.id,
            opening_sealed=bytes(row.opening_sealed),
            line_sealed=bytes(row.line_sealed),
            purpose=row.purpose,
        )
        for row in rows
    )
    rows.delete()
    return found


def list_due(contact_id: str) -> tuple[tuple[str, datetime], ...]:
    """Return each digest for which lines wait, and each moment at which it is due."""
    rows = DigestLine.objects.filter(contact_id=contact_id).order_by("digest", "due_at")
    return tuple(rows.values_list("digest", "due_at").distinct())
