"""Words that a flow takes for its own: replies, keywords, and the names of events."""

from collections.abc import Iterator, Mapping

from baton.core import keywords
from baton.core import text as texts
from baton.flows.check.faults import Finding, Path, Rule, error, instead, nearest, warning
from baton.flows.check.subject import Subject
from baton.flows.document import Flow
from baton.flows.scene import Step
from baton.flows.steps.ask import Ask, Option
from baton.flows.steps.do import Do
from baton.flows.steps.wait import Wait
from baton.flows.trigger import OWN_EVENTS, Trigger, TriggerKind

_A_SLIP = 88  # of 100: a letter left out or changed, or two words swapped in a long name
_STAND_IN = "put this one in its place (instead_of: [{}])"
_GIVEN_WAY = ("HELP", "MAP")
"""What a pending question is heard before, so that it may offer these words itself."""


def _reserved_choice(subject: Subject) -> Iterator[Finding]:
    for name, step in subject.steps:
        for place, option in enumerate(step.options if isinstance(step, Ask) else ()):
            for below, word in _words_of(option):
                meaning = _meaning_of(word, subject)
                if meaning and meaning not in _GIVEN_WAY:
                    yield Finding(
                        path=("steps", name, "choices", place, *below),
                        message=f"{word!r} means {meaning} on every channel (C18)",
                        mend="offer another word",
                    )


def _reserved_keyword(subject: Subject) -> Iterator[Finding]:
    word = subject.flow.trigger.keyword
    meaning = _meaning_of(word, subject) if word else ""
    if meaning:
        yield Finding(
            path=("trigger", "keyword"),
            message=f"{word!r} means {meaning} on every channel",
            mend="choose another word",
        )


def _same_trigger(subject: Subject) -> Iterator[Finding]:
    own = subject.flow.trigger
    for name, trigger in _rivals(subject):
        if own.on is TriggerKind.MESSAGE and trigger.on is own.on:
            yield Finding(
                path=("trigger", "on"),
                message=f"{name!r} takes any message too, and only one of them gets it",
                mend=f"{_STAND_IN.format(name)}, or start one of them by a keyword or an event",
            )
        if own.keyword and texts.bare(trigger.keyword) == texts.bare(own.keyword):
            yield Finding(
                path=("trigger", "keyword"),
                message=f"{name!r} starts by the same word",
                mend=f"choose another word, or {_STAND_IN.format(name)}",
            )
        for place, intent in enumerate(own.intents):
            if intent in trigger.intents:
                yield Finding(
                    path=("trigger", "intents", place),
                    message=f"{name!r} starts by the same intent",
                    mend=f"leave it to one of them, or {_STAND_IN.format(name)}",
                )


def _rivals(subject: Subject) -> Iterator[tuple[str, Trigger]]:
    """Yield the triggers of other flows; none where one of the two stands in for the other."""
    own = subject.flow
    for name, flow in (subject.around.flows or {}).items():
        is_settled = name in own.trigger.instead_of or own.name in flow.trigger.instead_of
        if name != own.name and not is_settled:
            yield name, flow.trigger


def _stands_in(subject: Subject) -> Iterator[Finding]:
    own, flows = subject.flow, subject.around.flows
    for place, name in enumerate(own.trigger.instead_of):
        path = ("trigger", "instead_of", place)
        if name == own.name:
            yield Finding(path=path, message="it stands in for itself", mend="leave it out")
        elif flows is not None and name not in flows:
            known = [one for one in flows if one != own.name]
            yield Finding(
                path=path, message=f"no flow {name!r} is in force", mend=instead(name, known)
            )
        elif flows is not None and own.name in _stood_in_for(flows, name):
            yield Finding(
                path=path,
                message=f"{name!r} stands in for this flow, so that neither would begin",
                mend="take it out here, or there",
            )
        elif flows is not None and flows[name].trigger.on is not own.trigger.on:
            other = flows[name].trigger.on.value
            yield Finding(
                path=path,
                message=f"{name!r} starts on {other} and this flow on {own.trigger.on.value}: "
                "they never meet, so that both go on beside each other",
                mend="leave it out, or start both by the same kind of trigger",
            )


def _stood_in_for(flows: Mapping[str, Flow], name: str) -> set[str]:
    """Return all that a flow stands in for, be it by way of others."""
    found: set[str] = set()
    left = [name]
    while left:
        flow = flows.get(left.pop())
        fresh = set(flow.trigger.instead_of) - found if flow else set()
        found |= fresh
        left.extend(fresh)
    return found


