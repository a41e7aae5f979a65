"""The parts of a story about orders: what is bought, and what becomes of its parcel."""

from enum import StrEnum

from pydantic import Field

from baton.config.stories.basics import Name, Number, Part, Text


class OrderAct(StrEnum):
    """What happens to an order, or is scanned of its newest parcel."""

    PLACED = "placed"
    PACKED = "packed"
    CANCELLED = "cancelled"
    SENT = "sent"
    LABELLED = "labelled"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    FAILED = "failed"
    RETURNING = "returning"
    LOST = "lost"
    DELIVERED = "delivered"


class Orders(Part):
    """Something happens to a contact's order, as a shop or a carrier tells."""

    who: Name
    order: Text = Field(description="Its number.")
    act: OrderAct
    total: Number = Field(0, description="In minor units, of an order that is placed.")
    tracking: Text = Field("", description="Of a parcel that is sent.")
    place: Text = Field("", description="Where it was scanned.")
