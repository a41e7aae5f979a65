"""What a turn's readings amount to: the signals that rules decide on."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from baton.core import hearing, keywords, opting_out, resolution, survey, triage
from baton.core import text as texts
from baton.core.confidence import Band, Bands
from baton.core.hard_stops import HardStop, HardStopMatch
from baton.core.keywords import Keyword
from baton.core.pack import Pack, RequestType
from baton.core.policy import Policy
from baton.core.reading import IntentScore, Reading
from baton.core.resolution import Closing, Thread
from baton.flows.run import RunState
from baton.flows.scene import Awaits, Said

NOT_HELPFUL = "not_helpful"
ASK_PERSON = "ask_person"
GREETING = "greeting"
# Small talk that ends a matter: it confirms that the last answer served.
CLOSING_WORDS = ("thanks", "solved", "goodbye")
SMALL_TALK = (GREETING, *CLOSING_WORDS)
# What a contact says to have a person: no threshold that somebody sets may drown it (X27).
CALLS_FOR_PERSON = frozenset({ASK_PERSON, NOT_HELPFUL})

_BOOKING = "booking"


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn says, as far as anybody could read it.

    `intent` is the best of the turn at or above the floor; `kind` its request
    type, or one made for a hard stop; `is_prompt_reply` says that the turn
    answers what was last asked, so that its words mean nothing else.
    """

    keyword: Keyword | None
    stops: tuple[HardStopMatch, ...]
    intent: IntentScore | None
    best: IntentScore | None
    kind: RequestType | None
    sentiment: float
    is_prompt_reply: bool

    @property
    def request_type(self) -> str:
        """The request type's name, or "" when nobody can say."""
        return self.kind.name if self.kind else ""

    @property
    def worst_stop(self) -> HardStopMatch | None:
        """The gravest hard stop of the turn; None when it says nothing of the kind."""
        return max(self.stops, key=lambda stop: stop.severity, default=None)

    def means(self, *intents: str) -> bool:
        """Return whether the turn's intent is one of these."""
        return self.intent is not None and self.intent.name in intents


def in_context(said: Said, last_request_type: str, pack: Pack) -> Said:
    """Return a turn with what it leaves open read as what was last spoken of (X4).

    After a booking a bare "cancel" is not about the membership that nobody named.
    """
    last = pack.request_type(last_request_type)
    if last is None or last.about != _BOOKING:
        return said
    return replace(said, readings=tuple(_about_booking(one, pack) for one in said.readings))


def _about_booking(reading: Reading, pack: Pack) -> Reading:
    best = reading.best
    if best is None or not _is_bare_cancel(reading) or _about(best, pack) in ("", _BOOKING):
        return reading
    meant = next((one for one in reading.intents if _about(one, pack) == _BOOKING), None)
    if meant is None:
        return reading
    first = IntentScore(name=meant.name, confidence=best.confidence)
    others = tuple(one for one in reading.intents if one.name != meant.name)
    return dataclasses.replace(reading, intents=(first, *others))


def read(
    said: Said, run: RunState | None, last_request_type: str, pack: Pack, bands: Bands
) -> Signals:
    """Gather a turn's signals; `last_request_type` gives a bare "cancel" its object (X4)."""
    about = pack.request_type(last_request_type)
    said = _beside_opt_out(said)
    found = {
        (stop.kind, stop.text.casefold()): stop
        for reading in said.messages or said.readings
        for stop in hearing.find(reading, last_object=(about.about if about else "") or None)
    }
    keyword = _keyword(said)
    replies = _replies_to(said, run)
    is_reply = _answers_prompt(said, replies, bands)
    best = max((r.best for r in said.readings if r.best), key=lambda i: i.confidence, default=None)
    is_clear = best and bands.band_of(best.name, best.confidence) is not Band.FAILED
    intent = best if is_clear and not is_reply else None
    stops = tuple(found.values())
    if keyword is Keyword.AGENT or (not stops and _asks_person(said, replies, bands)):
        stops = (*stops, HardStopMatch(kind=HardStop.PERSON, text=said.text[:40], start=0, end=40))
    return Signals(
        keyword=keyword,
        stops=stops,
        intent=intent,
        best=best,
        kind=_kind_of(stops, intent, pack),
        sentiment=min((reading.sentiment for reading in said.readings), default=0.0),
        is_prompt_reply=is_reply,
    )


