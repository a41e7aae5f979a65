"""KPIs and their changes as people say them, on pages, on paper and in mail alike."""

from datetime import timedelta

from baton.core.kpis import Unit
from baton.reports import changes
from baton.reports.changes import Change
from baton.reports.kpis import KpiReading

_NONE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_FEW = 10  # below it a part of one is worth telling


def value_of(found: KpiReading) -> str:
    """Return a KPI's value: "61 %", "83", "2 h 05", or a dash without rows."""
    return _NONE if found.value is None else _in_unit(found.value, found.kpi.unit)


def range_of(found: KpiReading) -> str:
    """Return between what a KPI lies, 19 times out of 20; "" where too few rows tell."""
    lies = found.interval
    if lies is None or found.value is None:
        return ""
    unit = found.kpi.unit
    return f"{_in_unit(lies.low, unit, bare=True)} to {_in_unit(lies.high, unit)}"


def change_of(change: Change) -> str:
    """Return a change: "+3 points (1 to 5)", "18 % fewer (9 to 27)"."""
    unit, lies = change.now.kpi.unit, change.interval
    if unit is Unit.COUNT:
        word = "fewer" if change.value >= 0 else "more"
        sign = 1 if change.value >= 0 else -1
        said = f"{_percent(abs(change.value))} {word}"
        ends = sorted((sign * lies.low, sign * lies.high)) if lies else []
        return said + (f" ({ends[0] * 100:.0f} to {ends[1] * 100:.0f})" if ends else "")
    if unit is Unit.SECONDS:
        longer = "+" if change.value >= 0 else _MINUS
        return f"{longer}{_in_unit(abs(change.value), unit)}"
    times = 100 if unit is Unit.SHARE else 1
    said = f"{change.value * times:+.1f} points"
    return said + (f" ({lies.low * times:+.1f} to {lies.high * times:+.1f})" if lies else "")


def part_of(change: Change) -> str:
    """Return by what part of what it was something fell or rose: "12 % less".

    "" of a count, whose change is such a part, and where nothing was there before.
    """
    if change.now.kpi.unit is Unit.COUNT or not change.before.value:
        return ""
    return part(changes.part_of(change)[0])


def part(fell: float) -> str:
    """Return by what part something fell, or rose where it is below 0: "12 % less"."""
    if not round(fell * 100):
        return "as before"
    return f"{_percent(abs(fell))} {'less' if fell > 0 else 'more'}"


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def span(length: timedelta) -> str:
    """Return a while: "36 s", "2 h 05", "3 d"."""
    seconds = int(length.total_seconds())
    if seconds < _MINUTE:
        return "now" if seconds < 1 else f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE:02d}"
    return f"{seconds // _DAY} d"


def _in_unit(value: float, unit: Unit, *, bare: bool = False) -> str:
    match unit:
        case Unit.SHARE:
            return f"{round(value * 100)}" if bare else f"{round(value * 100)} %"
        case Unit.SECONDS:
            return span(timedelta(seconds=value)) if value >= 1 else "0 s"
        case Unit.BALANCE:
            return f"{value:+.0f}"
        case Unit.COUNT if 0 < value < _FEW:
            return f"{value:.1f}".removesuffix(".0")
        case _:
            return f"{value:.0f}"
