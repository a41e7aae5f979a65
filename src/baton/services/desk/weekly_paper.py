"""The weekly report on paper, and in the words of a letter: what the page says, and no more."""

from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from baton.reports import kpi_words, weekly
from baton.reports.changes import Change
from baton.reports.kpis import KpiReading
from baton.reports.weekly import FlowWeek
from baton.services.desk.weekly_board import Week

_EDGE = 18 * mm
_LINES = TableStyle(
    [
        ("FONTSIZE", (0, 0), (-1, -1), 9),
        ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)


def title_of(week: Week) -> str:
    """Return what a report is called."""
    if week.is_quarter:
        return f"90 days from {week.begins.day} {week.begins:%b %Y}"
    return f"Week from {week.begins.day} {week.begins:%b %Y}"


def lines_of(week: Week) -> Iterator[tuple[str, list[str]]]:
    """Return what a report names, under its headings, in plain words."""
    yield "One urgent fix", [_urgent(week)]
    tuned = [f"{one.title}: {one.verdict.value}. {_reasons(one)}" for one in week.named.to_tune]
    yield "Two flows to tune", tuned or ["None: those with enough matters do well."]
    trends = [f"{_title(one)}: {_level(one)}, {_told(one)}." for one in week.named.trends]
    yield "Three trends", trends or ["There is nothing before to compare with."]
    if week.against:
        yield "Against the baseline", [f"{_title(one)}: {_told(one)}." for one in week.against]


def text_of(week: Week, address: str) -> str:
    """Return a report as a letter; `address` is where it stands in full."""
    parts = [title_of(week), f"{week.matters} matters came in."]
    for heading, lines in lines_of(week):
        parts += ["", heading, *(f"- {line}" for line in lines)]
    return "\n".join(
        [*parts, "", f"In full: {address}", "You chose to get this; change it on the same page."]
    )


def pdf_of(week: Week) -> bytes:
    """Return a report as a PDF: A4, black on white."""
    styles = getSampleStyleSheet()
    drawn: list[Any] = [
        Paragraph(title_of(week), styles["Title"]),
        Paragraph(f"{week.matters} matters came in.", styles["BodyText"]),
    ]
    for heading, lines in lines_of(week):
        drawn.append(Paragraph(heading, styles["Heading2"]))
        drawn += [_paragraph(line, styles["BodyText"]) for line in lines]
    for heading, pairs in week.slices:
        if pairs:
            drawn += [Paragraph(heading, styles["Heading2"]), _table(pairs)]
    drawn += [Spacer(0, 6 * mm), _paragraph(weekly.RULE, styles["Italic"])]
    kept = BytesIO()
    paper = SimpleDocTemplate(
        kept, pagesize=A4, leftMargin=_EDGE, rightMargin=_EDGE, topMargin=_EDGE,
        bottomMargin=_EDGE, title=title_of(week), invariant=True,
    )  # fmt: skip
    paper.build(drawn)
    return kept.getvalue()


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


def _urgent(week: Week) -> str:
    match week.named.urgent:
        case FlowWeek() as flow:
            return f"{flow.title}: {flow.verdict.value}. {_reasons(flow)}"
        case Change() as change:
            return f"{_title(change)}: worse, {_told(change)}."
        case None:
            return "Nothing is urgent: no flow does clear harm, and nothing got clearly worse."


def _reasons(flow: FlowWeek) -> str:
    told = "; ".join(flow.reasons)
    return f"{told[:1].upper()}{told[1:]}."


def _title(change: Change) -> str:
    return change.now.kpi.title


def _level(change: Change) -> str:
    if not change.is_clear:
        return "not clear"
    return "worse" if weekly.is_worse(change) else "better"


def _told(change: Change) -> str:
    before, now = kpi_words.value_of(change.before), kpi_words.value_of(change.now)
    return f"{kpi_words.change_of(change)}, from {before} to {now}"