def _about(score: IntentScore, pack: Pack) -> str:
    intent = pack.intent(score.name)
    kind = pack.request_type(intent.request_type) if intent else None
    return kind.about if kind else ""


def _is_bare_cancel(reading: Reading) -> bool:
    concepts = {term.concept for term in reading.terms}
    return "cancel" in concepts and concepts.isdisjoint({_BOOKING, "membership"})


def guarded_intents(pack: Pack, policy: Policy) -> frozenset[str]:
    """Return the intents that call for a person: by what they say, or by their triage (X27)."""
    for_people = frozenset(
        intent.name
        for intent in pack.intents
        if (kind := pack.request_type(intent.request_type)) and _is_for_people(kind, policy)
    )
    return CALLS_FOR_PERSON | for_people


def things_said(whole: Reading, parts: Sequence[Reading], bands: Bands) -> tuple[Reading, ...]:
    """Choose what one message says: its sentences if two of them ask different things, else all.

    A sentence that means nothing alone ("Hi there.") must not hide the one that
    does, and a second question must not be dropped (T20).
    """
    sure = [part for part in parts if _is_sure(part, bands)]
    asking = [part for part in sure if part.best and part.best.name not in SMALL_TALK]
    if len({part.best.name for part in asking if part.best}) > 1:
        return tuple(asking)
    if len(asking) == 1 and (
        not whole.best or not _is_sure(whole, bands) or whole.best.name in SMALL_TALK
    ):
        return (asking[0],)
    return (whole,)


# Reading takes milliseconds a sentence, and everybody waits for a batch. What a long message
# asks stands where it begins or where it ends; hard stops are heard in its whole text.
_FIRST_PARTS, _LAST_PARTS = 10, 10


def parts_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a message that are read one by one; of many, the outer ones."""
    sentences = texts.sentences(text)
    if len(sentences) <= _FIRST_PARTS + _LAST_PARTS:
        return sentences
    return sentences[:_FIRST_PARTS] + sentences[-_LAST_PARTS:]


def said_of(
    lines: Sequence[str], readings: Mapping[str, Reading], bands: Bands, *, channel: str
) -> Said:
    """Return a turn of one or more messages, each read as a whole and in its parts."""
    whole = [readings[line] for line in lines]
    cut: list[Reading] = []
    told: list[Reading] = []
    for line, reading in zip(lines, whole, strict=True):
        sentences = parts_of(line)
        parts = [readings[one] for one in sentences] if len(sentences) > 1 else []
        cut += parts
        told += things_said(reading, parts, bands)
    return Said(
        text="\n".join(lines),
        readings=tuple(told),
        messages=tuple(whole),
        sentences=tuple(cut),
        channel=channel,
    )


def thread_of(
    signals: Signals,
    closing: Closing | None,
    run: RunState | None,
    policy: Policy,
    *,
    now: datetime,
) -> Thread:
    """Return what the turn does to the contact's newest conversation.

    A rating, a keyword or a "thanks" after the close belongs to it and opens nothing.
    """
    if closing is None or closing.resolved_at is None:
        return resolution.decide_thread(closing, signals.request_type, policy, now=now)
    is_recent = now - closing.resolved_at <= policy.recontact_window
    belongs = (
        (signals.is_prompt_reply and run is not None)
        or signals.means(*CLOSING_WORDS)
        or signals.keyword is not None
    )
    # A hard stop, or the wish for a person, is a matter of its own even beside a rating.
    if is_recent and belongs and not signals.stops:
        return Thread.CONTINUE
    return resolution.decide_thread(closing, signals.request_type, policy, now=now)


def axes_of(signals: Signals, policy: Policy) -> triage.TriageScore | None:
    """Return the turn's triage axes, or None when its request type is not known."""
    if signals.kind is None:
        return None
    return triage.score(
        signals.kind,
        sentiment=signals.sentiment,
        has_hard_stop=any(stop.kind is not HardStop.PERSON for stop in signals.stops),
        policy=policy,
    )


