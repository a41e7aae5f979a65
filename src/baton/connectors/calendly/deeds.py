"""What Calendly is asked to do with a booking: look how its event stands, and cancel it.

https://developer.calendly.com/api-docs: its API moves nothing, so for that people have
the page that it gives each of them. It cancels whole events, so those that several come to
are left to the business.
"""

from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from baton.connectors import Moment, told_as
from baton.connectors.calendly.settings import CalendlySettings
from baton.core.deeds import Asking, Deed, Place, Stands
from baton.core.json import Json

_CANCELED = "canceled"
_SEVERAL = "several people come to this event, and Calendly cancels it for all of them alone"
_WHOSE = "Calendly's"


class _Counter(msgspec.Struct):
    active: int = 1
    limit: int = 1


class _Event(msgspec.Struct):
    status: str
    start_time: Moment | None = None
    invitees_counter: _Counter = msgspec.field(default_factory=_Counter)


class _Answer(msgspec.Struct):
    resource: _Event


@dataclass(frozen=True, slots=True)
class CalendlyDeeds:
    """The part of the connector that acts."""

    settings: CalendlySettings

    def may(self, place: Place) -> frozenset[Deed]:
        """Return what may be done with a booking there: nothing where its event is not known."""
        return frozenset({Deed.CANCEL} if place.handle else ())

    def look(self, place: Place) -> Asking:
        """Return how the event of a booking is asked for."""
        return self._asking("GET", _path_of(place))

    def stands(self, place: Place, said: Json) -> Stands:  # noqa: ARG002 - every connector's form
        """Return how it stands by the answer; raises UnreadableError."""
        event = told_as(said, _Answer, _WHOSE).resource
        is_shared = max(event.invitees_counter.limit, event.invitees_counter.active) > 1
        return Stands(
            is_over=event.status == _CANCELED,
            starts_at=event.start_time,
            problem=_SEVERAL if is_shared else "",
        )

    def cancel(self, place: Place, said: Json, *, key: str) -> Asking:  # noqa: ARG002 - likewise
        """Return what cancels the event."""
        return self._asking("POST", f"{_path_of(place)}/cancellation", b"{}")

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self._asking("GET", "/users/me")

    def _asking(self, method: str, path: str, body: bytes = b"") -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{path}",
            headers={
                "Authorization": f"Bearer {self.settings.access_token}",
                **({"Content-Type": "application/json"} if body else {}),
            },
            body=body,
        )


def _path_of(place: Place) -> str:
    return f"/scheduled_events/{quote(place.handle, safe='')}"
