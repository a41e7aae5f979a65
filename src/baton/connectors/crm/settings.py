"""How any other CRM is told: at one address, and what it calls each of our fields."""

import re
from typing import Annotated

import msgspec

from baton.core import web_address
from baton.core.errors import InvalidInput
from baton.core.tidings import Tiding

KIND = "crm"

_PLACE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}(?:\.[A-Za-z_][A-Za-z0-9_-]{0,59}){0,4}")
_TOKEN = re.compile(r"[\x21-\x7e]{8,400}")
_MOST_URL = 500
_HIDDEN = {"hidden": True}
_AS = "_as"


def _place(what: str, about: str) -> msgspec.Meta:
    return msgspec.Meta(title=f"Its name for {what}", description=about, max_length=200)


class CrmSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where messages go, of what, and under which names; a name that is "" is left out."""

    url: Annotated[
        str,
        msgspec.Meta(
            title="Address",
            description="Where it takes webhooks, beginning with https://. Whoever has it can post"
            " there, so it is never shown again; give it with each change.",
            max_length=_MOST_URL,
            extra=_HIDDEN,
        ),
    ]
    api_token: Annotated[
        str,
        msgspec.Meta(
            title="Token",
            description="Sent as Authorization: Bearer, where it asks for one. Give it with each"
            " change.",
            max_length=400,
            extra=_HIDDEN,
        ),
    ] = ""
    tells_tasks: Annotated[
        bool,
        msgspec.Meta(
            title="Tell what is to be done", description="What flows give people to do, as task."
        ),
    ] = True
    tells_notes: Annotated[
        bool,
        msgspec.Meta(title="Tell notes", description="Of flows, orders and returns, as note."),
    ] = True
    tells_contacts: Annotated[
        bool,
        msgspec.Meta(
            title="Tell how contacts stand",
            description="When a booking, a membership, an order or a tag changes, as contact.",
        ),
    ] = True
    type_as: Annotated[
        str,
        _place(
            "the type",
            "Of task, note, contact or trial. Here and below: what the message calls it; with a"
            " dot, as in properties.email, it stands below another name; empty, it is left out.",
        ),
    ] = "type"
    at_as: Annotated[str, _place("the moment", "As 2026-04-03T18:00:00+00:00.")] = "at"
    email_as: Annotated[str, _place("the email", "The contact's.")] = "email"
    phone_as: Annotated[str, _place("the phone", "The contact's, as +441632960961.")] = "phone"
    text_as: Annotated[str, _place("the text", "Of a task or a note.")] = "text"
    due_at_as: Annotated[str, _place("the due moment", "Until when a task is to be done.")] = (
        "due_at"
    )
    is_urgent_as: Annotated[str, _place("urgent", "Whether a task is.")] = "is_urgent"
    is_call_as: Annotated[str, _place("a call", "Whether a task is to ring them.")] = "is_call"
    booking_status_as: Annotated[
        str, _place("the booking's state", "How the one to come stands, else the last one.")
    ] = "booking_status"
    booking_at_as: Annotated[str, _place("the booking's time", "When it begins.")] = "booking_at"
    order_as: Annotated[str, _place("the order", "The newest one's number and state.")] = "order"
    last_seen_at_as: Annotated[
        str, _place("the last talk", "When last something was said.")
    ] = "last_seen_at"  # fmt: skip
    tags_as: Annotated[str, _place("the tags", "A list.")] = "tags"

    @property
    def places(self) -> dict[str, str]:
        """What the CRM calls our fields, by our names."""
        named = (name for name in self.__struct_fields__ if name.endswith(_AS))
        return {name.removesuffix(_AS): getattr(self, name) for name in named}

    @property
    def hears(self) -> frozenset[Tiding]:
        """What it is told of; a trial always."""
        wanted = {
            Tiding.TASK: self.tells_tasks,
            Tiding.NOTE: self.tells_notes,
            Tiding.CONTACT: self.tells_contacts,
            Tiding.TRIAL: True,
        }
        return frozenset(one for one, is_wanted in wanted.items() if is_wanted)


def problems_with(settings: CrmSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    problems = _bad_places(settings)
    try:
        web_address.check(settings.url, field="url")
    except InvalidInput as refusal:
        problems |= refusal.fields
    if settings.api_token and not _TOKEN.fullmatch(settings.api_token):
        problems["api_token"] = "A token has 8 to 400 signs without a blank."  # noqa: S105
    if not settings.hears - {Tiding.TRIAL}:
        problems["tells_tasks"] = "Choose at least one thing that it is told."
    return problems


def _bad_places(settings: CrmSettings) -> dict[str, str]:
    """Return the places that are no names, or stand in one another's way."""
    places = {name: place for name, place in settings.places.items() if place}
    problems: dict[str, str] = {}
    for name, place in places.items():
        others = [other for key, other in places.items() if key != name]
        if not _PLACE.fullmatch(place):
            problems[f"{name}{_AS}"] = "Letters, digits, _ and -, with dots between: person.email."
        elif any(other == place or other.startswith(f"{place}.") for other in others):
            problems[f"{name}{_AS}"] = "Another field stands there, or below it."
    return problems
