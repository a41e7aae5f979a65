"""How experiments and money are written: values, changes and their sizes."""

from datetime import timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from baton.core import money
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit
from baton.reports import kpi_words
from baton.reports.experiments import Ruling
from baton.reports.kpis import KpiReading

register = template.Library()
_MINUS = "\N{MINUS SIGN}"
_RULING_LEVELS = {
    Ruling.UNEVEN: "bad",
    Ruling.HARMING: "bad",
    Ruling.WORSE: "bad",
    Ruling.BETTER: "good",
    Ruling.EARLY: "warn",
}


@register.filter
def in_unit(value: float, kpi: str) -> str:
    """Return a value of a KPI to one place: "61.2 %", "83.4"."""
    is_share = CATALOGUE[kpi].unit is Unit.SHARE
    return f"{value * _points_in(kpi):.1f}{' %' if is_share else ''}"


@register.filter
def points(value: float, kpi: str) -> str:
    """Return the size of a change of a KPI: "2.5 points"."""
    return f"{value * _points_in(kpi):.1f} points"


@register.filter
def signed_points(value: float, kpi: str) -> str:
    """Return a change of a KPI with its direction: "+2.5"."""
    return f"{value * _points_in(kpi):+.1f}".replace("-", _MINUS)


def _points_in(kpi: str) -> int:
    return 100 if CATALOGUE[kpi].unit is Unit.SHARE else 1


@register.filter
def amount(minor: float, currency: str) -> str:
    """Return an amount of minor units, which may be below nothing or between two: "12.50 USD"."""
    return money.told(minor, currency).replace("-", _MINUS)


@register.filter
def ruling_level(ruling: Ruling) -> str:
    """Return how a ruling on an arm is coloured; its word stands beside."""
    return _RULING_LEVELS.get(ruling, "")


@register.simple_tag
def kpi_cell(found: KpiReading, rows: str, of: str, aim: timedelta | None = None) -> SafeString:
    """Return a KPI in a table: its value, where it lies, and a link to the rows at an address.

    A tag of its own because a dashboard has hundreds. Without an address it is no link. `of`
    says whose it is, `aim` how long it was to take where it clearly takes longer.
    """
    if not found.among:
        return SafeString('<span class="dim">none</span>')
    lies = kpi_words.range_of(found)
    opened = format_html(
        '<a href="{}&amp;kpi={}&amp;part=denominator">{}<span class="hidden"> {}, {}</span></a>',
        rows,
        found.kpi.name,
        found.among,
        found.kpi.title,
        of,
    )
    return format_html(
        '<span class="nowrap">{}</span> <span class="dim nowrap">{}{}</span>{}',
        kpi_words.value_of(found),
        f"({lies}), " if lies else "",
        opened if rows else found.among,
        format_html(' <span class="chip bad">the aim is {}</span>', kpi_words.span(aim))
        if aim
        else "",
    )
