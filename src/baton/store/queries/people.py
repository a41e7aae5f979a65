"""Where a contact can be written to."""

from baton.core.errors import NotFound
from baton.store.models import Address


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
