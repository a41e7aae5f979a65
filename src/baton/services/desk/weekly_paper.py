"""The weekly report on paper, and in the words of a letter: what the page says, and no more."""

from collections.abc import Iterator

from baton.core import money
from baton.reports import kpi_words, weekly
from baton.reports.changes import Change
from baton.reports.weekly import FlowWeek
from baton.services.desk.weekly_board import Week


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
        yield "Against the baseline", [*leadership_of(week)]


def leadership_of(week: Week) -> Iterator[str]:
    """Return how far a span is from the baseline: by how much, by what part, and in money (K22)."""
    for one in week.against:
        part = kpi_words.part_of(one)
        yield f"{_title(one)}: {_told(one)}{part and f', {part}'}."
    if (led := week.led) is not None:
        each, saved = led.each - led.each_before, led.saved
        yield (
            f"People's time for a matter they had: {money.told(led.each, led.currency)}, "
            f"from {money.told(led.each_before, led.currency)}{_by(each, led.each_before)}."
        )
        told = f"{money.told(abs(saved), led.currency)} {'saved' if saved >= 0 else 'more'}"
        yield f"People's time in all: {told}{_by(-saved, led.spent_before)}."


def _by(change: float, before: float) -> str:
    return f", {kpi_words.part(-change / before)}" if before else ""


def text_of(week: Week, address: str) -> str:
    """Return a report as a letter; `address` is where it stands in full."""
    parts = [f"{week.business}: {title_of(week)}", f"{week.matters} matters came in."]
    for heading, lines in lines_of(week):
        parts += ["", heading, *(f"- {line}" for line in lines)]
    return "\n".join(
        [*parts, "", f"In full: {address}", "You chose to get this; change it on the same page."]
    )


def pdf_of(week: Week) -> bytes:
    """Return a report as a PDF: A4, black on white."""
    from baton.services.desk import weekly_pdf  # noqa: PLC0415 - dear to load, and few ask

    return weekly_pdf.drawn(week, title_of(week), lines_of(week))


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
