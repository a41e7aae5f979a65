"""What a contact's own page says of the business, and in which language it speaks.

Only what the contact knows already: the name and telephone number of the place, and how its
times and sums are said. Nothing of the contact is here.
"""

from dataclasses import dataclass

from baton.flows.render import Manner
from baton.services.house import House
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import Contact, Location, Workspace
from baton.store.queries import people


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A business as one of its contacts meets it on a page."""

    workspace_id: str
    contact_id: str
    business: str
    phone: str
    place: str
    manner: Manner
    standards: Standards


def find_front(house: House, workspace_id: str, contact_id: str = "") -> Front | None:
    """Return how a page speaks to a contact, "" for nobody in particular; None if they are gone."""
    whole = people.whole_of(contact_id) if contact_id else ""
    contact = Contact.objects.filter(workspace_id=workspace_id, id=whole).first()
    name = Workspace.objects.filter(id=workspace_id).values_list("name", flat=True).first()
    if name is None or (contact_id and contact is None):
        return None
    standards = standards_cache(house).standards_of(workspace_id)
    location = Location.objects.get(id=standards.location_id)
    return Front(
        workspace_id=workspace_id,
        contact_id=whole,
        business=name,
        phone=location.phone,
        place=location.address,
        manner=Manner(
            locale=(contact.language if contact else "") or standards.pack.locale,
            zone=standards.hours.zone,
            currency=standards.policy.currency,
        ),
        standards=standards,
    )
