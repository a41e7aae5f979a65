"""How a contact found what they came to: 1 to 5 and a few words, once for each booking (M5)."""

from datetime import datetime

from baton.core import bookings, text
from baton.core.bookings import State
from baton.core.errors import Conflict, InvalidInput
from baton.services.bookings import counter, telling
from baton.services.house import House
from baton.store.models import Booking

SCALE = range(1, 6)
MAX_WORDS = 500
_CAME = frozenset({*bookings.STANDING, State.ATTENDED})


def may_rate(booking: Booking, now: datetime) -> bool:
    """Return whether somebody may say how it was: they were to come, and it has begun."""
    return State(booking.state) in _CAME and booking.starts_at <= now


def rate(  # noqa: PLR0913 - whose, what and by whom
    house: House, workspace_id: str, booking_id: str, rating: int, words: str, *, actor: str
) -> None:
    """Keep a rating and tell it; the first one stands. Raises InvalidInput or Conflict."""
    if rating not in SCALE:
        raise InvalidInput({"rating": "choose between 1 and 5"})
    with counter.at_booking(house, workspace_id, booking_id, actor=actor) as (desk, booking):
        if booking.rating is not None:
            return
        if not may_rate(booking, desk.ledger.now):
            message = "It has not begun yet."
            raise Conflict(message)
        booking.rating = rating
        booking.rated_at = desk.ledger.now
        said = text.clean(words)[:MAX_WORDS]
        booking.said_sealed = house.keyset.seal(said, _place_of(booking))
        booking.save(update_fields=["rating", "rated_at", "said_sealed"])
        desk.ledger.audit(
            workspace_id, actor, "visit_rated", f"booking:{booking.id}", rating=rating
        )
        desk.told.append((booking, telling.VISIT_RATED, f"booking:{booking.id}", desk.actor))


def words_of(house: House, booking: Booking) -> str:
    """Return what somebody wrote beside their rating."""
    sealed = bytes(booking.said_sealed)
    return house.keyset.unseal(sealed, _place_of(booking)) if sealed else ""


def _place_of(booking: Booking) -> str:
    return f"booking.said:{booking.id}"
