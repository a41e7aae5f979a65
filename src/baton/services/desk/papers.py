"""Paper: A4, black on white, the same bytes whenever the same is drawn."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, SimpleDocTemplate

_EDGE = 18 * mm


def drawn(parts: Sequence[Flowable], title: str) -> bytes:
    """Return parts, one below the other, as a PDF."""
    kept = BytesIO()
    paper = SimpleDocTemplate(
        kept, pagesize=A4, leftMargin=_EDGE, rightMargin=_EDGE, topMargin=_EDGE,
        bottomMargin=_EDGE, title=title, invariant=True,
    )  # fmt: skip
    paper.build(list(parts))
    return kept.getvalue()
