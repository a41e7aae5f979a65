"""What any other helpdesk is asked, in a form of ours that a few lines in front of it can speak.

Each ticket bears a mark by which it is found before it is opened again; it is sent as the key of
the try as well.
"""

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

import msgspec

from baton.connectors import Ticket, page_of, told_as
from baton.connectors.helpdesk.settings import HelpdeskSettings
from baton.core.deeds import Asking
from baton.core.json import Json

_WHOSE = "the helpdesk's"
_MOST_NUMBER = 60


class _Numbered(msgspec.Struct):
    number: str | int = ""


class _Token(msgspec.Struct):
    token: str


@dataclass(frozen=True, slots=True)
class HelpdeskDeeds:
    """The part of the connector that opens tickets."""

    settings: HelpdeskSettings

    def takes(self, queue: str) -> bool:
        """Return whether what is handed over to a queue becomes a ticket."""
        return queue in self.settings.takes

    def look(self, mark: str) -> Asking:
        """Return how it is asked whether a ticket of a mark is there already."""
        return self._asking(f"/tickets?{urlencode({'mark': mark})}")

    def found(self, said: Json) -> str:
        """Return its number by the answer, "" where there is none."""
        return "" if said is None else self.opened(said)

    def upload(self, name: str, content: bytes) -> Asking:
        """Return what hands a file over; a ticket names it by the token that comes back."""
        place = f"/files?{urlencode({'name': name})}"
        return self._asking(place, "POST", content, kind="application/octet-stream")

    def uploaded(self, said: Json) -> str:
        """Return the token of a file by the answer."""
        return told_as(said, _Token, _WHOSE).token

    def open(self, ticket: Ticket) -> Asking:
        """Return what opens a ticket."""
        body = msgspec.json.encode(asdict(ticket))
        return self._asking("/tickets", "POST", body, key=ticket.mark)

    def opened(self, said: Json) -> str:
        """Return a ticket's number by the answer, "" where it names none."""
        return str(told_as(said, _Numbered, _WHOSE).number)[:_MOST_NUMBER]

    def page_of(self, number: str) -> str:
        """Return where people see a ticket: under its own address."""
        return page_of(f"{self.settings.url}/tickets/{number}")

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self._asking("/")

    def _asking(
        self,
        place: str,
        method: str = "GET",
        body: bytes = b"",
        *,
        kind: str = "application/json",
        key: str = "",
    ) -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.base_url}{place}",
            headers={
                "Authorization": f"Bearer {self.settings.api_token}",
                **({"Content-Type": kind} if method == "POST" else {}),
                **({"Idempotency-Key": key} if key else {}),
            },
            body=body,
        )
