"""What many people look at is made once, and made again once something changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar, cast

from baton.core.errors import NotFound
from baton.services.house import House
from baton.store.queries import places

Seen = TypeVar("Seen")

_LASTS = timedelta(seconds=5)  # the order goes by clocks, which run on though nothing changes
_MOST = 512  # views kept at a time, in all workspaces


@lru_cache(maxsize=8)
def glances_of(house: House) -> "Glances":
    """Return a house's glances, one for all its pages."""
    return Glances(house)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A workspace as somebody begins to look at it: its pack, how far it has come, and when."""

    workspace_id: str
    pack: str
    stamp: tuple[int, int]
    at: datetime


@dataclass(slots=True)
class _View:
    """One view: as it was made, and at which look."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    look: Look | None = None
    made: object = None

    def is_fresh(self, look: Look) -> bool:
        """Return whether a look would see the same again."""
        if self.look is None or self.look.stamp != look.stamp:
            return False
        return timedelta(0) <= look.at - self.look.at < _LASTS


class Glances:
    """Keeps views until their workspace changes, for five seconds at most.

    A change is told by the audit chain's length, which is exact in any process, and by the
    workspace's ring, for what nobody is held to account for, such as a contact's words.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._rings: dict[str, int] = {}
        self._views: OrderedDict[tuple[str, Hashable], _View] = OrderedDict()

    def look(self, workspace_id: str) -> Look:
        """Begin to look at a workspace; what changes after it is seen by the next look."""
        self._hear_of(workspace_id)
        rings, now = self._rings[workspace_id], self._house.clock.now()
        found = places.standing_of(workspace_id)
        if found is None:
            raise NotFound("workspace", workspace_id)
        return Look(workspace_id=workspace_id, pack=found[0], stamp=(found[1], rings), at=now)

    def of(self, look: Look, key: Hashable, make: Callable[[], Seen]) -> Seen:
        """Return a view of a workspace; of all who ask at once, one makes it."""
        view = self._view((look.workspace_id, key))
        with view.lock:
            if not view.is_fresh(look):
                view.made, view.look = make(), look
            return cast("Seen", view.made)  # a key names what it holds

    def _hear_of(self, workspace_id: str) -> None:
        with self._lock:
            if workspace_id not in self._rings:
                self._rings[workspace_id] = 0
                topic = f"workspace:{workspace_id}"
                self._house.bell.subscribe([topic], lambda _topic: self._hear(workspace_id))

    def _view(self, name: tuple[str, Hashable]) -> _View:
        with self._lock:
            view = self._views.setdefault(name, _View())
            self._views.move_to_end(name)
            if len(self._views) > _MOST:
                self._views.popitem(last=False)
            return view

    def _hear(self, workspace_id: str) -> None:
        self._rings[workspace_id] += 1
