"""What texts and expressions name: that it exists, is there by then, and is of the right type."""

import re
from collections.abc import Iterator

from baton.core.errors import InvalidInput
from baton.flows import conditions
from baton.flows.check import graph
from baton.flows.check.faults import Finding, Path, Rule, error, instead, warning
from baton.flows.check.named import is_forgiving, names_in
from baton.flows.check.subject import Source, Subject, Surroundings
from baton.flows.conditions import ALWAYS_KNOWN, Mistake
from baton.flows.document import Flow
from baton.flows.render import Mention, find_mistake, mentions_in
from baton.flows.steps.ask import Ask
from baton.flows.steps.set import Set
from baton.flows.steps.wait import Wait
from baton.flows.values import ValueType

_ROOMS = ("run", "contact", "business", "location", "event")
# Of a stranger this is not known.
_PERSONAL = frozenset(f"contact.{name}" for name in ("name", "first_name", "membership"))
_CEL_OF: dict[ValueType, str] = {
    ValueType.TEXT: "STRING",
    ValueType.NUMBER: "INT",
    ValueType.MONEY: "INT",
    ValueType.DECIMAL: "DOUBLE",
    ValueType.TIME: "TIMESTAMP",
    ValueType.FLAG: "BOOL",
    ValueType.WORDS: "LIST",
}
_UNKNOWN = re.compile(r"(\S+) is not known here")


# Texts.


def _bad_liquid(subject: Subject) -> Iterator[Finding]:
    for source in subject.texts():
        mistake = find_mistake(source.text)
        if mistake is not None:
            yield Finding(
                path=source.path,
                message=f"the text cannot be read: {mistake.words}",
                mend='write placeholders as in "{{ run.starts_at | time }}"',
                at=mistake.at,
            )


def _unknown_in_text(subject: Subject) -> Iterator[Finding]:
    for source, mention in _mentions(subject):
        problem = _unknown(subject, mention)
        if problem:
            name = ".".join(mention.path)
            yield Finding(
                path=source.path,
                message=f"there is no {name}",
                mend=problem,
                at=mention.at,
            )


def _missing_in_text(subject: Subject) -> Iterator[Finding]:
    known = graph.known_in(subject)
    for source, mention in _mentions(subject):
        name = ".".join(mention.path[:2])
        if mention.has_default or _unknown(subject, mention) or mention.path[0] == "contact":
            continue
        if mention.path[0] == "run" and name not in known[source.step]:
            yield _missing(source.path, name, mention.at, _DEFAULT)
        if mention.path[0] == "event" and graph.EVENT not in known[source.step]:
            yield _missing(source.path, name, mention.at, _KEEP)


def _nameless(subject: Subject) -> Iterator[Finding]:
    known = graph.known_in(subject)
    for source, mention in _mentions(subject):
        name = ".".join(mention.path[:2])
        if name in _PERSONAL and not mention.has_default and name not in known[source.step]:
            yield _missing(source.path, name, mention.at, _DEFAULT)


def wanted_by(flow: Flow, around: Surroundings) -> frozenset[str]:
    """Return the facts, as "run.price", that a flow needs from whoever calls it."""
    subject = Subject(raw={}, flow=flow, around=around)
    known = graph.known_in(subject, at_start=frozenset())
    needed = {
        (source.step, ".".join(mention.path[:2]))
        for source, mention in _mentions(subject)
        if not mention.has_default
    }
    needed |= {(one.step, name) for one, name, _ in _needed_by_values(subject)}
    needed |= {
        (name, f"run.{step.of}")
        for name, step in subject.steps
        if isinstance(step, Wait | Ask) and step.of
    }
    return frozenset(
        name for step, name in needed if name.startswith("run.") and name not in known[step]
    )


# Expressions.


def _bad_expression(subject: Subject) -> Iterator[Finding]:
    for source, mistake in _mistakes(subject):
        if not _UNKNOWN.match(mistake.words):
            yield Finding(
                path=source.path,
                message=mistake.words,
                mend="mend it at that place; names are run.x, event.x, contact.x and now",
                at=mistake.at,
            )


def _unknown_in_expression(subject: Subject) -> Iterator[Finding]:
    known = [*ALWAYS_KNOWN, *(f"run.{name}" for name, _ in subject.flow.names)]
    for source, mistake in _mistakes(subject):
        unknown = _UNKNOWN.match(mistake.words)
        if unknown:
            name = unknown[1]
            yield Finding(
                path=source.path,
                message=f"there is no {name}",
                mend=_declare(name, instead(name, known)),
                at=max(source.text.find(name), 0),
            )


def _missing_in_value(subject: Subject) -> Iterator[Finding]:
    """Yield what a value cannot be worked out without; a condition would just be false."""
    known = graph.known_in(subject)
    for source, name, at in _needed_by_values(subject):
        is_run = name.startswith("run.") and name[4:] in dict(subject.flow.names)
        if is_run and name not in known[source.step]:
            yield _missing(source.path, name, at, _BRANCH)
        if name.startswith("event.") and graph.EVENT not in known[source.step]:
            yield _missing(source.path, name, at, _KEEP)


def _too_early(subject: Subject) -> Iterator[Finding]:
    for source in subject.conditions_of_head():
        if source.path[0] != "trigger":
            continue
        for name, at in names_in(source.text):
            if name.startswith("run."):
                yield Finding(
                    path=source.path,
                    message=f"{name} is not there before the run has started, so it never starts",
                    mend=f"write event.{name[4:]} or something of the contact",
                    at=at,
                )


