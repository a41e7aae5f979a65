"""Somebody came, with no booking of ours to say so: noted at the desk, and taken back there."""

from datetime import datetime, timedelta

from baton.core.errors import Conflict, NotFound
from baton.services.bookings import visits
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.store.models import CheckIn, Contact
from baton.store.queries import people

CHECKED_IN = "checked_in"
_AGAIN_AFTER = timedelta(hours=1)


def note(
    house: House, workspace_id: str, contact_id: str, *, actor: str, at: datetime | None = None
) -> str:
    """Note that somebody came, now or at a moment before; return the check-in's id.

    Flows hear of one that is noted now, as `checked_in`. Raises NotFound, or Conflict for
    somebody who was noted within the hour: a second click is no second visit.
    """
    whole = people.whole_of(contact_id)
    found = Contact.objects.filter(id=whole, workspace_id=workspace_id)
    lane = found.values_list("lane", flat=True).first()
    if lane is None:
        raise NotFound("contact", contact_id)
    with house.engine.transaction():
        # Whoever notes the same visit at the same time waits here, and sees it then.
        house.engine.lock_lane(workspace_id, lane)
        ledger = Ledger(house, house.clock.now())
        moment = at or ledger.now
        around = (moment - _AGAIN_AFTER, moment + _AGAIN_AFTER)
        if CheckIn.objects.filter(contact_id=whole, at__range=around).exists():
            message = "They are noted as here already."
            raise Conflict(message)
        row_id = ledger.next_id()
        row = CheckIn.objects.create(
            id=row_id, workspace_id=workspace_id, reference=row_id, contact_id=whole, at=moment
        )
        if at is None:  # what is noted afterwards is history, and no news
            facts = {"came_at": moment.isoformat()}
            telling.tell(house, whole, CHECKED_IN, facts, key=f"{CHECKED_IN}:{row_id}")
            visits.plan_without_booking(ledger, row)
        ledger.audit(workspace_id, actor, CHECKED_IN, f"contact:{whole}")
        ledger.flush()
    return row_id


def take_back(house: House, workspace_id: str, contact_id: str, *, actor: str) -> None:
    """Forget somebody's last check-in of ours; raises NotFound where there is none."""
    whole = people.whole_of(contact_id)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        found = CheckIn.objects.filter(workspace_id=workspace_id, contact_id=whole, system_id="")
        last = found.order_by("-at").first()
        if last is None:
            raise NotFound("check-in", contact_id)
        last.delete()
        ledger.audit(workspace_id, actor, "check_in_taken_back", f"contact:{whole}")
        ledger.flush()


def last_of(contact_id: str) -> datetime | None:
    """Return when somebody was last noted as here."""
    found = CheckIn.objects.filter(contact_id=contact_id).order_by("-at")
    return found.values_list("at", flat=True).first()
