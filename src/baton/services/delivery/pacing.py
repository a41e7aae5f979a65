"""Rate limits and warm-up of inboxes: set by a person, kept by whoever sends (C19)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from baton.core import pace
from baton.core.errors import InvalidInput
from baton.core.pace import Pace, Taken
from baton.core.presend import Delay
from baton.core.roles import Action
from baton.services import inbox
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import inboxes
from baton.store.models import SenderPace, User
from baton.store.queries.outgoing import OutgoingRow

LIMITS = ("per_second", "per_minute", "per_day", "warm_up_from")
MOST = 1_000_000


class Paces:
    """The inboxes of one batch of messages; must be asked inside a transaction."""

    def __init__(self, rows: Iterable[OutgoingRow], now: datetime) -> None:
        self._now = now
        wanted = {row.inbox_id for row in rows if row.channel != OWN_CHANNEL}
        self._held = _hold(wanted)
        self._changed: set[str] = set()

    def wait(self, row: OutgoingRow) -> datetime | None:
        """Return until when a message has to wait; None lets it go now."""
        held = self._held.get(row.inbox_id)
        if held is None or row.delivery_reason == Delay.RATE_LIMIT.value:
            return None  # nobody set a limit, or its moment has come
        limits, taken, at = pace_of(held), _taken_of(held), self._now
        if row.is_unprompted:
            at, taken = pace.take(limits, taken, self._now)
        else:
            taken = pace.count_answer(limits, taken, self._now)
        held.free_at, held.day = taken.free_at, taken.day
        held.count, held.begun = taken.count, taken.begun
        self._changed.add(row.inbox_id)
        return at if at > self._now else None

    def write(self) -> None:
        """Keep what was taken."""
        for inbox_id in sorted(self._changed):
            self._held[inbox_id].save(update_fields=["free_at", "day", "count", "begun"])


def _hold(inbox_ids: set[str]) -> dict[str, SenderPace]:
    if not inbox_ids:
        return {}
    # In one order, so that two senders never wait for each other in a ring.
    held = SenderPace.objects.select_for_update().filter(id__in=inbox_ids).order_by("id")
    return {one.id: one for one in held}


def find(user: User, inbox_id: str) -> SenderPace | None:
    """Return the limits of an inbox, None where nobody set any; raises Forbidden."""
    inbox.require(user, Action.CONFIGURE)
    return SenderPace.objects.filter(id=inbox_id, workspace_id=user.workspace_id).first()


def change(
    house: House, user: User, inbox_id: str, wanted: Mapping[str, int], *, reason: str
) -> None:
    """Set the limits of an inbox, with the reason; they hold from the next message on.

    A warm-up begins today, unless the same one runs already. Raises Forbidden, NotFound, and
    InvalidInput for numbers that cannot be used.
    """
    inbox.require(user, Action.CONFIGURE)
    problems = {
        name: f"Write a whole number up to {MOST:,}; 0 sets no limit."
        for name in LIMITS
        if not 0 <= wanted.get(name, 0) <= MOST
    }
    if not reason.strip():
        problems["reason"] = "Say why."
    if problems:
        raise InvalidInput(problems)
    with house.engine.transaction():
        inboxes.get_inbox(user.workspace_id, inbox_id)
        now = house.clock.now()
        held = _hold({inbox_id}).get(inbox_id)
        row = held or SenderPace(id=inbox_id, workspace_id=user.workspace_id)
        before = asdict(pace_of(row))
        begins_anew = row.warm_up_from != wanted.get("warm_up_from", 0)
        for name in LIMITS:
            setattr(row, name, wanted.get(name, 0))
        if begins_anew:
            row.warm_up_on = now.date() if row.warm_up_from else None
        row.save()
        ledger = Ledger(house, now)
        changes = {
            name: f"{before[name]} to {getattr(row, name)}"
            for name in LIMITS
            if before[name] != getattr(row, name)
        }
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "pace_changed",
            f"inbox:{inbox_id}",
            reason=reason.strip(),
            **changes,
        )
        ledger.flush()


def take_limit(house: House, workspace_id: str, inbox_id: str, begun_per_day: int) -> None:
    """Keep how many its provider lets a business write to first in a day; 0 is no limit."""
    with house.engine.transaction():
        held = _hold({inbox_id}).get(inbox_id)
        row = held or SenderPace(id=inbox_id, workspace_id=workspace_id)
        if row.begun_per_day == begun_per_day:
            return
        told = f"{row.begun_per_day} to {begun_per_day}"
        row.begun_per_day = begun_per_day
        row.save()
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            workspace_id, "system", "provider_limit_changed", f"inbox:{inbox_id}", per_day=told
        )
        ledger.flush()


def pace_of(row: SenderPace) -> Pace:
    """Return the limits of an inbox."""
    return Pace(
        per_second=row.per_second,
        per_minute=row.per_minute,
        per_day=row.per_day,
        warm_up_from=row.warm_up_from,
        warm_up_on=row.warm_up_on,
        begun_per_day=row.begun_per_day,
    )


def _taken_of(row: SenderPace) -> Taken | None:
    if row.free_at is None or row.day is None:
        return None
    return Taken(free_at=row.free_at, day=row.day, count=row.count, begun=row.begun)
