"""Validation windows: a span in which one kind of change is made and no other (AB6).

What happens then can be told to be of that change. A new reader has a window of its
own; copy and flows may not be published meanwhile, and no reader goes live in theirs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.errors import Conflict, NotFound
from baton.services.ledger import Ledger
from baton.store.models import Experiment, ValidationWindow, Workspace

READER, EXPERIMENT = "reader", "experiment"
LENGTH = timedelta(days=3)
"""How long a window stays open unless it is closed before: a weekend or three working days."""

_TITLES = {READER: "a new reader", "copy": "new texts", "flow": "a new flow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An open window."""

    purpose: str
    subject: str
    opened_at: datetime
    ends_at: datetime

    @property
    def title(self) -> str:
        """Return what is validated in it, in words."""
        return _TITLES.get(self.purpose, self.purpose)


def find_open(workspace_id: str, *, now: datetime) -> Window | None:
    """Return the window that is open at a moment, or None."""
    row = _open_row(workspace_id, now)
    if row is None:
        return None
    return Window(
        purpose=row.purpose, subject=row.subject, opened_at=row.opened_at, ends_at=row.ends_at
    )


def refuse_publishing(workspace_id: str, *, purpose: str, now: datetime) -> None:
    """Raise Conflict while another kind of change is being validated.

    Whoever publishes copy or a flow asks this first, inside the transaction that publishes.
    """
    _lock(workspace_id)
    window = find_open(workspace_id, now=now)
    if window is not None and window.purpose != purpose:
        message = (
            f"Until {window.ends_at:%d %B, %H:%M} UTC {window.title} is being validated. "
            "Publish afterwards, or close that window first, so that effects can be told apart."
        )
        raise Conflict(message)


def open_window(  # noqa: PLR0913 - a window is told by these
    ledger: Ledger,
    workspace_id: str,
    *,
    purpose: str,
    subject: str,
    actor: str,
    length: timedelta = LENGTH,
) -> Window:
    """Open a window, or go on with the one that is open for the very same subject.

    Raises Conflict while another is open, or an experiment runs.
    """
    refuse_publishing(workspace_id, purpose=purpose, now=ledger.now)
    _refuse_beside_experiments(workspace_id)
    known = find_open(workspace_id, now=ledger.now)
    if known is not None and known.subject == subject:
        return known
    if known is not None:
        message = "Another change of the same kind is being validated. Close its window first."
        raise Conflict(message)
    window_id = ledger.next_id()
    row = ValidationWindow.objects.create(
        id=window_id,
        workspace_id=workspace_id,
        purpose=purpose,
        subject=subject,
        opened_at=ledger.now,
        opened_by=actor,
        ends_at=ledger.now + length,
    )
    ledger.audit(
        workspace_id,
        actor,
        "window_opened",
        f"window:{window_id}",
        purpose=purpose,
        about=subject,
        ends_at=row.ends_at.isoformat(),
    )
    return Window(purpose=purpose, subject=subject, opened_at=row.opened_at, ends_at=row.ends_at)


def close_window(ledger: Ledger, workspace_id: str, *, actor: str, outcome: str) -> None:
    """Close the open window before its time; raises NotFound when none is open."""
    row = _open_row(workspace_id, ledger.now)
    if row is None:
        raise NotFound("open validation window", workspace_id)
    row.closed_at, row.outcome = ledger.now, outcome[:200]
    row.save(update_fields=["closed_at", "outcome"])
    ledger.audit(workspace_id, actor, "window_closed", f"window:{row.id}", outcome=row.outcome)


def _refuse_beside_experiments(workspace_id: str) -> None:
    running = Experiment.objects.filter(workspace_id=workspace_id, ended_at=None).first()
    if running is not None:
        message = (
            f"The experiment {running.name!r} is running: a change of how messages are read "
            "would blur what it shows. End it first, or let this wait."
        )
        raise Conflict(message)


def _open_row(workspace_id: str, now: datetime) -> ValidationWindow | None:
    return (
        ValidationWindow.objects.filter(
            workspace_id=workspace_id, closed_at=None, opened_at__lte=now, ends_at__gt=now
        )
        .order_by("id")
        .last()
    )


def _lock(workspace_id: str) -> None:
    """Hold the workspace's row, so that a window opens before or after a publication, not amid."""
    Workspace.objects.select_for_update().filter(id=workspace_id).first()
