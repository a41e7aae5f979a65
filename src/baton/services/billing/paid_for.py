"""What follows when what an invoice is about has been paid for."""

import logging

from django.db import transaction

from baton.core.errors import Conflict
from baton.services import notices
from baton.services.bookings import places
from baton.services.ledger import Ledger
from baton.store.models import Invoice, Membership

_log = logging.getLogger(__name__)
_QUEUE = "bookings"  # as the flows of bookings name it


def note_deposit(ledger: Ledger, row: Invoice) -> None:
    """Tell the booking that its deposit came.

    Where the place has gone to somebody else meanwhile, the money is a person's to give back:
    the audit trail and the invoice say so, and who serves bookings is told.
    """
    actor = row.ended_by
    try:
        with transaction.atomic():  # what fails in here is taken back, and nothing else
            places.pay_deposit(ledger.house, row.workspace_id, row.cause_id, actor=actor)
    except Conflict as refusal:
        _log.warning("a deposit came for a place that is gone: invoice %s", row.number)
        ledger.audit(
            row.workspace_id,
            actor,
            "deposit_without_place",
            f"invoice:{row.id}",
            why=refusal.message,
        )
        told = notices.serving(row.workspace_id, _QUEUE) or notices.leading(row.workspace_id)
        notices.tell(
            ledger,
            row.workspace_id,
            told,
            notices.Kind.DEPOSIT_LATE,
            details=f"invoice {row.number}",
            contact_id=row.contact_id,
        )


def membership_of(row: Invoice) -> str:
    """Return the reference of the membership whose renewal an invoice was, as flows know it.

    Until when it lasts from now on is set by people, or by the system that keeps it: a plan
    does not say how long it is.
    """
    found = Membership.objects.filter(workspace_id=row.workspace_id, id=row.cause_id)
    return found.values_list("reference", flat=True).first() or ""
