"""How a contact's timeline says what became of what they bought."""

from django import template

register = template.Library()

_BECAME = {
    "order": {"placed": "ordered", "cancelled": "cancelled"},
    "parcel": {
        "out_for_delivery": "out for delivery",
        "ready_for_pickup": "ready for pick-up",
        "delivered": "delivered",
        "failed": "could not be delivered",
        "returning": "on its way back",
        "lost": "lost",
    },
    "refund": {"refunded": "paid back"},
    "return": {
        "asked": "asked for",
        "approved": "accepted",
        "specialist": "left to a specialist",
        "refused": "refused",
        "labelled": "label issued",
    },
}


@register.filter
def became(state: str, kind: str) -> str:
    """Say what became of an order, a parcel, a refund or a return."""
    return _BECAME[kind].get(state, state)
