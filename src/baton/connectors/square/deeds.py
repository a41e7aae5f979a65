"""What Square is asked to do with a booking: look how it stands, and cancel it, once for a key.

https://developer.squareup.com/reference/square/bookings-api/cancel-booking: a seller's token
needs Appointments Plus or Premium for that.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from baton.connectors import Asking, Place, Stands, told_as
from baton.connectors.square.hooks import VERSION
from baton.connectors.square.settings import SquareSettings
from baton.core.json import Json

_WHOSE = "Square's"
_STANDING = frozenset({"ACCEPTED", "PENDING"})


class _Booking(msgspec.Struct):
    status: str
    version: int


class _Answer(msgspec.Struct):
    booking: _Booking


@dataclass(frozen=True, slots=True)
class SquareDeeds:
    """The part of the connector that acts."""

    settings: SquareSettings

    def look(self, place: Place) -> Asking:
        """Return how a booking is asked for."""
        return self._asking("GET", f"/v2/bookings/{quote(place.reference, safe='')}")

    def stands(self, said: Json) -> Stands:
        """Return how a booking stands by the answer; raises UnreadableError."""
        booking = told_as(said, _Answer, _WHOSE).booking
        return Stands(is_over=booking.status not in _STANDING, version=booking.version)

    def cancel(self, place: Place, stands: Stands, *, key: str) -> Asking:
        """Return what cancels a booking at the version at which it was seen."""
        asked = {
            "idempotency_key": hashlib.sha256(key.encode()).hexdigest()[:40],
            "booking_version": stands.version,
        }
        path = f"/v2/bookings/{quote(place.reference, safe='')}/cancel"
        return self._asking("POST", path, msgspec.json.encode(asked))

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self._asking("GET", "/v2/merchants/me")

    def _asking(self, method: str, path: str, body: bytes = b"") -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{path}",
            headers={
                "Authorization": f"Bearer {self.settings.access_token}",
                "Square-Version": VERSION,
                **({"Content-Type": "application/json"} if body else {}),
            },
            body=body,
        )
