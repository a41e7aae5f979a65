"""A contact's own page of what may be sent to them, behind a signed link that ends (C16, P1).

Whoever has the link may look and change, as with the one in an e-mail's foot: it goes to the
contact's address alone. It shows no name and no address. Every change is a word of the
contact's own, kept with what the page asked them.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing
from msgspec.structs import replace

from baton.core import consent
from baton.core.consent import Asked, Purpose
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.language import Teller
from baton.core.policy import Policy
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents, languages, opting_in, permits
from baton.services.people.consents import Said
from baton.store.models import Address, Contact, Workspace
from baton.store.queries import people, turns
from baton.store.rows import ContactRow

LINK_LASTS = timedelta(days=30)
SOURCE = "preference page"
_SALT = "baton.services.people.preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a contact's page shows: what stands on each channel, in the order of asking."""

    workspace_id: str
    business: str
    standing: Mapping[Asked, bool | None]
    opted_out: frozenset[str]
    preferred_channel: str
    language: str

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels on which they are known."""
        return tuple(dict.fromkeys(channel for channel, _purpose in self.standing))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a contact wants: what they ticked, with the words beside each, and where rather.

    `language` is None where they were not asked.
    """

    ticked: Collection[Asked]
    wordings: Mapping[Asked, str]
    preferred_channel: str
    language: str | None = None


def link_of(house: House, contact_id: str, now: datetime) -> str:
    """Return the address of a contact's page; the same all day, so that texts repeat word by word.

    It is good for `LINK_LASTS`, counted in days.
    """
    until = (now + LINK_LASTS).date().toordinal()
    return (
        f"{house.base_url}/preferences/{signing.Signer(salt=_SALT).sign(f'{contact_id}.{until}')}"
    )


def find(house: House, token: str) -> Preferences | None:
    """Return what a link leads to; None for a false or an ended one."""
    contact_id = _contact_of(token, house.clock.now())
    contact = Contact.objects.filter(id=contact_id).first() if contact_id else None
    if contact is None:
        return None
    names = Workspace.objects.filter(id=contact.workspace_id)
    ledger = Ledger(house, house.clock.now())
    return Preferences(
        workspace_id=contact.workspace_id,
        business=names.values_list("name", flat=True).get(),
        standing=_standing(ledger, contact.id),
        opted_out=frozenset(filter(None, contact.opted_out.split(","))),
        preferred_channel=contact.preferred_channel,
        language=contact.language,
    )


def change(house: House, token: str, wanted: Wanted) -> int:
    """Record what a contact changed; return how many permissions that were.

    What they ended with STOP stays ended: only START opens it. Raises NotFound for a link
    that is not good, InvalidInput for a channel on which they are not known.
    """
    with _held(house, token) as (ledger, contact):
        standing = _standing(ledger, contact.id)
        known = {channel for channel, _purpose in standing}
        if wanted.preferred_channel not in {"", *known}:
            raise InvalidInput({"preferred": "You are not known on that channel."})
        closed = contact.opted_out.split(",")
        changes = [
            (asked, is_granted)
            for asked, is_granted in consent.changes_of(standing, wanted.ticked)
            if asked[0] not in closed
        ]
        for (channel, purpose), is_granted in changes:
            said = Said(
                channel=channel,
                purpose=purpose.value,
                is_granted=is_granted,
                source=SOURCE,
                wording=wanted.wordings[channel, purpose],
                at=ledger.now,
            )
            consents.tell(ledger, contact, said, actor=f"contact:{contact.id}")
        _prefer(ledger, contact, wanted)
    return len(changes)


def confirm(house: House, token: str, policy: Policy) -> int:
    """Record that the contact meant what others passed on; return how many permissions."""
    with _held(house, token) as (ledger, contact):
        closed = contact.opted_out.split(",")
        waiting = opting_in.list_open(contact.id, policy, ledger.now)
        meant = [one for one in waiting if one.channel not in closed]
        ledger.keep(opting_in.confirm(ledger, contact, meant, source=SOURCE))
    return len(meant)


def list_waiting(house: House, token: str, policy: Policy) -> tuple[Asked, ...]:
    """Return what the contact is still to confirm, by channel and purpose."""
    contact_id = _contact_of(token, house.clock.now())
    waiting = opting_in.list_open(contact_id, policy, house.clock.now()) if contact_id else ()
    return tuple((one.channel, Purpose(one.purpose)) for one in waiting)


def end_channel(house: House, token: str, channel: str) -> None:
    """Send nothing more on a channel, as if the contact had written STOP there."""
    with _held(house, token) as (ledger, contact):
        if channel not in {one for one, _purpose in _standing(ledger, contact.id)}:
            raise InvalidInput({"channel": "You are not known on that channel."})
        if channel not in contact.opted_out.split(","):
            ledger.keep(consents.change(ledger, contact, channel, is_granted=False, source=SOURCE))


def _prefer(ledger: Ledger, contact: ContactRow, wanted: Wanted) -> None:
    subject, channel = f"contact:{contact.id}", wanted.preferred_channel
    if contact.preferred_channel != channel:
        ledger.audit(
            contact.workspace_id, subject, "channel_preferred", subject, channel=channel or "any"
        )
    contact = replace(contact, preferred_channel=channel)
    if wanted.language is not None:
        contact = languages.take(ledger, contact, wanted.language, Teller.CONTACT, actor=subject)
    ledger.keep(contact)


def _standing(ledger: Ledger, contact_id: str) -> dict[Asked, bool | None]:
    known = Address.objects.filter(contact_id=contact_id).order_by("id")
    channels = dict.fromkeys(known.values_list("channel", flat=True))
    words = {channel: permits.words_of(ledger, contact_id, channel) for channel in channels}
    return {
        (channel, purpose): consent.is_permitted(words[channel], purpose)
        for channel in channels
        for purpose in Purpose
    }


@contextmanager
def _held(house: House, token: str) -> Iterator[tuple[Ledger, ContactRow]]:
    """Hold the lane of the contact whom a link is for, load them, and write at the end."""
    contact_id = _contact_of(token, house.clock.now())
    found = Contact.objects.filter(id=contact_id).values_list("workspace_id", "lane").first()
    if found is None:
        raise NotFound("page", "preferences")
    workspace_id, lane = found
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, lane)
        if not Contact.objects.filter(id=contact_id, lane=lane, merged_into_id=None).exists():
            message = "Who you are here has just been changed. Open the link again."
            raise Conflict(message)  # merged while this waited for the lane
        ledger = Ledger(house, house.clock.now())
        yield ledger, turns.list_lanes([lane])[lane].contact
        ledger.ring(f"workspace:{workspace_id}")
        ledger.flush()


def _contact_of(token: str, now: datetime) -> str:
    """Return whom a link is for now, "" for one that is false or has ended."""
    try:
        contact_id, _, until = signing.Signer(salt=_SALT).unsign(token).partition(".")
    except signing.BadSignature:
        return ""
    if now.date() > date.fromordinal(int(until)):
        return ""
    return people.whole_of(contact_id)
