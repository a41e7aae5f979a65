"""The weekly report drawn on paper."""

from collections.abc import Iterable
from html import escape
from typing import Any

from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

from baton.reports import kpi_words, weekly
from baton.reports.kpis import KpiReading
from baton.services.desk import papers
from baton.services.desk.weekly_board import Week

_LINES = TableStyle(
    [
        ("FONTSIZE", (0, 0), (-1, -1), 9),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)


def drawn(week: Week, title: str, lines: Iterable[tuple[str, list[str]]]) -> bytes:
    """Return a report as a PDF: A4, black on white; `lines` are what stands under its headings."""
    styles = getSampleStyleSheet()
    # As a rule it fits one sheet: what hangs on a wall is read, what is turned is not.
    styles["Heading2"].fontSize, styles["Heading2"].spaceBefore = 12, 7
    styles["Heading2"].leading, styles["Heading2"].spaceAfter = 15, 3
    styles["BodyText"].spaceBefore = 2
    told: list[Any] = [
        _paragraph(f"{week.business}: {title}", styles["Title"]),
        Paragraph(f"{week.matters} matters came in.", styles["BodyText"]),
    ]
    for heading, said in lines:
        told.append(Paragraph(heading, styles["Heading2"]))
        told += [_paragraph(line, styles["BodyText"]) for line in said]
    for heading, pairs in week.slices:
        if pairs:
            told += [Paragraph(heading, styles["Heading2"]), _table(pairs)]
    told += [Spacer(0, 4 * mm), _paragraph(weekly.RULE, styles["Italic"])]
    return papers.drawn(told, title)


def _table(pairs: tuple[tuple[KpiReading, KpiReading], ...]) -> Table:
    rows = [["KPI", "Now", "Before"]]
    for now, before in pairs:
        lies = kpi_words.range_of(now)
        told = f"{kpi_words.value_of(now)}{f' ({lies})' if lies else ''}, of {now.among}"
        ago = kpi_words.value_of(before) + (f", of {before.among}" if before.among else "")
        rows.append([now.kpi.title, told, ago])
    return Table(rows, style=_LINES, hAlign="LEFT", colWidths=[62 * mm, 62 * mm, 48 * mm])


def _paragraph(line: str, style: Any) -> Paragraph:
    # The paper's own letters know no minus sign and no dash of other lengths.
    return Paragraph(escape(line).replace("\N{MINUS SIGN}", "-"), style)
