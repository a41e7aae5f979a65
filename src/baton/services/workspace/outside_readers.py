"""The outside reader of a workspace: set, tried, taken away, and put before the local one.

Its settings are sealed as a whole and counted into the workspace's revision, so that
every process asks the new one from its next turn on, or none.
"""

import logging
import secrets
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import msgspec

from baton.core.errors import BatonError, NotFound
from baton.core.pack import Pack
from baton.core.reading import ReaderPort
from baton.nlu import outside
from baton.nlu.outside import (
    DIALOGFLOW,
    HTTP,
    DialogflowSettings,
    GuardedReader,
    HttpSettings,
    OutsideFailed,
    OutsideSettings,
)
from baton.services import notices
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.notices import Kind
from baton.services.workspace import editions
from baton.store import sql
from baton.store.models import OutsideReader

_log = logging.getLogger(__name__)

_FORMS: dict[str, type[OutsideSettings]] = {HTTP: HttpSettings, DIALOGFLOW: DialogflowSettings}
_ANY = "SELECT 1 FROM store_outsidereader LIMIT 1"  # asked for every batch
_SESSION_BYTES = 16  # 32 letters; Dialogflow takes 36
TRIAL = "What time do you open on Sundays?"
"""What a trial asks; nobody said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who is asked outside, and since when in vain.

    `trouble` is a word of `OutsideFailed`, "" while it answers.
    """

    kind: str
    host: str
    trouble: str
    troubled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How an outside reader answered: "answered", or a word of `OutsideFailed`.

    `told` are its own names with how sure it is; `meant` is the workspace's intent, "" when
    the name is not mapped. `seconds` is how long it took.
    """

    outcome: str
    detail: str
    told: tuple[tuple[str, float], ...]
    meant: str
    seconds: float


def configure(
    house: House, workspace_id: str, settings: OutsideSettings, *, actor: str
) -> OutsideReader:
    """Ask this outside reader from the next turn on, in place of any before it.

    Raises InvalidInput that names what cannot be used, or NotFound.
    """
    edition = editions.edition_of(house, workspace_id)
    outside.check(settings, intents=frozenset(intent.name for intent in edition.intents))
    with house.engine.transaction():
        editions.lock(workspace_id)
        ledger = Ledger(house, house.clock.now())
        OutsideReader.objects.filter(workspace_id=workspace_id).delete()
        row_id = ledger.next_id()
        row = OutsideReader.objects.create(
            id=row_id,
            workspace_id=workspace_id,
            kind=settings.kind,
            host=settings.host,
            settings_sealed=house.keyset.seal(
                msgspec.json.encode(settings).decode(), _place(row_id)
            ),
            changed_at=ledger.now,
            changed_by=actor,
        )
        ledger.audit(
            workspace_id,
            actor,
            "outside_reader_set",
            f"outside_reader:{row_id}",
            kind=settings.kind,
            host=settings.host,
            intents=len(settings.mapping),
        )
        ledger.flush()
        editions.count_up(workspace_id)
    return row


def turn_off(house: House, workspace_id: str, *, actor: str) -> None:
    """Read messages here alone, and forget the settings; raises NotFound when there are none."""
    with house.engine.transaction():
        editions.lock(workspace_id)
        ledger = Ledger(house, house.clock.now())
        row = find(workspace_id)
        if row is None:
            raise NotFound("outside reader of workspace", workspace_id)
        subject = f"outside_reader:{row.id}"
        row.delete()
        ledger.audit(workspace_id, actor, "outside_reader_off", subject, kind=row.kind)
        ledger.flush()
        editions.count_up(workspace_id)


def find(workspace_id: str) -> OutsideReader | None:
    """Return the workspace's outside reader, or None."""
    return OutsideReader.objects.filter(workspace_id=workspace_id).first()


def standing_of(workspace_id: str) -> Standing | None:
    """Return how a workspace's outside reader does, or None where nobody is asked."""
    row = find(workspace_id)
    if row is None:
        return None
    return Standing(kind=row.kind, host=row.host, trouble=row.trouble, troubled_at=row.troubled_at)


def has_any() -> bool:
    """Return whether any workspace asks an outside reader."""
    return bool(sql.select(_ANY, []))


def note_standing(house: House, workspace_id: str) -> None:
    """Write down that a workspace's outside reader failed or is back, and tell who leads once."""
    fresh = guardroom_of(house).changed_trouble(workspace_id)
    if fresh is None:
        return
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        rows = OutsideReader.objects.filter(workspace_id=workspace_id)
        row = (rows.filter(trouble="") if fresh else rows.exclude(trouble="")).first()
        if row is None:
            return
        # Of several processes that see it, one tells.
        if not rows.filter(id=row.id, trouble=row.trouble).update(
            trouble=fresh, troubled_at=ledger.now if fresh else None
        ):
            return
        deed = "outside_reader_failed" if fresh else "outside_reader_back"
        told = {"host": row.host, **({"reason": fresh} if fresh else {})}
        ledger.audit(workspace_id, "system", deed, f"outside_reader:{row.id}", **told)
        if fresh:
            people = notices.leading(workspace_id) or notices.deciding(workspace_id)
            notices.tell(ledger, workspace_id, people, Kind.READER_AWAY, details=row.host)
        ledger.flush()


