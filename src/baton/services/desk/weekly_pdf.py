"""The weekly report drawn on paper."""

from collections.abc import Iterable
from html import escape
from typing import Any

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

from baton.reports import kpi_words, weekly
from baton.reports.kpis import KpiReading
from baton.services.desk import papers
from baton.services.desk.weekly_board import Week
from baton.services.desk.weekly_flows import FlowLine

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
    if week.by_flow:
        told += [Paragraph("By flow", styles["Heading2"]), _flows(week.by_flow)]
    told += [Spacer(0, 4 * mm), _paragraph(weekly.RULE, styles["Italic"])]
    return papers.drawn(told, title)


def _table(pairs: tuple[tuple[KpiReading, KpiReading], ...]) -> Table:
    rows = [["KPI", "Now", "Before"]]
    for now, before in pairs:
        young = f", {now.young} may still change" if now.young else ""
        ago = kpi_words.value_of(before) + (f", of {before.among}" if before.among else "")
        rows.append([now.kpi.title, _told(now) + young, ago])
    return Table(rows, style=_LINES, hAlign="LEFT", colWidths=[62 * mm, 68 * mm, 42 * mm])


def _flows(lines: tuple[FlowLine, ...]) -> Table:
    style = ParagraphStyle("cell", fontSize=8, leading=10)
    bold = ParagraphStyle("name", parent=style, fontName="Helvetica-Bold")
    head = ["Flow", *(one.kpi.title for one in lines[0].readings), "Its business metric"]
    rows = [[_paragraph(title, bold) for title in head]]
    for line in lines:
        metric = line.metric
        own = f"{metric.kpi.title}: {_told(metric)}" if metric else "none named"
        cells = [*(_told(one) for one in line.readings), own]
        rows.append([_paragraph(line.title, bold), *(_paragraph(one, style) for one in cells)])
    # The head stands again on each sheet that the flows go on to.
    return Table(
        rows,
        style=_LINES,
        hAlign="LEFT",
        colWidths=[42 * mm, *[30 * mm] * 3, 40 * mm],
        repeatRows=1,
    )


def _told(reading: KpiReading) -> str:
    if not reading.among:
        return "none"
    lies = kpi_words.range_of(reading)
    return f"{kpi_words.value_of(reading)}{f' ({lies})' if lies else ''}, of {reading.among}"


def _paragraph(line: str, style: Any) -> Paragraph:
    # The paper's own letters know no minus sign and no dash of other lengths.
    return Paragraph(escape(line).replace("\N{MINUS SIGN}", "-"), style)
