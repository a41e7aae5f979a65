"""HubSpot's webhooks: believed by their signature of the third kind, and read as contacts.

https://developers.hubspot.com/docs/api/webhooks/validating-requests: signed are the method, the
address, the very bytes and the moment. An event says which property of whom has changed, so
the contacts are asked for as they are now: what comes late tells what is true today.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from baton.connectors import (
    DisbelievedError,
    Heard,
    Hook,
    UnreadableError,
    heard,
    json_of,
    parse_answered,
    require_digest,
    require_moment,
    told_as,
)
from baton.connectors.hubspot.settings import HubspotSettings
from baton.core.deeds import Asking
from baton.core.json import Json
from baton.core.records import HappenedRecord, Person, PersonRecord, Record, stamp_at

HEADER = "X-HubSpot-Signature-v3"
MOMENT = "X-HubSpot-Request-Timestamp"
CHANGED = "contact_changed"

_WHOSE = "HubSpot's"
_CONTACTS = "contacts"
_CREATED, _CHANGED = "contact.creation", "contact.propertyChange"
_KNOWN_BY = ("email", "phone", "mobilephone", "firstname", "lastname", "hs_language")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MOST_EVENTS = 100
_MOST_DIGITS = 15
_MAX_VALUE = 500


class _Event(msgspec.Struct, rename="camel"):
    event_id: int
    subscription_type: str
    object_id: int
    property_name: str | None = None


class _Contact(msgspec.Struct, rename="camel"):
    id: str
    properties: dict[str, str | None]
    updated_at: datetime


class _Contacts(msgspec.Struct):
    results: list[_Contact]


@dataclass(frozen=True, slots=True)
class HubspotHooks:
    """The connector: it hears, asks, and says what a webhook tells."""

    settings: HubspotSettings

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:
        """Return what a webhook says; raises DisbelievedError or UnreadableError.

        What is sent again counts its attempts: it is known by the names of its events.
        """
        moment = hook.headers.get(MOMENT.lower(), "")
        if not (moment.isascii() and moment.isdecimal() and len(moment) <= _MOST_DIGITS):
            raise DisbelievedError(f"The header {MOMENT} is missing, or no moment.")
        signed = f"POST{hook.url}".encode() + hook.body + moment.encode()
        digest = hmac.new(proof.encode(), signed, hashlib.sha256).digest()
        require_digest(hook, HEADER, base64.b64encode(digest).decode())
        require_moment(datetime.fromtimestamp(int(moment) / 1000, UTC), now, HEADER)
        said = json_of(hook.body)
        names = sorted({f"{one.event_id}:{one.object_id}" for one in _events(said)})
        return heard(said, "\n".join(names))

    def asks(self, said: Json) -> Mapping[str, Asking]:
        """Return that the contacts are asked for, with what of them has changed."""
        events = _of_contacts(said)
        if not events:
            return {}
        changed = {one.property_name for one in events if one.property_name}
        asked = {
            "properties": [*_KNOWN_BY, *sorted(changed - {*_KNOWN_BY})],
            "inputs": [{"id": str(one)} for one in sorted({one.object_id for one in events})],
        }
        place = "/crm/v3/objects/contacts/batch/read"
        return {_CONTACTS: self._asking(place, "POST", msgspec.json.encode(asked))}

    def check(self) -> Asking:
        """Return what is asked to see whether the token holds."""
        return self._asking("/crm/v3/objects/contacts?limit=1")

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - every connector's form
        """Return who the contacts are now, and what of them has changed."""
        kept = parse_answered(said)
        events, answer = _of_contacts(kept.told), kept.answers.get(_CONTACTS)
        if not events or answer is None:
            return ()
        found = {one.id: one for one in told_as(answer, _Contacts, _WHOSE).results}
        people = [
            PersonRecord(stamp=stamp_at(one.updated_at), person=_person(one))
            for one in found.values()
        ]
        changes = [_happened(one, found) for one in events if one.property_name]
        return (*people, *(one for one in changes if one))

    def _asking(self, place: str, method: str = "GET", body: bytes = b"") -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{place}",
            headers={
                "Authorization": f"Bearer {self.settings.access_token}",
                **({"Content-Type": "application/json"} if body else {}),
            },
            body=body,
        )


def _events(said: Json) -> list[_Event]:
    if not isinstance(said, list) or not said or len(said) > _MOST_EVENTS:
        raise UnreadableError(f"it is no list of at most {_MOST_EVENTS} events")
    return [told_as(one, _Event, _WHOSE) for one in said]


def _of_contacts(said: Json) -> list[_Event]:
    return [one for one in _events(said) if one.subscription_type in (_CREATED, _CHANGED)]


def _person(contact: _Contact) -> Person:
    of = contact.properties
    return Person(
        reference=contact.id,
        name=" ".join(part for name in ("firstname", "lastname") if (part := of.get(name))),
        email=of.get("email") or "",
        phone=of.get("mobilephone") or of.get("phone") or "",
        language=of.get("hs_language") or "",
    )


def _happened(event: _Event, found: Mapping[str, _Contact]) -> HappenedRecord | None:
    """Return that a property changed, to what it is now; None for whom HubSpot forgot."""
    contact, name = found.get(str(event.object_id)), event.property_name or ""
    if contact is None or not _NAME.fullmatch(name):
        return None
    value = (contact.properties.get(name) or "")[:_MAX_VALUE]
    return HappenedRecord(
        reference=str(event.event_id),
        person=_person(contact),
        event=CHANGED,
        facts={"property": name, "value": value, name: value},
    )
