"""Settings > Systems: files that a system exported, checked and imported by people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from baton.core.cells import csv_line
from baton.core.errors import InvalidInput
from baton.core.fates import Step
from baton.core.roles import Action
from baton.services import inbox as desk
from baton.services.house import House
from baton.services.systems import importing, systems
from baton.store.models import Import, ImportFault, User

SHOWN = 10
"""So many of the last files are listed."""

FAULTS_SHOWN = 200
"""So many faults are shown one by one; the report has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """A file on its way in, and what came of its lines."""

    id: str
    system_id: str
    system_name: str
    file_name: str
    state: str
    made_at: datetime
    lines: int
    pages: int
    done_pages: int
    told: int
    kept: int
    unchanged: int
    refused: int
    newcomers: int

    @property
    def is_going(self) -> bool:
        """Whether pages are still being gone through."""
        return self.state in (Step.READING, Step.CHECKING, Step.IMPORTING)

    @property
    def is_checked(self) -> bool:
        """Whether it waits for somebody to say that it is imported."""
        return self.state == Step.CHECKED

    @property
    def good(self) -> int:
        """How many lines were taken, or would be."""
        return self.told + self.kept + self.unchanged


def list_imports(user: User, system_id: str) -> tuple[ImportLine, ...]:
    """Return the last files of a system, the newest first; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    system = systems.get_system(user.workspace_id, system_id)
    rows = Import.objects.filter(system_id=system.id).order_by("-made_at", "-id")[:SHOWN]
    return tuple(_line_of(row, system.name) for row in rows)


def get_import(user: User, import_id: str) -> ImportLine:
    """Return one file; raises Forbidden or NotFound."""
    row = _held(user, import_id)
    return _line_of(row, systems.get_system(user.workspace_id, row.system_id).name)


def list_faults(user: User, import_id: str) -> tuple[tuple[int, str, str], ...]:
    """Return the first faults of a file as line, column and reason; raises Forbidden, NotFound."""
    rows = ImportFault.objects.filter(import_id=_held(user, import_id).id).order_by("line", "id")
    return tuple(rows.values_list("line", "column", "reason")[:FAULTS_SHOWN])


def report(user: User, import_id: str) -> Iterator[str]:
    """Yield every fault of a file as CSV; raises Forbidden or NotFound."""
    rows = ImportFault.objects.filter(import_id=_held(user, import_id).id).order_by("line", "id")
    return _written(rows.values_list("line", "column", "reason").iterator())


def begin(  # noqa: PLR0913 - what, whose and how
    house: House, user: User, system_id: str, name: str, pieces: Iterator[bytes], *, is_quiet: bool
) -> str:
    """Check an uploaded file; return its import's id. Raises Forbidden, InvalidInput, NotFound."""
    desk.require(user, Action.CONFIGURE)
    system = systems.get_system(user.workspace_id, system_id)
    with importing.kept_upload(pieces) as file:
        started = importing.begin(
            house,
            user.workspace_id,
            system.id,
            importing.path_of(file),
            name=name,
            is_dry=True,
            is_quiet=is_quiet,
            actor=f"user:{user.id}",
        )
    return started.id


def act(house: House, user: User, import_id: str, deed: str) -> None:
    """Import what was checked, check it again, or stop; raises as the services do."""
    row = _held(user, import_id)
    match deed:
        case "import":
            importing.import_now(house, row.workspace_id, row.id, actor=f"user:{user.id}")
        case "check":
            importing.check_again(house, row.workspace_id, row.id)
        case "cancel":
            importing.cancel(house, row.workspace_id, row.id, actor=f"user:{user.id}")
        case _:
            raise InvalidInput({"deed": "choose import, check or cancel"})


def _held(user: User, import_id: str) -> Import:
    desk.require(user, Action.CONFIGURE)
    return importing.get_import(user.workspace_id, import_id)


def _line_of(row: Import, system_name: str) -> ImportLine:
    return ImportLine(
        id=row.id,
        system_id=row.system_id,
        system_name=system_name,
        file_name=row.file_name,
        state=row.state,
        made_at=row.made_at,
        lines=row.lines,
        pages=row.pages,
        done_pages=row.done_pages,
        told=row.told,
        kept=row.kept,
        unchanged=row.unchanged,
        refused=row.refused,
        newcomers=row.newcomers,
    )


def _written(rows: Iterator[tuple[int, str, str]]) -> Iterator[str]:
    yield csv_line(("line", "column", "reason"))
    for line, column, reason in rows:
        yield csv_line((str(line), column, reason))
