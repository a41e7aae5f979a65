"""An assessment as people read it: a page that prints, the same in the console, and a few lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from baton.core import assessment
from baton.core.json import Json

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_OUTCOMES = {"automate": "automate", "hybrid": "bot, then a person", "human": "a person"}
_LEVELS = {"automate": "good", "hybrid": "warn", "human": "bad"}
_PEAKED, _GREW, _SHRANK = 1.8, 1.3, 0.7
_HUNDRED = 100
_TEN = 10
_SHOWN = 3  # examples
_NAMED = 6  # request types of one flow


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeLine:
    """A request type as a row shows it."""

    name: str
    title: str
    examples: tuple[str, ...]
    count: int
    share: str
    per_week: str
    hours: str
    handled: str
    came_back: str
    risk: str
    season: str
    axes: str
    outcome: str
    level: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A line of the backlog."""

    name: str
    title: str
    serves: str
    taken: str
    settled: str
    hours: str
    money: str
    days: str
    connects: str
    metric: str
    is_low_effort: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that a page shows."""

    span: str
    conversations: str
    unclear: str
    refused: int
    problems: tuple[str, ...]
    pack: str
    mapped: tuple[TypeLine, ...]
    types: tuple[TypeLine, ...]
    for_people: tuple[TypeLine, ...]
    backlog: tuple[CaseLine, ...]
    hours: str
    settled: str
    money: str
    assumptions: tuple[str, ...]

    @property
    def others(self) -> tuple[TypeLine, ...]:
        """The request types beside those that matter most."""
        mapped = {one.name for one in self.mapped}
        return tuple(one for one in self.types if one.name not in mapped)

    @property
    def first(self) -> CaseLine | None:
        """What to begin with."""
        return self.backlog[0] if self.backlog else None


def sheet_of(told: dict[str, Any]) -> Sheet:
    """Return what a page shows of an assessment (`services.pilot.telling`)."""
    lines = {one["name"]: _type(one) for one in told["types"]}
    titles = {name: line.title for name, line in lines.items()}
    total, count = told["total"], told["conversations"]
    return Sheet(
        span=_span(told),
        conversations=f"{count:,}",
        unclear=f"{told['unclear'] / count:.0%}" if told["unclear"] else "",
        refused=told["refused"],
        problems=tuple(
            f"line {one['line']}: {one['reason']}" if one["line"] else one["reason"]
            for one in told["problems"]
        ),
        pack=told["pack"],
        mapped=tuple(lines[name] for name in told["map"]),
        types=tuple(lines.values()),
        for_people=tuple(lines[name] for name in told["for_people"]),
        backlog=tuple(_case(one, titles, told["currency"]) for one in told["backlog"]),
        hours=_pair(total["hours"], total["hours_at_worst"]),
        settled=_pair(total["settled"], total["settled_at_worst"]),
        money=_money_pair(total, told["currency"]),
        assumptions=tuple(_assumptions(told)),
    )


def page_of(told: dict[str, Any]) -> str:
    """Return the report as one page that needs nothing else."""
    return render_to_string("pilot/assessment_paper.html", {"sheet": sheet_of(told)})


def text_of(told: dict[str, Json]) -> str:
    """Return what a command line shows: what to begin with, what stays with people."""
    sheet = sheet_of(told)
    return "\n".join(_text(sheet))


def _text(sheet: Sheet) -> Iterator[str]:
    yield f"{sheet.conversations} conversations{f', {sheet.span}' if sheet.span else ''}"
    yield ""
    yield "What matters most"
    for line in sheet.mapped:
        yield f"  {line.title}: {line.per_week} a week, {line.hours} h a month; {line.outcome}"
    yield ""
    yield "What to automate, in this order"
    for number, case in enumerate(sheet.backlog, start=1):
        yield f"  {number}. {case.title} ({case.name}): {case.hours} h a month, {case.days} days"
    if not sheet.backlog:
        yield "  nothing: no flow of the library fits what is asked here"
    yield ""
    yield "What stays with people"
    for line in sheet.for_people:
        yield f"  {line.title}: {line.why}"
    if not sheet.for_people:
        yield "  nothing was found that must"
    yield ""
    yield f"Together: {sheet.hours} h a month"
    if sheet.refused:
        yield f"{sheet.refused} could not be read:"
        yield from (f"  {problem}" for problem in sheet.problems)


def _type(one: dict[str, Any]) -> TypeLine:
    known = "" if one["handled_known"] else ", assumed"
    return TypeLine(
        name=one["name"],
        title=one["title"],
        examples=tuple(one["examples"][:_SHOWN]),
        count=one["count"],
        share=f"{one['share']:.1%}",
        per_week=_number(one["per_week"]),
        hours=_number(one["hours_a_month"]),
        handled=f"{_number(one['handled_minutes'])} min{known}",
        came_back="" if one["came_back"] is None else f"{one['came_back']:.0%}",
        risk=_risk(one),
        season=_season(one["season"]),
        axes=f"{one['complexity']} · {one['emotion']} · {one['value']}",
        outcome=_OUTCOMES[one["outcome"]],
        level=_LEVELS[one["outcome"]],
        why="; ".join(one["reasons"]),
    )


def _risk(one: dict[str, Any]) -> str:
    if not one["read"]:
        return ""
    kinds = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in one["stops"].items())
    upset = f"upset {one['upset']}" if one["upset"] else ""
    told = ", ".join(part for part in (kinds, upset) if part)
    return f"{one['risk']:.0%} of {one['read']}" + (f" ({told})" if told else "")


def _season(season: dict[str, Any] | None) -> str:
    if season is None:
        return ""
    parts = [f"most on {_WEEKDAYS[season['weekday']]}s, about {season['hour']}:00"]
    if season["peak"] >= _PEAKED:
        parts.append(f"its busiest week has {season['peak']:.1f} times the usual")
    if season["trend"] >= _GREW or season["trend"] <= _SHRANK:
        way = "grew" if season["trend"] >= _GREW else "shrank"
        parts.append(f"it {way} to {season['trend']:.0%}")
    return "; ".join(parts)


def _case(one: dict[str, Any], titles: dict[str, str], currency: str) -> CaseLine:
    least, most = one["days"]
    return CaseLine(
        name=one["template"],
        title=one["title"],
        serves=_serves([titles[name] for name in one["types"]]),
        taken=_number(one["taken"]),
        settled=_pair(one["settled"], one["settled_at_worst"]),
        hours=_pair(one["hours"], one["hours_at_worst"]),
        money=_money_pair(one, currency),
        days=f"{least:g} to {most:g}",
        connects=str(one["connects"]) if one["connects"] else "nothing",
        metric=one["metric"].replace("_", " "),
        is_low_effort=one["low_effort"],
    )


def _serves(titles: list[str]) -> str:
    more = len(titles) - _NAMED
    return "; ".join(titles[:_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _assumptions(told: dict[str, Any]) -> Iterator[str]:
    likely, worst = assessment.LIKELY_SHARE, assessment.WORST_SHARE
    yield (
        f"A flow settles {likely:.0%} of what it takes, at worst {worst:.0%}. At worst"
        f" {assessment.HANDED_AT_WORST:.0%} of what it takes is handed over all the same, and"
        f" {assessment.RETURNED_AT_WORST:.0%} of what it settled comes back; both cost one touch"
        " more. These are a pilot's targets, not measurements of yours: the pilot measures."
    )
    yield (
        "Of a request that the bot begins and a person ends, half counts for the bot. What has a"
        " hard stop in it, or is clearly upset, counts for nobody but people."
    )
    if any(not one["handled_known"] for one in told["types"]):
        yield "Where the export tells no handling time, the workspace's own assumption stands in."
    if any(one["handled_known"] for one in told["types"]):
        yield (
            "A handling time is what the export tells, or the time between answers that followed"
            " each other closely; it leaves out reading before the first answer."
        )
    if not told["days_known"]:
        yield f"The export has no days: it is taken to span {told['weeks']:g} weeks."
    if told["read_closely"] < told["conversations"]:
        yield (
            f"{told['read_closely']:,} of {told['conversations']:,} conversations, evenly taken,"
            " were read closely; the others were sorted by their words."
        )


def _span(told: dict[str, Any]) -> str:
    if not told["begins"]:
        return ""
    begins, ends = date.fromisoformat(told["begins"]), date.fromisoformat(told["ends"])
    return f"{begins.day} {begins:%b %Y} to {ends.day} {ends:%b %Y}"


def _pair(likely: float, worst: float) -> str:
    return f"{_number(likely)} (at worst {_number(worst)})"


def _money_pair(one: dict[str, Any], currency: str) -> str:
    if one["money_minor"] is None:
        return ""
    likely, worst = one["money_minor"] / _HUNDRED, one["money_at_worst_minor"] / _HUNDRED
    return f"{_number(likely)} (at worst {_number(worst)}) {currency}"


def _number(value: float) -> str:
    told = f"{value:,.0f}" if abs(value) >= _TEN else f"{value:z.1f}".removesuffix(".0")
    return told.replace("-", "\N{MINUS SIGN}")
