"""Files that systems export, taken page by page: checked first, then kept, twice the same (AP24).

A file is read into sealed pages once. Each page is a fact in the lane of its system, so it
survives a restart, can be watched and stopped, and keeps nobody waiting for long. What
cannot be taken is noted line by line, and what can be is kept all the same.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec

from baton.connectors.files import sheets
from baton.connectors.files.settings import FileSettings
from baton.connectors.files.sheets import Line, UnreadableFileError
from baton.core import making, mapping
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.fates import Fate, Step
from baton.core.json import Json
from baton.core.making import Made, Reading
from baton.core.mapping import FieldMap, Unmapped
from baton.core.records import SlotRecord
from baton.runtime.ports import Arrival
from baton.services import arrivals, inbox
from baton.services.facts import ImportDue
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.orders.mirror import Bought
from baton.services.systems import bought, laid_slots, mirroring, recognising, systems
from baton.services.systems.recognising import Recognised, Unrecognised
from baton.store.models import ConnectedSystem, Import, ImportFault, ImportPage

PAGE = 500
_COUNTED = ("told", "kept", "unchanged", "refused", "newcomers")
_MAX_NAME = 200
_MAX_REASON = 200

_RUNNING = (Step.CHECKING.value, Step.IMPORTING.value)


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """A line as a page keeps it."""

    number: int
    cells: dict[str, str]
    column: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    line: int
    column: str
    reason: str


@dataclass(slots=True, kw_only=True)
class _Outcome:
    """What came of a page."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))
    faults: list[_Fault] = field(default_factory=list)

    def refuse(self, line: int, column: str, reason: str) -> None:
        self.faults.append(_Fault(line=line, column=column[:120], reason=reason[:_MAX_REASON]))


def begin(  # noqa: PLR0913 - what, whose, how and by whom
    house: House,
    workspace_id: str,
    system_id: str,
    path: Path,
    *,
    name: str,
    is_dry: bool,
    is_quiet: bool = False,
    actor: str,
) -> Import:
    """Read a file into pages, and have it gone through; raises InvalidInput, or NotFound."""
    system = systems.get_system(workspace_id, system_id)
    started = _start(house, system, name=name, is_dry=is_dry, is_quiet=is_quiet, actor=actor)
    try:
        _read(house, system, started, path)
    except UnreadableFileError as error:
        _drop(started)
        raise InvalidInput({"file": str(error)}) from error
    with house.engine.transaction():
        started.state = (Step.CHECKING if is_dry else Step.IMPORTING).value
        started.save()
        house.engine.inbox.append([_due(house, started)])
    return started


def import_now(house: House, workspace_id: str, import_id: str, *, actor: str) -> None:
    """Keep what a check found that can be taken; raises NotFound or Conflict."""
    with house.engine.transaction():
        checked = get_import(workspace_id, import_id)
        if checked.state != Step.CHECKED:
            message = "This file is not waiting to be imported. Look again."
            raise Conflict(message)
        _reset(checked, Step.IMPORTING, is_dry=False)
        _note(house, checked, actor, "import_started")
        house.engine.inbox.append([_due(house, checked)])


def check_again(house: House, workspace_id: str, import_id: str) -> None:
    """Go through a file anew, its mapping having changed; raises NotFound or Conflict."""
    with house.engine.transaction():
        checked = get_import(workspace_id, import_id)
        if checked.state != Step.CHECKED:
            message = "This file is not waiting to be checked. Look again."
            raise Conflict(message)
        _reset(checked, Step.CHECKING, is_dry=True)
        house.engine.inbox.append([_due(house, checked)])


def cancel(house: House, workspace_id: str, import_id: str, *, actor: str) -> None:
    """Take no further page; what was kept stays. Raises NotFound or Conflict."""
    with house.engine.transaction():
        going = get_import(workspace_id, import_id)
        if going.state not in (*_RUNNING, Step.CHECKED):
            message = "This import has ended already."
            raise Conflict(message)
        going.state, going.ended_at = Step.CANCELLED.value, house.clock.now()
        going.save(update_fields=["state", "ended_at"])
        ImportPage.objects.filter(import_id=going.id).delete()
        _note(house, going, actor, "import_cancelled")


def decide(ledger: Ledger, fact: ImportDue) -> None:
    """Take the page at hand, and go on; runs in the lane of the system."""
    going = Import.objects.select_for_update().filter(id=fact.import_id).first()
    if going is None or going.state not in _RUNNING or going.done_pages != fact.page:
        return  # cancelled, or gone through anew since
    take_page(ledger, going)
    if going.state in _RUNNING:
        ledger.house.engine.inbox.append([_due(ledger.house, going)])
    ledger.ring(f"workspace:{going.workspace_id}")


