"""The lines that wait for a contact's next digest."""

from baton.store.models import DigestLine


def take(contact_id: str, digest: str) -> tuple[tuple[str, bytes, bytes], ...]:
    """Return a digest's lines, oldest first, as (id, sealed opening, sealed line); forget them."""
    rows = DigestLine.objects.filter(contact_id=contact_id, digest=digest).order_by("id")
    found = tuple((row.id, bytes(row.opening_sealed), bytes(row.line_sealed)) for row in rows)
    rows.delete()
    return found
