"""The learning page: versions, the report of each, what waits to be learned, what is watched."""

from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import NotFound
from baton.core.evaluation import Evaluation, Score
from baton.core.pack import Pack
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.reading import readers
from baton.services.reading.drift import Drift, list_drift
from baton.services.workspace import editions, lessons, own_intents, supervision, windows
from baton.services.workspace.own_intents import OwnIntentLine
from baton.services.workspace.supervision import Phase
from baton.services.workspace.windows import Window
from baton.store.models import ReaderVersion, TaughtExample, User

MAX_VERSIONS = 20
_MAX_TEXTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version as the list shows it."""

    number: int
    status: str
    progress: str
    examples: int
    own_intents: int
    reason: str
    made_by: str
    made_at: datetime
    live_at: datetime | None
    split: Score | None
    corrections: Score | None
    refusals: tuple[str, ...]

    @property
    def is_working(self) -> bool:
        """Return whether it is being trained or evaluated."""
        return self.status != "failed" and self.progress not in ("", readers.INTERRUPTED)

    @property
    def is_candidate(self) -> bool:
        """Return whether it may be put live, if its report allows it."""
        return self.status in ("candidate", "validating")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the learning page shows."""

    versions: tuple[VersionLine, ...]
    live: int
    window: Window | None
    taught: int
    waiting: int
    own: tuple[OwnIntentLine, ...]
    phases: tuple[Phase, ...]
    drift: tuple[Drift, ...]

    @property
    def is_working(self) -> bool:
        """Return whether anything is being trained or evaluated."""
        return any(version.is_working for version in self.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRow:
    """One intent of a report, in words; texts that fell and rose stand in full."""

    wants: str
    request_type: str
    is_for_people: bool
    split: Score
    corrections: Score
    fell: tuple[str, ...]
    rose: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """One hard stop of a report."""

    kind: str
    found: Score
    false_live: int
    false_candidate: int
    fell: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A version with its report, readable; None before it has one."""

    version: VersionLine
    held_against: int | None
    evaluated_at: datetime | None
    evaluation: Evaluation | None
    changed: tuple[IntentRow, ...]
    unchanged: tuple[IntentRow, ...]
    stops: tuple[StopRow, ...]


def overview(house: House, user: User) -> Overview:
    """Return the page's content; raises Forbidden for a role that may not review."""
    inbox.require(user, Action.REVIEW)
    workspace_id, now = user.workspace_id, house.clock.now()
    rows = list(
        ReaderVersion.objects.filter(workspace_id=workspace_id).order_by("-number")[:MAX_VERSIONS]
    )
    names = _names(workspace_id)
    newest = next((row for row in rows if row.status != "failed"), None)
    learned = set(newest.example_ids) if newest else set()
    active = TaughtExample.objects.filter(workspace_id=workspace_id, retired_at=None)
    taught = set(active.values_list("id", flat=True))
    live = readers.find_live(workspace_id)
    return Overview(
        versions=tuple(_line(row, names, now) for row in rows),
        live=live.number if live else 0,
        window=windows.find_open(workspace_id, now=now),
        taught=len(taught),
        waiting=len(taught ^ learned),
        own=own_intents.list_lines(workspace_id),
        phases=supervision.list_running(house, user),
        drift=list_drift(user),
    )


def open_report(house: House, user: User, number: int) -> Report:
    """Return a version's report with the texts that changed, and log whose words are seen (P10).

    Raises NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    row = ReaderVersion.objects.filter(workspace_id=user.workspace_id, number=number).first()
    if row is None:
        raise NotFound("reader version", str(number))
    evaluation = readers.report_of(row)
    lines = evaluation.intents if evaluation else ()
    stops = evaluation.stops if evaluation else ()
    refs = [ref for line in lines for ref in (*line.fell, *line.rose)]
    refs += [ref for stop in stops for ref in stop.fell]
    texts = _texts(house, user, number, refs[:_MAX_TEXTS])
    for_people = {
        kind.name for kind in (evaluation.types if evaluation else ()) if kind.is_for_people
    }
    edition = editions.edition_of(house, user.workspace_id)
    told = [
        IntentRow(
            wants=_wants(edition, line.name),
            request_type=line.request_type,
            is_for_people=line.request_type in for_people,
            split=line.split,
            corrections=line.corrections,
            fell=tuple(texts.get(ref, "…") for ref in line.fell),
            rose=tuple(texts.get(ref, "…") for ref in line.rose),
        )
        for line in lines
    ]
    return Report(
        version=_line(row, _names(user.workspace_id), house.clock.now()),
        held_against=row.held_against,
        evaluated_at=row.evaluated_at,
        evaluation=evaluation,
        changed=tuple(one for one in told if one.fell or one.rose),
        unchanged=tuple(one for one in told if not (one.fell or one.rose)),
        stops=tuple(
            StopRow(
                kind=stop.kind,
                found=stop.found,
                false_live=stop.false_live,
                false_candidate=stop.false_candidate,
                fell=tuple(texts.get(ref, "…") for ref in stop.fell),
            )
            for stop in stops
        ),
    )


def open_examples(
    house: House, user: User, *, before: str = ""
) -> tuple[tuple[lessons.TaughtLine, ...], str]:
    """Return a page of taught examples, and log that customers' words were seen (P10)."""
    lines, following = lessons.list_examples(house, user, before=before)
    if lines:
        _log_sight(house, user, f"workspace:{user.workspace_id}", len(lines))
    return lines, following


def _texts(house: House, user: User, number: int, refs: list[str]) -> dict[str, str]:
    taught = {ref.removeprefix("taught:") for ref in refs if ref.startswith("taught:")}
    marks = {ref.removeprefix("mark:") for ref in refs if ref.startswith("mark:")}
    found = {ref: ref.removeprefix("pack:") for ref in refs if ref.startswith("pack:")}
    if taught or marks:
        _log_sight(house, user, f"reader:{number}", len(taught) + len(marks))
    words = lessons.texts_of(house, user, taught)
    found |= {f"taught:{name}": text for name, text in words.items()}
    return found | readers.marked_texts(house, user, marks)


def _log_sight(house: House, user: User, subject: str, count: int) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(user.workspace_id, f"user:{user.id}", "examples_opened", subject, count=count)
        ledger.flush()


def _line(row: ReaderVersion, names: dict[str, str], now: datetime) -> VersionLine:
    is_interrupted = row.progress_at < now - readers.STALE_AFTER
    evaluation = readers.report_of(row)
    return VersionLine(
        number=row.number,
        status=row.status,
        progress=readers.INTERRUPTED if row.progress and is_interrupted else row.progress,
        examples=len(row.example_ids),
        own_intents=len(row.own_intents),
        reason=row.reason,
        made_by=names.get(row.made_by, row.made_by),
        made_at=row.made_at,
        live_at=row.live_at,
        split=evaluation.split if evaluation else None,
        corrections=evaluation.corrections if evaluation else None,
        refusals=tuple(row.refusals),
    )


def _names(workspace_id: str) -> dict[str, str]:
    people = User.objects.filter(workspace_id=workspace_id).values_list("id", "name")
    return {f"user:{user_id}": name for user_id, name in people}


def _wants(edition: Pack, name: str) -> str:
    if not name:
        return "none of the intents known"
    intent = edition.intent(name)
    return intent.wants if intent else name.replace("_", " ")
