"""A workspace with runs that wait, as many as a measurement wants."""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from baton.config import wiring
from baton.config.bench import filling
from baton.config.clock import VirtualClock
from baton.core.json import Json
from baton.flows.run import RunState
from baton.flows.scene import Awaits
from baton.flows.scene import Waiting as Wait
from baton.services import arrivals
from baton.services.conversation import runs
from baton.services.facts import SilencePassed
from baton.services.ledger import Ledger
from baton.services.workspace import workspaces
from baton.services.workspace.standards import standards_cache
from baton.services.workspace.workspaces import Place
from baton.store import sql
from baton.store.crypto import keyset_from
from baton.store.models import Inbox
from baton.store.models.runtime import RuntimeEffect
from baton.store.rows import ContactRow, ConversationRow, RunRow
from baton.store.runtime_store.sql import LANES, TIMERS

_PLACE = Place(
    name="Mill Lane", address="1 Mill Lane", phone="", map_url="", timezone="UTC", week={}
)

_CHUNK = 10_000  # rows of so many runs are written in one transaction
_COPIES = 50_000  # and so many copies of a run's rows
_WITH_IDS = frozenset(
    {"id", "lane", "address_lane", "contact_id", "conversation_id", "run_id", "key", "firing_key"}
)
_ID_HEAD = 21  # of an id's 32 places; the rest of a copy's is a letter and ten digits


class Waiting:
    """Contacts, each with one run that waits for its time."""

    def __init__(self, document: Json, start: datetime, chance: random.Random) -> None:
        self._clock = VirtualClock(start)
        self._house = wiring.build_house(
            keyset_from(chance.randbytes(32)), self._clock, seed=chance.getrandbits(32)
        )
        workspace = workspaces.create(
            self._house, name="Bench", pack_name="fitness", place=_PLACE, is_supervised=False
        )
        workspaces.publish(
            self._house, workspace.id, "reminder", document, now=start, reason="a measurement"
        )
        self._workspace_id = workspace.id
        self._inbox_id = Inbox.objects.get(workspace_id=workspace.id).id
        self._library = standards_cache(self._house).standards_of(workspace.id).library
        self._crew = wiring.crew_of(self._house, owner="bench")

    def fill(self, count: int, *, at: datetime, is_apart: bool = False) -> None:
        """Let so many runs wait until a moment, all for one class; `is_apart`, each for its own."""
        for size in _chunks(count):
            with self._house.engine.transaction():
                ledger = Ledger(self._house, self._clock.now())
                for number in range(size):
                    self._wait(ledger, at, f"Class {number}" if is_apart else "Yoga")
                ledger.flush()

    def fill_alike(self, count: int, *, at: datetime) -> None:
        """Let so many more runs wait until a moment that the measurement never comes to.

        They are copies of one run's rows, made inside the database: their sealed bodies are
        its own, which would not open under another run's name, and are not opened.
        """
        if not count:
            return
        with self._house.engine.transaction():
            ledger = Ledger(self._house, self._clock.now())
            run = self._wait(ledger, at, "Yoga")
            ledger.flush()
        # What keeps rows apart stays, and finds the one run whose rows are copied.
        tables = (ContactRow.table, ConversationRow.table, RunRow.table, TIMERS.name, LANES.name)
        with filling.unindexed(*tables):
            for first in range(1, count, _COPIES):
                numbers = (first, min(first + _COPIES, count) - 1)
                with self._house.engine.transaction():
                    _copy_rows(run, numbers)

    def fire(self, *, until: datetime) -> int:
        """Go to a moment and decide all that is due, and return how many runs moved.

        In as many threads as a server on SQLite has for that, or a worker on PostgreSQL.
        """
        self._clock.move_to(until)
        if self._house.engine.has_one_writer:
            return self._fire_all()
        with ThreadPoolExecutor(1) as second:
            beside = second.submit(self._fire_beside)
            return self._fire_all() + beside.result()

    def fire_alone(self, *, until: datetime, each: Callable[[], None]) -> int:
        """Go to a moment and decide all that is due in this thread; `each` is told of a batch."""
        self._clock.move_to(until)
        return self._fire_all(each)

    def _fire_beside(self) -> int:
        try:
            return self._fire_all()
        finally:
            self._house.engine.close()

    def _fire_all(self, each: Callable[[], None] = lambda: None) -> int:
        total = 0
        while True:
            each()
            done = self._crew.worker.run_once()
            if not done:
                return total
            total += done

    def outbox_size(self) -> int:
        """Return how many messages stand in the outbox."""
        return RuntimeEffect.objects.count()

    def _wait(self, ledger: Ledger, at: datetime, class_name: str) -> RunRow:
        contact_id, conversation_id = ledger.next_id(), ledger.next_id()
        lane = contact_id
        ledger.keep(
            ContactRow(
                id=contact_id,
                workspace_id=self._workspace_id,
                lane=lane,
                conversation_id=conversation_id,
                created_at=ledger.now,
            )
        )
        conversation = ConversationRow(
            id=conversation_id,
            workspace_id=self._workspace_id,
            contact_id=contact_id,
            inbox_id=self._inbox_id,
            lane=lane,
            address_lane=lane,
            channel="webchat",
            opened_by="bot",
            first_message_at=ledger.now,
            last_message_at=ledger.now,
        )
        ledger.keep(conversation)
        state = RunState(
            flow="reminder",
            version=1,
            step="day_before",
            waiting=Wait(awaits=Awaits.TIME),
            variables={
                "booking": contact_id[-8:],
                "class_name": class_name,
                "starts_at": (at + timedelta(hours=24)).isoformat(),
            },
        )
        row: RunRow = runs.save(
            ledger, self._library, None, conversation, state, subject=contact_id
        )
        ledger.set_timer(
            arrivals.timer_of(
                SilencePassed(run_id=row.id, stamp=runs.stamp(row)),
                self._house.keyset,
                workspace_id=self._workspace_id,
                lane=lane,
                key=f"run:{row.id}",
                due_at=at,
            )
        )
        return row


