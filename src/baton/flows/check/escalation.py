"""Whether a person comes in when automation cannot help (E19, E31, T7, T8, H26)."""

from collections.abc import Iterator, Mapping

from baton.flows.charter import Escalates
from baton.flows.check import graph
from baton.flows.check.faults import Finding, Rule, error
from baton.flows.check.subject import Subject
from baton.flows.document import Flow
from baton.flows.scene import Step
from baton.flows.steps.answer import Answer
from baton.flows.steps.ask import Ask
from baton.flows.steps.do import Do
from baton.flows.steps.end import End
from baton.flows.steps.handoff import Handoff
from baton.flows.steps.subflow import Subflow
from baton.flows.steps.survey import Survey
from baton.flows.steps.task import Task


def _no_trigger(subject: Subject) -> Iterator[Finding]:
    talking = [name for name, step in subject.steps if isinstance(step, Ask | Answer | Do | Survey)]
    if talking and not subject.flow.charter.escalates_on and not subject.is_called_only:
        names = ", ".join(one.value for one in Escalates)
        yield Finding(
            path=("escalates_on",),
            message=f"{talking[0]!r} talks with people or acts for them, "
            "and nothing is named that hands over (E19)",
            mend=f"add escalates_on: some of {names}",
        )


def _failed_action(subject: Subject) -> Iterator[Finding]:
    for name, step in subject.steps:
        if isinstance(step, Do) and not _meets_person(subject, step.failed):
            yield Finding(
                path=("steps", name, "failed"),
                message=f"when {step.action!r} fails, nobody hears of it",
                mend="lead it to a handoff or a task, at the latest after another try",
            )


def _closes_alone(subject: Subject) -> Iterator[Finding]:
    axes, policy = subject.flow.charter.triage, subject.around.policy
    if axes is None:
        return
    is_emotional = axes.emotion >= policy.human_min_emotion
    is_complex = axes.complexity > policy.automate_max_complexity
    if not is_emotional and not is_complex:
        return
    why = (
        f"emotion {axes.emotion} is {policy.human_min_emotion} or more (T8)"
        if is_emotional
        else f"complexity {axes.complexity} is over {policy.automate_max_complexity} (T7)"
    )
    for name in _closed_without_person(subject.flow):
        yield Finding(
            path=("steps", name, "outcome"),
            message=f"it closes by itself, although {why}",
            mend="let a handoff or a task come before it, or end without an outcome",
        )


def _meets_person(subject: Subject, start: str) -> bool:
    flow, flows = subject.flow, subject.around.flows or {}
    found = (flow.steps[name] for name in graph.reachable_from(flow, start))
    return any(_is_person(step) or _calls_person(step, flows) for step in found)


def _is_person(step: Step) -> bool:
    return isinstance(step, Handoff | Task)


def _calls_person(step: Step, flows: Mapping[str, Flow]) -> bool:
    called = flows.get(step.flow) if isinstance(step, Subflow) else None
    return called is not None and any(_is_person(one) for one in called.steps.values())


def _closed_without_person(flow: Flow) -> Iterator[str]:
    seen, frontier = {flow.start}, [flow.start]
    while frontier:
        name = frontier.pop()
        step = flow.steps[name]
        if isinstance(step, End) and step.outcome:
            yield name
        for way in () if _is_person(step) else step.ways:
            if way.to not in seen:
                seen.add(way.to)
                frontier.append(way.to)


RULES: tuple[Rule, ...] = (
    error("no_escalation", "Talk or action, and nothing that hands over to people.", _no_trigger),
    error("failed_alone", "An action whose failure reaches no person.", _failed_action),
    error(
        "closes_alone",
        "A matter with emotion or complexity over the limit, closed with no person before it.",
        _closes_alone,
    ),
)
