"""A simulation in words and columns that a manager reads, and as plain values for programs."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from baton.core.costs import MILLION
from baton.core.json import Json
from baton.flows.charter import Stance
from baton.flows.simulation.diary import Diary
from baton.flows.simulation.forecast import Forecast
from baton.flows.simulation.report import Report, StepReport

Counted = TypeVar("Counted", bound=Hashable)

_CLOSING = (
    "These people are invented: the counts show what the flow does with such people, "
    "not what yours will do."
)
_INDENT = "  "


def render_report(report: Report) -> str:
    """Return a report as text."""
    parts = (
        _head(report),
        _messages(report),
        _steps(report.steps),
        _gates(report.gates),
        _escalations(report),
        _besides(report),
        _warnings(report),
        [_CLOSING],
    )
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def render_diary(diary: Diary) -> str:
    """Return one contact's time line as text; a long message stands on one line."""
    lines = [f"Contact {diary.number}, {diary.name}"]
    for one in diary.lines:
        words = " / ".join(one.text.splitlines())
        where = f" ({one.where})" if one.where else ""
        lines.append(f"{_INDENT}{one.at:%Y-%m-%d %H:%M}  {one.who.value:<9}  {words}{where}")
    return "\n".join(lines)


def row_of(report: Report) -> dict[str, Json]:
    """Return a report as JSON; costs are in millionths of the currency."""
    tally = report.tally
    return {
        "flow": report.flow.name,
        "title": report.flow.title,
        "contacts": report.plan.contacts,
        "days": report.plan.days,
        "seed": report.plan.seed,
        "begins_on": report.plan.begins_on.isoformat(),
        "currency": report.people.prices.currency,
        "runs": {**tally.runs},
        "people": {**tally.contacts},
        "started": {**tally.started},
        "not_started": {**tally.not_started},
        "sends": [
            {
                "channel": channel,
                "day": day,
                "messages": tally.sends[channel, day],
                "cost_millionths": tally.cost[channel, day],
            }
            for channel, day in sorted(tally.sends)
        ],
        "held_back": {**tally.held},
        "inbound": {**tally.inbound},
        "escalations": [
            {"reason": reason, "trigger": trigger, "count": count}
            for (reason, trigger), count in _most(tally.escalated)
        ],
        "actions": [
            {"action": action, "outcome": outcome, "count": count}
            for (action, outcome), count in _most(tally.actions)
        ],
        "effects": [
            {"kind": kind, "name": name, "count": count}
            for (kind, name), count in _most(tally.effects)
        ],
        "problems": [
            {"step": ".".join(place), "problem": words, "count": count}
            for (place, words), count in _most(tally.problems)
        ],
        "events": {**tally.events},
        "steps": [_step_row(one) for one in report.steps],
        "gates": [_gate_row(one) for one in report.gates],
        "unheard": [*report.unheard],
    }


def row_of_diary(diary: Diary) -> dict[str, Json]:
    """Return a time line as JSON."""
    return {
        "contact": diary.number,
        "name": diary.name,
        "lines": [
            {"at": one.at.isoformat(), "who": one.who.value, "text": one.text, "where": one.where}
            for one in diary.lines
        ],
    }


def _step_row(step: StepReport) -> dict[str, Json]:
    return {
        "flow": step.place[0],
        "step": step.place[1],
        "type": step.type,
        "entered": step.entered,
        "left": [{"label": label, "to": to, "count": n} for label, to, n in step.left],
        "ended": dict(step.ended),
        "waiting": step.waiting,
    }


def _gate_row(one: Forecast) -> dict[str, Json]:
    return {
        "kpi": one.gate.kpi,
        "stance": one.gate.stance.value,
        "limit": one.gate.limit,
        "is_known": one.is_known,
        "counted": one.counted,
        "among": one.among,
        "value": one.value,
        "holds": one.holds,
    }


def _head(report: Report) -> list[str]:
    plan, tally = report.plan, report.tally
    runs, people = tally.runs, tally.contacts
    refused = f"; not begun {_listed(tally.not_started)}" if tally.not_started else ""
    return [
        f"{report.flow.title} ({report.flow.name})",
        f"{plan.contacts:,} contacts, {plan.days} days from {plan.begins_on}, seed {plan.seed}",
        "",
        f"runs      {runs['all']:,}{refused}",
        f"contacts  {people['was_sent']:,} written to, {people['has_replied']:,} replied",
        f"          {people['was_handed_over']:,} handed over",
        f"          {people['has_opted_out']:,} opted out",
    ]


