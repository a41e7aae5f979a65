"""Flows to start from: those that come with the packs, each as the YAML that it was written in."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from baton.flows import document
from baton.flows.document import Flow
from baton.flows.steps.do import Do
from baton.flows.steps.wait import Wait
from baton.flows.trigger import RESOLVED, TriggerKind
from baton.services import flow_sources, packs


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTemplate:
    """A flow to start from; `events` and `actions` are what other systems must bring."""

    key: str
    source: str
    flow: Flow
    events: tuple[str, ...]
    actions: tuple[str, ...]


@cache
def list_templates() -> tuple[FlowTemplate, ...]:
    """Return every flow that comes with Baton."""
    folders = [files("baton") / "packs" / name / "flows" for name in packs.list_packs()]
    found: dict[str, FlowTemplate] = {}
    for folder in folders:
        if not folder.is_dir():
            continue
        for entry in sorted(folder.iterdir(), key=lambda one: one.name):
            if entry.name.endswith(".yaml"):
                key = entry.name.removesuffix(".yaml")
                found.setdefault(key, _template(key, entry.read_text("utf-8")))
    return tuple(found.values())


def find_template(key: str) -> FlowTemplate | None:
    """Return a template by its key."""
    return next((one for one in list_templates() if one.key == key), None)


def _template(key: str, source: str) -> FlowTemplate:
    flow = document.parse(flow_sources.read(source, name=f"{key}.yaml").value)
    return FlowTemplate(
        key=key, source=source, flow=flow, events=_events_of(flow), actions=_actions_of(flow)
    )


def _events_of(flow: Flow) -> tuple[str, ...]:
    found = [flow.trigger.event] if flow.trigger.on is TriggerKind.EVENT else []
    found += [flow.goal.event] if flow.goal else []
    for step in flow.steps.values():
        if isinstance(step, Wait):
            found += [one.event for one in step.occasions]
    return tuple(name for name in dict.fromkeys(found) if name != RESOLVED)  # that is ours


def _actions_of(flow: Flow) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.action for step in flow.steps.values() if isinstance(step, Do)))
