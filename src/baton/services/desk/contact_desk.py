"""One contact as a person sees and serves them: what they permit, what went and what did not.

No words of a conversation are here: those stand behind the transcript's one logged click.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from msgspec.structs import replace

from baton.core import consent, privacy
from baton.core.consent import Purpose, Word
from baton.core.errors import InvalidInput, NotFound
from baton.core.json import Json
from baton.core.language import Teller
from baton.core.roles import Action
from baton.services import inbox
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.desk import guarding, merging, timelines
from baton.services.desk.merging import Part
from baton.services.desk.timelines import Entry
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import (
    consents,
    contact_list,
    contacts,
    languages,
    opting_in,
    suppressions,
    telling,
)
from baton.services.people.consents import Said
from baton.services.people.contact_list import Likeness
from baton.services.workspace import tongues
from baton.services.workspace.connections import PUSH
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    Address,
    Consent,
    Contact,
    Suppression,
    User,
    VaultEntry,
)
from baton.store.queries import turns
from baton.store.rows import ContactRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What a contact permits on a channel for a purpose: None where they never said.

    One that is pending was passed on by others, and the contact has not confirmed it.
    """

    purpose: str
    is_granted: bool | None
    at: datetime | None
    source: str
    is_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A channel on which a contact is known; `suppressed_for` is why nothing goes there."""

    channel: str
    is_opted_out: bool
    suppressed_for: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """An address of a contact as people may see it: not whole, but enough to tell it by."""

    channel: str
    shown: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A contact as their page shows them.

    `languages` are those in which the workspace has texts, its own first; the suggested one
    is what their number's country speaks, "" where theirs is known or nothing tells.
    """

    id: str
    who: str
    membership: str
    is_identified: bool
    preferred_channel: str
    learned_channel: str
    timezone: str
    timezone_from: str
    place_zone: str
    language: str
    language_from: str
    suggested_language: str
    languages: tuple[str, ...]
    location_id: str
    locations: tuple[tuple[str, str], ...]  # to which they may belong, by id and name
    created_at: datetime
    handles: tuple[Handle, ...]
    parts: tuple[Part, ...]
    alike: tuple[Likeness, ...]
    reaches: tuple[Reach, ...]
    timeline: tuple[Entry, ...]
    withheld: int


def get_profile(house: House, user: User, contact_id: str) -> Profile:
    """Return a contact with the newest of what happened; raises NotFound, or Forbidden."""
    inbox.require(user, Action.READ_INBOX)
    contact = _find(user, contact_id)
    told = list(Consent.objects.filter(contact_id=contact.id).order_by("at", "id"))
    timeline = timelines.list_entries(user.workspace_id, contact.id, told)
    written = tongues.list_written(house, user.workspace_id)
    return Profile(
        id=contact.id,
        who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)),
        membership=contact.membership,
        is_identified=contact.is_identified,
        preferred_channel=contact.preferred_channel,
        learned_channel=contacts.learned_channel(contact.id, house.clock.now()),
        timezone=contact.timezone,
        timezone_from=contact.timezone_from,
        place_zone=inbox.zone_of(user.workspace_id).key,
        language=contact.language,
        language_from=contact.language_from,
        suggested_language="" if contact.language else _suggested(house, contact, written[0]),
        languages=written,
        location_id=contact.location_id,
        locations=inbox.list_locations(user),
        created_at=contact.created_at,
        handles=_handles(house, contact),
        parts=merging.list_parts(house, contact.id),
        alike=contact_list.list_alike(house, contact),
        reaches=_reaches(contact, told),
        timeline=timeline,
        withheld=sum(entry.delivery in ("refused", "held", "failed") for entry in timeline),
    )


