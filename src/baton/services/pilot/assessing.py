"""Assesses a business's past conversations: what to automate, what not, and what to begin with."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

import numpy as np

from baton.core import assessment, hearing, money, privacy
from baton.core.assessment import Evidence, Forecast, Judged, Template, UseCase
from baton.core.errors import InvalidInput
from baton.core.hard_stops import HardStop
from baton.core.past import PastConversation, Unread
from baton.core.reading import Reading
from baton.core.triage import Outcome
from baton.nlu import grouping
from baton.nlu.encoder import WIDTH, Encoder, Floats
from baton.nlu.reader import SMALL_TALK
from baton.reports import past as pasts
from baton.reports.intervals import wilson
from baton.reports.past import Returns, Span
from baton.services.pilot import use_cases
from baton.services.pilot.sorting import UNCLEAR, Sorted, Sorter

MOST_TOLD = 200
"""Faults of an export that are told one by one; all are counted."""

_MASKED = re.compile(r"\[[a-z]{3,9}\]")  # what stands in the place of an identifier
_NEAR = 0.55  # of a type to a question, from which on the question's flow is for it
_EXAMPLES = 12  # a page shows the first few; an intent of its own is taught by all
_LONGEST_EXAMPLE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the past says, ready to be shown.

    Attributes:
        types: request types, the most frequent first.
        mapped: those that matter most to the business (T22).
        backlog: flows to have, the one to begin with first (T21).
        for_people: types that must stay with people, and why.
        total: what the whole backlog would bring.
        conversations: how many were read; `unclear` of them are in no group worth a line.
        closely: how many were read closely: risks are shares of those.
        faults: what could not be taken, the first MOST_TOLD of `fault_count`.
    """

    pack: str
    currency: str
    types: tuple[Judged, ...]
    mapped: tuple[Judged, ...]
    backlog: tuple[UseCase, ...]
    for_people: tuple[Judged, ...]
    total: Forecast
    span: Span
    conversations: int
    unclear: int
    closely: int
    faults: tuple[Unread, ...]
    fault_count: int


def assess(
    sorter: Sorter, rows: Iterable[PastConversation | Unread], *, zone: tzinfo, weeks: float
) -> Assessment:
    """Assess what an export holds; raises InvalidInput where no conversation is in it.

    Args:
        sorter: tells what is asked.
        rows: the export.
        zone: of the business, for its busiest hours.
        weeks: how long an export without days spans.
    """
    past, faults, fault_count = _kept(sorter, rows)
    if not past:
        first = f" The first thing in it {faults[0].reason}." if faults else ""
        raise InvalidInput({"file": f"There is no conversation in it.{first}"})
    told = sorter.sort([_MASKED.sub(" ", one.words) for one in past])
    span = pasts.span_of(past, weeks=weeks)
    sorter.progress("Weighing", 0.9)
    evidence = _evidence(sorter, past, told, span, zone)
    judged = _judged(sorter, evidence, told)
    rates = money.rates_of(sorter.policy)
    backlog = assessment.backlog_of(judged, sorter.policy, rates)
    return Assessment(
        pack=sorter.pack.title if sorter.knows_types else "",
        currency=sorter.policy.currency,
        types=judged,
        mapped=assessment.map_of([one for one in judged if not _is_small_talk(one.evidence)]),
        backlog=backlog,
        for_people=tuple(one for one in judged if one.outcome is Outcome.HUMAN),
        total=assessment.total_of(backlog, rates),
        span=span,
        conversations=len(past),
        unclear=sum(name == UNCLEAR for name in told.types),
        closely=len(told.sample),
        faults=tuple(faults),
        fault_count=fault_count,
    )


def _kept(
    sorter: Sorter, rows: Iterable[PastConversation | Unread]
) -> tuple[list[PastConversation], list[Unread], int]:
    past: list[PastConversation] = []
    faults: list[Unread] = []
    fault_count = 0
    for row in rows:
        if isinstance(row, Unread):
            fault_count += 1
            if len(faults) < MOST_TOLD:
                faults.append(row)
            continue
        # From here on nobody sees a number or a mailbox: not the page, not the groups' names.
        past.append(replace(row, words=privacy.mask(row.words, _kind_alone)))
        if len(past) % _TOLD_EVERY == 0:
            sorter.progress(f"Taking conversations, {len(past):,} so far", 0.05)
    return past, faults, fault_count


_TOLD_EVERY = 5_000


def _kind_alone(kind: str, _raw: str) -> str:
    return f"[{kind}]"


def _evidence(
    sorter: Sorter,
    past: Sequence[PastConversation],
    told: Sorted,
    span: Span,
    zone: tzinfo,
) -> list[Evidence]:
    """Return what is known of each type, the most frequent first."""
    own: Mapping[str, list[PastConversation]] = defaultdict(list)
    for one, name in zip(past, told.types, strict=True):
        if name != UNCLEAR:
            own[name].append(one)
    returns = pasts.returns_of(past, told.types, sorter.policy.recontact_window)
    risks = _risks(sorter, told)
    found = [
        _of_type(sorter, name, rows, told, _Around(past, span, zone, returns, risks[name]))
        for name, rows in own.items()
    ]
    return sorted(found, key=lambda one: (-one.count, one.name))