def _unknown_event(subject: Subject) -> Iterator[Finding]:
    known = subject.around.events
    for path, event in _events(subject):
        if known is not None and event not in {*known, *OWN_EVENTS}:
            yield Finding(
                path=path,
                message=f"no event {event!r} is known here: nothing has reported it, and no "
                "other flow or template names it",
                mend=_instead_of_event(event, {*known, *OWN_EVENTS}),
            )


def _instead_of_event(event: str, known: set[str]) -> str:
    meant = nearest(event, known)
    report = "have it reported once: then it is known"
    return f"write {meant!r}, if that is meant; or {report}" if meant else report


def _odd_action(subject: Subject) -> Iterator[Finding]:
    """Yield actions whose name is a slip away from one that other flows call."""
    known = subject.around.named_actions
    if subject.around.actions is not None:
        return  # what is offered is known for sure
    for name, step in subject.steps:
        for key, action in _actions_of(step):
            meant = nearest(action, known, _A_SLIP) if action and action not in known else ""
            if meant:
                yield Finding(
                    path=("steps", name, key),
                    message=f"{action!r} is called nowhere else, and {meant!r} is",
                    mend=f"write {meant!r}, if that is meant",
                )


def _unknown_action(subject: Subject) -> Iterator[Finding]:
    known = subject.around.actions
    for name, step in subject.steps:
        for key, action in _actions_of(step):
            if known is not None and action and action not in known:
                yield Finding(
                    path=("steps", name, key),
                    message=f"no connected system does {action!r}",
                    mend=instead(action, known),
                )


def _actions_of(step: Step) -> tuple[tuple[str, str], ...]:
    return (("action", step.action), ("undo", step.undo)) if isinstance(step, Do) else ()


def _no_subject(subject: Subject) -> Iterator[Finding]:
    """Yield a flow that is meant to run several times for one contact, and cannot."""
    flow, limits = subject.flow, subject.raw.get("limits")
    is_said = isinstance(limits, dict) and "runs_per_contact" in limits
    is_alone = flow.trigger.on is not TriggerKind.EVENT or flow.subject != ""
    if is_said and not is_alone and flow.limits.runs_per_contact > 1:
        yield Finding(
            path=("limits", "runs_per_contact"),
            message="without a subject a contact has one run at a time, whatever this says",
            mend="add subject: the fact that tells the runs apart, such as the booking",
        )


def _answer_lost(subject: Subject) -> Iterator[Finding]:
    for name, step in subject.steps:
        is_read = isinstance(step, Ask) and step.kind.value not in ("message", "choice")
        if isinstance(step, Ask) and is_read and not step.save:
            yield Finding(
                path=("steps", name, "kind"),
                message=f"it asks for a {step.kind.value} and keeps it nowhere",
                mend="add save: the fact that keeps the answer",
            )


def _events(subject: Subject) -> Iterator[tuple[Path, str]]:
    flow = subject.flow
    if flow.trigger.event:
        yield ("trigger", "event"), flow.trigger.event
    if flow.goal is not None:
        yield ("goal", "event"), flow.goal.event
    for name, step in subject.steps:
        for place, one in enumerate(step.occasions if isinstance(step, Wait | Ask) else ()):
            yield ("steps", name, "events", place, "event"), one.event


def _words_of(option: Option) -> Iterator[tuple[Path, str]]:
    yield ("key",), option.choice.key
    yield ("label",), option.choice.label
    for place, word in enumerate(option.choice.also):
        yield ("also", place), word
    for language, word in option.labels.items():
        yield ("labels", language), word


def _meaning_of(word: str, subject: Subject) -> str:
    found = keywords.find(word)
    if found is not None:
        return found.value.upper()
    bare = texts.bare(word)
    return bare.upper() if bare in {texts.bare(one) for one in subject.around.keywords} else ""


RULES: tuple[Rule, ...] = (
    error(
        "reserved_choice", "A choice that is a word of the channel, such as STOP.", _reserved_choice
    ),
    error("reserved_keyword", "A keyword that is a word of the channel.", _reserved_keyword),
    error("same_trigger", "Two flows that the same words would start.", _same_trigger),
    error("stands_in", "A flow in whose place this one cannot stand.", _stands_in),
    warning("unknown_event", "An event that no source is known to report.", _unknown_event),
    warning("odd_action", "An action spelled almost as one that other flows call.", _odd_action),
    error("unknown_action", "An action that no connected system offers.", _unknown_action),
    warning(
        "no_subject", "Several runs a contact, and nothing that tells them apart.", _no_subject
    ),
    warning("answer_lost", "A question whose answer is kept nowhere.", _answer_lost),
)
