"""Where an invoice is paid: the page of the payment provider that the workspace connected.

A page is opened by the contact's own tap, never by a look, and the one that is open is used
again: two taps pay once. That the money came is told by the provider's webhook alone.
"""

import logging
from datetime import datetime, timedelta

from baton.channels import Answer, NotSentError, Request, UnclearError
from baton.channels.wire import Wire
from baton.connectors import UnreadableError
from baton.connectors.stripe import checkout
from baton.connectors.stripe import settings as stripe
from baton.connectors.stripe.checkout import Bill, Opened
from baton.connectors.stripe.settings import StripeSettings
from baton.services.billing import invoices
from baton.services.house import House
from baton.services.systems import systems
from baton.store.models import ConnectedSystem, Invoice

_log = logging.getLogger(__name__)

_OK = 200
# A page that stays open may be paid after somebody paid at the desk: it ends within the hour.
_LASTS = timedelta(hours=1)
# Taps of the same minute make the same request, to which Stripe gives the same answer; also
# when that was a fault, so the next minute asks anew.
_SPAN = timedelta(minutes=1)
_LEAST = timedelta(minutes=10)


def is_offered(workspace_id: str) -> bool:
    """Return whether invoices can be paid on a provider's page."""
    return _find_system(workspace_id) is not None


def open_for(house: House, row: Invoice, *, title: str, language: str) -> str | None:
    """Return the address of the page on which an invoice is paid; None if there is none now.

    Asks the provider, so it runs outside of any transaction.
    """
    now = house.clock.now()
    if row.checkout_until and row.checkout_until > now + _LEAST:
        return house.keyset.unseal(bytes(row.checkout_sealed), _place_of(row))
    system = _find_system(row.workspace_id)
    settings = systems.settings_of(house, system) if system else None
    if not isinstance(settings, StripeSettings):
        return None
    span = int(now.timestamp() // _SPAN.total_seconds())
    begun = datetime.fromtimestamp(span * _SPAN.total_seconds(), now.tzinfo)
    bill = Bill(
        invoice_id=row.id,
        title=title,
        amount_minor=row.amount_minor,
        currency=row.currency,
        language=language,
        back_url=invoices.link(house, row),
        until=begun + _LASTS,
        key=f"baton-{row.id}-{row.amount_minor}-{language}-{span}",
    )
    opened = _asked(settings, bill)
    if opened is not None:
        _keep(house, row, opened)
    return opened.url if opened else None


def _find_system(workspace_id: str) -> ConnectedSystem | None:
    mine = ConnectedSystem.objects.filter(workspace_id=workspace_id, kind=stripe.KIND)
    return mine.filter(is_connected=True).order_by("id").first()


def _asked(settings: StripeSettings, bill: Bill) -> Opened | None:
    """Ask for a page; what went wrong is told to the log, without what was asked."""
    asking = checkout.render(settings, bill)
    wire = Wire()
    try:
        answer = wire.ask(
            Request(method=asking.method, url=asking.url, headers=asking.headers, body=asking.body)
        )
        return _read(answer)
    except (NotSentError, UnclearError, UnreadableError) as error:
        _log.warning("no page of the payment provider: %s", error)
        return None
    finally:
        wire.close()


def _read(answer: Answer) -> Opened:
    if answer.status != _OK:
        raise UnreadableError(f"it answered {answer.status}")
    return checkout.parse(answer.body)


def _keep(house: House, row: Invoice, opened: Opened) -> None:
    Invoice.objects.filter(id=row.id).update(
        checkout=opened.reference,
        checkout_sealed=house.keyset.seal(opened.url, _place_of(row)),
        checkout_until=opened.until,
    )


def _place_of(row: Invoice) -> str:
    return f"invoice.checkout:{row.id}"
