"""What a payment provider tells, laid over our invoices: in any order, and each thing once."""

from baton.connectors import UnreadableError
from baton.connectors.stripe import tidings
from baton.connectors.stripe.tidings import Outcome, PaymentTold
from baton.core.billing import PaidBy
from baton.core.fates import Fate
from baton.core.json import Json
from baton.services.billing import invoices
from baton.services.billing.invoices import Reported
from baton.services.ledger import Ledger
from baton.services.systems.fated import Taken
from baton.store.models import ConnectedSystem, Invoice


def take(ledger: Ledger, system: ConnectedSystem, payload: Json) -> Taken:
    """Let what the provider told have its effect; what does not fit waits for a person."""
    try:
        told = tidings.read(payload)
    except UnreadableError as error:
        return Taken(fate=Fate.PARKED, reason=str(error))
    if told is None:
        return Taken(fate=Fate.IGNORED, reason="it tells of no payment of ours")
    row = invoices.find(system.workspace_id, told.invoice_id)
    if row is None:
        return Taken(fate=Fate.PARKED, reason="there is no such invoice here")
    if told.outcome is Outcome.PAID and not _fits(told, row):
        return Taken(fate=Fate.PARKED, told=told.outcome, reason=_misfit(told, row))
    reported = Reported(
        paid_by=PaidBy.CARD,
        amount_minor=told.amount_minor,
        currency=told.currency,
        noted_by=f"system:{system.id}",
        at=told.at,
        reference=told.reference,
    )
    note = invoices.settle if told.outcome is Outcome.PAID else invoices.note_failure
    is_news = note(ledger, system.workspace_id, row.id, reported)
    return Taken(fate=Fate.TOLD if is_news else Fate.UNCHANGED, told=f"payment {told.outcome}")


def _fits(told: PaymentTold, row: Invoice) -> bool:
    return (told.amount_minor, told.currency) == (row.amount_minor, row.currency)


def _misfit(told: PaymentTold, row: Invoice) -> str:
    return (
        f"invoice {row.number} asks for {row.amount_minor} {row.currency} in minor units,"
        f" and {told.amount_minor} {told.currency} came: look at it in the provider's console"
    )
