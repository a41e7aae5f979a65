"""Versions of a workspace's reader: made, held against the live one, put live, taken back (GV1).

Number 0 is the pack's own reader. A version is the exact lesson that it is trained on,
so that the same version reads the same in every process. Training and evaluating take
a while and hold no transaction; what is being done stands in the version's row.
"""

from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta

import msgspec
from django.db import IntegrityError
from django.db.models import Max

from baton.core import evaluation, teaching
from baton.core.errors import Conflict, NotFound
from baton.core.evaluation import Evaluation
from baton.core.teaching import Lesson
from baton.services import sight
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.reading.examining import Examination, Marked, Matter
from baton.services.workspace import editions, lessons, reader_editions, supervision, windows
from baton.services.workspace.shelf import shelf_of
from baton.services.workspace.standards import standards_cache
from baton.store.models import ReaderVersion, StopMark, User, Workspace

STALE_AFTER = timedelta(minutes=15)
"""A training that told nothing for so long was interrupted, and may be begun anew."""

INTERRUPTED = "Interrupted"
"""The progress of a version whose training was broken off."""

_PROMOTABLE = ("candidate", "validating")
_MAX_REASON = 300


def begin(house: House, workspace_id: str, *, actor: str, reason: str = "") -> ReaderVersion:
    """Take down a new version with everything accepted so far, ready to be trained.

    Raises Conflict while another is being trained, or when nothing new was taught.
    """
    try:
        with house.engine.transaction():
            ledger = Ledger(house, house.clock.now())
            Workspace.objects.select_for_update().filter(id=workspace_id).first()
            lessons.take_variants(ledger, workspace_id)
            _give_up_stale(ledger, workspace_id)
            row = _taken_down(ledger, workspace_id, actor, reason.strip()[:_MAX_REASON])
            ledger.flush()
    except IntegrityError:
        message = "A reader is being trained already. Wait until it is ready."
        raise Conflict(message) from None
    return row


def finish(house: House, version_id: str) -> ReaderVersion:
    """Train and evaluate a version that was begun; its row tells how far it is, and failure too."""
    row = ReaderVersion.objects.get(id=version_id)
    try:
        _tell(house, row, "Training")
        reader = house.train(reader_editions.taught_pack(house, row))
        shelf_of(house).put(row.workspace_id, row.number, reader)
        report, refusals, against = _examined(house, row)
    except Exception as error:
        _keep(house, row, action="reader_failed", status="failed", progress=f"Failed: {error}"[:80])
        raise
    _keep(
        house,
        row,
        action="reader_made",
        status="candidate",
        progress="",
        report=asdict(report),
        refusals=list(refusals),
        held_against=against,
        evaluated_at=house.clock.now(),
    )
    return row


def break_off(house: House, version_id: str) -> None:
    """Tell that a training or an evaluation ended with its process; it may be begun anew."""
    row = ReaderVersion.objects.get(id=version_id)
    if row.status == "training":
        _keep(house, row, action="reader_failed", status="failed", progress=INTERRUPTED)
    elif row.progress:
        _keep(house, row, progress="")


def train(house: House, workspace_id: str, *, actor: str, reason: str = "") -> ReaderVersion:
    """Make a candidate, in this thread."""
    return finish(house, begin(house, workspace_id, actor=actor, reason=reason).id)


def evaluate(house: House, workspace_id: str, number: int | None, *, actor: str) -> ReaderVersion:
    """Hold a candidate, by default the newest, against the live reader of this moment.

    Raises NotFound, or Conflict for a version that is no candidate.
    """
    row = find_candidate(workspace_id, number)
    try:
        report, refusals, against = _examined(house, row)
    except Exception:
        _keep(house, row, progress="")
        raise
    _keep(
        house,
        row,
        actor=actor,
        action="reader_evaluated",
        progress="",
        report=asdict(report),
        refusals=list(refusals),
        held_against=against,
        evaluated_at=house.clock.now(),
    )
    return row


def validate(house: House, workspace_id: str, number: int, *, actor: str) -> ReaderVersion:
    """Open a candidate's validation window; raises NotFound or Conflict."""
    row = find_candidate(workspace_id, number)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        _open_window(ledger, row, actor)
        _change(row, status="validating")
        ledger.ring(f"workspace:{workspace_id}")
        ledger.flush()
    return row