def _beside_opt_out(said: Said) -> Said:
    """Leave what asks for no more messages out of what is read for something else.

    It is one demand, and met: nobody who says "stop texting me" asks for a person by it.
    What stands beside it in a message is heard by its sentences.
    """
    if not _opts_out(said.text):
        return said
    whole = [one for one in said.messages or said.readings if not _opts_out(one.text)]
    parts = [one for one in said.sentences if not opting_out.is_asked(one.text)]
    return replace(said, messages=(*whole, *parts), sentences=tuple(parts), readings=())


def _opts_out(text: str) -> bool:
    if not opting_out.may_be_asked(text):
        return False
    lines = text.splitlines()
    return any(opting_out.is_asked(one) for line in lines for one in texts.sentences(line))


def _keyword(said: Said) -> Keyword | None:
    """Return the turn's keyword: STOP, START and AGENT anywhere, HELP and MAP only alone.

    STOP may be said in plain words as well.
    """
    if said.answered:
        return said.answered
    if _opts_out(said.text):
        return Keyword.STOP
    read = (keywords.find(line, channel=said.channel) for line in said.lines)
    found = [keyword for keyword in read if keyword]
    for keyword in (Keyword.STOP, Keyword.START, Keyword.AGENT):
        if keyword in found:
            return keyword
    return found[0] if found and len(found) == len(said.lines) else None


def _replies_to(said: Said, run: RunState | None) -> Collection[str]:
    """Return what would answer the prompt, as bare words; nothing does when none waits."""
    if run is not None and run.waiting.awaits is Awaits.RATING:
        return survey.ratings_of(said.lines, survey.scale_of(len(run.waiting.choices)))
    if run is not None and run.waiting.awaits is Awaits.CHOICE:
        return {texts.bare(w) for c in run.waiting.choices for w in c.words}
    return ()


def addressed(said: Said, asked: Sequence[RunState], last: RunState | None) -> RunState | None:
    """Return the run that a turn is for: the newest whose prompt it answers, else the last (C18).

    `asked` are the contact's runs that wait for a reply, the newest question first; `last`
    is the one that spoke last and may take any words.
    """
    if last is not None and _is_reply_to(said, last):
        return last
    return next((run for run in asked if _is_reply_to(said, run)), last)


def _is_reply_to(said: Said, run: RunState) -> bool:
    replies = _replies_to(said, run)
    return any(texts.bare(line) in replies for line in said.lines)


def _answers_prompt(said: Said, replies: Collection[str], bands: Bands) -> bool:
    """Return whether the turn answers the prompt, and asks nothing besides."""
    is_among = any(texts.bare(line) in replies for line in said.lines)
    return is_among and not said.also_asks(replies, bands)


def _asks_person(said: Said, replies: Collection[str], bands: Bands) -> bool:
    """Return whether a message, or a sure sentence, says in words of its own: a person, please."""
    clear = [r for r in said.messages or said.readings if _band(r, bands) is not Band.FAILED]
    sure = [r for r in said.sentences if _is_sure(r, bands)]
    return any(
        reading.best is not None
        and reading.best.name == ASK_PERSON
        and texts.bare(reading.text) not in replies
        for reading in (*clear, *sure)
    )


def _is_sure(reading: Reading, bands: Bands) -> bool:
    return _band(reading, bands) is Band.ANSWERED


def _band(reading: Reading, bands: Bands) -> Band:
    best = reading.best
    return bands.band_of(best.name, best.confidence) if best else Band.FAILED


def _is_for_people(kind: RequestType, policy: Policy) -> bool:
    axes = triage.score(kind, sentiment=0.0, has_hard_stop=False, policy=policy)
    return triage.decide(axes, policy) is triage.Outcome.HUMAN


def _kind_of(
    stops: Sequence[HardStopMatch], intent: IntentScore | None, pack: Pack
) -> RequestType | None:
    harmful = [stop for stop in stops if stop.kind is not HardStop.PERSON]
    if harmful:
        worst = max(harmful, key=lambda stop: stop.severity)
        name = worst.kind.value
        return pack.request_type(name) or RequestType(
            name=name,
            title=name.replace("_", " ").capitalize(),
            complexity=4,
            emotion=triage.MAX_EMOTION,
            frequency_per_week=0,
            value=2,
            queue=worst.queue,
            tags=(name,),
        )
    if intent is None or intent.name == NOT_HELPFUL:
        return None  # it speaks of the matter at hand, and is none of its own
    found = pack.intent(intent.name)
    return pack.request_type(found.request_type) if found else None