def run_whole(
    house: House, going: Import, *, on_page: Callable[[Import], None] = lambda _going: None
) -> Import:
    """Take every page here and now, for a command that waits; return the import's end."""
    while going.state in _RUNNING:
        with house.engine.transaction():
            house.engine.lock_lane(going.workspace_id, systems.lane_of(going.system_id))
            going = Import.objects.select_for_update().get(id=going.id)
            if going.state in _RUNNING:
                ledger = Ledger(house, house.clock.now())
                take_page(ledger, going)
                ledger.flush()
        on_page(going)
    return going


def take_page(ledger: Ledger, going: Import) -> None:
    """Take one page of a file and note what came of it."""
    house = ledger.house
    page = ImportPage.objects.filter(import_id=going.id, number=going.done_pages).first()
    if page is not None:
        plain = house.keyset.unseal(bytes(page.body_sealed), _place(going.id, page.number))
        rows = msgspec.json.decode(plain, type=list[_Row])
        outcome = _take(ledger, going, rows)
        for name, count in outcome.counts.items():
            setattr(going, name, getattr(going, name) + count)
        going.refused += len(outcome.faults)
        ImportFault.objects.bulk_create(
            ImportFault(import_id=going.id, line=one.line, column=one.column, reason=one.reason)
            for one in outcome.faults
        )
        if not going.is_dry:
            page.delete()
    going.done_pages = min(going.done_pages + 1, going.pages)
    if going.done_pages >= going.pages:
        _end(ledger, going)
    going.save()


def get_import(workspace_id: str, import_id: str) -> Import:
    """Return an import of a workspace; raises NotFound."""
    found = Import.objects.filter(id=import_id, workspace_id=workspace_id).first()
    if found is None:
        raise NotFound("import", import_id)
    return found


def kept_upload(pieces: Iterator[bytes], folder: Path | None = None) -> IO[bytes]:
    """Write an upload to a file that is gone once it is closed; raises InvalidInput."""
    file = tempfile.NamedTemporaryFile(dir=folder, prefix="baton-import-")  # noqa: SIM115 - the caller closes it
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > sheets.MAX_BYTES:
            file.close()
            raise InvalidInput({"file": f"It has more than {sheets.MAX_BYTES // 1_000_000} MB."})
        file.write(piece)
    file.flush()
    return file


def path_of(file: IO[bytes]) -> Path:
    """Return where an upload was written to."""
    return Path(file.name)


# -- a page ----------------------------------------------------------------------------------


def _take(ledger: Ledger, going: Import, rows: Sequence[_Row]) -> _Outcome:
    house, outcome = ledger.house, _Outcome()
    system = ConnectedSystem.objects.get(id=going.system_id)
    made, slots = [], []
    for line, one in _made(house, system, going.made_at, rows, outcome):
        if isinstance(one, Bought):
            _take_bought(ledger, going, line, one, outcome)
        elif isinstance(one, SlotRecord):
            slots.append(one)
        else:
            made.append((line, one))
    _take_slots(ledger, going, slots, outcome)
    persons = [one.person for _line, one in made]
    found = recognising.recognise(
        house, going.workspace_id, system.id, persons, is_dry=going.is_dry
    )
    laid: list[tuple[Recognised, Made]] = []
    for (line, one), who in zip(made, found, strict=True):
        if isinstance(who, Unrecognised):
            outcome.refuse(line, "", who.reason)
        else:
            laid.append((who, one))
            outcome.counts["newcomers"] += who.is_new
    if going.is_dry:
        outcome.counts["kept"] += len(laid)
        return outcome
    came = mirroring.lay(ledger, going.workspace_id, system.id, laid, is_quiet=going.is_quiet)
    for result in came:
        outcome.counts[_COLUMN[result.fate]] += 1
    return outcome


def _take_slots(
    ledger: Ledger, going: Import, slots: Sequence[SlotRecord], outcome: _Outcome
) -> None:
    if going.is_dry:
        outcome.counts["kept"] += len(slots)
        return
    for laid in laid_slots.lay(ledger, going.workspace_id, going.system_id, slots):
        outcome.counts[_COLUMN[laid.fate]] += 1


def _take_bought(ledger: Ledger, going: Import, line: int, one: Bought, outcome: _Outcome) -> None:
    """Lay an order, a parcel or a scan over its row; a trial finds nobody and keeps nothing."""
    if going.is_dry:
        outcome.counts["kept"] += 1
        return
    taken = bought.take(ledger, going.workspace_id, going.system_id, one, is_quiet=going.is_quiet)
    if taken.fate is Fate.PARKED:
        outcome.refuse(line, "", taken.reason)
    else:
        outcome.counts[_COLUMN[taken.fate]] += 1


_COLUMN = {Fate.TOLD: "told", Fate.KEPT: "kept", Fate.UNCHANGED: "unchanged"}


