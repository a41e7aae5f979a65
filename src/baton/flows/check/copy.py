"""How a text is written: one call to action, no selling where none belongs, in every language."""

import re
from collections.abc import Iterator

from baton.core import selling
from baton.core import text as texts
from baton.core.consent import Purpose
from baton.core.errors import InvalidInput
from baton.flows.check import samples
from baton.flows.check.faults import Finding, Path, Rule, error, warning
from baton.flows.check.spoken import spoken_in
from baton.flows.check.subject import Subject
from baton.flows.document import Flow
from baton.flows.render import mentions_in
from baton.flows.steps.offer import Offer
from baton.flows.steps.wait import Wait

MOST_SENTENCES = 3
"""TP4, FQ3: one or two sentences, and what to do; an email may say more."""

_FEW_WORDS = 3  # "Hello Mia.", "Need help?": that is no sentence to read

_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_IS_ADDRESS = re.compile(r"(?:^|_)(?:url|link)$")
_PLACEHOLDER = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)


def _two_calls(subject: Subject) -> Iterator[Finding]:
    for path, source, has_link in _bodies(subject):
        count = _addresses_in(source) + has_link
        if count > 1:
            beside = "a link and an address in the text" if has_link else f"{count} addresses"
            yield Finding(
                path=path,
                message=f"{beside}: people do one thing or none (TP4)",
                mend="keep the one that matters most, under link",
            )


def _second_call(subject: Subject) -> Iterator[Finding]:
    """Yield links that meet another one in a turn: its texts go out as one message."""
    linked = {one.step: one for one in subject.said() if one.wording.link}
    met: dict[str, str] = {}
    for name in linked:
        for following in _said_at_once(subject.flow, name) & linked.keys() - {name}:
            met.setdefault(following, name)
    for name, before in sorted(met.items()):
        yield Finding(
            path=(*linked[name].path, "link"),
            message=f"goes out in one message with {before!r}, which has a link too (TP4)",
            mend="keep one of them, or let a wait come between",
        )


def _said_at_once(flow: Flow, start: str) -> frozenset[str]:
    """Return the steps that follow what a step has said in the same turn, up to a wait."""
    found: set[str] = set()
    frontier = [start]
    while frontier:
        step = flow.steps[frontier.pop()]
        ways = () if isinstance(step, Wait) else step.ways
        # An offer that was made before is not said: nothing has gone out on that way.
        ways = ways[:1] if step is flow.steps[start] and isinstance(step, Offer) else ways
        for way in ways:
            if not way.waits and way.to not in found:
                found.add(way.to)
                frontier.append(way.to)
    return frozenset(found)


def _selling(subject: Subject) -> Iterator[Finding]:
    if subject.flow.charter.purpose is not Purpose.TRANSACTIONAL:
        return
    for path, source, _ in _bodies(subject):
        found = selling.find(_PLACEHOLDER.sub(_blank, source))
        if found:
            yield Finding(
                path=path,
                message=f"{found[0]!r} sells, in a transactional flow (TP6)",
                mend="say it in a promotional flow of its own, which asks for that consent",
                at=found.start(),
            )


def _offers(subject: Subject) -> Iterator[Finding]:
    if subject.flow.charter.purpose is not Purpose.TRANSACTIONAL:
        return
    for name, step in subject.steps:
        if isinstance(step, Offer):
            yield Finding(
                path=("steps", name, "type"),
                message=f"the offer {step.offer!r} is made in a transactional flow (TP6)",
                mend="make it in a promotional flow, or change the purpose",
            )


def _wordy(subject: Subject) -> Iterator[Finding]:
    found: dict[Path, int] = {}
    for one in spoken_in(subject):
        body = samples.fill(one.source, subject, one.locale)
        count = sum(len(one.split()) > _FEW_WORDS for one in texts.sentences(body or ""))
        if one.channel != "email" and count > MOST_SENTENCES:
            found[one.path] = count
    for path, count in found.items():
        yield Finding(
            path=path,
            message=f"{count} sentences; {MOST_SENTENCES} are the most that is read (TP4)",
            mend="say what to do first, and leave out the rest",
        )