def promote(house: House, workspace_id: str, number: int, *, actor: str) -> ReaderVersion:
    """Put a candidate live, inside a validation window of its own, which it opens if need be.

    Raises NotFound, or Conflict that says what the candidate would lose, that its
    report is older than the live reader, or that another change is being validated.
    """
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        Workspace.objects.select_for_update().filter(id=workspace_id).first()
        row = find_candidate(workspace_id, number)
        live = reader_editions.find_live(workspace_id)
        _check_report(row, live)
        _open_window(ledger, row, actor)
        if live is not None:
            _change(live, status="retired")
        _change(
            row,
            status="live",
            live_at=ledger.now,
            live_by=actor,
            previous=live.number if live else 0,
        )
        known = {own["name"] for own in live.own_intents} if live else set()
        for own in row.own_intents:
            if own["name"] not in known:
                supervision.begin(ledger, workspace_id, actor=actor, intent=own["name"])
        _note_change(ledger, row, actor, "reader_promoted", before=row.previous)
    return row


def back(house: House, workspace_id: str, *, actor: str, reason: str = "") -> int:
    """Go one step back, at any time; return the number that reads now (0 is the pack's own).

    Raises Conflict when the pack's own reader reads already.
    """
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        Workspace.objects.select_for_update().filter(id=workspace_id).first()
        live = reader_editions.find_live(workspace_id)
        if live is None:
            message = "The pack's own reader is live; there is nothing to take back."
            raise Conflict(message)
        _change(live, status="retired")
        before = ReaderVersion.objects.filter(
            workspace_id=workspace_id, number=live.previous
        ).first()
        if before is not None:
            _change(before, status="live", live_at=ledger.now, live_by=actor)
        window = windows.find_open(workspace_id, now=ledger.now)
        if window is not None and window.subject == _subject(live):
            windows.close_window(
                ledger, workspace_id, actor=actor, outcome=reason.strip() or "taken back"
            )
        _note_change(ledger, live, actor, "reader_taken_back", now_live=live.previous)
    return live.previous


def close_window(house: House, workspace_id: str, *, actor: str, outcome: str) -> None:
    """Close the open window before its time; a version that only waited in it is a candidate."""
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        windows.close_window(
            ledger, workspace_id, actor=actor, outcome=outcome.strip() or "closed by hand"
        )
        ReaderVersion.objects.filter(workspace_id=workspace_id, status="validating").update(
            status="candidate"
        )
        ledger.ring(f"workspace:{workspace_id}")
        ledger.flush()


def find_live(workspace_id: str) -> ReaderVersion | None:
    """Return the live version; None when the pack's own reader reads."""
    return reader_editions.find_live(workspace_id)


def report_of(row: ReaderVersion) -> Evaluation | None:
    """Return a version's report, or None before there is one."""
    return None if row.report is None else msgspec.convert(row.report, Evaluation)


def _taken_down(ledger: Ledger, workspace_id: str, actor: str, reason: str) -> ReaderVersion:
    lesson = teaching.teachable(
        lessons.lesson_of(ledger.house, workspace_id),
        lessons.reading_pack(ledger.house, workspace_id),
    )
    newest = ReaderVersion.objects.filter(workspace_id=workspace_id).exclude(status="failed")
    last = newest.order_by("number").last()
    example_ids = [one.id for one in lesson.texts]
    own = [asdict(new) for new in lesson.own_intents]
    if last is None and not example_ids:
        message = "Nothing was taught yet: correct a few readings first."
        raise Conflict(message)
    if last is not None and (last.example_ids, last.own_intents) == (example_ids, own):
        message = f"Nothing was taught since version {last.number}."
        raise Conflict(message)
    highest = ReaderVersion.objects.filter(workspace_id=workspace_id).aggregate(n=Max("number"))
    row = ReaderVersion.objects.create(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        number=(highest["n"] or 0) + 1,
        status="training",
        progress="Waiting to begin",
        progress_at=ledger.now,
        example_ids=example_ids,
        own_intents=own,
        made_by=actor,
        made_at=ledger.now,
        reason=reason,
    )
    ledger.audit(
        workspace_id,
        actor,
        "reader_training",
        f"reader:{row.id}",
        number=row.number,
        examples=len(example_ids),
        reason=reason,
    )
    ledger.ring(f"workspace:{workspace_id}")
    return row


def _examined(house: House, row: ReaderVersion) -> tuple[Evaluation, tuple[str, ...], int]:
    """Return a version's report against the live reader, why it may not go live, and whose."""
    live = reader_editions.find_live(row.workspace_id)
    examination = Examination(
        house, _matter(house, row, live), lambda said: _tell(house, row, said)
    )
    report = examination.evaluate()
    live_pack = house.pack_of(examination.candidate_pack.name)
    known = {intent.name for intent in live_pack.intents}
    known |= {own["name"] for own in live.own_intents} if live else set()
    return report, evaluation.refusals(report, frozenset(known)), live.number if live else 0


