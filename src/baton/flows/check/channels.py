"""Whether it may go out: where, with which template, when, and with the way out named."""

from collections.abc import Iterator
from datetime import time

from baton.core import consent
from baton.core.consent import Purpose
from baton.core.template import COPY_CHANNELS
from baton.flows.check import graph
from baton.flows.check.faults import Finding, Path, Rule, error, warning
from baton.flows.check.spoken import channels_of
from baton.flows.check.subject import Said, Subject
from baton.flows.steps.digest import Digest
from baton.flows.steps.wait import Wait
from baton.flows.trigger import TriggerKind

_WHATSAPP = "whatsapp"
_SIGNED_OFF = ("sms", "whatsapp")  # an email has its own way out, a notification the phone's


def _no_channel(subject: Subject) -> Iterator[Finding]:
    homeless = any(not said.wording.channels for said in subject.said())
    if subject.writes_first and not subject.flow.channels and homeless:
        yield Finding(
            path=("channels",),
            message="it writes first, and does not say where",
            mend="add channels, in the order in which they are tried",
        )


def _switched_off(subject: Subject) -> Iterator[Finding]:
    enabled = subject.around.channels
    named = subject.flow.channels
    if enabled is not None and named and not set(named) & set(enabled):
        yield Finding(
            path=("channels",),
            message=f"none of {', '.join(named)} is switched on",
            mend=f"add one that is: {', '.join(enabled) or 'none is'}",
        )


def _blocked(subject: Subject) -> Iterator[Finding]:
    """Yield texts that WhatsApp would refuse and no other channel takes (G53)."""
    for said in _cold_on_whatsapp(subject):
        if channels_of(subject, said.wording) == (_WHATSAPP,):
            yield from _without_template(subject, said, "no other channel takes it")


def _falls_back(subject: Subject) -> Iterator[Finding]:
    for said in _cold_on_whatsapp(subject):
        others = [one for one in channels_of(subject, said.wording) if one != _WHATSAPP]
        if others:
            yield from _without_template(subject, said, f"it goes by {others[0]} instead")


def _falls_nowhere(subject: Subject) -> Iterator[Finding]:
    """Yield texts that wait for a receipt and have no other channel to go on (C22)."""
    for said in subject.said():
        own = channels_of(subject, said.wording)
        if said.wording.patience and len(own) < 2:  # noqa: PLR2004 - one channel and another
            yield Finding(
                path=(*said.path, "fallback"),
                message=f"there is no further channel: it goes by {', '.join(own) or 'none'} alone",
                mend="add another one to channels, or take fallback out",
            )


def _cold_on_whatsapp(subject: Subject) -> Iterator[Said]:
    """Yield what may go out on WhatsApp a day and more after the contact's last words."""
    silence = graph.silence_in(subject)
    for said in subject.said():
        named = said.wording.channels or subject.flow.channels
        is_on = _WHATSAPP in channels_of(subject, said.wording)
        if _WHATSAPP in named and is_on and silence[said.step] >= graph.WINDOW:
            yield said


def _without_template(subject: Subject, said: Said, then: str) -> Iterator[Finding]:
    template = said.wording.template
    if not template:
        yield Finding(
            path=(*said.path, "text"),
            message="a day after the contact's last words WhatsApp takes approved templates "
            f"alone (C6): {then}",
            mend="add template: the name of one, or take whatsapp out of channels",
        )
    elif missing := _unapproved(subject, said):
        yield Finding(
            path=(*said.path, "template"),
            message=f"{template!r} is not approved in {', '.join(missing)} (C6): {then}",
            mend="have it approved, or name one that is",
        )


def _unapproved(subject: Subject, said: Said) -> list[str]:
    approved = subject.around.templates
    if approved is None:
        return []
    name = said.wording.template
    there = {one.language for one in approved if (one.name, one.channel) == (name, _WHATSAPP)}
    return [
        language
        for language in (subject.flow.locale, *said.wording.translations)
        if language not in there
    ]


