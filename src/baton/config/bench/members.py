"""A workspace with members who come, as many as a measurement of the churn score wants."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from baton.config import wiring
from baton.config.bench import filling
from baton.config.clock import VirtualClock
from baton.core.policy import Policy
from baton.services.facts import ScoringDue
from baton.services.ledger import Ledger
from baton.services.workspace import churn_scoring, workspaces
from baton.services.workspace.workspaces import Place
from baton.store import sql
from baton.store.crypto import keyset_from
from baton.store.models import ChurnScore
from baton.store.rows import ContactRow

_PLACE = Place(
    name="Mill Lane", address="1 Mill Lane", phone="", map_url="", timezone="UTC", week={}
)
_VISIT = (
    "id", "workspace_id", "system_id", "reference", "stamp", "contact_id", "booking_id", "at",
)  # fmt: skip


class Members:
    """Contacts and the days on which they came."""

    def __init__(self, start: datetime) -> None:
        chance = random.Random(5)  # noqa: S311 - a measurement's own seed
        self._clock = VirtualClock(start)
        self._house = wiring.build_house(
            keyset_from(chance.randbytes(32)), self._clock, seed=chance.getrandbits(32)
        )
        workspace = workspaces.create(
            self._house, name="Bench", pack_name="fitness", place=_PLACE, is_supervised=False
        )
        self.workspace_id = workspace.id

    def fill(self, contacts: Sequence[str], days: Callable[[], Iterable[str]]) -> int:
        """Add contacts and their visits, each at a moment of `days`; return how many visits."""
        now = self._clock.now()
        with self._house.engine.transaction():
            sql.insert(
                [
                    ContactRow(id=one, workspace_id=self.workspace_id, lane=one, created_at=now)
                    for one in contacts
                ]
            )
        return filling.pour("store_checkin", _VISIT, self._visits(contacts, days))

    def _visits(
        self, contacts: Sequence[str], days: Callable[[], Iterable[str]]
    ) -> Iterator[tuple[object, ...]]:
        for contact_id in contacts:
            head = contact_id[-20:]
            for number, at in enumerate(days()):
                name = f"{head}{number:012x}"
                yield (name, self.workspace_id, "", name, "", contact_id, None, at)

    def score(self, at: datetime) -> None:
        """Score everybody, one page a commit."""
        self._clock.move_to(at)
        page: ScoringDue | None = ScoringDue(at=at)
        while page is not None:
            with self._house.engine.transaction():
                ledger = Ledger(self._house, at)
                told, page = churn_scoring.score(ledger, self.workspace_id, Policy(), page)
                self._house.engine.inbox.append(told)

    def at_risk(self) -> int:
        """Return how many are at risk."""
        return ChurnScore.objects.filter(is_at_risk=True).count()
