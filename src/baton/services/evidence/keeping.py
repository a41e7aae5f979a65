"""Keeps episodes up with the audit trail, and rebuilds them from it: the same rows either way.

Every change of a conversation leaves an entry in the chain, in the order of the commits. What
entries since the last look are about is folded anew from its own rows; nothing is added to a
number that was there before, so a page that is folded twice changes nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from baton.core.kpis import Grain
from baton.services.evidence import days
from baton.services.evidence.folding import (
    Dealt,
    Deed,
    Had,
    HandoffTold,
    Marked,
    Past,
    Scores,
    StageTold,
    TurnTold,
    fold,
)
from baton.services.house import House
from baton.services.workspace import reaching
from baton.store import sql
from baton.store.models import Episode, Stretch
from baton.store.queries import evidence as kept
from baton.store.rows import EpisodeRow, StretchRow

PAGE = 2_000
"""So many entries of the trail, or conversations, are held in memory at once."""

_EVERY = timedelta(seconds=2)
_RENEWS_EVERY = timedelta(minutes=1)
_MOST_RENEWED = 5  # days a turn
_MOST_WORKSPACES = 20


def catch_up(house: House, workspace_id: str, *, pages: int | None = None) -> int:
    """Fold what happened since the last look; return how many entries that were.

    With `pages`, at most so many are gone through, each in a transaction of its own.
    """
    done = 0
    while pages is None or pages > 0:
        count = _fold_page(house, workspace_id)
        done += count
        if count < PAGE:
            break
        pages = None if pages is None else pages - 1
    return done


def rebuild(house: House, workspace_id: str) -> int:
    """Fold every conversation of a workspace anew; return how many there were.

    What happens meanwhile is folded again by the next `catch_up`: it begins where the trail
    ended before the first conversation was read.
    """
    with house.engine.transaction():
        place = days.held(workspace_id)
        place.seq = kept.heads(workspace_id)
        place.save()
    after, count = "", 0
    while True:
        with house.engine.transaction():
            days.held(workspace_id)
            ids = kept.list_ids(workspace_id, after=after, limit=PAGE)
            _fold(house, workspace_id, ids)
        count += len(ids)
        if len(ids) < PAGE:
            days.note_all(house, workspace_id)
            return count
        after = ids[-1]


@dataclass(slots=True, kw_only=True)
class Bookkeeper:
    """Looks now and then whether there is something to fold, a page a turn."""

    house: House
    _looked_at: datetime | None = None
    _renewed_at: datetime | None = None

    def run_once(self) -> int:
        """Fold a page of every workspace that is behind; return how many entries that were."""
        now = self.house.clock.now()
        self._renew(now)
        if self._looked_at is not None and now - self._looked_at < _EVERY:
            return 0
        self._looked_at = now
        behind = kept.list_behind(_MOST_WORKSPACES)
        done = sum(catch_up(self.house, one, pages=1) for one in behind)
        if done >= PAGE:
            self._looked_at = None
        else:
            for one in behind:
                days.keep(self.house, one, before=now.astimezone(UTC).date())
        return done

    def _renew(self, now: datetime) -> None:
        """Keep what stands, now and then: whoever looks at a dashboard keeps it anyway."""
        if self._renewed_at is not None and now - self._renewed_at < _RENEWS_EVERY:
            return
        behind = kept.list_noted(_MOST_WORKSPACES)
        done = [days.renew(self.house, one, most=_MOST_RENEWED) for one in behind]
        if all(count < _MOST_RENEWED for count in done):
            self._renewed_at = now


def _fold_page(house: House, workspace_id: str) -> int:
    with house.engine.transaction():
        place = days.held(workspace_id)
        ids, last = kept.list_touched(workspace_id, after=place.seq, limit=PAGE)
        if last is None:
            return 0
        _fold(house, workspace_id, ids)
        done, place.seq = last - place.seq, last
        place.save()
    return done


def _fold(house: House, workspace_id: str, ids: Sequence[str]) -> None:
    """Fold conversations, and let nothing stand of them that is no more."""
    folded = [fold(past) for past in _pasts(workspace_id, ids)]
    episodes = [row for one in folded for row in one.episodes]
    stretches = [row for one in folded for row in one.stretches]
    told: tuple[tuple[Grain, type[Episode | Stretch], Sequence[EpisodeRow | StretchRow]], ...] = (
        (Grain.EPISODE, Episode, episodes),
        (Grain.STRETCH, Stretch, stretches),
    )
    for grain, table, rows in told:
        there = {row.id for row in rows}
        known = dict(table.objects.filter(conversation_id__in=ids).values_list("id", "began_at"))
        if gone := known.keys() - there:
            table.objects.filter(id__in=gone).delete()
        days.mark(house, workspace_id, grain, {*known.values(), *(row.began_at for row in rows)})
    sql.upsert(episodes)
    sql.upsert(stretches)


def _pasts(workspace_id: str, ids: Sequence[str]) -> list[Past]:
    """Return all that is known of conversations, with one query a table."""
    found = [row for row in kept.conversations(ids) if row[1] == workspace_id]
    pack, stages = kept.pack_of(workspace_id), _stages(workspace_id)
    pasts = {
        row[0]: Past(
            id=row[0],
            workspace_id=row[1],
            began_at=row[2],
            channel=row[3],
            inbox_id=row[4],
            intent=row[5],
            triage=row[6],
            opened_by=row[7],
            is_confirmed=row[8],
            location_id=row[9],
            segment=row[10],
            tags=row[12],
            scores=Scores(*row[13:17]),
            pack=pack,
            stages=stages,
        )
        for row in found
    }
    known = list(pasts)
    for one, *told in kept.dealt({row[0]: row[11] for row in found}):
        pasts[one].dealt.append(Dealt(*told))
    for one, deed in _deeds(workspace_id, known):
        pasts[one].deeds.append(deed)
    offered = kept.handoffs(known)
    for row in offered:
        pasts[row[0]].handoffs.append(HandoffTold(*row[1:]))
    for row in kept.assignments([row[1] for row in offered]):
        pasts[row[0]].had.append(Had(*row[1:]))
    for row in kept.turns(known):
        pasts[row[0]].turns.append(TurnTold(*row[1:]))
    for row in kept.marks(known):
        pasts[row[0]].marks.append(Marked(*row[1:]))
    for one, at in kept.answers(known):
        pasts[one].answers.append(at)
    return list(pasts.values())


def _stages(workspace_id: str) -> Mapping[str, Sequence[StageTold]]:
    """Return at which stage each flow's rollout stood from when on."""
    found: dict[str, list[StageTold]] = {}
    for flow, at, kind, stage in kept.stages(workspace_id):
        found.setdefault(flow, []).append(StageTold(at, _ENDS.get(kind, stage)))
    return found


_ENDS = {reaching.COMPLETED: "full", reaching.STOPPED: "", reaching.ROLLED_BACK: ""}
"""At which stage a flow is after its rollout: it serves everybody, or nobody."""


def _deeds(workspace_id: str, ids: Sequence[str]) -> Iterable[tuple[str, Deed]]:
    for one, seq, at, action, actor, details in kept.deeds(workspace_id, ids):
        told = json.loads(details)
        if action == "undone" and told.get("act") != "resolve":
            continue
        yield (
            one,
            Deed(
                seq=seq,
                at=at,
                action=action,
                actor=actor,
                code=str(told.get("code", "")),
                is_confirmed=bool(told.get("confirmed", False)),
            ),
        )