# Facts.


def _awaited(subject: Subject) -> Iterator[Finding]:
    """Yield the times that a wait counts from and that are not there, or are no times."""
    known, types = graph.known_in(subject), dict(subject.flow.names)
    for name, step in subject.steps:
        if not isinstance(step, Wait | Ask) or not step.of:
            continue
        path: Path = ("steps", name, "of")
        kind = types.get(step.of)
        if kind is None:
            mend = instead(step.of, [one for one, its in types.items() if its is ValueType.TIME])
            yield Finding(path=path, message=f"there is no fact {step.of!r}", mend=mend)
        elif kind is not ValueType.TIME:
            yield Finding(
                path=path,
                message=f"run.{step.of} is {kind.value}, and a wait counts from a time",
                mend="name a fact of type time",
            )
        elif f"run.{step.of}" not in known[name]:
            yield _missing(path, f"run.{step.of}", None, _BRANCH)


def _wrong_set(subject: Subject) -> Iterator[Finding]:
    types = dict(subject.flow.names)
    for name, step in subject.steps:
        for fact, text in step.values.items() if isinstance(step, Set) else ():
            path: Path = ("steps", name, "values", fact)
            if fact not in types:
                mend = _declare(f"run.{fact}", instead(fact, types.keys()))
                yield Finding(path=path, message=f"there is no fact {fact!r}", mend=mend)
                continue
            mistake = conditions.find_mistake(
                text, subject.flow.names, returns=_CEL_OF.get(types[fact], "")
            )
            if mistake is not None and mistake.words.startswith("gives "):
                yield Finding(
                    path=path,
                    message=f"run.{fact} is {types[fact].value}, and this {mistake.words}",
                    mend="make it of that type, or declare the fact otherwise",
                )


def _two_types(subject: Subject) -> Iterator[Finding]:
    types = dict(subject.flow.names)
    for name, step in subject.steps:
        for fact, kind in step.saves.items():
            if types.get(fact, kind) is not kind:
                yield Finding(
                    path=("steps", name, "save"),
                    message=f"it keeps {kind.value} in run.{fact}, which is {types[fact].value}",
                    mend="keep it under another name",
                )


_DEFAULT = "write a default, as in {{ %s | default: 'there' }}, or go another way without it"
_BRANCH = "ask for it before, or branch on it first"
_KEEP = "an event is at hand only until the next wait: keep what you need of it under facts"


def _missing(path: Path, name: str, at: int | None, mend: str) -> Finding:
    return Finding(
        path=path,
        message=f"{name} may be missing here",
        mend=mend.replace("%s", name),
        at=at,
    )


def _needed_by_values(subject: Subject) -> Iterator[tuple[Source, str, int]]:
    """Yield what values cannot be worked out without; one that asks first needs nothing."""
    for source in subject.expressions():
        if source.returns != "BOOL" and not is_forgiving(source.text):
            yield from ((source, name, at) for name, at in names_in(source.text))


def _mentions(subject: Subject) -> Iterator[tuple[Source, Mention]]:
    for source in subject.texts():
        try:
            mentions = mentions_in(source.text)
        except InvalidInput:
            continue  # bad_liquid says so
        for mention in sorted(mentions, key=lambda one: one.at):
            yield source, mention


def _mistakes(subject: Subject) -> Iterator[tuple[Source, Mistake]]:
    for source in (*subject.conditions_of_head(), *subject.expressions()):
        mistake = conditions.find_mistake(source.text, subject.flow.names, returns=source.returns)
        if mistake is not None:
            yield source, mistake


def _unknown(subject: Subject, mention: Mention) -> str:
    """Return what to write instead of a name that does not exist, "" when it does."""
    room, name = mention.path[0], ".".join(mention.path[:2])
    if room not in _ROOMS:
        return f"start with one of {', '.join(_ROOMS)}"
    known = _known_of(subject, room)
    return "" if known is None or name in known else _declare(name, instead(name, known))


def _known_of(subject: Subject, room: str) -> frozenset[str] | None:
    match room:
        case "run":
            return frozenset(f"run.{name}" for name, _ in subject.flow.names)
        case "contact":
            return frozenset(name for name in ALWAYS_KNOWN if name.startswith("contact."))
        case "event":
            return None
        case _:
            return subject.around.places


def _declare(name: str, meant: str) -> str:
    room, _, fact = name.partition(".")
    return f"{meant}; or declare {fact} under facts" if room == "run" and fact else meant


RULES: tuple[Rule, ...] = (
    error("bad_text", "A text that is no valid Liquid, or has a filter unknown.", _bad_liquid),
    error(
        "bad_expression", "A condition that cannot be read, or is no yes or no.", _bad_expression
    ),
    error("unknown_name", "A text that names what does not exist.", _unknown_in_text),
    error(
        "unknown_in_condition",
        "A condition that names what does not exist.",
        _unknown_in_expression,
    ),
    error("missing_value", "A text that needs what may be missing by then.", _missing_in_text),
    warning("nameless", "A text that needs the contact's name, which may not be known.", _nameless),
    error("missing_in_value", "A value worked out from what may be missing.", _missing_in_value),
    error("too_early", "A trigger that asks for facts of a run that has not started.", _too_early),
    error("wrong_time", "A wait that counts from what is no time, or may be missing.", _awaited),
    error("wrong_type", "A fact set to a value of another type.", _wrong_set),
    error("two_types", "A fact that keeps answers of two types.", _two_types),
)
