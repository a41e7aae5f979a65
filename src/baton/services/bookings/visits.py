"""A visit is over: what flows hear of it then, once, with how many there were (ON14, M5)."""

from datetime import UTC, datetime, timedelta

from baton.core.bookings import State
from baton.core.json import Json
from baton.services import arrivals
from baton.services.bookings import telling as told
from baton.services.facts import VisitOver
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.store.models import Activity, Booking, CheckIn

_NEWS_FOR = timedelta(days=2)
"""Who is marked later than that is not asked any more how it was."""
_WITHOUT_END = timedelta(hours=1)
"""How long somebody stays who came without a booking, as far as anybody knows."""


def plan(ledger: Ledger, booking: Booking) -> None:
    """Have the end of a visit told, once its booking is over."""
    if ledger.now - booking.ends_at < _NEWS_FOR:
        due_at = max(ledger.now, booking.ends_at)
        _plan(ledger, booking.workspace_id, VisitOver(booking_id=booking.id), booking.id, due_at)


def plan_without_booking(ledger: Ledger, check_in: CheckIn) -> None:
    """Have the end of a visit told for which nobody booked."""
    if ledger.now - check_in.at < _NEWS_FOR:
        over, due_at = VisitOver(check_in_id=check_in.id), check_in.at + _WITHOUT_END
        _plan(ledger, check_in.workspace_id, over, check_in.id, max(ledger.now, due_at))


def end(ledger: Ledger, workspace_id: str, fact: VisitOver) -> None:
    """Tell that a visit is over, unless it was taken back."""
    if fact.check_in_id:
        came = CheckIn.objects.filter(id=fact.check_in_id, workspace_id=workspace_id).first()
        if came is not None:
            facts: dict[str, Json] = {"came_at": came.at.astimezone(UTC).isoformat()}
            _tell(ledger, came.contact_id, facts, came.id)
        return
    booking = Booking.objects.filter(id=fact.booking_id, workspace_id=workspace_id).first()
    if booking is not None and _came(booking):
        activity = Activity.objects.get(id=booking.activity_id)
        facts = told.facts_of(ledger.house, booking, activity)
        _tell(ledger, booking.contact_id, facts, booking.id)


def count_of(contact_id: str) -> int:
    """Return how often somebody came: check-ins, and what they attended without one."""
    came = CheckIn.objects.filter(contact_id=contact_id)
    noted = came.exclude(booking_id=None).values("booking_id")
    attended = Booking.objects.filter(contact_id=contact_id, state=State.ATTENDED)
    return came.count() + attended.exclude(id__in=noted).count()


def _came(booking: Booking) -> bool:
    """Return whether somebody came for a booking, by its state or by a check-in."""
    is_marked = booking.state == State.ATTENDED
    return is_marked or CheckIn.objects.filter(booking_id=booking.id).exists()


def _plan(
    ledger: Ledger, workspace_id: str, fact: VisitOver, visit_id: str, due_at: datetime
) -> None:
    ledger.set_timer(
        arrivals.timer_of(
            fact,
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=f"visit:{visit_id}",
            key=f"visit:{visit_id}",
            due_at=due_at,
        )
    )


def _tell(ledger: Ledger, contact_id: str, facts: dict[str, Json], visit_id: str) -> None:
    counted: dict[str, Json] = {"visit_number": count_of(contact_id)}
    telling.tell(
        ledger.house, contact_id, told.VISIT_ENDED, facts | counted, key=f"visit:{visit_id}"
    )
