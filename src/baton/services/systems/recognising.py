"""Whom a system means: known by its own id, a phone or an email, or met now; never guessed (DI4).

A system's own id counts most, since people share telephones. What leads to two contacts
leads to nobody: a person merges them, or mends it in the system.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from baton.channels.email import addresses
from baton.channels.sms import numbers
from baton.core import language
from baton.core.records import Person
from baton.services import arrivals
from baton.services.arrivals import EventReported
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.services.people.contacts import BY_NUMBER
from baton.store.models import Address, Contact, Inbox, SystemContact, VaultEntry
from baton.store.queries import people, ways
from baton.store.rows import AddressRow, ContactRow

_EMAIL = "email"
_MET_ON = ("sms", "whatsapp", _EMAIL)
"""Where somebody becomes known, the likeliest first; they are reached on the others too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Whom a system means, by one address of theirs.

    `lane` is their own, `known_as` the fingerprint of their id in the system ("" without
    one), `further` their other addresses by channel; `remark` says what was wrong and did
    not matter.
    """

    channel: str
    inbox_id: str
    address: str
    lane: str
    known_as: str
    further: Mapping[str, str]
    name: str
    language: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """Why nobody can say whom a system means."""

    reason: str


def recognise(
    house: House, workspace_id: str, system_id: str, person: Person
) -> Recognised | Unrecognised:
    """Return whom a system means, somebody new included."""
    told = _addresses_of(workspace_id, person)
    remark = _remark_on(person, told)
    known_as = known_as_of(house, system_id, person.reference)
    contact_id = _contact_by(system_id, known_as)
    if contact_id is None:
        owners = {
            owner
            for channel, address in told.items()
            if (
                owner := people.contact_at(
                    workspace_id, _lane(house, workspace_id, channel, address)
                )
            )
        }
        if len(owners) > 1:
            return Unrecognised(
                reason="its phone is one contact's and its email another's: merge them, or mend"
                " it in the system"
            )
        contact_id = next(iter(owners), None)
    place = _place_of(house, contact_id) if contact_id else _first_place(house, workspace_id, told)
    if place is None:
        return Unrecognised(reason=_reason_for(workspace_id, person, remark))
    channel, inbox_id, address, lane = place
    return Recognised(
        channel=channel,
        inbox_id=inbox_id,
        address=address,
        lane=lane,
        known_as=known_as,
        further={name: raw for name, raw in told.items() if (name, raw) != (channel, address)},
        name=person.name[: contacts.MAX_NAME],
        language=language.parse(person.language) or "" if person.language else "",
        remark=remark,
    )


def known_as_of(house: House, system_id: str, reference: str) -> str:
    """Return the fingerprint of a system's id of a person, "" for none."""
    return house.keyset.fingerprint(f"person:{system_id}", reference) if reference else ""


def learn(ledger: Ledger, contact: ContactRow, fact: EventReported) -> None:
    """Keep by what a system knows a contact, and where it says that they are reached too.

    An address that is another's, or one on a channel on which they have their own, is left
    alone: what people said themselves counts more than what a system says of them.
    """
    if fact.known_as:
        SystemContact.objects.bulk_create(
            [
                SystemContact(
                    id=ledger.next_id(),
                    workspace_id=contact.workspace_id,
                    system_id=fact.system_id,
                    token=fact.known_as,
                    contact_id=contact.id,
                )
            ],
            ignore_conflicts=True,
        )
    for channel, address in fact.further.items():
        _add(ledger, contact, channel, address)


def _add(ledger: Ledger, contact: ContactRow, channel: str, address: str) -> None:
    workspace_id = contact.workspace_id
    lane = _lane(ledger.house, workspace_id, channel, address)
    inbox_id = ways.find_inbox(workspace_id, channel)
    added = ledger.added(AddressRow)
    is_taken = people.contact_at(workspace_id, lane) or any(row.lane == lane for row in added)
    has_own = Address.objects.filter(contact_id=contact.id, channel=channel).exists() or any(
        (row.contact_id, row.channel) == (contact.id, channel) for row in added
    )
    if inbox_id and not is_taken and not has_own:
        contacts.add_address(ledger, contact, channel=channel, inbox_id=inbox_id, address=address)
        ledger.acquaintance.forget()


def _addresses_of(workspace_id: str, person: Person) -> dict[str, str]:
    """Return a person's addresses by channel, as the channels write them."""
    told: dict[str, str] = {}
    number = numbers.parse_number(person.phone, _region_of(workspace_id)) if person.phone else None
    if number:
        told |= {channel: number for channel in _MET_ON if channel in BY_NUMBER}
    if person.email and (mailbox := addresses.parse_address(person.email)):
        told[_EMAIL] = mailbox
    return told


def _region_of(workspace_id: str) -> str:
    """Return the country whose national numbers a workspace's systems write."""
    senders = Inbox.objects.filter(workspace_id=workspace_id, channel__in=BY_NUMBER)
    found = senders.order_by("id").values_list("sender", flat=True)
    return next((region for sender in found if (region := numbers.region_of(sender))), "")


def _remark_on(person: Person, told: Mapping[str, str]) -> str:
    wrong = [
        name
        for name, given, channels in (
            ("phone", person.phone, BY_NUMBER),
            ("email", person.email, (_EMAIL,)),
        )
        if given and not any(channel in told for channel in channels)
    ]
    return f"its {' and '.join(wrong)} cannot be used as written" if wrong else ""


def _reason_for(workspace_id: str, person: Person, remark: str) -> str:
    if remark:
        return remark
    if person.phone or person.email:
        connected = [one for one in _MET_ON if ways.find_inbox(workspace_id, one)]
        if not connected:
            return "no channel is connected on which they could be reached: connect SMS or email"
        return f"they can be reached on none of the channels that are connected: {connected}"
    return "nobody is known by this id, and it names neither a phone nor an email"


def _contact_by(system_id: str, known_as: str) -> str | None:
    if not known_as:
        return None
    found = SystemContact.objects.filter(system_id=system_id, token=known_as)
    contact_id = found.values_list("contact_id", flat=True).first()
    return people.whole_of(contact_id) if contact_id else None


def _place_of(house: House, contact_id: str) -> tuple[str, str, str, str] | None:
    """Return a known contact's newest address, with channel, inbox and their lane."""
    contact_id = people.whole_of(contact_id)
    address = Address.objects.filter(contact_id=contact_id).order_by("-id").first()
    if address is None:
        return None
    entry = VaultEntry.objects.get(workspace_id=address.workspace_id, token=address.token)
    place = f"vault:{address.workspace_id}:{address.token}"
    raw = house.keyset.unseal(bytes(entry.value_sealed), place)
    lane = Contact.objects.values_list("lane", flat=True).get(id=contact_id)
    return address.channel, address.inbox_id, raw, lane


def _first_place(
    house: House, workspace_id: str, told: Mapping[str, str]
) -> tuple[str, str, str, str] | None:
    """Return where somebody new becomes known, None where no channel reaches them."""
    for channel in _MET_ON:
        if channel in told and (inbox_id := ways.find_inbox(workspace_id, channel)):
            lane = _lane(house, workspace_id, channel, told[channel])
            return channel, inbox_id, told[channel], lane
    return None


def _lane(house: House, workspace_id: str, channel: str, address: str) -> str:
    return arrivals.lane_of(house.keyset, workspace_id, channel, address)
