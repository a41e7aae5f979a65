"""Where a contact can be written to, and for what."""

from collections.abc import Sequence

from baton.core.errors import NotFound
from baton.store import sql
from baton.store.models import Address
from baton.store.rows import ContactRow


def entrance_of(contact_id: str) -> tuple[str, str]:
    """Return the channel and the inbox of a contact's newest address; raises NotFound."""
    found = (
        Address.objects.filter(contact_id=contact_id)
        .order_by("-id")
        .values_list("channel", "inbox_id")
        .first()
    )
    if found is None:
        raise NotFound("address", contact_id)
    return found


def list_contacts(workspace_id: str, *, after: str, limit: int) -> Sequence[tuple[ContactRow, str]]:
    """Return a page of contacts by id, each with the channel of their newest address."""
    columns = sql.columns_of(ContactRow)
    rows = sql.select(_PAGE, [workspace_id, after, limit])
    return [
        (ContactRow(**dict(zip(columns, row[:-1], strict=True))), row[-1] or "") for row in rows
    ]


_PAGE = f"""
SELECT {", ".join(f'p."{name}"' for name in sql.columns_of(ContactRow))}, (
    SELECT channel FROM store_address a WHERE a.contact_id = p.id ORDER BY a.id DESC LIMIT 1)
FROM store_contact p WHERE p.workspace_id = %s AND p.id > %s ORDER BY p.id LIMIT %s
"""
