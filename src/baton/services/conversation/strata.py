"""A week's matters that the bot closed alone, in strata, and a draw that leaves none of them out.

A plain draw would show the same easy answers week by week. So what is alike stands together, by
flow, by how much of a person it takes, and by whether it went smoothly, and each gets its share of
the looks, the riskiest first. What was found is weighed back by how many each look stands for
(FL7, FL8: too much left to the bot shows here, for who was not handed over complains to nobody).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from baton.core.json import Json
from baton.store.models import Episode, Review, Turn

STRATUM = "stratum"
"""Under which a review keeps the stratum that it was drawn from."""

_SPOKEN = ("replied", "flowed")
_FOR_PEOPLE = ("human", "hybrid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A matter that the bot closed alone; `is_rough` if it stumbled or its contact is back."""

    conversation_id: str
    ended_at: datetime
    flow: str
    triage: str
    is_rough: bool

    @property
    def stratum(self) -> tuple[str, str, bool]:
        """What it is drawn with."""
        return self.flow, self.triage, self.is_rough


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One part of a week: `drawn` of its `matters` are looked at."""

    flow: str
    triage: str
    is_rough: bool
    matters: int
    drawn: int

    @property
    def told(self) -> dict[str, Json]:
        """The stratum as a review keeps it, with how many matters one look stands for."""
        how = "rough" if self.is_rough else "smooth"
        return {
            "flow": self.flow,
            "triage": self.triage,
            "went": how,
            "stands_for": round(self.matters / self.drawn, 4),
        }


Drawn = Sequence[tuple[Matter, Stratum]]


def closed_alone(workspace_id: str, since: datetime, until: datetime) -> tuple[Matter, ...]:
    """Return what the bot closed alone in a span, a conversation once."""
    rows = Episode.objects.filter(
        workspace_id=workspace_id,
        opened_by="contact",
        ended_by="bot",
        handoffs=0,
        ended_at__gte=since,
        ended_at__lt=until,
    )
    found = {
        one.conversation_id: Matter(
            conversation_id=one.conversation_id,
            ended_at=one.ended_at,
            flow=one.flow,
            triage=one.triage,
            is_rough=one.failed_turns > 0 or one.returned_after is not None,
        )
        for one in rows.order_by("id")
        if one.ended_at is not None
    }
    return tuple(found.values())


def drawn(matters: Iterable[Matter], most: int, lot: Callable[[Matter], str]) -> Drawn:
    """Return at most so many matters with their strata, in rounds: one of each a round.

    Within a stratum the lot decides. What is for people, and what went roughly, comes first in a
    round: where there are more strata than looks, those are looked at.
    """
    parts: dict[tuple[str, str, bool], list[Matter]] = defaultdict(list)
    for matter in sorted(matters, key=lot):
        parts[matter.stratum].append(matter)
    order = sorted(parts, key=lambda one: (one[1] not in _FOR_PEOPLE, not one[2], one))
    taken: list[Matter] = []
    for nth in range(max(map(len, parts.values()), default=0)):
        taken += [parts[one][nth] for one in order if nth < len(parts[one])]
    taken = taken[:most]
    return tuple((one, _stratum(one, len(parts[one.stratum]), taken)) for one in taken)


def least_sure_turns(chosen: Drawn) -> Iterator[tuple[Turn, Stratum]]:
    """Yield of each matter the answer that the bot was least sure of.

    None of a matter whose answers were all looked at before.
    """
    talks = [matter.conversation_id for matter, _ in chosen]
    seen = set(Review.objects.filter(conversation_id__in=talks).values_list("turn_id", flat=True))
    turns: dict[str, list[Turn]] = defaultdict(list)
    for turn in Turn.objects.filter(conversation_id__in=talks, decision__in=_SPOKEN).order_by("id"):
        if turn.id not in seen:
            turns[turn.conversation_id].append(turn)
    for matter, stratum in chosen:
        own = [one for one in turns[matter.conversation_id] if one.at <= matter.ended_at]
        if own:
            yield min(own, key=_how_sure), stratum


def _how_sure(turn: Turn) -> float:
    return 1.0 if turn.confidence is None else turn.confidence


def _stratum(matter: Matter, matters: int, taken: Sequence[Matter]) -> Stratum:
    flow, triage, is_rough = matter.stratum
    alike = sum(one.stratum == matter.stratum for one in taken)
    return Stratum(flow=flow, triage=triage, is_rough=is_rough, matters=matters, drawn=alike)
