"""A process's own part in forgetting: erasures that are due, and what retention lets go of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.errors import Conflict
from baton.services.house import House
from baton.services.privacy import erasing, letting_go
from baton.services.privacy.manifest import Manifest
from baton.services.workspace.standards import standards_cache
from baton.store.models import Erasure, Workspace

_EVERY = timedelta(minutes=1)
_RETENTION_EVERY = timedelta(hours=1)
_LEASE = timedelta(minutes=10)
_DUTY = "privacy:forget"
_LATER = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Forgetter:
    """Looks now and then for what is to be forgotten, in one process at a time."""

    house: House
    manifest: Manifest
    owner: str
    _looked_at: datetime | None = None
    _swept_at: datetime | None = None

    def run_once(self) -> int:
        """Carry out what is due, and let a page of what is old go; return how much that was."""
        now = self.house.clock.now()
        if self._looked_at is not None and now - self._looked_at < _EVERY:
            return 0
        self._looked_at = now
        leases = self.house.engine.leases
        if not leases.acquire(_DUTY, self.owner, now=now, lease=_LEASE):
            return 0
        done = sum(self._erase(one, now) for one in erasing.list_due(now))
        if self._swept_at is None or now - self._swept_at >= _RETENTION_EVERY:
            swept = self._sweep()
            # As long as there is more, it goes on at the next turn.
            self._swept_at, self._looked_at = (None, None) if swept else (now, now)
            done += swept
        return done

    def _erase(self, row: Erasure, now: datetime) -> int:
        try:
            erasing.refuse_unless_free(row.contact_id)
        except Conflict:  # a hold came after the wish: it waits until that is lifted
            Erasure.objects.filter(id=row.id).update(due_at=now + _LATER)
            return 0
        erasing.carry_out(self.house, self.manifest, row)
        return 1

    def _sweep(self) -> int:
        cache = standards_cache(self.house)
        return sum(
            letting_go.let_go(self.house, workspace_id, cache.setting_of(workspace_id).policy)
            for workspace_id in Workspace.objects.values_list("id", flat=True)
        )
