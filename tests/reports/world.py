"""Small worlds of counted rows, and the moment at which they are looked at."""

from datetime import UTC, datetime, timedelta
from typing import Any

from baton.core import kpis as core
from baton.core.kpis import Grain
from baton.core.policy import Policy
from baton.reports.slices import Slice
from baton.store.models import Booking, Episode, EvidenceDay, Invoice, Stretch

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
WORKSPACE = "w1"
HOUR = timedelta(hours=1)
H = 3600
ALL = Slice(workspace_id=WORKSPACE)
LIMITS = core.limits_of(Policy(), NOW)


def an_episode(number: int, *, ago: float = 100, took: float | None = None, **known: Any) -> str:
    """Keep an episode that began so many hours ago, and took so many."""
    began = NOW - ago * HOUR
    row: dict[str, Any] = {
        "id": f"e{number}", "workspace_id": WORKSPACE, "conversation_id": f"c{number}",
        "number": 0, "began_at": began, "channel": "webchat", "inbox_id": "i",
        "opened_by": "contact", "ended_at": None if took is None else began + took * HOUR,
        "resolved_after": None if took is None else int(took * H),
    }  # fmt: skip
    Episode.objects.create(**{**row, **known})
    on_its_day(Grain.EPISODE, began)
    return f"e{number}"


def on_its_day(grain: Grain, began: datetime) -> None:
    """Say that a day has rows, as `services.evidence` does where it writes them."""
    day = began.date()
    EvidenceDay.objects.get_or_create(
        workspace_id=WORKSPACE,
        grain=grain.value,
        day=day,
        defaults={"id": f"{grain.value}{day:%Y%m%d}"},
    )


def a_stretch(number: int, **known: Any) -> None:
    row: dict[str, Any] = {
        "id": f"h{number}", "workspace_id": WORKSPACE, "conversation_id": f"c{number}",
        "episode_id": f"e{number}", "nth": 1, "began_at": NOW - 9 * HOUR, "channel": "webchat",
        "inbox_id": "i", "handoffs": 1, "touches": 1, "state": "resolved", "reason": "requested",
    }  # fmt: skip
    Stretch.objects.create(**{**row, **known})
    on_its_day(Grain.STRETCH, NOW)


def a_booking(number: int, state: str, **known: Any) -> None:
    row: dict[str, Any] = {
        "id": f"b{number}", "workspace_id": WORKSPACE, "reference": f"B{number}",
        "contact_id": "p", "activity_id": "yoga", "starts_at": NOW - HOUR, "ends_at": NOW,
        "state": state, "made_by": "x", "made_at": NOW - 50 * HOUR, "changed_at": NOW,
    }  # fmt: skip
    Booking.objects.create(**{**row, **known})


def an_invoice(
    number: int, state: str, *, due: int, ended: int | None = None, **known: Any
) -> None:
    """Keep an invoice that is due, and ended, so many hours from now."""
    row: dict[str, Any] = {
        "id": f"i{number}", "workspace_id": WORKSPACE, "reference": f"I{number}",
        "number": f"I{number}", "contact_id": "p", "amount_minor": 100, "currency": "USD",
        "state": state, "made_by": "x", "issued_at": NOW - 90 * HOUR, "due_at": NOW + due * HOUR,
        "ended_at": None if ended is None else NOW + ended * HOUR,
    }  # fmt: skip
    Invoice.objects.create(**{**row, **known})
