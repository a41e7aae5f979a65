"""Where a contact can be written to, and for what."""

from baton.core.errors import NotFound
from baton.store.models import Address, Consent


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


def consents_of(contact_id: str, channel: str) -> tuple[str, ...]:
    """Return the purposes that a contact agreed to on a channel; the newest word counts (P1)."""
    told = Consent.objects.filter(contact_id=contact_id, channel=channel).order_by("at", "id")
    standing = dict(told.values_list("purpose", "is_granted"))
    return tuple(sorted(purpose for purpose, is_granted in standing.items() if is_granted))
