"""Whether a text fits its channel, with everything in it as long as it may get.

The figures are the channels' own: see `core.fit` and `core.whatsapp`.
"""

from collections.abc import Iterator

from baton.core import sms, whatsapp
from baton.core.fit import PUSH, SMS_MOST_PARTS, SMS_PARTS, VOICE
from baton.flows.check import graph, samples
from baton.flows.check.faults import Finding, Path, Rule, error, warning
from baton.flows.check.spoken import Spoken, channels_of, spoken_in
from baton.flows.check.subject import Subject
from baton.flows.render import MAX_TEXT
from baton.flows.steps.ask import Ask

EMAIL_SUBJECT = 60
"""Phones show about as much of a subject."""

_LINK = 25
_ALONE = 71  # of a letter outside the GSM alphabet, so many need two parts; of any other, one


def _too_long(subject: Subject) -> Iterator[Finding]:
    silence = graph.silence_in(subject)
    for one in spoken_in(subject):
        is_cold = silence.get(one.said.step, graph.FOREVER) >= graph.WINDOW
        limit = _limit_of(one, is_cold=is_cold)
        if len(one.text) > limit:
            yield Finding(
                path=one.path,
                message=f"up to {len(one.text)} characters; {one.channel} carries {limit:,}"
                f"{_in(one, subject)}",
                mend=f"shorten it, or write a text of its own under by_channel.{one.channel}",
            )


def _limit_of(one: Spoken, *, is_cold: bool) -> int:
    match one.channel:
        case "whatsapp" if is_cold or one.said.wording.template:
            return whatsapp.MAX_TEMPLATE
        case "whatsapp":
            return min(whatsapp.MAX_TEXT, MAX_TEXT)
        case "voice":
            return VOICE
        case "push":
            return PUSH
        case _:
            return MAX_TEXT


def _many_parts(subject: Subject) -> Iterator[Finding]:
    for one in spoken_in(subject):
        parts = sms.parts_of(one.text) if one.channel == "sms" else 0
        if parts > SMS_MOST_PARTS:
            yield _parts_finding(one, parts, subject)


def _costly(subject: Subject) -> Iterator[Finding]:
    for one in spoken_in(subject):
        parts = sms.parts_of(one.text) if one.channel == "sms" else 0
        if SMS_PARTS < parts <= SMS_MOST_PARTS:
            yield _parts_finding(one, parts, subject)


def _parts_finding(one: Spoken, parts: int, subject: Subject) -> Finding:
    wide = _wide_in(one.text)
    shown = ", ".join(wide[:5])
    return Finding(
        path=one.path,
        message=f"up to {parts} SMS parts ({len(one.text)} characters){_in(one, subject)}",
        mend=f"the letters {shown} take more room than others: do without, or shorten it"
        if wide
        else "shorten it, or write a text of its own under by_channel.sms",
    )


def _wide_in(text: str) -> tuple[str, ...]:
    """Return the letters for which carriers change to the alphabet that takes more room."""
    return tuple(letter for letter in dict.fromkeys(text) if sms.parts_of(letter * _ALONE) > 1)


def _subjects(subject: Subject) -> Iterator[Finding]:
    if "email" not in channels_of(subject):
        return
    for said in subject.said():
        texts = {said.wording.subject: ("subject",)} if said.wording.subject else {}
        places: dict[str, Path] = {**texts}
        for place, one in enumerate(said.wording.translations.values()):
            places |= {one.subject: ("translations", place, "subject")} if one.subject else {}
        for text, below in places.items():
            filled = samples.fill(text, subject, subject.flow.locale)
            if filled is not None and len(filled) > EMAIL_SUBJECT:
                yield Finding(
                    path=(*said.path, *below),
                    message=f"a subject of up to {len(filled)} characters; "
                    f"phones show {EMAIL_SUBJECT}",
                    mend="put what matters first, and the rest into the text",
                )


def _choices(subject: Subject) -> Iterator[Finding]:
    if "whatsapp" not in channels_of(subject):
        return
    for name, step in subject.steps:
        options = step.options if isinstance(step, Ask) else ()
        if len(options) > whatsapp.MAX_ROWS:
            yield Finding(
                path=("steps", name, "choices"),
                message=f"{len(options)} choices; WhatsApp shows {whatsapp.MAX_ROWS}",
                mend="ask in two steps",
            )
        is_few = len(options) <= whatsapp.MAX_BUTTONS
        most = whatsapp.MAX_BUTTON if is_few else whatsapp.MAX_ROW
        for place, option in enumerate(options):
            labels: dict[Path, str] = {("label",): option.choice.label}
            labels |= {("labels", language): text for language, text in option.labels.items()}
            for below, label in labels.items():
                if len(label) > most:
                    yield Finding(
                        path=("steps", name, "choices", place, *below),
                        message=f"{len(label)} characters; WhatsApp shows {most} of a choice",
                        mend="shorten it",
                    )


def _link_labels(subject: Subject) -> Iterator[Finding]:
    if "whatsapp" not in channels_of(subject):
        return
    for said in subject.said():
        label = said.wording.link.label if said.wording.link else ""
        if len(label) > _LINK:
            yield Finding(
                path=(*said.path, "link", "label"),
                message=f"{len(label)} characters; a button of WhatsApp shows {_LINK}",
                mend="shorten it to a verb and what it is about, as in Move my class",
            )


def _in(one: Spoken, subject: Subject) -> str:
    return f" (in {one.locale!r})" if one.locale != subject.flow.locale else ""


RULES: tuple[Rule, ...] = (
    error("too_long", "A text longer than its channel carries.", _too_long),
    error("many_sms_parts", "A text of more than three SMS parts.", _many_parts),
    warning(
        "costly_sms",
        "A text of more than two SMS parts, with the longest values in it.",
        _costly,
    ),
    warning("long_subject", "A subject of an email that phones cut off.", _subjects),
    error("choices_on_whatsapp", "More or longer choices than WhatsApp shows.", _choices),
    warning("long_link_label", "A call to action longer than WhatsApp's button.", _link_labels),
)
