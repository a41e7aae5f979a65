"""Assessments in the console: a file is read in a thread, and its findings are kept sealed.

The file is gone once it is read. A process that stops says so in the row; one that dies leaves
it standing still, and after a while another may begin.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO, Any

import msgspec
from django.db import IntegrityError

from baton.connectors.files import past
from baton.connectors.files.past import UnreadableFileError
from baton.core.errors import BatonError, Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.pilot import assessing, sorting, telling
from baton.services.reading.workshop import workshop_of
from baton.services.systems import importing
from baton.services.workspace import editions
from baton.services.workspace.standards import standards_cache
from baton.store.models import PastAssessment, User

READING, DONE, FAILED = "reading", "done", "failed"
KEPT = 10
"""Assessments kept of a workspace, the newest."""
STALE_AFTER = timedelta(minutes=10)

_WEEKS = 4.0  # that an export without days is taken to span
_STOPPED = "The server stopped before it was read. Upload it again."
_BROKEN = "Baton could not assess it; its operator finds the reason in the log."


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentLine:
    """An assessment as lists and its page show it; `told` is empty until it is done."""

    id: str
    file_name: str
    state: str
    progress: str
    share: float
    problem: str
    made_at: datetime
    told: Mapping[str, Any]

    @property
    def is_going(self) -> bool:
        """Whether it is being read."""
        return self.state == READING


def list_all(house: House, user: User) -> tuple[AssessmentLine, ...]:
    """Return the workspace's assessments, the newest first; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    rows = PastAssessment.objects.filter(workspace_id=user.workspace_id).order_by("-id")[:KEPT]
    return tuple(_line(house, row) for row in rows)


def open_one(house: House, user: User, assessment_id: str) -> AssessmentLine:
    """Return an assessment with its findings; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    row = _row(user, assessment_id)
    line = _line(house, row)
    if row.state != DONE:
        return line
    plain = house.keyset.unseal(bytes(row.told_sealed), _place(row.id))
    told = msgspec.json.decode(plain)
    if not inbox.may(user, Action.READ_TRANSCRIPT):
        # Examples are what customers wrote.
        told["types"] = [{**one, "examples": []} for one in told["types"]]
    return replace(line, told=told)


def keep(house: House, user: User, name: str, told: Mapping[str, Any]) -> str:
    """Keep findings that were made elsewhere, as on the command line; return the assessment's id.

    Raises Conflict while a file is being read in the console, or Forbidden for a role.
    """
    inbox.require(user, Action.RUN_PILOT)
    row_id = _began(house, user, name)
    sealed = house.keyset.seal(msgspec.json.encode(told).decode(), _place(row_id))
    _end(row_id, house, state=DONE, told=sealed)
    return row_id


def begin(
    house: House, user: User, name: str, pieces: Iterator[bytes], columns: Mapping[str, str]
) -> str:
    """Begin to assess an uploaded file; return the assessment's id.

    Raises InvalidInput for a file that is too large, Conflict while another is being read, or
    Forbidden for a role.
    """
    inbox.require(user, Action.RUN_PILOT)
    file = importing.kept_upload(pieces)
    try:
        row_id = _began(house, user, name)
    except BatonError:
        file.close()
        raise
    workshop_of(house).begin(
        lambda: finish(house, row_id, file, columns),
        lambda: _end(row_id, house, state=FAILED, problem=_STOPPED),
    )
    return row_id


def finish(house: House, row_id: str, file: IO[bytes], columns: Mapping[str, str]) -> None:
    """Read a file to its end and keep what was found; whatever goes wrong stands in the row."""
    row = PastAssessment.objects.get(id=row_id)
    problem = _BROKEN
    try:
        with file:
            told = telling.told(_assessed(house, row, file, columns))
        sealed = house.keyset.seal(msgspec.json.encode(told).decode(), _place(row_id))
        _end(row_id, house, state=DONE, told=sealed)
        problem = ""
    except UnreadableFileError as error:
        problem = str(error)
    except InvalidInput as error:
        problem = " ".join(error.fields.values())
    except sorting.NoEncoderError as error:
        problem = str(error)
    finally:
        if problem:
            _end(row_id, house, state=FAILED, problem=problem[:300])


def remove(house: House, user: User, assessment_id: str) -> None:
    """Forget an assessment; what was set up from it stays. Raises NotFound or Forbidden."""
    inbox.require(user, Action.RUN_PILOT)
    row = _row(user, assessment_id)
    with house.engine.transaction():
        PastAssessment.objects.filter(id=row.id).delete()
        _note(house, row, f"user:{user.id}", "assessment_removed")


def _assessed(
    house: House, row: PastAssessment, file: IO[bytes], columns: Mapping[str, str]
) -> assessing.Assessment:
    def progress(words: str, share: float) -> None:
        _update(house, row.id, progress=words[:80], share=share)

    policy = standards_cache(house).standards_of(row.workspace_id).policy
    sorter = sorting.sorter_of(
        editions.edition_of(house, row.workspace_id), policy, knows_types=True, progress=progress
    )
    rows = past.read(importing.path_of(file), columns=columns)
    return assessing.assess(sorter, rows, zone=inbox.zone_of(row.workspace_id), weeks=_WEEKS)


def _began(house: House, user: User, name: str) -> str:
    now = house.clock.now()
    mine = PastAssessment.objects.filter(workspace_id=user.workspace_id)
    stale = mine.filter(state=READING, progress_at__lt=now - STALE_AFTER)
    try:
        with house.engine.transaction():
            stale.update(state=FAILED, problem=_STOPPED)
            row = PastAssessment.objects.create(
                id=house.next_id(now),
                workspace_id=user.workspace_id,
                file_name=name[:200],
                state=READING,
                progress="Taking conversations",
                progress_at=now,
                made_by=f"user:{user.id}",
                made_at=now,
            )
            _note(house, row, f"user:{user.id}", "assessment_begun")
            kept = list(mine.order_by("-id").values_list("id", flat=True)[:KEPT])
            mine.exclude(id__in=kept).delete()
    except IntegrityError as error:
        message = "Another file is being read. Wait until it is done, then upload this one."
        raise Conflict(message) from error
    return row.id


def _end(row_id: str, house: House, *, state: str, problem: str = "", told: bytes = b"") -> None:
    _update(house, row_id, state=state, problem=problem, told_sealed=told, progress="", share=1.0)


def _update(house: House, row_id: str, **changed: object) -> None:
    """Write how far it is; one that was given up meanwhile stays as it is."""
    with house.engine.transaction():
        row = PastAssessment.objects.filter(id=row_id, state=READING)
        row.update(**changed, progress_at=house.clock.now())


def _row(user: User, assessment_id: str) -> PastAssessment:
    found = PastAssessment.objects.filter(id=assessment_id, workspace_id=user.workspace_id).first()
    if found is None:
        raise NotFound("assessment", assessment_id)
    return found


def _line(house: House, row: PastAssessment) -> AssessmentLine:
    is_stale = row.state == READING and row.progress_at < house.clock.now() - STALE_AFTER
    return AssessmentLine(
        id=row.id,
        file_name=row.file_name,
        state=FAILED if is_stale else row.state,
        progress=row.progress,
        share=row.share,
        problem=_STOPPED if is_stale else row.problem,
        made_at=row.made_at,
        told={},
    )


def _note(house: House, row: PastAssessment, actor: str, deed: str) -> None:
    ledger = Ledger(house, house.clock.now())
    ledger.audit(row.workspace_id, actor, deed, f"assessment:{row.id}")
    ledger.flush()


def _place(row_id: str) -> str:
    return f"assessment:{row_id}"