def _matter(house: House, row: ReaderVersion, live: ReaderVersion | None) -> Matter:
    workspace_id = row.workspace_id
    setting = standards_cache(house).setting_of(workspace_id)
    pack = lessons.reading_pack(house, workspace_id)
    candidate = reader_editions.lesson_of(house, row)
    today = lessons.lesson_of(house, workspace_id)
    known = Lesson(texts=today.texts, own_intents=candidate.own_intents)
    return Matter(
        pack=pack,
        policy=setting.policy,
        bands=setting.bands_in(""),
        live=reader_editions.lesson_of(house, live) if live else Lesson(),
        candidate=candidate,
        corrections=teaching.teachable(known, pack).texts,
        marks=_marks(house, workspace_id),
    )


def marked_texts(house: House, user: User, mark_ids: Collection[str]) -> dict[str, str]:
    """Return the words of some marks, those that a person may read, by their ref in a report."""
    known = StopMark.objects.filter(workspace_id=user.workspace_id, id__in=list(mark_ids))
    rows = sight.learned_by(house, user, known)
    return {f"mark:{row.id}": _words_of(house, row) for row in rows}


def _words_of(house: House, mark: StopMark) -> str:
    return house.keyset.unseal(mark.text_sealed, f"mark:{mark.id}")


def _marks(house: House, workspace_id: str) -> tuple[Marked, ...]:
    told: dict[str, list[StopMark]] = {}
    for mark in StopMark.objects.filter(workspace_id=workspace_id).order_by("id"):
        told.setdefault(mark.turn_id, []).append(mark)
    return tuple(
        Marked(
            ref=f"mark:{marks[0].id}",
            text=_words_of(house, marks[0]),
            present=frozenset(mark.kind for mark in marks if mark.is_stop),
            absent=frozenset(mark.kind for mark in marks if not mark.is_stop),
        )
        for marks in told.values()
    )


def find_candidate(workspace_id: str, number: int | None) -> ReaderVersion:
    """Return a candidate, by default the newest; raises NotFound, or Conflict if it is none."""
    rows = ReaderVersion.objects.filter(workspace_id=workspace_id)
    if number is None:
        row = rows.filter(status__in=_PROMOTABLE).order_by("number").last()
    else:
        row = rows.filter(number=number).first()
    if row is None:
        raise NotFound("reader version", "candidate" if number is None else str(number))
    if row.status not in _PROMOTABLE:
        message = f"Version {row.number} is no candidate: it is {row.status}."
        raise Conflict(message)
    return row


def _check_report(row: ReaderVersion, live: ReaderVersion | None) -> None:
    if row.report is None or row.held_against != (live.number if live else 0):
        message = "Another reader went live since. Evaluate the candidate again first."
        raise Conflict(message)
    if row.refusals:
        raise Conflict(" ".join(row.refusals))


def _open_window(ledger: Ledger, row: ReaderVersion, actor: str) -> None:
    windows.open_window(
        ledger,
        row.workspace_id,
        purpose=windows.READER,
        subject=_subject(row),
        actor=actor,
    )


def _subject(row: ReaderVersion) -> str:
    return f"reader:{row.number}"


def _note_change(
    ledger: Ledger, row: ReaderVersion, actor: str, action: str, **details: int
) -> None:
    """Tell the audit trail, the workers and the pages that another reader reads now."""
    ledger.audit(row.workspace_id, actor, action, f"reader:{row.id}", number=row.number, **details)
    editions.count_up(row.workspace_id)
    ledger.ring(f"workspace:{row.workspace_id}")
    ledger.flush()


def _give_up_stale(ledger: Ledger, workspace_id: str) -> None:
    stale = ReaderVersion.objects.filter(
        workspace_id=workspace_id,
        status="training",
        progress_at__lt=ledger.now - STALE_AFTER,
    )
    stale.update(status="failed", progress=INTERRUPTED)


def _tell(house: House, row: ReaderVersion, said: str) -> None:
    _keep(house, row, progress=said)


def _keep(
    house: House, row: ReaderVersion, *, action: str = "", actor: str = "system", **changes: object
) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        _change(row, progress_at=ledger.now, **changes)
        if action:
            subject = f"reader:{row.id}"
            ledger.audit(row.workspace_id, actor, action, subject, number=row.number)
        ledger.ring(f"workspace:{row.workspace_id}")
        ledger.flush()


def _change(row: ReaderVersion, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
