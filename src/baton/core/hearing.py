"""Hears hard stops in a message: by rule, and by what the reader heard however it is worded.

A rule knows the word and doubts nothing; the reader knows the sentence and is only ever
likely right. Each may stop the automation by itself. A reader may talk a rule out of a
stop where it is certain, and never out of what it did not hear whole.
"""

from baton.core.hard_stops import HardStop, HardStopMatch
from baton.core.reading import Alarm, Reading
from baton.core.sentence import words_of
from baton.core.stop_rules import RULES_OF, scenes_of

# Measured on suites that were written apart from the teaching examples (tests/nlu/suites).
# Fixed here, and in no policy: no threshold turns a hard stop off (invariant 6).
_LOUD = 0.35
_CERTAINLY_HARMLESS = 0.25
_BEYOND_DOUBT = 0.02
_CLEARLY = 1.5
_BARE_WORDS = 2
_HEARD_WHOLE = 60
# Kinds whose rules fire at a mere mention ("my lawyer recommended your class"). The others
# are acts and dangers: there a person is called in error rather than too late.
_MENTIONED = frozenset(
    {
        HardStop.BILLING_DISPUTE,
        HardStop.COMPLAINT,
        HardStop.LEAVING,
        HardStop.LEGAL,
        HardStop.MEDICAL,
        HardStop.PERSON,
    }
)


def find(reading: Reading, *, last_object: str | None) -> tuple[HardStopMatch, ...]:
    """Return every kind of hard stop in a message once, the worst first.

    A rule's act stops unless the reader, which heard the whole message, is certain that it
    is harmless talk; an alarm of the reader stops by itself when it is loud.

    Args:
        reading: the message, with the vocabulary's terms that were spotted in it and what
            the reader heard.
        last_object: what the bot's last prompt was about, "booking" or "membership",
            or None; it gives a bare "cancel" its object.
    """
    found: dict[HardStop, HardStopMatch] = {}
    excused: set[HardStop] = set()
    open_acts: set[HardStop] = set()
    for scene in scenes_of(reading, last_object):
        act = scene.act
        for rule in RULES_OF.get(act.concept, ()):
            if any(excuse(scene) for excuse in rule.unless):
                excused.add(rule.kind)
                continue
            open_acts.add(rule.kind)
            if rule.holds(scene) and _is_heeded(rule.kind, reading):
                match = HardStopMatch(kind=rule.kind, text=act.text, start=act.start, end=act.end)
                found.setdefault(rule.kind, match)
    for alarm in _loud(reading):
        kind = HardStop(alarm.kind)
        # "I don't want to cancel" speaks of the act, and a rule knows that it is refused;
        # where another such act stands beside it, the reader may have meant that one.
        is_refused = kind in excused - open_acts or _about_a_booking(kind, reading, last_object)
        if not is_refused:
            words = reading.text[alarm.start : alarm.end]
            match = HardStopMatch(kind=kind, text=words, start=alarm.start, end=alarm.end)
            found.setdefault(kind, match)
    return tuple(sorted(found.values(), key=lambda match: -match.severity))


def _is_heeded(kind: HardStop, reading: Reading) -> bool:
    """Tell whether what a rule found stops, with what the reader heard in the whole message.

    A reader talks nothing out of a message that it may not have heard to its end, nor of
    one that is little more than the word itself.
    """
    certain = _CERTAINLY_HARMLESS if kind in _MENTIONED else _BEYOND_DOUBT
    if reading.alarm is None or reading.alarm >= certain:
        return True
    return not _BARE_WORDS < len(words_of(reading.text)) <= _HEARD_WHOLE


def _loud(reading: Reading) -> tuple[Alarm, ...]:
    """Return the alarms that stop by themselves: the likeliest kind, and any likely of its own.

    Displeasure alone does not: it is weighed with the sentiment (X34). Nor does a message
    of a word or two, which the rules know by heart ("stop" ends messages, no membership).
    """
    if reading.alarm is None or reading.alarm < _LOUD:
        return ()
    if len(words_of(reading.text)) <= _BARE_WORDS:
        return ()
    displeased = sum(a.confidence for a in reading.alarms if a.kind == HardStop.COMPLAINT)
    others = [alarm for alarm in reading.alarms if alarm.kind != HardStop.COMPLAINT]
    if reading.alarm - displeased < _LOUD:
        return ()
    return tuple(
        alarm
        for alarm in others
        if alarm.confidence >= _LOUD
        or (alarm is others[0] and alarm.confidence >= _CLEARLY * displeased)
    )


def _about_a_booking(kind: HardStop, reading: Reading, last_object: str | None) -> bool:
    """Tell whether "cancel it" is about the booking that was just spoken of (X4)."""
    return (
        kind is HardStop.MEMBERSHIP_CANCELLATION
        and last_object == "booking"
        and all(term.concept != "membership" for term in reading.terms)
    )