def _no_copy(subject: Subject) -> Iterator[Finding]:
    """Yield unasked texts whose words the workspace wants approved one by one (TP3)."""
    silence, policy = graph.silence_in(subject), subject.around.policy
    purpose = subject.flow.charter.purpose
    for said in subject.said():
        for channel in set(COPY_CHANNELS) & set(channels_of(subject, said.wording)):
            if not consent.is_listed(policy.approved_copy, channel, purpose):
                continue
            if silence[said.step] and (missing := _uncopied(subject, said, channel)):
                yield Finding(
                    path=(*said.path, "template" if said.wording.template else "text"),
                    message=f"its words for {channel} are not approved in {', '.join(missing)}: "
                    "they would not be sent there",
                    mend="name a template that is approved for that channel",
                )


def _uncopied(subject: Subject, said: Said, channel: str) -> list[str]:
    place = said.wording.template, channel
    there = {one.language for one in subject.around.copy if (one.name, one.channel) == place}
    languages = (subject.flow.locale, *said.wording.translations)
    return [language for language in languages if language not in there]


def _no_way_out(subject: Subject) -> Iterator[Finding]:
    """Yield the first texts of an unasked sequence that do not say how to end it (TP10)."""
    may_be_ended = subject.flow.charter.purpose is Purpose.PROMOTIONAL
    if not (subject.writes_first and may_be_ended and set(_SIGNED_OFF) & set(channels_of(subject))):
        return
    for said in _first_said(subject):
        if not said.wording.is_signed_off:
            yield Finding(
                path=(*said.path, "text"),
                message="the first thing it says does not tell how to end it (TP10)",
                mend='add opt_out: true, which puts "Reply STOP to opt out." below it',
            )


def _first_said(subject: Subject) -> Iterator[Said]:
    said = {one.step: one for one in subject.said()}
    seen, frontier = {subject.flow.start}, [subject.flow.start]
    while frontier:
        name = frontier.pop()
        if name in said:
            yield said[name]
            continue
        for way in subject.flow.steps[name].ways:
            if way.to not in seen:
                seen.add(way.to)
                frontier.append(way.to)


def _in_quiet_hours(subject: Subject) -> Iterator[Finding]:
    quiet = subject.around.quiet_hours
    for path, at in _times_of_writing(subject):
        if quiet is not None and quiet.cover(_clock(at)):
            yield Finding(
                path=path,
                message=f"{at} lies in the quiet hours, "
                f"{quiet.start:%H:%M} to {quiet.end:%H:%M}: it would always wait until they end",
                mend=f"choose a time from {quiet.end:%H:%M} on",
            )


def _times_of_writing(subject: Subject) -> Iterator[tuple[Path, str]]:
    """Yield the times of day at which something is said unasked, each with its place."""
    flow = subject.flow
    if flow.trigger.on is TriggerKind.SCHEDULE and _speaks_at_once(subject, flow.start):
        yield ("trigger", "at"), flow.trigger.at
    for name, step in subject.steps:
        if isinstance(step, Wait) and step.at and _speaks_at_once(subject, step.then):
            yield ("steps", name, "at"), step.at
        if isinstance(step, Digest) and step.at:
            yield ("steps", name, "at"), step.at


def _speaks_at_once(subject: Subject, start: str) -> bool:
    """Return whether a run may say something in the turn in which it comes to a step."""
    steps = subject.flow.steps
    return any(steps[name].wordings for name in graph.at_once_from(subject.flow, start))


def _clock(at: str) -> time:
    hour, _, minute = at.partition(":")
    return time(int(hour), int(minute))


RULES: tuple[Rule, ...] = (
    error("no_channel", "A flow that writes first and names no channel.", _no_channel),
    error("channels_off", "A flow none of whose channels is switched on.", _switched_off),
    error(
        "no_template",
        "An unasked WhatsApp text without an approved template, and no other channel.",
        _blocked,
    ),
    warning(
        "falls_back",
        "An unasked WhatsApp text without an approved template, which another channel takes.",
        _falls_back,
    ),
    warning(
        "falls_nowhere",
        "A text that waits for a receipt and names no further channel.",
        _falls_nowhere,
    ),
    warning("no_copy", "Unasked words that want an approval and have none.", _no_copy),
    warning("no_opt_out", "A promotional flow that does not say how to end it.", _no_way_out),
    error("quiet_hours", "A time of writing inside the quiet hours.", _in_quiet_hours),
)
