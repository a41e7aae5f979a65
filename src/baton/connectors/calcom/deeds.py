"""What Cal.com is asked to do with a booking: look how it stands, and cancel it.

https://cal.com/docs/api-reference/v2/bookings/cancel-a-booking.
"""

from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from baton.connectors import Asking, Place, Stands, told_as
from baton.connectors.calcom.settings import CalcomSettings
from baton.core.json import Json

VERSION = "2024-08-13"
"""The version of the API whose words these are."""

_OVER = frozenset({"cancelled", "rejected"})
_WHOSE = "Cal.com's"


class _Booking(msgspec.Struct):
    status: str


class _Answer(msgspec.Struct):
    data: _Booking


@dataclass(frozen=True, slots=True)
class CalcomDeeds:
    """The part of the connector that acts."""

    settings: CalcomSettings

    def look(self, place: Place) -> Asking:
        """Return how a booking is asked for."""
        return self._asking("GET", f"/v2/bookings/{_uid_of(place)}")

    def stands(self, said: Json) -> Stands:
        """Return how a booking stands by the answer; raises UnreadableError."""
        return Stands(is_over=told_as(said, _Answer, _WHOSE).data.status in _OVER)

    def cancel(self, place: Place, stands: Stands, *, key: str) -> Asking:  # noqa: ARG002 - every connector's form
        """Return what cancels a booking; Cal.com cancels one that is cancelled no further."""
        return self._asking("POST", f"/v2/bookings/{_uid_of(place)}/cancel", b"{}")

    def check(self) -> Asking:
        """Return what is asked to see whether the key holds."""
        return self._asking("GET", "/v2/me")

    def _asking(self, method: str, path: str, body: bytes = b"") -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{path}",
            headers={
                "Authorization": f"Bearer {self.settings.api_key}",
                "cal-api-version": VERSION,
                **({"Content-Type": "application/json"} if body else {}),
            },
            body=body,
        )


def _uid_of(place: Place) -> str:
    """Return a booking's present name, which its page has; moved, it is called otherwise."""
    name = place.page_url.rstrip("/").rpartition("/")[2] or place.reference.partition("@")[0]
    return quote(name, safe="")
