"""What happened in the world of a contact whom we know, told in their lane.

What our own services find out (a booking moved, an invoice paid) reaches the flows like what
another system tells: as a fact, decided by the worker in the order of the contact's lane.
"""

from collections.abc import Mapping

from baton.core.json import Json
from baton.services import arrivals
from baton.services.facts import EventReported
from baton.services.house import House
from baton.store.models import Address, Contact, VaultEntry
from baton.store.queries import people


def tell(  # noqa: PLR0913 - what, of whom, and under which name
    house: House,
    contact_id: str,
    event: str,
    facts: Mapping[str, Json],
    *,
    key: str,
    channel: str = "",
) -> bool:
    """Append an event of a contact to the inbox; return whether they have an address.

    Runs inside the transaction that made it happen. `key` names this very event: the same
    is told once. Where no `channel` is given, their newest address stands for them.
    """
    whole = people.whole_of(contact_id)
    known = Address.objects.filter(contact_id=whole).order_by("-id")
    if channel:
        known = known.filter(channel=channel)
    address = known.first()
    if address is None:
        return False
    sealed = VaultEntry.objects.get(workspace_id=address.workspace_id, token=address.token)
    place = f"vault:{address.workspace_id}:{address.token}"
    fact = EventReported(
        event=event,
        facts=dict(facts),
        channel=address.channel,
        inbox_id=address.inbox_id,
        address=house.keyset.unseal(bytes(sealed.value_sealed), place),
    )
    arrival = arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=address.workspace_id,
        lane=Contact.objects.values_list("lane", flat=True).get(id=whole),
        dedupe_key=key,
        received_at=house.clock.now(),
    )
    house.engine.inbox.append([arrival])
    return True