def _chunks(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, _CHUNK)
        count -= _CHUNK


def _copy_rows(run: RunRow, numbers: tuple[int, int]) -> None:
    """Copy all rows of a waiting run, once for each number from the first to the last."""
    ids = (run.contact_id, run.conversation_id, run.id)
    key, of = f"run:{run.id}", run.workspace_id
    _copy(ContactRow.table, sql.columns_of(ContactRow), (of, "id", run.contact_id), ids, numbers)
    columns = sql.columns_of(ConversationRow)
    _copy(ConversationRow.table, columns, (of, "id", run.conversation_id), ids, numbers)
    _copy(RunRow.table, sql.columns_of(RunRow), (of, "id", run.id), ids, numbers)
    _copy(TIMERS.name, tuple(TIMERS.columns), (of, "key", key), ids, numbers)
    _copy(LANES.name, tuple(LANES.columns), (of, "lane", run.contact_id), ids, numbers)


def _copy(
    table: str,
    columns: Sequence[str],
    chosen: tuple[str, str, str],
    ids: Sequence[str],
    numbers: tuple[int, int],
) -> None:
    """Copy a row of a workspace by numbers, with an id of the number's own for each of `ids`."""
    values, parameters = [], list[object](numbers)
    for name in columns:
        value = f'known."{name}"'
        if name in _WITH_IDS:
            for letter, one in zip("abc", ids, strict=True):
                value = f"replace({value}, %s, %s || CAST(1000000000 + n AS text))"
                parameters += [one, f"{one[:_ID_HEAD]}{letter}"]
        values.append(value)
    names = ", ".join(f'"{name}"' for name in columns)
    sql.execute(
        "WITH RECURSIVE numbers(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)"
        f' INSERT INTO "{table}" ({names}) SELECT {", ".join(values)}'
        f' FROM numbers, "{table}" known'
        f' WHERE known.workspace_id = %s AND known."{chosen[1]}" = %s',
        [*parameters, chosen[0], chosen[2]],
    )
