"""An assessment as one JSON object: what `baton assess --json` prints and a page keeps."""

from collections.abc import Mapping

from baton.core.assessment import Forecast, Judged, Template, UseCase
from baton.core.json import Json
from baton.core.past import Unread
from baton.services.pilot.assessing import Assessment

_MINUTE = 60.0


def told(found: Assessment) -> dict[str, Json]:
    """Return an assessment as JSON; times are in minutes and hours, as the names say."""
    span = found.span
    return {
        "pack": found.pack,
        "currency": found.currency,
        "conversations": found.conversations,
        "unclear": found.unclear,
        "read_closely": found.closely,
        "begins": span.begins.date().isoformat() if span.begins else None,
        "ends": span.ends.date().isoformat() if span.ends else None,
        "weeks": round(span.weeks, 1),
        "days_known": span.is_known,
        "refused": found.fault_count,
        "problems": [_fault(one) for one in found.faults],
        "total": _forecast(found.total),
        "map": [one.evidence.name for one in found.mapped],
        "for_people": [one.evidence.name for one in found.for_people],
        "backlog": [_use_case(one) for one in found.backlog],
        "types": [_type(one) for one in found.types],
    }


def _fault(one: Unread) -> Json:
    return {"line": one.line, "reason": one.reason}


def _type(one: Judged) -> Json:
    seen = one.evidence
    return {
        "name": seen.name,
        "title": seen.title,
        "is_own": seen.kind is None,
        "words": list(seen.words),
        "examples": list(seen.examples),
        "count": seen.count,
        "share": round(seen.share, 4),
        "per_week": round(seen.per_week, 1),
        "hours_a_month": round(seen.hours_a_month, 1),
        "handled_minutes": round(seen.handled / _MINUTE, 1),
        "handled_known": seen.timed,
        "answers": _rounded(seen.answers),
        "answers_alike": _rounded(seen.alike),
        "came_back": _rounded(seen.came_back_share),
        "came_back_known": seen.contacts_known,
        "mark": _rounded(seen.mark),
        "marks": seen.marks,
        "read": seen.read,
        "risk": round(seen.risk, 3),
        "stops": dict(seen.stops),
        "upset": seen.upset,
        "season": _season(one),
        "complexity": one.axes.complexity,
        "emotion": one.axes.emotion,
        "frequency": one.axes.frequency,
        "value": one.axes.value,
        "outcome": one.outcome.value,
        "reasons": list(one.reasons),
        "template": one.template.name if one.template else None,
    }


def _season(one: Judged) -> Json:
    season = one.evidence.season
    if season is None:
        return None
    return {
        "weekday": season.weekday,
        "weekday_share": round(season.weekday_share, 3),
        "hour": season.hour,
        "peak": round(season.peak, 2),
        "trend": round(season.trend, 2),
    }


def _use_case(case: UseCase) -> Json:
    return {
        **_template(case.template),
        "low_effort": case.is_low_effort,
        "points": round(case.points, 2),
        "types": [one.evidence.name for one in case.types],
        **_forecast(case.forecast),
    }


def _template(template: Template) -> Mapping[str, Json]:
    return {
        "template": template.name,
        "title": template.title,
        "connects": template.connects,
        "days": list(template.days),
        "metric": template.metric,
    }


def _forecast(one: Forecast) -> dict[str, Json]:
    return {
        "taken": round(one.taken, 1),
        "settled": round(one.settled, 1),
        "settled_at_worst": round(one.settled_at_worst, 1),
        "hours": round(one.hours, 1),
        "hours_at_worst": round(one.hours_at_worst, 1),
        "money_minor": _whole(one.money),
        "money_at_worst_minor": _whole(one.money_at_worst),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
