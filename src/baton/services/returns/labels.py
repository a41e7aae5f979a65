"""A return's prepaid label as a PDF, by the embedded provider: the shop's own way back.

It names where the parcel goes and bears its number as a bar code (Code 128), which the counter
scans. No carrier is asked for one: that takes the buyer's address, which is not kept.
"""

from dataclasses import dataclass

from baton.core.errors import NotFound
from baton.services.returns.taking import get
from baton.store.models import Location, Order, ReturnItem, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a label says."""

    number: str
    to: tuple[str, ...]
    about: tuple[str, ...]


def label_of(workspace_id: str, return_id: str) -> Label:
    """Return what the label of a return says; raises NotFound where it has none."""
    row = get(workspace_id, return_id)
    if not row.label:
        raise NotFound("label", return_id)
    place = Location.objects.filter(workspace_id=workspace_id).order_by("id").first()
    business = Workspace.objects.values_list("name", flat=True).get(id=workspace_id)
    pieces = sum(ReturnItem.objects.filter(return_id=row.id).values_list("quantity", flat=True))
    order = Order.objects.values_list("number", flat=True).get(id=row.order_id)
    return Label(
        number=row.label,
        to=(business, *((place.address,) if place and place.address else ())),
        about=(f"Return {row.number}", f"Order {order}", f"Pieces: {pieces}"),
    )


def pdf_of(label: Label) -> bytes:
    """Return a label as a PDF of one page, 100 by 150 millimetres."""
    from baton.services.returns import label_pdf  # noqa: PLC0415 - dear to load, and few ask

    return label_pdf.drawn(label.number, label.to, label.about)
