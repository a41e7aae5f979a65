"""Keys that take each other's place: everything is sealed anew, page by page, while Baton works.

There is no note of how far it came: what the old key sealed is what is left to do. So it may
be interrupted anywhere, and goes on from what it finds. A value that somebody changes
meanwhile is theirs: they sealed it with the new key already, or it is met again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store import sealed
from baton.store.crypto import SealBroken
from baton.store.keyset_file import KeysetFile
from baton.store.models import Workspace
from baton.store.sealed import SealedColumn, SealedValue

PAGE = 500
"""So many values are sealed anew in one transaction: nobody waits long behind it."""
SETTLED_AFTER = timedelta(minutes=10)
"""So long after its successor came a key is kept at least: every process has heard by then."""
_EVERY = timedelta(minutes=1)
_AGAIN = timedelta(hours=1)
_LEASE = timedelta(minutes=5)
_DUTY = "keys:reseal"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStanding:
    """One key: since when, whether it seals, and how many values it sealed that still stand."""

    number: int
    made_at: datetime | None
    is_primary: bool
    values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one transaction met and sealed anew, and the key of the last row that it met."""

    met: int
    done: int = 0
    last: object = None
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many values were sealed anew, and the places of those that did not open."""

    done: int
    broken: tuple[str, ...]


def _told_nobody(_place: str, _done: int) -> None:
    """Keep the progress to oneself."""


def standing(file: KeysetFile, primary: int) -> tuple[KeyStanding, ...]:
    """Return every key and what it holds; one that the file lacks holds what nobody opens."""
    counts: dict[int, int] = {}
    for one in sealed.COLUMNS:
        for number, count in sealed.count_by_key(one).items():
            counts[number] = counts.get(number, 0) + count
    made = file.made_at()
    return tuple(
        KeyStanding(
            number=number,
            made_at=made.get(number),
            is_primary=number == primary,
            values=counts.get(number, 0),
        )
        for number in sorted({*made, *counts})
    )


def add_key(house: House, file: KeysetFile) -> int:
    """Let a new key seal from now on, and note so in every workspace's trail."""
    number = file.add_key(house.clock.now())
    house.keyset.renew()
    _note(house, "key_added", {"key": number})
    return number


def reseal(house: House, *, told: Callable[[str, int], None] = _told_nobody) -> Resealed:
    """Seal with the key in use whatever another one sealed, and tell what did not open.

    `told` hears of each page: the column, and how many values are done.
    """
    done = 0
    broken: tuple[str, ...] = ()
    for one in sealed.COLUMNS:
        page = Page(met=PAGE)
        while page.met == PAGE:
            page = reseal_page(house, one, after=page.last)
            done, broken = done + page.done, broken + page.broken
            if page.done:
                told(f"{one.table}.{one.column}", done)
    if done or broken:
        told_of = {"key": house.keyset.primary, "values": done, "broken": len(broken)}
        _note(house, "values_resealed", told_of)
    return Resealed(done=done, broken=broken)


def reseal_page(house: House, one: SealedColumn, *, after: object) -> Page:
    """Seal the next values of a column anew.

    One that does not open was changed by somebody: it stays as evidence, and is named.
    """
    keyset = house.keyset
    changes = []
    broken = []
    with house.engine.transaction():
        values = sealed.page(one, after=after, limit=PAGE, unless=keyset.primary)
        for value in values:
            try:
                plain = keyset.unseal_bytes(value.sealed, value.place)
            except SealBroken:
                broken.append(_named(one, value))
            else:
                changes.append((value, keyset.seal_bytes(plain, value.place)))
        sealed.replace(one, changes)
    return Page(
        met=len(values),
        done=len(changes),
        last=values[-1].key if values else after,
        broken=tuple(broken),
    )


def _named(one: SealedColumn, value: SealedValue) -> str:
    return f"{one.table}.{one.column} of {value.key}"


def retire(house: House, file: KeysetFile, *, settled: timedelta = SETTLED_AFTER) -> list[int]:
    """Forget keys that seal nothing any more; return their numbers.

    A key whose successor is younger than `settled` stays: another process may seal with it yet.
    """
    keys = standing(file, house.keyset.primary)
    idle = [one.number for one in keys if not one.is_primary and not one.values]
    newest = next((one.made_at for one in keys if one.is_primary), None)
    if not idle or (newest is not None and house.clock.now() - newest < settled):
        return []
    file.drop_keys(idle)
    house.keyset.renew()
    _note(house, "keys_retired", {"keys": ", ".join(map(str, idle))})
    return idle


def broken_seals(house: House, *, told: Callable[[str, int], None] = _told_nobody) -> list[str]:
    """Open everything that is sealed; return the place of each value that does not open."""
    broken: list[str] = []
    for one in sealed.COLUMNS:
        after: object = None
        done = 0
        while page := sealed.page(one, after=after, limit=PAGE):
            for value in page:
                try:
                    house.keyset.unseal_bytes(value.sealed, value.place)
                except SealBroken:
                    broken.append(_named(one, value))
            done += len(page)
            after = page[-1].key
        told(f"{one.table}.{one.column}", done)
    return broken


@dataclass(slots=True, kw_only=True)
class Resealer:
    """A process's own part: it hears of new keys, and seals anew what older ones hold.

    While there is an older key, it goes through everything again every hour: a process that
    heard late may have sealed with it since.
    """

    house: House
    owner: str
    _looked_at: datetime | None = None
    _done_at: datetime | None = None
    _done_for: int = 0
    _column: int = 0
    _after: object = None

    def run_once(self) -> int:
        """Look for a new key now and then, and seal a page; return how many values that were."""
        now = self.house.clock.now()
        if self._looked_at is None or now - self._looked_at >= _EVERY:
            self._looked_at = now
            self.house.keyset.renew()
        if not self._is_behind(now):
            return 0
        leases = self.house.engine.leases
        if not leases.acquire(_DUTY, self.owner, now=now, lease=_LEASE):
            return 0
        return self._reseal(now)

    def _is_behind(self, now: datetime) -> bool:
        keyset = self.house.keyset
        if len(keyset.keys) == 1:
            return False
        is_new = self._done_at is None or self._done_for != keyset.primary
        return is_new or now - (self._done_at or now) >= _AGAIN

    def _reseal(self, now: datetime) -> int:
        while self._column < len(sealed.COLUMNS):
            one = sealed.COLUMNS[self._column]
            page = reseal_page(self.house, one, after=self._after)
            self._after = page.last
            if page.met < PAGE:
                self._column, self._after = self._column + 1, None
            if page.done:
                return page.done
        self._column, self._done_at, self._done_for = 0, now, self.house.keyset.primary
        self.house.engine.leases.release(_DUTY, self.owner)
        return 0


def _note(house: House, action: str, details: Mapping[str, int | str]) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        for workspace_id in Workspace.objects.values_list("id", flat=True):
            ledger.audit(workspace_id, "system", action, f"workspace:{workspace_id}", **details)
        ledger.flush()
