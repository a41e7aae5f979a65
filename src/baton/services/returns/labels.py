"""A return's prepaid label as a PDF, by the embedded provider: the shop's own way back.

It names where the parcel goes and bears its number as a bar code (Code 128), which the counter
scans. A carrier that is connected offers `issue_return_label` itself and makes its own.
"""

from dataclasses import dataclass
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from baton.core.errors import NotFound
from baton.services.returns.taking import get
from baton.store.models import Location, Order, ReturnItem, Workspace

_WIDE, _HIGH = 100 * mm, 150 * mm
_EDGE = 8 * mm
_MOST_SIGNS = 46


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
    drawn = BytesIO()
    page = Canvas(drawn, pagesize=(_WIDE, _HIGH), invariant=True)
    page.setTitle(f"Return label {label.number}")
    page.rect(_EDGE / 2, _EDGE / 2, _WIDE - _EDGE, _HIGH - _EDGE)
    at = _lines(page, ("Prepaid return",), _HIGH - _EDGE - 8 * mm, size=18)
    at = _lines(page, ("To",), at - 4 * mm, size=9)
    at = _lines(page, label.to, at, size=14)
    _lines(page, label.about, at - 6 * mm, size=11)
    code = Code128(label.number, barHeight=28 * mm, barWidth=0.34 * mm, humanReadable=True)
    code.drawOn(page, (_WIDE - code.width) / 2, 18 * mm)
    page.showPage()
    page.save()
    return drawn.getvalue()


def _lines(page: Canvas, lines: tuple[str, ...], at: float, *, size: int) -> float:
    page.setFont("Helvetica-Bold" if size > 12 else "Helvetica", size)  # noqa: PLR2004 - a title
    for line in lines:
        for begin in range(0, len(line), _MOST_SIGNS):
            # The letters that every reader of PDF has: what is beyond them is a question mark.
            shown = line[begin : begin + _MOST_SIGNS].encode("cp1252", "replace").decode("cp1252")
            page.drawString(_EDGE, at, shown)
            at -= size * 1.35
    return at
