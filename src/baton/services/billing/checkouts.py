"""Where an invoice is paid: the page of the payment provider that the workspace connected."""

from baton.services.house import House
from baton.store.models import Invoice


def is_offered(house: House, row: Invoice) -> bool:
    """Return whether an invoice can be paid on a provider's page."""
    del house
    return bool(row.pay_url)


def open_for(house: House, row: Invoice, *, language: str) -> str | None:
    """Return the address of the page on which it is paid; None while there is none."""
    del house, language
    return row.pay_url or None
