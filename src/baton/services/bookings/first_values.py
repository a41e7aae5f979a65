"""What a membership's first use is, and when it came (ON22).

What it is stands from the day on which the membership began: a flow's goal that is changed
later changes no figure of those who joined before.
"""

from datetime import timedelta

from baton.flows import activation
from baton.flows.document import Library
from baton.flows.scene import Happened, Scene
from baton.services.ledger import Ledger
from baton.store.models import Membership
from baton.store.rows import ContactRow

_JUST = timedelta(days=30)
"""Who joined longer ago is activated by then, or is not (ON9)."""


def note(
    ledger: Ledger, contact: ContactRow, given: Happened, library: Library, scene: Scene
) -> None:
    """Keep what an event says of the first use of a contact's memberships, if it says anything."""
    aim = activation.aim_of(library, given, scene)
    if aim:
        fresh = Membership.objects.filter(
            contact_id=contact.id, value_event="", joined_at__gt=ledger.now - _JUST
        )
        fresh.update(value_event=aim)
    if activation.is_value(library, given, scene):
        awaited = Membership.objects.filter(
            contact_id=contact.id, value_event=given.event, valued_at=None
        )
        awaited.filter(joined_at__lte=ledger.now).update(valued_at=ledger.now)
