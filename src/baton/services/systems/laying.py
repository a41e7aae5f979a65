"""What laying records over rows has in common: a page of them, its rows, and what is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from baton.core.fates import Fate
from baton.core.json import Json
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.facts import EventReported
from baton.services.ledger import Ledger
from baton.services.systems.recognising import Recognised
from baton.store import model_sets

PARTS = 500
"""So many rows are read or written in one statement."""

_LATE_NEWS = timedelta(days=2)
"""How long after it was over flows still hear that somebody came, or did not."""

_ONCE = ("workspace_id", "system_id", "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """What came of a record: its fate, and the events that flows hear."""

    fate: Fate
    events: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Page:
    """Records of one system that are laid together."""

    ledger: Ledger
    workspace_id: str
    system_id: str
    told: list[Arrival] = field(default_factory=list)
    is_quiet: bool = False

    def made(self, reference: str) -> dict[str, Any]:
        """Return what every new mirror has; the fields of a model are no type of ours."""
        return {
            "id": self.ledger.next_id(),
            "workspace_id": self.workspace_id,
            "system_id": self.system_id,
            "reference": reference,
        }

    def tell(
        self, who: Recognised, events: Iterable[str], facts: Mapping[str, Json], key: str
    ) -> None:
        """Tell events in the lane of their contact."""
        for event in events:
            fact = EventReported(
                event=event,
                facts=dict(facts),
                channel=who.channel,
                inbox_id=who.inbox_id,
                address=who.address,
                name=who.name,
                language=who.language,
            )
            self.told.append(
                arrivals.arrival_of(
                    fact,
                    self.ledger.house.keyset,
                    workspace_id=self.workspace_id,
                    lane=who.lane,
                    dedupe_key=f"mirror:{self.system_id}:{key}:{event}",
                    received_at=self.ledger.now,
                )
            )


def known(rows: Any, page: Page, references: Sequence[str]) -> dict[str, Any]:
    """Return the mirrors of references; a model's manager has no type that tells its rows."""
    own = rows.filter(workspace_id=page.workspace_id, system_id=page.system_id)
    found: dict[str, Any] = {}
    for begin in range(0, len(references), PARTS):
        part = references[begin : begin + PARTS]
        found |= {row.reference: row for row in own.filter(reference__in=part)}
    return found


def upsert(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write mirrors that are new or have changed, as one set of one model."""
    model_sets.upsert(rows, once=_ONCE, fields=fields)


def fate_of(events: tuple[str, ...], *, is_same: bool) -> Fate:
    """Return the fate of a record by what flows hear of it."""
    if events:
        return Fate.TOLD
    return Fate.UNCHANGED if is_same else Fate.KEPT


def is_recent(moment: datetime, page: Page) -> bool:
    """Return whether what was over at a moment is news still."""
    return moment > page.ledger.now - _LATE_NEWS
