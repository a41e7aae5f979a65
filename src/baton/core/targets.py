"""What records are made of: the fields of ours that a map may fill in, kind by kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton.core.mapping import SHIPMENT, SLOT, TRACKING

BOOKING, MEMBERSHIP, CHECK_IN = "booking", "membership", "check_in"
ORDER, INVOICE = "order", "invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A field of ours that a map may fill in."""

    name: str
    title: str
    is_required: bool = False


TARGETS: Mapping[str, tuple[Target, ...]] = {
    BOOKING: (
        Target(name="reference", title="Its number there"),
        Target(name="activity", title="What is booked", is_required=True),
        Target(name="starts_at", title="Begins", is_required=True),
        Target(name="ends_at", title="Ends"),
        Target(name="minutes", title="Or how many minutes it takes"),
        Target(name="state", title="State"),
        Target(name="location", title="Where"),
        Target(name="places", title="Places"),
        Target(name="price", title="Price"),
        Target(name="deposit", title="Deposit"),
        Target(name="is_deposit_paid", title="Deposit is paid"),
        Target(name="page_url", title="Page where they change it"),
        Target(name="changed_at", title="When it was changed there"),
    ),
    SLOT: (
        Target(name="reference", title="Its number there"),
        Target(name="activity", title="What can be booked", is_required=True),
        Target(name="starts_at", title="Begins", is_required=True),
        Target(name="ends_at", title="Ends"),
        Target(name="minutes", title="Or how many minutes it takes"),
        Target(name="capacity", title="Places", is_required=True),
        Target(name="taken", title="Places that are taken"),
        Target(name="state", title="State"),
        Target(name="price", title="Price"),
        Target(name="page_url", title="Page where it is booked"),
        Target(name="changed_at", title="When it was changed there"),
    ),
    MEMBERSHIP: (
        Target(name="reference", title="Its number there"),
        Target(name="plan", title="Plan", is_required=True),
        Target(name="joined_at", title="Since", is_required=True),
        Target(name="state", title="State"),
        Target(name="ends_on", title="Last day"),
        Target(name="price", title="Price"),
        Target(name="renews", title="Renews by itself"),
        Target(name="prefers", title="Comes mostly: morning, afternoon or evening"),
        Target(name="changed_at", title="When it was changed there"),
    ),
    CHECK_IN: (
        Target(name="reference", title="Its number there"),
        Target(name="at", title="When they came", is_required=True),
        Target(name="booking", title="Number of the booking"),
        Target(name="changed_at", title="When it was changed there"),
    ),
    INVOICE: (
        Target(name="number", title="Its number, as people read it", is_required=True),
        Target(name="reference", title="Its id there, where that is another"),
        Target(name="amount", title="Amount", is_required=True),
        Target(name="currency", title="Currency"),
        Target(name="state", title="State"),
        Target(name="issued_at", title="Issued"),
        Target(name="due_on", title="To be paid by"),
        Target(name="pay_url", title="Page where it is paid"),
        Target(name="changed_at", title="When it was changed there"),
    ),
    ORDER: (
        Target(name="number", title="Its number, as buyers know it", is_required=True),
        Target(name="reference", title="Its id there, where that is another"),
        Target(name="placed_at", title="Placed", is_required=True),
        Target(name="currency", title="Currency", is_required=True),
        Target(name="total", title="Total"),
        Target(name="is_paid", title="Is paid"),
        Target(name="state", title="State"),
        Target(name="article", title="What was bought"),
        Target(name="sku", title="Its SKU"),
        Target(name="page_url", title="Page of the order"),
        Target(name="addresses_differ", title="Goes to another address than the bill"),
        Target(name="disputed", title="Its payment is disputed with the bank"),
        Target(name="changed_at", title="When it was changed there"),
    ),
    SHIPMENT: (
        Target(name="order", title="Id of the order", is_required=True),
        Target(name="reference", title="Its own number there"),
        Target(name="carrier", title="Carrier"),
        Target(name="tracking", title="Tracking number"),
        Target(name="shipped_at", title="Handed over"),
        Target(name="expected_at", title="Expected"),
        Target(name="page_url", title="The carrier's page"),
        Target(name="changed_at", title="When it was changed there"),
    ),
    TRACKING: (
        Target(name="tracking", title="Tracking number", is_required=True),
        Target(name="state", title="State", is_required=True),
        Target(name="at", title="When it was scanned", is_required=True),
        Target(name="place", title="Where"),
        Target(name="carrier", title="Carrier"),
        Target(name="order", title="Number of the order"),
        Target(name="expected_at", title="Expected"),
        Target(name="page_url", title="The carrier's page"),
        Target(name="changed_at", title="When it was changed there"),
    ),
}
"""What each kind of record is made of, in the order of the form."""
