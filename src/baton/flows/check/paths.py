"""Ways that a run must not take: round and round at once, or nowhere for ever."""

from collections.abc import Iterator

from baton.flows.check import circles, graph, values
from baton.flows.check.faults import Finding, Rule, error, instead, warning
from baton.flows.check.subject import Subject
from baton.flows.document import Flow
from baton.flows.steps.subflow import Subflow


def _no_rest(subject: Subject) -> Iterator[Finding]:
    circle = circles.circle_in(subject.flow, subject.around.flows)
    if circle:
        yield Finding(
            path=("steps", circle[0]),
            message=f"{' -> '.join((*circle, circle[0]))} goes round without a wait",
            mend="put a wait or a question into the circle, or lead it to an end",
        )


def _no_end(subject: Subject) -> Iterator[Finding]:
    flow = subject.flow
    if flow.goal is not None:
        return
    for name, _step in subject.steps:
        reached = graph.reachable_from(flow, name)
        if all(flow.steps[one].ways for one in reached):
            yield Finding(
                path=("steps", name),
                message="from here no run ever ends",
                mend="lead a way to an end, or give the flow a goal",
            )
            return  # the others of the same circle say nothing new


def _unknown_flow(subject: Subject) -> Iterator[Finding]:
    flows = subject.around.flows
    for name, step in subject.steps:
        called = step.flow if isinstance(step, Subflow) else subject.flow.name
        if flows is not None and called not in {*flows, subject.flow.name}:
            yield Finding(
                path=("steps", name, "flow"),
                message=f"there is no flow {called!r}",
                mend=instead(called, flows.keys()),
            )


def _recursion(subject: Subject) -> Iterator[Finding]:
    flows = {**(subject.around.flows or {}), subject.flow.name: subject.flow}
    for name, step in subject.steps:
        if isinstance(step, Subflow) and subject.flow.name in _called_by(step.flow, flows):
            yield Finding(
                path=("steps", name, "flow"),
                message=f"{step.flow!r} comes back to this flow, which would call it again",
                mend="take the call out, or put what both need into a flow of its own",
            )


def _subflow_facts(subject: Subject) -> Iterator[Finding]:
    flows, known = subject.around.flows or {}, graph.known_in(subject)
    for name, step in subject.steps:
        if isinstance(step, Subflow) and step.flow in flows:
            for fact, why in _unfit(subject, flows[step.flow], known[name]):
                yield Finding(
                    path=("steps", name, "flow"),
                    message=f"{step.flow!r} wants the fact {fact!r}, which {why}",
                    mend="see to it before this step, or take it out of the other flow's facts",
                )


def _unfit(subject: Subject, called: Flow, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    types = dict(subject.flow.names)
    wanted = values.wanted_by(called, subject.around)
    for fact, kind in called.names:
        if types.get(fact, kind) is not kind:
            yield fact, f"is {types[fact].value} here and {kind.value} there"
        elif f"run.{fact}" in wanted - known:
            yield fact, "may be missing here"


def _called_by(start: str, flows: dict[str, Flow]) -> set[str]:
    found, frontier = {start}, [start]
    while frontier:
        flow = flows.get(frontier.pop())
        for name in flow.calls if flow else ():
            if name not in found:
                found.add(name)
                frontier.append(name)
    return found


RULES: tuple[Rule, ...] = (
    error(
        "loop_without_wait", "A circle of steps in which a run never rests for a minute.", _no_rest
    ),
    warning("never_ends", "A step from which no end can be reached.", _no_end),
    error("unknown_flow", "A subflow that does not exist.", _unknown_flow),
    error("recursion", "A flow that goes through itself, directly or not.", _recursion),
    error("subflow_facts", "A subflow's fact that is missing or of another type.", _subflow_facts),
)
