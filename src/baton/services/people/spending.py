"""What offers cost together: whether one more may be made (CH13)."""

from datetime import timedelta

from baton.core.policy import Policy
from baton.services.ledger import Ledger
from baton.store.models import OfferMade
from baton.store.rows import OfferMadeRow

WINDOW = timedelta(days=30)


def has_room(ledger: Ledger, workspace_id: str, policy: Policy) -> bool:
    """Return whether one more offer stays within the budget of 30 days.

    Those that are made in the same batch count as well.
    """
    if not policy.offer_budget_minor or not policy.offer_cost_minor:
        return True
    lately = OfferMade.objects.filter(workspace_id=workspace_id, at__gt=ledger.now - WINDOW)
    made = lately.count() + len(ledger.added(OfferMadeRow))
    return (made + 1) * policy.offer_cost_minor <= policy.offer_budget_minor