def record_consent(
    house: House, user: User, contact_id: str, *, is_granted: bool, told: dict[str, Json]
) -> None:
    """Record what a contact told a person; raises InvalidInput for what proves nothing.

    A withdrawal of everything ends the channel as STOP does; it is not lifted here.
    """
    with _at_hand(house, user, contact_id) as (ledger, contact):
        given = {**told, "evidence": told.get("evidence") or f"user:{user.id}"}
        said = consents.said_of(given, is_granted=is_granted, channel="", now=ledger.now)
        if said.channel not in _channels_of(contact.id):
            raise InvalidInput({"channel": "they are not known on that channel"})
        policy = standards_cache(house).standards_of(user.workspace_id).policy
        if opting_in.weigh(policy, said).pending:
            _pass_on(house, contact, said)  # the worker asks them, and keeps it with that
        else:
            ledger.keep(consents.tell(ledger, contact, said, actor=f"user:{user.id}"))


def _pass_on(house: House, contact: ContactRow, said: Said) -> None:
    facts: dict[str, Json] = {
        "channel": said.channel,
        "purpose": said.purpose,
        "source": said.source,
        "wording": said.wording,
        "evidence": said.evidence,
        "at": said.at.isoformat(),
    }
    key = f"desk:{house.next_id(house.clock.now())}"
    telling.tell(house, contact.id, consents.GIVEN, facts, key=key, channel=said.channel)


def bar(house: House, user: User, contact_id: str, channel: str, reason: str) -> None:
    """Send nothing more to a contact on a channel, until somebody lifts it."""
    reason = reason.strip()
    if not reason or len(reason) > 80:  # noqa: PLR2004 - the column's width
        raise InvalidInput({"reason": "Say why, in 80 characters at most."})
    with _at_hand(house, user, contact_id) as (ledger, contact):
        if channel not in _channels_of(contact.id):
            raise InvalidInput({"channel": "they are not known on that channel"})
        suppressions.bar(ledger, contact, channel, reason, actor=f"user:{user.id}")


def lift(house: House, user: User, contact_id: str, channel: str) -> None:
    """Let messages go to a contact on a channel again."""
    with _at_hand(house, user, contact_id) as (ledger, contact):
        suppressions.lift(ledger, contact, channel, actor=f"user:{user.id}")


def place(house: House, user: User, contact_id: str, timezone: str) -> None:
    """Note in which zone a contact lives; "" takes the business's own place for it."""
    if timezone and timezone not in available_timezones():
        raise InvalidInput({"timezone": f"{timezone[:60]!r} is no time zone, as Europe/London is"})
    with _at_hand(house, user, contact_id) as (ledger, contact):
        if contact.timezone != timezone:
            source = "person" if timezone else ""
            ledger.keep(replace(contact, timezone=timezone, timezone_from=source))
            _note(ledger, user, contact, "zone_changed", timezone=timezone)


def settle_at(house: House, user: User, contact_id: str, location_id: str) -> None:
    """Say to which location a contact belongs; "" is no one place. Raises InvalidInput."""
    if location_id and location_id not in dict(inbox.list_locations(user)):
        raise InvalidInput({"location": "There is no such place."})
    with _at_hand(house, user, contact_id) as (ledger, contact):
        if contact.location_id != location_id:
            ledger.keep(replace(contact, location_id=location_id))
            _note(ledger, user, contact, "location_changed", location=location_id)


def speak(house: House, user: User, contact_id: str, language: str) -> None:
    """Note in which language a contact is written to; "" takes that of the texts."""
    with _at_hand(house, user, contact_id) as (ledger, contact):
        actor = f"user:{user.id}"
        ledger.keep(languages.take(ledger, contact, language, Teller.PERSON, actor=actor))


def prefer(house: House, user: User, contact_id: str, channel: str) -> None:
    """Note on which channel a contact would rather be written to; "" for none (C16)."""
    with _at_hand(house, user, contact_id) as (ledger, contact):
        if channel not in {"", *_channels_of(contact.id)}:
            raise InvalidInput({"channel": "they are not known on that channel"})
        if contact.preferred_channel != channel:
            ledger.keep(replace(contact, preferred_channel=channel))
            _note(ledger, user, contact, "channel_preferred", channel=channel or "any")


