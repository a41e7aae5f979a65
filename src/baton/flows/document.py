"""A flow as it is run: parsed from its document, every name checked."""

from dataclasses import dataclass

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import steps
from baton.flows.fields import Fields
from baton.flows.scene import Step

MESSAGE = "message"
RESOLVED = "conversation_resolved"
TRIGGERS = (MESSAGE, RESOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One version of an automation.

    `trigger` is what starts a run: a contact's message, or the end of a
    conversation; `owner` is who answers for it in operations or CX (GV2).
    """

    name: str
    title: str
    owner: str
    trigger: str
    start: str
    steps: dict[str, Step]


def parse(document: Json) -> Flow:
    """Read a flow document; raises InvalidInput with the path of everything wrong in it."""
    if not isinstance(document, dict):
        raise InvalidInput({"flow": "a flow document must be a mapping"})
    problems: dict[str, str] = {}
    fields = Fields(raw=document, path="", problems=problems)
    flow = Flow(
        name=fields.text("flow"),
        title=fields.text("title"),
        owner=fields.text("owner"),
        trigger=fields.text("trigger"),
        start=fields.text("start"),
        steps=_parse_steps(fields.mapping("steps"), problems),
    )
    fields.finish()
    if flow.trigger not in TRIGGERS:
        problems["trigger"] = f"must be one of {', '.join(TRIGGERS)}"
    _check_targets(flow, problems)
    if problems:
        raise InvalidInput(problems)
    return flow


def _parse_steps(raw: dict[str, Json], problems: dict[str, str]) -> dict[str, Step]:
    parsed: dict[str, Step] = {}
    for name, body in raw.items():
        path = f"steps.{name}"
        if not isinstance(body, dict):
            problems[path] = "must be a mapping"
            continue
        fields = Fields(raw=body, path=path, problems=problems)
        kind = fields.text("type")
        if kind not in steps.PARSERS:
            problems[f"{path}.type"] = f"must be one of {', '.join(sorted(steps.PARSERS))}"
            continue
        parsed[name] = steps.PARSERS[kind](fields)
        fields.finish()
    return parsed


def _check_targets(flow: Flow, problems: dict[str, str]) -> None:
    if flow.start not in flow.steps:
        problems["start"] = f"there is no step {flow.start!r}"
    for name, step in flow.steps.items():
        for target in step.targets:
            if target not in flow.steps:
                problems[f"steps.{name}"] = f"goes to {target!r}, which does not exist"
    for name in flow.steps.keys() - _reachable(flow):
        problems[f"steps.{name}"] = "can never be reached"


def _reachable(flow: Flow) -> set[str]:
    reachable, frontier = {flow.start}, [flow.start]
    while frontier:
        step_found = flow.steps.get(frontier.pop())
        for target in step_found.targets if step_found else ():
            if target not in reachable:
                reachable.add(target)
                frontier.append(target)
    return reachable
