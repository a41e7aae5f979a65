"""A return's label drawn on paper, its number as a bar code (Code 128)."""

from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

_WIDE, _HIGH = 100 * mm, 150 * mm
_EDGE = 8 * mm
_MOST_SIGNS = 46


def drawn(number: str, to: tuple[str, ...], about: tuple[str, ...]) -> bytes:
    """Return a label as a PDF of one page, 100 by 150 millimetres."""
    kept = BytesIO()
    page = Canvas(kept, pagesize=(_WIDE, _HIGH), invariant=True)
    page.setTitle(f"Return label {number}")
    page.rect(_EDGE / 2, _EDGE / 2, _WIDE - _EDGE, _HIGH - _EDGE)
    at = _lines(page, ("Prepaid return",), _HIGH - _EDGE - 8 * mm, size=18)
    at = _lines(page, ("To",), at - 4 * mm, size=9)
    at = _lines(page, to, at, size=14)
    _lines(page, about, at - 6 * mm, size=11)
    code = Code128(number, barHeight=28 * mm, barWidth=0.34 * mm, humanReadable=True)
    code.drawOn(page, (_WIDE - code.width) / 2, 18 * mm)
    page.showPage()
    page.save()
    return kept.getvalue()


def _lines(page: Canvas, lines: tuple[str, ...], at: float, *, size: int) -> float:
    page.setFont("Helvetica-Bold" if size > 12 else "Helvetica", size)  # noqa: PLR2004 - a title
    for line in lines:
        for begin in range(0, len(line), _MOST_SIGNS):
            # The letters that every reader of PDF has: what is beyond them is a question mark.
            shown = line[begin : begin + _MOST_SIGNS].encode("cp1252", "replace").decode("cp1252")
            page.drawString(_EDGE, at, shown)
            at -= size * 1.35
    return at
