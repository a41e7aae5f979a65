"""What Zendesk is asked to keep: a ticket with what was said, and the files that came with it.

https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ and .../ticket-attachments.
A ticket bears our mark as its `external_id`, by which it is found before it is opened again.
"""

import base64
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from baton.connectors import Ticket, told_as
from baton.connectors.zendesk.settings import ZendeskSettings
from baton.core.deeds import Asking
from baton.core.json import Json

_WHOSE = "Zendesk's"
_PLAIN = "application/octet-stream"


class _Ticket(msgspec.Struct):
    id: int


class _Tickets(msgspec.Struct):
    tickets: list[_Ticket]


class _Opened(msgspec.Struct):
    ticket: _Ticket


class _Token(msgspec.Struct):
    token: str


class _Upload(msgspec.Struct):
    upload: _Token


@dataclass(frozen=True, slots=True)
class ZendeskDeeds:
    """The part of the connector that opens tickets."""

    settings: ZendeskSettings

    def takes(self, queue: str) -> bool:
        """Return whether what is handed over to a queue becomes a ticket."""
        return queue in self.settings.takes

    def look(self, mark: str) -> Asking:
        """Return how it is asked whether a ticket of a mark is there already."""
        return self._asking(f"/api/v2/tickets.json?{urlencode({'external_id': mark})}")

    def found(self, said: Json) -> str:
        """Return its number by the answer, "" where there is none."""
        tickets = told_as(said, _Tickets, _WHOSE).tickets
        return str(tickets[0].id) if tickets else ""

    def upload(self, name: str, content: bytes) -> Asking:
        """Return what hands a file over; it is kept with the ticket that names its token."""
        place = f"/api/v2/uploads.json?{urlencode({'filename': name})}"
        return self._asking(place, "POST", content, kind=_PLAIN)

    def uploaded(self, said: Json) -> str:
        """Return the token of a file by the answer."""
        return told_as(said, _Upload, _WHOSE).upload.token

    def open(self, ticket: Ticket) -> Asking:
        """Return what opens a ticket; Zendesk knows the key of a try that it took before."""
        wanted: dict[str, Json] = {
            "external_id": ticket.mark,
            "subject": ticket.subject,
            "comment": {"body": ticket.text, "public": False, "uploads": list(ticket.files)},
            "tags": list(ticket.tags),
            "priority": "high" if ticket.is_urgent else "normal",
        }
        if ticket.email:
            wanted["requester"] = {"email": ticket.email, "name": ticket.name or ticket.email}
        body = msgspec.json.encode({"ticket": wanted})
        return self._asking("/api/v2/tickets.json", "POST", body, key=ticket.mark)

    def opened(self, said: Json) -> str:
        """Return a ticket's number by the answer."""
        return str(told_as(said, _Opened, _WHOSE).ticket.id)

    def page_of(self, number: str) -> str:
        """Return where people see a ticket."""
        return f"{self.settings.base_url}/agent/tickets/{number}"

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self._asking("/api/v2/users/me.json")

    def _asking(
        self,
        place: str,
        method: str = "GET",
        body: bytes = b"",
        *,
        kind: str = "application/json",
        key: str = "",
    ) -> Asking:
        proof = f"{self.settings.email}/token:{self.settings.api_token}".encode()
        return Asking(
            method=method,
            url=f"{self.settings.base_url}{place}",
            headers={
                "Authorization": f"Basic {base64.b64encode(proof).decode()}",
                **({"Content-Type": kind} if method == "POST" else {}),
                **({"Idempotency-Key": key} if key else {}),
            },
            body=body,
        )