@dataclass(slots=True)
class _Risk:
    """What a type's closely read messages hold that people have to judge."""

    read: int
    stops: Counter[str]
    stopped: int
    upset: int


@dataclass(frozen=True, slots=True)
class _Around:
    """What a type is counted among."""

    past: Sequence[PastConversation]
    span: Span
    zone: tzinfo
    returns: Returns
    risk: _Risk


def _of_type(
    sorter: Sorter, name: str, rows: list[PastConversation], told: Sorted, around: _Around
) -> Evidence:
    kind = sorter.pack.request_type(name)
    number = pasts.counted(rows, around.span, around.zone, assumed=sorter.policy.handle_time)
    intents = {one.name for one in sorter.pack.intents if one.request_type == name}
    title = told.titles.get(name, "")
    return Evidence(
        name=name,
        title=kind.title if kind else f"“{title}”" if title else name,
        count=number.count,
        share=number.count / len(around.past),
        per_week=number.count / around.span.weeks,
        handled=number.handled,
        words=told.words.get(name, ()),
        examples=_examples(name, told, around.past),
        kind=kind,
        season=number.season,
        timed=number.timed,
        answers=number.answers,
        alike=number.alike,
        came_back=around.returns.came_back[name],
        contacts_known=around.returns.known[name],
        read=around.risk.read,
        stops=dict(around.risk.stops.most_common()),
        stopped=around.risk.stopped,
        upset=around.risk.upset,
        stops_at_least={
            kind: wilson(count, around.risk.read).low for kind, count in around.risk.stops.items()
        },
        upset_at_least=wilson(around.risk.upset, around.risk.read).low,
        mark=number.mark,
        marks=number.marks,
        has_answer=any(sorter.pack.articles_for(intent) for intent in intents),
    )


def _risks(sorter: Sorter, told: Sorted) -> Mapping[str, _Risk]:
    """Return what people have to judge, by type; the wish for a person is no risk of a type."""
    found: Mapping[str, _Risk] = defaultdict(lambda: _Risk(0, Counter(), 0, 0))
    for place, reading in zip(told.sample, told.readings, strict=True):
        risk = found[told.types[place]]
        kinds = _stops_in(reading)
        risk.read += 1
        risk.stops.update(kinds - {HardStop.PERSON.value})
        risk.stopped += bool(kinds)
        risk.upset += not kinds and reading.sentiment <= sorter.policy.strong_sentiment
    return found


def _stops_in(reading: Reading) -> set[str]:
    return {match.kind.value for match in hearing.find(reading, last_object=None)}


def _examples(name: str, told: Sorted, past: Sequence[PastConversation]) -> tuple[str, ...]:
    """Return what is asked in the words of some who asked it, with every identifier masked."""
    found: dict[str, None] = {}
    for place in told.central.get(name, ()):
        words = " ".join(past[place].words.split())
        if len(words) <= _LONGEST_EXAMPLE:
            found[words] = None
        if len(found) == _EXAMPLES:
            break
    return tuple(found)


def _judged(sorter: Sorter, evidence: Sequence[Evidence], told: Sorted) -> tuple[Judged, ...]:
    nearest = _Nearest(sorter.encoder)
    return tuple(
        assessment.judge(one, _template_for(one, told, nearest), sorter.policy) for one in evidence
    )


def _template_for(one: Evidence, told: Sorted, nearest: "_Nearest") -> Template | None:
    """Return the flow for a type: the one whose questions it is near to, else fixed answers'."""
    if _is_small_talk(one) or one.risk > _MOSTLY:
        return None
    middle = told.centres.get(one.name)
    found = nearest.to(middle) if middle is not None else None
    if found is not None:
        return found
    answers_alike = one.alike is not None and one.alike >= _SAME
    return use_cases.faq() if one.has_answer or answers_alike else None


def _is_small_talk(one: Evidence) -> bool:
    return one.kind is not None and SMALL_TALK in one.kind.tags


_MOSTLY = 0.5  # of a type, with something in it that only people can judge: no flow is for it
_SAME = 0.5  # of people's answers, from which on one article can give them


class _Nearest:
    """The use cases' questions as meanings."""

    def __init__(self, encoder: Encoder) -> None:
        pairs = [(known.template, ask) for known in use_cases.list_known() for ask in known.asks]
        self._templates = [template for template, _ask in pairs]
        self._asked: Floats = np.array(
            [encoder.encode(ask)[-WIDTH:] for _template, ask in pairs], np.float32
        )

    def to(self, middle: Floats) -> Template | None:
        """Return the use case with the nearest question, or None where none is near."""
        near = grouping.likeness(self._asked, middle)
        best = int(near.argmax())
        return self._templates[best] if near[best] >= _NEAR else None
