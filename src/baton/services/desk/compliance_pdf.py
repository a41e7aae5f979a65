"""A compliance check drawn on paper: A4, black on white."""

from html import escape
from typing import Any

from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

from baton.core.compliance import Standing
from baton.services.desk import papers
from baton.services.desk.compliance import Report

_WORDS = {Standing.OK: "in order", Standing.LOOK: "wants a look", Standing.FAILED: "FAILS"}
_LINES = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)


def drawn(report: Report, business: str) -> bytes:
    """Return a run as a PDF."""
    styles = getSampleStyleSheet()
    body = styles["BodyText"]
    rows = [
        [
            Paragraph(f"<b>{escape(one.title)}</b>", body),
            Paragraph(_WORDS[one.standing], body),
            Paragraph(escape(f"{one.evidence}. {one.remedy}".strip()), body),
        ]
        for one in report.findings
    ]
    verdict = "Passed: nothing fails." if report.is_passed else "Not passed: rollouts are held."
    title = f"Compliance check of {report.at:%Y-%m-%d}"
    told: list[Any] = [
        Paragraph(title, styles["Title"]),
        Paragraph(escape(f"{business}, by {report.by}, {report.at:%Y-%m-%d %H:%M} UTC"), body),
        Paragraph(verdict, styles["Heading2"]),
        Spacer(0, 4 * mm),
        Table(rows, style=_LINES, hAlign="LEFT", colWidths=[42 * mm, 26 * mm, 104 * mm]),
    ]
    return papers.drawn(told, title)
