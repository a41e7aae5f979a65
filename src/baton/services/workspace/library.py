"""The library: flows that come with Baton, to start from. One YAML file each, in `baton/library`.

A file begins with a comment that says what the flow is for and, after "Success:", by what
it is judged; both travel with the text when somebody starts from it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from baton.core.errors import NotFound
from baton.core.json import Json
from baton.flows import document
from baton.flows.document import Flow
from baton.flows.steps.ask import Ask
from baton.flows.steps.do import Do
from baton.flows.steps.handoff import Handoff
from baton.flows.steps.task import Task
from baton.flows.steps.wait import Wait
from baton.flows.trigger import OWN_EVENTS, Trigger, TriggerKind
from baton.services.writing import documents

PLUG_AND_PLAY = (
    "faq_triage",
    "appointment_reminders",
    "onboarding",
    "returns",
    "nps_recovery",
)
"""The five that most businesses begin with (TP1)."""

_SUCCESS = "Success:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What has to be there before a flow can work.

    Attributes:
        events: reported by connected systems; Baton's own are not among them.
        actions: done by connected systems, with those that take them back.
        queues: of people; the first queue of a pack serves where one is missing.
        templates: to be approved for WhatsApp.
        flows: that it goes through.
    """

    events: tuple[str, ...]
    actions: tuple[str, ...]
    queues: tuple[str, ...]
    templates: tuple[str, ...]
    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTemplate:
    """A flow to start from.

    Attributes:
        about: what it is for.
        success: by what it is judged.
        needs: its own, and those of the flows that it goes through.
        source: its YAML with the comments.
        written: what the YAML holds; to be read, not changed.
    """

    about: str
    success: str
    needs: Needs
    flow: Flow
    source: str
    written: Json

    @property
    def name(self) -> str:
        """Its name in the library, which is the flow's."""
        return self.flow.name

    @property
    def is_part(self) -> bool:
        """Whether it only serves other flows."""
        return self.flow.trigger.on is TriggerKind.CALL


@cache
def names() -> tuple[str, ...]:
    """Return the names of the flows in the library."""
    entries = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in entries if name.endswith(".yaml")))


@cache
def list_templates() -> tuple[FlowTemplate, ...]:
    """Return every template: the five first, then the others by name, parts of others last."""
    found = {name: load_template(name) for name in names()}
    others = sorted(found.keys() - set(PLUG_AND_PLAY), key=lambda one: (found[one].is_part, one))
    return tuple(found[name] for name in (*PLUG_AND_PLAY, *others))


@cache
def load_template(name: str) -> FlowTemplate:
    """Return a template; raises NotFound."""
    if name not in names():
        raise NotFound("template", name)
    source = (_folder() / f"{name}.yaml").read_text("utf-8")
    written = documents.read(source, file=f"library/{name}.yaml").value
    flow = document.parse(written)
    about, _, success = _heading_of(source).partition(_SUCCESS)
    return FlowTemplate(
        about=about.strip(),
        success=success.strip(),
        needs=needs_of(flow, *_parts_of(flow)),
        flow=flow,
        source=source,
        written=written,
    )


def about(source: str) -> str:
    """Return what a flow is for, as the comment at the top of its YAML says; "" without one."""
    return _heading_of(source).partition(_SUCCESS)[0].strip()


def muted_in(name: str) -> tuple[str, ...]:
    """Return the messages of a template that come switched off; raises NotFound."""
    steps = load_template(name).flow.steps
    return tuple(one for one, step in steps.items() if getattr(step, "muted", False))


def needs_of(*flows: Flow) -> Needs:
    """Return what flows need connected, by their triggers, goals and steps."""
    steps = [step for flow in flows for step in flow.steps.values()]
    waits = [step for step in steps if isinstance(step, Wait | Ask)]
    calls = [step for step in steps if isinstance(step, Do)]
    people = [step for step in steps if isinstance(step, Handoff | Task)]
    options = [option for step in steps if isinstance(step, Ask) for option in step.options]
    said = [wording for step in steps for wording in step.wordings.values()]
    events = (
        *(flow.trigger.event for flow in flows),
        *(flow.goal.event for flow in flows if flow.goal),
        *(one.event for step in waits for one in step.occasions),
    )
    return Needs(
        events=_unique(name for name in events if name not in OWN_EVENTS),
        actions=_unique(name for step in calls for name in (step.action, step.undo)),
        queues=_unique((*(step.queue for step in people), *(one.queue for one in options))),
        templates=_unique(wording.template for wording in said),
        flows=_unique(name for flow in flows for name in flow.calls),
    )


def render_trigger(trigger: Trigger) -> str:
    """Say in words what starts a flow."""
    match trigger.on:
        case TriggerKind.MESSAGE:
            return "a message that no other flow waits for"
        case TriggerKind.KEYWORD:
            meant = " or ".join(_spaced(one) for one in trigger.intents)
            return f"the word {trigger.keyword}" + (
                f", or a message about {meant}" if meant else ""
            )
        case TriggerKind.EVENT:
            return _spaced(trigger.event)
        case TriggerKind.SCHEDULE:
            return f"{', '.join(trigger.days) or 'every day'} at {trigger.at}"
        case TriggerKind.SEGMENT:
            return f"a contact for whom this becomes true: {trigger.segment}"
        case TriggerKind.CALL:
            return "another flow goes through it"


def _parts_of(flow: Flow) -> Iterator[Flow]:
    """Yield the flows that one goes through, directly or not."""
    for name in flow.calls:
        part = load_template(name).flow
        yield part
        yield from _parts_of(part)


def _heading_of(source: str) -> str:
    """Return the comment at the top as one line."""
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _folder() -> Traversable:
    return files("baton") / "library"
