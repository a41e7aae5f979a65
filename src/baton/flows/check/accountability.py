"""Who answers for a flow, what it is measured by, and when it must stop (GV2, K25, X31, PL11)."""

import re
from collections.abc import Iterator

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit
from baton.flows.charter import Stance
from baton.flows.check.faults import Finding, Rule, error, nearest, warning
from baton.flows.check.subject import Subject
from baton.flows.trigger import TriggerKind

MOST_KPIS = 3
"""More are not watched (X31: two or three)."""

_ENGINEERS = re.compile(
    r"\b(?:engineer\w*|developers?|devops|programmers?|sre|sysadmins?|it|cto|technical|tech"
    r"|technology|software|system|systems|platform)\b",
    re.IGNORECASE,
)
_BUSINESS = re.compile(
    r"\b(?:cx|customer|client|patient|member|guest|service|support|success|operations|ops"
    r"|marketing|sales|retention|billing|finance|store|shop|clinic|club|studio|front desk)\b",
    re.IGNORECASE,
)


def _owner(subject: Subject) -> Iterator[Finding]:
    owner = subject.flow.charter.owner
    if _ENGINEERS.search(owner) and not _BUSINESS.search(owner):
        yield Finding(
            path=("owner",),
            message=f"{owner!r} is an engineer; a flow is owned by operations or CX (GV2)",
            mend="name who answers for its words and rules, such as CX lead; "
            "the engineer belongs under technical_owner",
        )


def _technical_owner(subject: Subject) -> Iterator[Finding]:
    if not subject.flow.charter.technical_owner:
        yield _missing("technical_owner", "nobody is named who mends its connections", "a role")


def _rollback(subject: Subject) -> Iterator[Finding]:
    if not subject.flow.charter.rollback:
        yield _missing("rollback", "nobody is named who may take it back", "a role")


def _metric(subject: Subject) -> Iterator[Finding]:
    if not subject.flow.charter.metric and not subject.is_called_only:
        yield _missing("metric", "it is tied to no business metric (K25)", "the one it is to move")


def _kpis(subject: Subject) -> Iterator[Finding]:
    if subject.is_called_only:
        return
    charter = subject.flow.charter
    for name, kpis in (("efficiency", charter.efficiency), ("experience", charter.experience)):
        if not kpis:
            yield Finding(
                path=("kpis", name),
                message=f"no KPI of {name} is watched beside the metric (X31)",
                mend=f"name at least one under kpis.{name}",
            )


def _only_speed(subject: Subject) -> Iterator[Finding]:
    charter = subject.flow.charter
    watched = (charter.metric, *charter.efficiency, *charter.experience)
    if charter.metric and all(_is_time(name) for name in watched):
        yield Finding(
            path=("metric",),
            message="all that it is measured by is how fast it is (T23)",
            mend="watch besides what it spares people, such as recontact_72h or csat",
        )


def _is_time(name: str) -> bool:
    kpi = CATALOGUE.get(name)
    return kpi is not None and kpi.unit is Unit.SECONDS


def _many_kpis(subject: Subject) -> Iterator[Finding]:
    charter = subject.flow.charter
    count = len(charter.efficiency) + len(charter.experience)
    if count > MOST_KPIS:
        yield Finding(
            path=("kpis",),
            message=f"{count} KPIs are more than anybody watches (X31)",
            mend=f"keep the {MOST_KPIS} that would make you stop the flow",
        )


def _gates(subject: Subject) -> Iterator[Finding]:
    if not subject.flow.charter.gates and not subject.is_called_only:
        yield _missing(
            "gates", "no limit is set before it reaches more people (PL11)", "a KPI and its limit"
        )


def _gate_limits(subject: Subject) -> Iterator[Finding]:
    for place, gate in enumerate(subject.flow.charter.gates):
        if gate.kpi.endswith(("_rate", "_share")) and not 0 <= gate.limit <= 1:
            side = "at_most" if gate.stance is Stance.AT_MOST else "at_least"
            yield Finding(
                path=("gates", place, side),
                message=f"{gate.kpi} is a share of 1, and never {gate.limit:g}",
                mend=f"write {gate.limit / 100:g}, if {gate.limit:g} percent is meant",
            )


def _triage(subject: Subject) -> Iterator[Finding]:
    takes_anything = subject.flow.trigger.on is TriggerKind.MESSAGE
    if subject.flow.charter.triage is None and not takes_anything and not subject.is_called_only:
        yield _missing(
            "triage",
            "what it automates was not weighed (T7, T11)",
            "its complexity, emotion, frequency_per_week and value",
        )


MOST_STEPS = 32
"""The longest flow of the library has 31. Ours."""


def _sprawling(subject: Subject) -> Iterator[Finding]:
    count = len(subject.flow.steps)
    if count > MOST_STEPS:
        yield Finding(
            path=("steps",),
            message=f"it has {count} steps: what it proves or harms cannot be told from each other",
            mend=f"try the smallest flow that tests it, with {MOST_STEPS} steps at most, and let "
            "others go through the rest",
        )


def _known_kpis(subject: Subject) -> Iterator[Finding]:
    charter, known = subject.flow.charter, subject.around.kpis
    if known is None:
        return
    named = [(("metric",), charter.metric)] if charter.metric else []
    places: list[tuple[tuple[str | int, ...], str]] = [
        *named,
        *((("kpis", "efficiency", place), kpi) for place, kpi in enumerate(charter.efficiency)),
        *((("kpis", "experience", place), kpi) for place, kpi in enumerate(charter.experience)),
        *((("gates", place, "kpi"), gate.kpi) for place, gate in enumerate(charter.gates)),
    ]
    for path, kpi in places:
        if kpi not in known:
            yield Finding(
                path=path, message=f"nothing measures {kpi!r}", mend=_instead_of_kpi(kpi, known)
            )


def _instead_of_kpi(kpi: str, known: frozenset[str]) -> str:
    meant = nearest(kpi, known)
    return (
        f"write {meant!r}, if that is meant"
        if meant
        else "name a KPI of the catalogue (baton kpi list)"
    )


def _missing(name: str, message: str, what: str) -> Finding:
    return Finding(path=(name,), message=message, mend=f"add {name}: {what}")


RULES: tuple[Rule, ...] = (
    error("engineer_owner", "An owner who is an engineer: operations or CX own flows.", _owner),
    error("no_technical_owner", "Nobody who mends its connections.", _technical_owner),
    error("no_rollback", "Nobody who may take it back.", _rollback),
    error("no_metric", "No business metric; a flow has exactly one.", _metric),
    error("no_kpi", "No KPI of efficiency, or none of experience.", _kpis),
    error("only_speed", "Nothing is watched but how fast it answers.", _only_speed),
    warning("many_kpis", "More than three KPIs.", _many_kpis),
    error("no_gate", "No limit that must hold before it reaches more people.", _gates),
    error("gate_limit", "A gate on a share that is not between 0 and 1.", _gate_limits),
    error("no_triage", "No triage of what it automates.", _triage),
    warning("sprawling", "More steps than the smallest flow that tests it takes.", _sprawling),
    warning("unknown_kpi", "A metric, KPI or gate of a name that nothing measures.", _known_kpis),
)
