"""The handoff report as people read it, and the rows behind each of its numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.reports import handoffs, touches
from baton.reports.handoffs import Cause, HandoffReport
from baton.reports.touches import Touches
from baton.services import inbox, sight
from baton.services.desk import live_flags, rule_board
from baton.services.desk.rule_board import FiredRow
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store import copies
from baton.store.models import Escalation, User

WINDOWS = (7, 28, 90)
DEFAULT_DAYS = 7
"""A week: that is how often lost context is looked at (H19, K32)."""

PAGE_SIZE = 25
MEASURES = (
    "dropped_context",
    "first_touch",
    "noisy",
    "taken",
    "untaken",
    "touches",
    *handoffs.CAUSES,
)
PARTS = ("numerator", "denominator", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A window's report, and that of the window before it."""

    days: int
    report: HandoffReport
    earlier: HandoffReport
    touches: Touches
    touches_before: Touches

    @property
    def reduction(self) -> float | None:
        """By which share manual touches became fewer than in the window before (CO9)."""
        return touches.reduction(self.touches_before, self.touches)

    @property
    def diagnosis(self) -> Cause | None:
        """What most likely keeps handoffs from being settled at the first touch."""
        return handoffs.diagnosis_of(self.report.causes)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRow:
    """One handoff that a number counted."""

    conversation_id: str
    queue_title: str
    reason: str
    offered_at: datetime
    waited: timedelta | None
    touches: int
    state: str
    is_card_seen: bool | None
    is_restated: bool | None
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPage:
    """A page of the rows behind a number.

    Handoffs, rules that fired with their titles, or conversations with how many touches each had.
    """

    handoffs: tuple[HandoffRow, ...]
    fired: tuple[tuple[str, FiredRow], ...]
    touched: tuple[tuple[str, int], ...]
    total: int
    page: int
    pages: int


def board(house: House, user: User, *, days: int) -> Board:
    """Return the report; raises Forbidden for a role, InvalidInput for an unknown window."""
    inbox.require(user, Action.READ_REPORTS)
    return board_of(house, user.workspace_id, days=days, places=sight.places_of(user))


def board_of(house: House, workspace_id: str, *, days: int, places: tuple[str, ...] = ()) -> Board:
    """Return the report of a workspace, or of some places; raises InvalidInput for no window."""
    if days not in WINDOWS:
        raise InvalidInput({"days": "Choose one of the windows."})
    now, span = house.clock.now() + timedelta(seconds=1), timedelta(days=days)
    this = {"since": now - span, "until": now}
    before = {"since": now - 2 * span, "until": now - span}
    with copies.reading():
        return Board(
            days=days,
            report=handoffs.report_of(workspace_id, **this, places=places),
            earlier=handoffs.report_of(workspace_id, **before, places=places),
            touches=touches.touches_of(workspace_id, **this, places=places),
            touches_before=touches.touches_of(workspace_id, **before, places=places),
        )


def list_counted(  # noqa: PLR0913 - a number and its page are told by these
    house: House, user: User, *, measure: str, part: str, days: int, page: int = 1
) -> CountedPage:
    """Return the rows behind a number; raises NotFound for no number, or Forbidden for a role."""
    made = board(house, user, days=days)
    report, counts = made.report, made.touches.counts
    is_touches = measure == "touches"
    ids = _touched(made.touches, part) if is_touches else _ids_of(report, measure, part)
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    is_fired = measure == "noisy"
    heard = sight.heard_among(house, user, shown if is_touches else ())
    return CountedPage(
        handoffs=() if is_fired or is_touches else _rows(house, user, report, shown),
        fired=_fired(house, user, shown) if is_fired else (),
        touched=tuple((one, counts.get(one, 0)) for one in shown if one in heard),
        total=len(ids),
        page=page,
        pages=pages,
    )


def _touched(found: Touches, part: str) -> tuple[str, ...]:
    if part == "settled":
        raise NotFound("number", f"touches {part}")
    return tuple(found.counts) if part == "numerator" else found.settled


def _ids_of(report: HandoffReport, measure: str, part: str) -> tuple[str, ...]:
    if measure not in MEASURES or part not in PARTS:
        raise NotFound("number", f"{measure} {part}")
    if measure in handoffs.CAUSES:
        cause = next(one for one in report.causes if one.name == measure)
        share = cause.settled if part == "settled" else cause.unsettled
        return share.denominator if part == "denominator" else share.numerator
    if part == "settled":
        raise NotFound("number", f"{measure} {part}")
    if measure in ("taken", "untaken"):
        ids: tuple[str, ...] = getattr(report.waits, measure)
        return ids
    found: tuple[str, ...] = getattr(getattr(report, measure), part)
    return found


def _rows(
    house: House, user: User, report: HandoffReport, ids: tuple[str, ...]
) -> tuple[HandoffRow, ...]:
    pack = inbox.pack_of(house, user.workspace_id)
    cases = [report.cases[id_] for id_ in ids]
    heard = sight.heard_among(house, user, (case.conversation_id for case in cases))
    return tuple(
        HandoffRow(
            conversation_id=case.conversation_id,
            queue_title=inbox.queue_title_of(pack, case.queue),
            reason=case.reason,
            offered_at=case.offered_at,
            waited=case.waited,
            touches=case.touches,
            state=case.state,
            is_card_seen=case.is_card_seen,
            is_restated=case.is_restated,
            lacks=case.lacks,
        )
        for case in cases
        if case.conversation_id in heard
    )


def _fired(house: House, user: User, ids: tuple[str, ...]) -> tuple[tuple[str, FiredRow], ...]:
    standards = standards_cache(house).standards_of(user.workspace_id)
    found = sight.heard_by(house, user, Escalation.objects.all()).in_bulk(ids)
    return tuple(
        (live_flags.title_of(standards, found[id_].trigger), rule_board.fired_row(found[id_]))
        for id_ in ids
        if id_ in found
    )
