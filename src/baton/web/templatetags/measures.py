"""How experiments and money are written: values, changes and their sizes."""

from django import template

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit
from baton.reports.experiments import Ruling

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
    return f"{minor / 100:,.2f} {currency}".strip().replace("-", _MINUS)


@register.filter
def ruling_level(ruling: Ruling) -> str:
    """Return how a ruling on an arm is coloured; its word stands beside."""
    return _RULING_LEVELS.get(ruling, "")