def _made(
    house: House,
    system: ConnectedSystem,
    received_at: datetime,
    rows: Sequence[_Row],
    outcome: _Outcome,
) -> Iterator[tuple[int, Made | Bought | SlotRecord]]:
    maps = systems.maps_of(system)
    reading = reading_of(house, system, received_at)
    for row in rows:
        if row.problem:
            outcome.refuse(row.number, row.column, row.problem)
            continue
        payload: Json = dict(row.cells)
        one = mapping.first_for(maps, payload)
        if one is None:
            outcome.refuse(row.number, "", "no mapping is for it")
            continue
        record = record_of(one, payload, reading)
        if isinstance(record, Unmapped):
            for name, why in record.problems.items():
                outcome.refuse(row.number, _column_of(one, name), why)
            outcome.counts["refused"] -= len(record.problems) - 1  # one line, however wrong
        else:
            yield row.number, record


def record_of(
    one: FieldMap, payload: Json, reading: Reading
) -> Made | Bought | SlotRecord | Unmapped:
    """Return the record that a map makes of a payload, or what of it cannot be read."""
    mapped = mapping.apply(one, payload)
    if isinstance(mapped, Unmapped):
        return mapped
    return making.record_of(mapped, making.person_of(mapped), reading)


def reading_of(house: House, system: ConnectedSystem, received_at: datetime) -> Reading:
    """Return how a system's values are read."""
    settings = systems.settings_of(house, system)
    return Reading(
        zone=inbox.zone_of(system.workspace_id),
        received_at=received_at,
        days_first=settings.days_first if isinstance(settings, FileSettings) else None,
    )


def _column_of(one: FieldMap, name: str) -> str:
    place = one.fields.get(name, "")
    return name if not place or place.startswith("=") else place


# -- a file ----------------------------------------------------------------------------------


def _start(  # noqa: PLR0913 - see begin
    house: House,
    system: ConnectedSystem,
    *,
    name: str,
    is_dry: bool,
    is_quiet: bool,
    actor: str,
) -> Import:
    now = house.clock.now()
    with house.engine.transaction():
        started = Import.objects.create(
            id=house.next_id(now),
            workspace_id=system.workspace_id,
            system_id=system.id,
            file_name=name[:_MAX_NAME],
            state=Step.READING.value,
            is_dry=is_dry,
            is_quiet=is_quiet,
            made_by=actor,
            made_at=now,
        )
        _note(house, started, actor, "import_checked" if is_dry else "import_started")
    return started


def _read(house: House, system: ConnectedSystem, started: Import, path: Path) -> None:
    """Keep a file's lines as sealed pages; its first line is the example to map by."""
    lines = sheets.lines_of(path)
    while page := [_row_of(line) for line in islice(lines, PAGE)]:
        if not started.pages and (shown := next((row.cells for row in page if row.cells), None)):
            example = msgspec.json.encode(shown).decode()
            systems.keep_example(house, system.workspace_id, system.id, example)
        sealed = house.keyset.seal(
            msgspec.json.encode(page).decode(), _place(started.id, started.pages)
        )
        with house.engine.transaction():
            ImportPage.objects.create(
                import_id=started.id, number=started.pages, body_sealed=sealed
            )
        started.pages += 1
        started.lines += len(page)


def _row_of(line: Line) -> _Row:
    return _Row(line.number, dict(line.cells), line.column, line.problem)


def _due(house: House, going: Import) -> Arrival:
    now = house.clock.now()
    return arrivals.arrival_of(
        ImportDue(import_id=going.id, page=going.done_pages),
        house.keyset,
        workspace_id=going.workspace_id,
        lane=systems.lane_of(going.system_id),
        dedupe_key=f"import:{going.id}:{going.done_pages}:{house.next_id(now)}",
        received_at=now,
    )


def _end(ledger: Ledger, going: Import) -> None:
    if going.is_dry:
        going.state = Step.CHECKED.value
        return
    going.state, going.ended_at = Step.DONE.value, ledger.now
    heard = ConnectedSystem.objects.filter(id=going.system_id)
    heard.update(heard_at=going.made_at)
    counts: dict[str, Any] = {name: getattr(going, name) for name in _COUNTED}
    ledger.audit(
        going.workspace_id, going.made_by, "import_done", f"system:{going.system_id}", **counts
    )


def _reset(going: Import, step: Step, *, is_dry: bool) -> None:
    for name in (*_COUNTED, "done_pages"):
        setattr(going, name, 0)
    going.state, going.is_dry = step.value, is_dry
    going.save()
    ImportFault.objects.filter(import_id=going.id).delete()


def _drop(started: Import) -> None:
    ImportPage.objects.filter(import_id=started.id).delete()
    Import.objects.filter(id=started.id).delete()


def _note(house: House, going: Import, actor: str, deed: str) -> None:
    ledger = Ledger(house, house.clock.now())
    ledger.audit(going.workspace_id, actor, deed, f"system:{going.system_id}", file=going.file_name)
    ledger.ring(f"workspace:{going.workspace_id}")
    ledger.flush()


def _place(import_id: str, number: int) -> str:
    return f"import.page:{import_id}:{number}"