def _unused(subject: Subject) -> Iterator[Finding]:
    for said in subject.said():
        channels = said.wording.channels or subject.flow.channels
        for channel in said.wording.by_channel:
            if channels and channel not in channels:
                yield Finding(
                    path=(*said.path, "by_channel", channel),
                    message=f"it never goes out on {channel}",
                    mend=f"add {channel} to channels, or take the text out",
                )


def _untranslated(subject: Subject) -> Iterator[Finding]:
    languages = {one for said in subject.said() for one in said.wording.translations}
    footers = subject.around.opt_outs
    for said in subject.said():
        missing = sorted(languages - said.wording.translations.keys())
        if missing:
            yield Finding(
                path=(*said.path, "text"),
                message=f"is not said in {', '.join(missing)}, as other texts of the flow are",
                mend="add it under translations, or nobody gets one language throughout",
            )
        unsigned = sorted(languages - footers.keys()) if footers is not None else []
        if unsigned and said.wording.is_signed_off:
            yield Finding(
                path=(*said.path, "opt_out"),
                message=f"the line that tells how to opt out is not said in {', '.join(unsigned)}",
                mend="have it added to the pack's copy, as opt_out_footer_es for Spanish",
            )
    yield from _untranslated_besides(subject, languages)


def _untranslated_besides(subject: Subject, languages: set[str]) -> Iterator[Finding]:
    """Yield what is said besides the texts themselves, such as thanks, in one language alone."""
    for name, step in subject.steps:
        for field, versions in step.said_besides.items():
            missing = sorted(languages - versions.keys())
            if missing:
                yield Finding(
                    path=("steps", name, field),
                    message=f"is not said in {', '.join(missing)}, as other texts of the flow are",
                    mend=f"add it under {field}_in, by language",
                )


def _twice_translated(subject: Subject) -> Iterator[Finding]:
    own = subject.flow.locale
    for said in subject.said():
        body = _step_of(subject, said.step)
        entries = body.get("translations")
        seen = {own}
        for place, entry in enumerate(entries if isinstance(entries, list) else []):
            language = str(entry.get("language")) if isinstance(entry, dict) else ""
            if language in seen:
                yield Finding(
                    path=(*said.path, "translations", place, "language"),
                    message=f"{language!r} is said already",
                    mend="keep one text a language"
                    + (", and the flow's own in text" if language == own else ""),
                )
            seen.add(language)


def _unfillable(subject: Subject) -> Iterator[Finding]:
    for source in subject.texts():
        problem = samples.problem_with(source.text, subject)
        if problem:
            yield Finding(
                path=source.path,
                message=f"cannot be filled in: {problem}",
                mend="use a filter that fits the fact's type: day, date and time for a time, "
                "money for money",
            )


def _bodies(subject: Subject) -> Iterator[tuple[Path, str, bool]]:
    """Yield each text that is read as one message, and whether a link stands below it."""
    for said in subject.said():
        for below, source in said.wording.sources.items():
            if below.endswith("text") or "by_channel." in below:
                parts = tuple(int(p) if p.isdecimal() else p for p in below.split("."))
                yield (*said.path, *parts), source, said.wording.link is not None


def _addresses_in(source: str) -> int:
    try:
        mentions = mentions_in(source)
    except InvalidInput:
        return 0
    named = {one.path for one in mentions if _IS_ADDRESS.search(one.path[-1])}
    return len(named) + len(set(_ADDRESS.findall(_PLACEHOLDER.sub(_blank, source))))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _step_of(subject: Subject, name: str) -> dict[str, object]:
    found = subject.raw["steps"]
    body = found.get(name) if isinstance(found, dict) else None
    return dict(body) if isinstance(body, dict) else {}


RULES: tuple[Rule, ...] = (
    error("two_calls", "Two calls to action in one text.", _two_calls),
    error("second_call", "Two links in texts that go out as one message.", _second_call),
    warning("selling", "Words that sell, in a transactional flow.", _selling),
    error("offer_in_transaction", "An offer made in a transactional flow.", _offers),
    warning("wordy", "A text of more than three sentences; an email may have more.", _wordy),
    warning("unused_text", "A text for a channel that the flow does not speak on.", _unused),
    warning(
        "untranslated",
        "A text missing in a language that others have, thanks and the opt-out line too.",
        _untranslated,
    ),
    error("said_twice", "A text said twice in one language.", _twice_translated),
    error("unfillable", "A filter on a fact of a type that it cannot say.", _unfillable),
)