@contextmanager
def _at_hand(house: House, user: User, contact_id: str) -> Iterator[tuple[Ledger, ContactRow]]:
    """Hold the contact's lane, load them afresh, and write at the end."""
    inbox.require(user, Action.ANSWER)
    lane = _find(user, contact_id).lane
    with house.engine.transaction():
        house.engine.lock_lane(user.workspace_id, lane)
        ledger = Ledger(house, house.clock.now())
        yield ledger, turns.list_lanes([lane])[lane].contact
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()


def _find(user: User, contact_id: str) -> Contact:
    found = Contact.objects.filter(id=contact_id, workspace_id=user.workspace_id).first()
    if found is None:
        raise NotFound("contact", contact_id)
    guarding.refuse_elsewhere(user, found.id)
    return found


def _channels_of(contact_id: str) -> tuple[str, ...]:
    known = Address.objects.filter(contact_id=contact_id).order_by("id")
    return tuple(dict.fromkeys(known.values_list("channel", flat=True)))


def _suggested(house: House, contact: Contact, own: str) -> str:
    known = Address.objects.filter(contact_id=contact.id, channel__in=contacts.BY_NUMBER)
    numbers = _raw(house, contact.workspace_id, list(known.values_list("token", flat=True)))
    found = {languages.suggested_by(number, own) for number in numbers.values()} - {""}
    return found.pop() if len(found) == 1 else ""


def _raw(house: House, workspace_id: str, tokens: list[str]) -> dict[str, str]:
    """Return raw handles by token; they are shown to nobody as they are."""
    sealed = VaultEntry.objects.filter(workspace_id=workspace_id, token__in=tokens)
    return {
        token: house.keyset.unseal(bytes(value), f"vault:{workspace_id}:{token}")
        for token, value in sealed.values_list("token", "value_sealed")
    }


def _handles(house: House, contact: Contact) -> tuple[Handle, ...]:
    known = list(Address.objects.filter(contact_id=contact.id).order_by("id"))
    values = _raw(house, contact.workspace_id, [one.token for one in known])
    return tuple(
        Handle(
            channel=one.channel,
            shown=""
            if one.channel in (OWN_CHANNEL, PUSH)
            else privacy.hint_of(values.get(one.token, "")),
            verified_at=one.verified_at,
        )
        for one in known
    )


def _reaches(contact: Contact, told: list[Consent]) -> tuple[Reach, ...]:
    barred = dict(
        Suppression.objects.filter(contact_id=contact.id, lifted_at=None).values_list(
            "channel", "reason"
        )
    )
    return tuple(
        Reach(
            channel=channel,
            is_opted_out=channel in contact.opted_out.split(","),
            suppressed_for=barred.get(channel, ""),
            permissions=tuple(
                _permission([one for one in told if one.channel == channel], purpose)
                for purpose in Purpose
            ),
        )
        for channel in dict.fromkeys((*_channels_of(contact.id), *(one.channel for one in told)))
    )


def _permission(told: list[Consent], purpose: Purpose) -> Permission:
    about = [one for one in told if one.purpose in (purpose, consent.EVERY)]
    words = [
        Word(purpose=one.purpose, is_granted=one.is_granted, at=one.at)
        for one in about
        if not one.is_pending
    ]
    newest = about[-1] if about else None
    return Permission(
        purpose=purpose.value,
        is_granted=consent.is_permitted(words, purpose),
        at=newest.at if newest else None,
        source=newest.source if newest else "",
        is_pending=bool(newest and newest.is_pending),
    )


def _note(ledger: Ledger, user: User, contact: ContactRow, action: str, **details: Json) -> None:
    subject = f"contact:{contact.id}"
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject, **details)
