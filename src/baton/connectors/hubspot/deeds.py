"""What HubSpot is asked to keep: something to do, a note, each once, and how a contact stands.

https://developers.hubspot.com/docs/api/crm/tasks, .../notes and .../contacts. HubSpot knows no
key that makes a request happen once, so each entry holds a mark by which it is found before it is
written again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from baton.connectors import Entry, Traits, told_as
from baton.connectors.hubspot.settings import HubspotSettings
from baton.core.deeds import Asking
from baton.core.json import Json
from baton.core.records import Person

PER_MINUTE = 500
"""Of 100 in ten seconds that an app may make: https://developers.hubspot.com/docs/api/usage-details"""

_WHOSE = "HubSpot's"
_TO_CONTACT: Mapping[str, int] = {"tasks": 204, "notes": 202}
"""The numbers of HubSpot's own associations of each kind of entry with a contact."""

_BODIES: Mapping[str, str] = {"tasks": "hs_task_body", "notes": "hs_note_body"}


class _Found(msgspec.Struct):
    id: str


class _Answer(msgspec.Struct):
    results: list[_Found]


@dataclass(frozen=True, slots=True)
class HubspotDeeds:
    """The part of the connector that writes."""

    settings: HubspotSettings

    def find(self, person: Person) -> Asking:
        """Return how somebody is looked for, by their email and by their number."""
        known_by = (
            ("email", person.email), ("phone", person.phone), ("mobilephone", person.phone),
        )  # fmt: skip
        either = [_by(name, "EQ", value) for name, value in known_by if value]
        return self._search("contacts", either)

    def found(self, said: Json) -> str:
        """Return the one whom an answer names, "" for nobody and for several."""
        ids = {one.id for one in told_as(said, _Answer, _WHOSE).results}
        return ids.pop() if len(ids) == 1 else ""

    def look(self, entry: Entry) -> Asking:
        """Return how it is asked whether an entry stands there already."""
        kind = _kind_of(entry)
        return self._search(kind, [_by(_BODIES[kind], "CONTAINS_TOKEN", entry.mark)])

    def stands(self, said: Json) -> bool:
        """Return whether it does, by the answer."""
        return bool(told_as(said, _Answer, _WHOSE).results)

    def add(self, contact: str, entry: Entry) -> Asking:
        """Return what writes an entry beside a contact."""
        kind = _kind_of(entry)
        own: Json = {
            "associationCategory": "HUBSPOT_DEFINED",
            "associationTypeId": _TO_CONTACT[kind],
        }
        said: Json = {
            "properties": _properties(entry),
            "associations": [{"to": {"id": contact}, "types": [own]}],
        }
        return self._asking(f"/crm/v3/objects/{kind}", said)

    def keeps_traits(self) -> bool:
        """Return whether properties of contacts are to be written."""
        return self.settings.keeps_traits

    def keep(self, contact: str, traits: Traits) -> Asking:
        """Return what writes how a contact stands into properties of theirs."""
        said: dict[str, Json] = {
            "baton_booking_status": traits.booking_status,
            "baton_booking_at": traits.booking_at,
            "baton_order": traits.order,
            "baton_last_seen": traits.last_seen_at,
            "baton_tags": ", ".join(traits.tags),
        }
        place = f"/crm/v3/objects/contacts/{quote(contact, safe='')}"
        return self._asking(place, {"properties": said}, method="PATCH")

    def _search(self, kind: str, either: list[Json]) -> Asking:
        return self._asking(f"/crm/v3/objects/{kind}/search", {"filterGroups": either, "limit": 2})

    def _asking(self, place: str, said: Json, *, method: str = "POST") -> Asking:
        return Asking(
            method=method,
            url=f"{self.settings.api_url}{place}",
            headers={
                "Authorization": f"Bearer {self.settings.access_token}",
                "Content-Type": "application/json",
            },
            body=msgspec.json.encode(said),
            per_minute=PER_MINUTE,
        )


def _kind_of(entry: Entry) -> str:
    return "tasks" if entry.due_at else "notes"


def _by(name: str, how: str, value: str) -> Json:
    return {"filters": [{"propertyName": name, "operator": how, "value": value}]}


def _properties(entry: Entry) -> dict[str, Json]:
    if entry.due_at is None:
        body = f"{entry.text} ({entry.mark})"
        return {"hs_timestamp": entry.at.isoformat(), "hs_note_body": body}
    return {
        "hs_timestamp": entry.due_at.isoformat(),
        "hs_task_subject": entry.text,
        "hs_task_body": f"From Baton ({entry.mark})",
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "HIGH" if entry.is_urgent else "MEDIUM",
        # Without a type it is any other task.
        **({"hs_task_type": "CALL"} if entry.is_call else {}),
    }
