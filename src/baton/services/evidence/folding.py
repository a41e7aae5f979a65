"""A conversation's past folded into episodes and human stretches, by pure functions.

The order in which anything was read makes no difference: all is sorted by when it was. No
clock is read either, so that what is folded now and what was folded then are the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from baton.store.rows import EpisodeRow, StretchRow


class Deed(NamedTuple):
    """A close, a return, or a close taken back, as the audit trail tells it."""

    seq: int
    at: datetime
    action: str  # resolved, reopened, undone
    actor: str = ""
    code: str = ""
    is_confirmed: bool = False


class TurnTold(NamedTuple):
    """What one turn of the bot did."""

    id: str
    at: datetime
    flow: str
    version: int
    step: str
    is_unanswered: bool


class HandoffTold(NamedTuple):
    """A handoff as it stands."""

    id: str
    offered_at: datetime
    ended_at: datetime | None
    state: str
    reason: str
    queue: str
    is_card_seen: bool | None
    is_restated: bool | None


class Had(NamedTuple):
    """Who had a handoff, from when to when."""

    id: str
    handoff_id: str
    user_id: str
    began_at: datetime
    ended_at: datetime | None


class Marked(NamedTuple):
    """A CSAT survey that was asked, and its mark, 0 to 100, if one came."""

    id: str
    asked_at: datetime
    answered_at: datetime | None
    score: float | None


class Dealt(NamedTuple):
    """An arm that the contact was dealt: in a flow's split, or with `flow` "" of a limit tried.

    The latter ends with its experiment; a flow's ways are its own until it has others.
    """

    at: datetime
    flow: str
    split: str
    variant: str
    ended_at: datetime | None = None


class StageTold(NamedTuple):
    """From when on a flow's rollout stood at a stage; "" says that it was ended before its time."""

    at: datetime
    stage: str


class Scores(NamedTuple):
    """What triage made of a conversation; None where it has not looked."""

    complexity: int | None = None
    emotion: int | None = None
    frequency: int | None = None
    value: int | None = None


@dataclass(slots=True, kw_only=True)
class Past:
    """All that is known of one conversation."""

    id: str
    workspace_id: str
    began_at: datetime
    channel: str
    inbox_id: str
    intent: str
    triage: str
    opened_by: str
    is_confirmed: bool
    location_id: str = ""
    segment: str = ""
    tags: str = ""
    scores: Scores = field(default_factory=Scores)
    pack: str = ""
    stages: Mapping[str, Sequence[StageTold]] = field(default_factory=dict)  # by flow
    dealt: list[Dealt] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    turns: list[TurnTold] = field(default_factory=list)
    handoffs: list[HandoffTold] = field(default_factory=list)
    had: list[Had] = field(default_factory=list)
    marks: list[Marked] = field(default_factory=list)
    answers: list[datetime] = field(default_factory=list)


@dataclass(slots=True)
class _Span:
    """One episode's bounds: it reaches to where the next one begins."""

    began_at: datetime
    until: datetime | None = None
    close: Deed | None = None

    def holds(self, moment: datetime) -> bool:
        return self.began_at <= moment and (self.until is None or moment < self.until)


class Folded(NamedTuple):
    """What a conversation came to."""

    episodes: tuple[EpisodeRow, ...]
    stretches: tuple[StretchRow, ...]


def fold(past: Past) -> Folded:
    """Return a conversation's episodes and human stretches.

    One that was opened for somebody who was only met, and in which nothing was said, has none.
    """
    if past.opened_by == "bot" and not (past.turns or past.handoffs or past.deeds):
        return Folded((), ())
    episodes: list[EpisodeRow] = []
    stretches: list[StretchRow] = []
    spans = _spans(past)
    for number, span in enumerate(spans):
        is_last = number == len(spans) - 1
        episode, had = _episode(past, span, number, is_last=is_last)
        episodes.append(episode)
        stretches.extend(had)
    return Folded(tuple(episodes), tuple(stretches))


def _spans(past: Past) -> list[_Span]:
    spans = [_Span(past.began_at)]
    for deed in sorted(past.deeds):
        match deed.action:
            case "resolved":
                spans[-1].close = deed
            case "undone":
                spans[-1].close = None
            case _:
                spans[-1].until = deed.at
                spans.append(_Span(deed.at))
    return spans


def _episode(
    past: Past, span: _Span, number: int, *, is_last: bool
) -> tuple[EpisodeRow, list[StretchRow]]:
    offered = sorted(
        (one for one in past.handoffs if span.holds(one.offered_at)),
        key=lambda one: (one.offered_at, one.id),
    )
    offered = [one for one in offered if one.state != "withdrawn"]
    had = {one.id: _had(past, one.id) for one in offered}
    turns = sorted(
        (one for one in past.turns if span.holds(one.at)), key=lambda one: (one.at, one.id)
    )
    before = _before(past, turns, span, offered)
    close = span.close
    returned = _seconds(close.at, span.until) if close and span.until else None
    episode_id = f"{past.id}.{number}"
    stretches = [
        _stretch(past, one, had[one.id], episode_id, nth, len(offered), before, returned)
        for nth, one in enumerate(offered, start=1)
    ]
    mark = _mark(past, span)
    answered = min((at for at in past.answers if span.holds(at)), default=None)
    episode = EpisodeRow(
        id=episode_id,
        workspace_id=past.workspace_id,
        conversation_id=past.id,
        number=number,
        began_at=span.began_at,
        channel=past.channel,
        inbox_id=past.inbox_id,
        intent=past.intent,
        triage=past.triage,
        # Whoever comes back has written in.
        opened_by=past.opened_by if number == 0 else "contact",
        flow=before.flow,
        version=before.version,
        step=before.step,
        stage=before.stage,
        variants=before.variants,
        location_id=past.location_id,
        segment=past.segment,
        tags=past.tags,
        **past.scores._asdict(),
        reason=stretches[0].reason if stretches else "",
        pack=past.pack,
        queue=offered[0].queue if offered else "",
        agent_id=next((one.agent_id for one in stretches if one.agent_id), ""),
        handoffs=len(offered),
        touches=sum(len(one) for one in had.values()),
        ended_at=close.at if close else None,
        ended_by=("bot" if close.actor == "bot" else "agent") if close else "",
        code=close.code if close else "",
        is_confirmed=close is not None and (close.is_confirmed or (is_last and past.is_confirmed)),
        returned_after=returned,
        waited=stretches[0].waited if stretches else None,
        handled=sum(one.handled for one in stretches),
        bot_turns=len(turns),
        failed_turns=sum(one.is_unanswered for one in turns),
        answered_after=_seconds(span.began_at, answered) if answered else None,
        resolved_after=_seconds(span.began_at, close.at) if close else None,
        csat_asked=mark is not None,
        csat=mark.score if mark else None,
        csat_after=_mark_after(mark, close),
    )
    return episode, stretches


