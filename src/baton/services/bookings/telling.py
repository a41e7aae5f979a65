"""What flows hear of a booking: its facts, and links that open this one booking."""

from collections.abc import Mapping
from datetime import UTC

from baton.core.bookings import Entry, State, Told
from baton.core.json import Json
from baton.flows.trigger import TriggerKind
from baton.services.house import House
from baton.services.people import telling
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.services.workspace.standards import standards_cache
from baton.store.models import Activity, Booking, Location, Slot

REGISTERED = "registered"
UNREGISTERED = "registration_cancelled"
DEPOSIT_ASKED = "deposit_asked"
DEPOSIT_PAID = "deposit_paid"
VISIT_ENDED = "visit_ended"
VISIT_RATED = "visit_rated"

_LINKS: Mapping[str, Errand] = {
    "confirm_url": Errand.CONFIRM,
    "move_url": Errand.MOVE,
    "cancel_url": Errand.CANCEL,
    "calendar_url": Errand.CALENDAR,
    "rebook_url": Errand.AGAIN,
    "deposit_url": Errand.DEPOSIT,
    "rate_url": Errand.RATE,
}


def facts_of(
    house: House, booking: Booking, activity: Activity, place: Location | None = None
) -> dict[str, Json]:
    """Return all that flows may say of a booking; amounts in minor units.

    `deposit` is what was paid, `deposit_due` what is still owed, `forfeit` what of it is kept
    from who did not come. `place` is where what has no slot of ours takes place, if it is known.
    """
    place = place or _place_of(booking)
    paid = booking.deposit_minor if booking.deposit_paid_at else 0
    return {
        "booking": booking.reference,
        "hold": booking.reference,
        "class_name": activity.name,
        "kind": activity.kind,
        "starts_at": booking.starts_at.astimezone(UTC).isoformat(),
        "ends_at": booking.ends_at.astimezone(UTC).isoformat(),
        "zone": place.timezone if place else "",
        "location": place.name if place else "",
        "held_until": (booking.held_until or booking.starts_at).astimezone(UTC).isoformat(),
        "places": booking.places,
        "price": booking.price_minor,
        "deposit": paid,
        "deposit_due": booking.deposit_minor - paid,
        "forfeit": _forfeit_of(house, booking, paid),
        "entry": booking.entry,
        "reason": booking.reason,
        **({"rating": booking.rating} if booking.rating else {}),
        **{
            name: one_tap.link(house, errand, booking.workspace_id, booking.id)
            for name, errand in _LINKS.items()
        },
    }


def _forfeit_of(house: House, booking: Booking, paid: int) -> int:
    if booking.state != State.NO_SHOW or not paid:
        return 0
    policy = standards_cache(house).standards_of(booking.workspace_id).policy
    return paid * policy.no_show_keeps_percent // 100


def tell(  # noqa: PLR0913 - of what, what, and who did it
    house: House, booking: Booking, activity: Activity, event: str, *, key: str, by: str = ""
) -> None:
    """Tell one thing of a booking in its contact's lane; what only some flows await follows.

    `is_registration` says that a flow of registrations speaks to them, and `is_told` that the
    flow which did it `by` itself says so: no other one says the same (AP16).
    """
    facts = facts_of(house, booking, activity)
    facts["is_told"] = by.startswith("flow:")
    further = _further(booking, event)
    facts["is_registration"] = bool(further) and _is_awaited(house, booking.workspace_id, further)
    telling.tell(house, booking.contact_id, event, facts, key=f"{key}:{event}")
    if further:
        registration: dict[str, Json] = {
            "registration": booking.reference,
            "kind": booking.entry,
            "seats_url": one_tap.link(house, Errand.BOOK, booking.workspace_id, booking.contact_id),
        }
        telling.tell(
            house, booking.contact_id, further, facts | registration, key=f"{key}:{further}"
        )


def _further(booking: Booking, event: str) -> str:
    """Return the event of a registration that belongs to one of a booking, "" for none (AP18)."""
    if booking.entry == Entry.AHEAD:
        return ""
    return {Told.CREATED.value: REGISTERED, Told.CANCELLED.value: UNREGISTERED}.get(event, "")


def _is_awaited(house: House, workspace_id: str, event: str) -> bool:
    """Return whether a live flow starts when something is told."""
    library = standards_cache(house).setting_of(workspace_id).library
    started = library.started_by(TriggerKind.EVENT)
    return any(flow.trigger.event == event for flow, _version in started)


def first_place(workspace_id: str) -> Location | None:
    """Return where a business is, as far as nothing says otherwise."""
    return Location.objects.filter(workspace_id=workspace_id).order_by("id").first()


def _place_of(booking: Booking) -> Location | None:
    of_slot = Slot.objects.filter(id=booking.slot_id).values_list("location_id", flat=True)
    found = of_slot.first() if booking.slot_id else None
    places = Location.objects.filter(workspace_id=booking.workspace_id)
    return places.filter(id=found).first() if found else first_place(booking.workspace_id)