def list_all() -> tuple[OutsideReader, ...]:
    """Return every outside reader of the installation."""
    return tuple(OutsideReader.objects.order_by("workspace_id"))


def settings_of(house: House, workspace_id: str) -> OutsideSettings | None:
    """Return the settings of a workspace's outside reader, unsealed, or None."""
    row = find(workspace_id)
    if row is None:
        return None
    opened = house.keyset.unseal(row.settings_sealed, _place(row.id))
    return msgspec.json.decode(opened, type=_FORMS[row.kind])


def settings_for(house: House, workspace_id: str, pack: Pack) -> OutsideSettings | None:
    """Return the settings as far as they suit an edition: it may have lost an intent since."""
    settings = settings_of(house, workspace_id)
    if settings is None:
        return None
    known = {theirs: ours for theirs, ours in settings.mapping.items() if pack.intent(ours)}
    return replace(settings, mapping=known)


def try_out(house: House, workspace_id: str) -> Trial:
    """Ask the outside reader one sentence that nobody said; raises NotFound when there is none."""
    settings = settings_of(house, workspace_id)
    if settings is None:
        raise NotFound("outside reader of workspace", workspace_id)
    port = outside.connect(settings, now=house.clock.now, new_id=_session)
    started = time.monotonic()
    try:
        [scores] = port.ask((TRIAL,), within=settings.ask_seconds)
    except OutsideFailed as error:
        seconds = time.monotonic() - started
        return Trial(outcome=error.reason, detail=error.detail, told=(), meant="", seconds=seconds)
    finally:
        port.close()
    told = tuple((score.name, score.confidence) for score in scores)
    best = max(told, key=lambda one: one[1], default=("", 0.0))[0]
    return Trial(
        outcome="answered",
        detail="",
        told=told,
        meant=settings.mapping.get(best, ""),
        seconds=time.monotonic() - started,
    )


@lru_cache(maxsize=8)
def guardroom_of(house: House) -> "Guardroom":
    """Return the house's guardroom, one for all its services."""
    return Guardroom(house)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """What a guarded reader was made of; another part makes another reader."""

    local: ReaderPort
    settings: OutsideSettings
    guards: frozenset[str]

    def is_made_of(
        self, local: ReaderPort, wanted: OutsideSettings, guards: frozenset[str]
    ) -> bool:
        return self.local is local and self.settings == wanted and self.guards == guards


class Guardroom:
    """Keeps each workspace's guarded reader, with its connections, while its parts stay."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[_Post, GuardedReader]] = {}
        self._told: dict[str, str] = {}

    def changed_trouble(self, workspace_id: str) -> str | None:
        """Return the trouble of a workspace's outside reader where it is another than before.

        "" is none; None where nothing changed since the last call, or nobody is asked.
        """
        with self._lock:
            kept = self._kept.get(workspace_id)
            if kept is None or kept[1].trouble == self._told.get(workspace_id):
                return None
            self._told[workspace_id] = kept[1].trouble
            return kept[1].trouble

    def reader_of(
        self,
        workspace_id: str,
        local: ReaderPort,
        settings: OutsideSettings | None,
        guards: frozenset[str],
    ) -> ReaderPort:
        """Return the local reader, with the outside one before it where there is one."""
        if settings is None and workspace_id not in self._kept:
            return local
        with self._lock:
            kept = self._kept.get(workspace_id)
            if kept and settings and kept[0].is_made_of(local, settings, guards):
                return kept[1]
            if kept:
                del self._kept[workspace_id]
                kept[1].close()
            return self._posted(workspace_id, local, settings, guards) if settings else local

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for _post, reader in self._kept.values():
                reader.close()
            self._kept.clear()

    def _posted(
        self,
        workspace_id: str,
        local: ReaderPort,
        settings: OutsideSettings,
        guards: frozenset[str],
    ) -> ReaderPort:
        try:
            reader = outside.guarded(
                local, settings, now=self._house.clock.now, new_id=_session, guards=guards
            )
        except BatonError:  # what is wrong with it must not stop the messages
            _log.exception("the outside reader of %s cannot be asked", workspace_id)
            return local
        post = _Post(local=local, settings=settings, guards=guards)
        self._kept[workspace_id] = (post, reader)
        return reader


def _session() -> str:
    return secrets.token_hex(_SESSION_BYTES)


def _place(row_id: str) -> str:
    return f"outside_reader.settings:{row_id}"