class _Before(NamedTuple):
    """What the bot did before people took over, or before the close."""

    flow: str
    version: int
    step: str
    stage: str
    variants: str


def _before(
    past: Past, turns: Sequence[TurnTold], span: _Span, offered: Sequence[HandoffTold]
) -> _Before:
    turn = _turn_before(turns, span, offered)
    ends = offered[0].offered_at if offered else span.close.at if span.close else None
    said = [one for one in turns if ends is None or one.at <= ends]
    return _Before(
        flow=turn.flow if turn else "",
        version=turn.version if turn else 0,
        step=turn.step if turn else "",
        stage=_stage_at(past.stages.get(turn.flow, ()), turn.at) if turn else "",
        variants=_variants(past.dealt, said),
    )


def _stage_at(stages: Sequence[StageTold], moment: datetime) -> str:
    return next((one.stage for one in reversed(stages) if one.at <= moment), "")


def _variants(dealt: Iterable[Dealt], said: Sequence[TurnTold]) -> str:
    """Return the arms that a contact had when the bot last spoke, as a list between commas."""
    if not said:
        return ""
    last, flows = said[-1].at, {one.flow for one in said if one.flow} | {""}
    names = {
        f"{one.flow}.{one.split}={one.variant}" if one.flow else f"{one.split}={one.variant}"
        for one in dealt
        if one.at <= last and one.flow in flows and (one.ended_at is None or last < one.ended_at)
    }
    return f",{','.join(sorted(names))}," if names else ""


def _turn_before(
    turns: Sequence[TurnTold], span: _Span, offered: Sequence[HandoffTold]
) -> TurnTold | None:
    """Return the flow's last turn before people took over, or before the close.

    The survey begins at the moment of the close, and answers for nothing that went before;
    where all was said in that moment, its first turn did it.
    """
    of_flows = [one for one in turns if one.flow]
    if offered:
        return _last(one for one in of_flows if one.at <= offered[0].offered_at)
    if span.close is None:
        return _last(of_flows)
    closed_at = span.close.at
    at_once = (one for one in of_flows if one.at == closed_at)
    return _last(one for one in of_flows if one.at < closed_at) or next(at_once, None)


def _last(turns: Iterable[TurnTold]) -> TurnTold | None:
    return next(iter(list(turns)[::-1]), None)


def _had(past: Past, handoff_id: str) -> list[Had]:
    return sorted(
        (one for one in past.had if one.handoff_id == handoff_id),
        key=lambda one: (one.began_at, one.id),
    )


def _stretch(  # noqa: PLR0913, PLR0917 - one call, above
    past: Past,
    one: HandoffTold,
    had: Sequence[Had],
    episode_id: str,
    nth: int,
    handoffs: int,
    before: _Before,
    returned: int | None,
) -> StretchRow:
    return StretchRow(
        id=one.id,
        workspace_id=past.workspace_id,
        conversation_id=past.id,
        episode_id=episode_id,
        nth=nth,
        began_at=one.offered_at,
        channel=past.channel,
        inbox_id=past.inbox_id,
        intent=past.intent,
        triage=past.triage,
        flow=before.flow,
        version=before.version,
        step=before.step,
        stage=before.stage,
        variants=before.variants,
        location_id=past.location_id,
        segment=past.segment,
        pack=past.pack,
        queue=one.queue,
        agent_id=had[0].user_id if had else "",
        handoffs=handoffs,
        touches=len(had),
        ended_at=one.ended_at,
        returned_after=returned,
        waited=_seconds(one.offered_at, had[0].began_at) if had else None,
        handled=_handled(had),
        state=one.state,
        reason=one.reason,
        is_card_seen=one.is_card_seen,
        is_restated=one.is_restated,
    )


def _handled(had: Iterable[Had]) -> int:
    return sum(_seconds(one.began_at, one.ended_at) for one in had if one.ended_at)


def _mark(past: Past, span: _Span) -> Marked | None:
    """Return the last survey of an episode that was answered, else the last that was asked."""
    asked = sorted(
        (one for one in past.marks if span.holds(one.asked_at)),
        key=lambda one: (one.asked_at, one.id),
    )
    answered = [one for one in asked if one.score is not None]
    found = answered or asked
    return found[-1] if found else None


def _mark_after(mark: Marked | None, close: Deed | None) -> int | None:
    if mark is None or mark.answered_at is None:
        return None
    return max(0, _seconds(close.at if close else mark.asked_at, mark.answered_at))


def _seconds(begin: datetime, end: datetime) -> int:
    return int((end - begin).total_seconds())