def _messages(report: Report) -> list[str]:
    tally, currency = report.tally, report.people.prices.currency
    sends, cost, days = Counter[str](), Counter[str](), Counter[str]()
    for (channel, day), count in tally.sends.items():
        sends[channel] += count
        days[day] += count
        cost[channel] += tally.cost[channel, day]
    lines = [f"messages  {sends.total():,} sent, {_money(cost.total(), currency)}"]
    lines += [
        f"{_INDENT}{channel:<10} {count:>9,}  {_money(cost[channel], currency):>14}"
        for channel, count in _most(sends)
    ]
    if days:
        day, most = min(days.items(), key=lambda one: (-one[1], one[0]))
        lines.append(f"{_INDENT}busiest day: {day} with {most:,}")
    if tally.held:
        lines.append(f"{_INDENT}held back: {_listed(tally.held)}")
    if tally.inbound:
        lines.append(f"{_INDENT}contacts wrote: {_listed(tally.inbound)}")
    return lines


def _steps(steps: Iterable[StepReport]) -> list[str]:
    lines = ["steps" + "entered".rjust(41)]
    for one in steps:
        name = f"{'.'.join(one.place[1:])} ({one.type})"
        lines.append(f"{_INDENT}{name:<34}{one.entered:>10,}")
        lines += [f"{_INDENT * 2}{words:<42}{n:>10,}" for words, n in _ways(one)]
    return lines


def _ways(step: StepReport) -> Iterator[tuple[str, int]]:
    for label, to, count in step.left:
        yield (f"{label} -> {to}" if label else f"-> {to}"), count
    for how, count in step.ended:
        yield f"ended: {how}", count
    if step.waiting:
        yield "still waiting on the last day", step.waiting


def _gates(gates: Iterable[Forecast]) -> list[str]:
    lines = [f"{_INDENT}{_gate_words(one)}" for one in gates]
    return ["gates", *lines] if lines else []


def _gate_words(one: Forecast) -> str:
    side = "at most" if one.gate.stance is Stance.AT_MOST else "at least"
    head = f"{one.gate.kpi:<24} {side} {one.gate.limit:g}"
    if not one.is_known:
        return f"{head}: not known from a simulation"
    if one.value is None:
        return f"{head}: nothing was counted"
    verdict = "holds" if one.holds else "DOES NOT HOLD"
    return f"{head}: {one.value:.3f} ({one.counted:,} of {one.among:,}), {verdict}"


def _escalations(report: Report) -> list[str]:
    found = _most(report.tally.escalated)
    lines = [
        f"{_INDENT}{trigger.replace('_', ' ')} ({reason.replace('_', ' ')}): {count:,}"
        for (reason, trigger), count in found
    ]
    return ["handed over", *lines] if lines else []


def _besides(report: Report) -> list[str]:
    tally = report.tally
    pairs = [
        *(((f"action {action}", outcome), n) for (action, outcome), n in _most(tally.actions)),
        *_most(tally.effects),
    ]
    lines = [f"{_INDENT}{kind}: {name} {count:,}" for (kind, name), count in pairs]
    lines += [
        f"{_INDENT}runs of {name} begun: {count:,}"
        for name, count in _most(tally.started)
        if name != report.flow.name
    ]
    return ["besides", *lines] if lines else []


def _warnings(report: Report) -> list[str]:
    lines = [
        f"{_INDENT}{'.'.join(place)} could not be taken {count:,} times: {words}"
        for (place, words), count in _most(report.tally.problems)
    ]
    lines += [
        f"{_INDENT}nobody came to {'.'.join(one.place)}" for one in report.steps if not one.entered
    ]
    lines += [
        f"{_INDENT}the flow waits for {event}, which never happened" for event in report.unheard
    ]
    return ["look at", *lines] if lines else []


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in _most(counts))


def _money(millionths: int, currency: str) -> str:
    return f"{millionths / MILLION:,.2f} {currency}"


def _most(counts: Counter[Counted]) -> list[tuple[Counted, int]]:
    """Return what was counted, the most frequent first, equals by name."""
    return sorted(
        ((name, n) for name, n in counts.items() if n), key=lambda one: (-one[1], str(one[0]))
    )
