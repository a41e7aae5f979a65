"""Whom a system means: known by its own id, a phone or an email, or met now; never guessed (DI4).

A system's own id counts most, since people share telephones. What leads to two contacts
leads to nobody: a person merges them, or mends it in the system. Many are asked about at
once, since a file names thousands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from baton.channels.email import addresses
from baton.channels.sms import numbers
from baton.core import language
from baton.core.records import Person
from baton.services import arrivals
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import contacts, kept_stops
from baton.services.people.contacts import BY_NUMBER
from baton.store.models import Inbox, SystemContact
from baton.store.queries import people, recognising, ways
from baton.store.queries.recognising import KnownAddress
from baton.store.queries.systems import UNUSABLE
from baton.store.rows import ContactRow

_EMAIL = "email"
_NO_ADDRESS = "whoever is known by this id has no address left"
_MET_ON = ("sms", "whatsapp", _EMAIL)
"""Where somebody becomes known, the likeliest first; they are reached on the others too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Whom a system means, by one address of theirs; `remark` is what did not matter.

    With `is_new` nobody knew them before.
    """

    contact_id: str
    lane: str
    channel: str
    inbox_id: str
    address: str
    name: str
    language: str
    is_new: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """Why nobody can say whom a system means."""

    reason: str


Found = Recognised | Unrecognised


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A person as a system tells of them, with the lanes of their addresses by channel."""

    person: Person
    token: str
    told: Mapping[str, str]
    lanes: Mapping[str, str]
    remark: str


@dataclass(slots=True, kw_only=True)
class _Registry:
    """Who is known, by the system's id and by an address's lane, and what is new."""

    by_token: dict[str, str]
    by_lane: dict[str, KnownAddress]
    channels_of: dict[str, set[str]]
    lane_of: dict[str, str]
    inboxes: dict[str, str]
    new_tokens: dict[str, str] = field(default_factory=dict)
    met_at: dict[str, tuple[str, str, str]] = field(default_factory=dict)


def recognise(
    house: House,
    workspace_id: str,
    system_id: str,
    persons: Sequence[Person],
    *,
    is_dry: bool = False,
) -> tuple[Found, ...]:
    """Return whom a system means by each, in order; who is new is kept, unless it is dry.

    Runs inside a transaction, in the lane of the system.
    """
    region = _region_of(workspace_id)
    # Of a file, the same person stands behind many lines.
    of_each = {
        person: _ask(house, workspace_id, system_id, person, region) for person in set(persons)
    }
    asked = [of_each[person] for person in persons]
    known = _registry_of(workspace_id, system_id, asked)
    ledger = Ledger(house, house.clock.now())
    found = tuple(_find(ledger, workspace_id, known, one) for one in asked)
    if not is_dry:
        ledger.flush()
        _keep_tokens(ledger, workspace_id, system_id, known.new_tokens)
    return found


def recognise_contact(house: House, contact_id: str) -> Found:
    """Return a contact by the address that they left last."""
    whole = people.whole_of(contact_id)
    place = recognising.newest_address(whole, house.keyset.unseal)
    if place is None:
        return Unrecognised(reason=_NO_ADDRESS)
    channel, inbox_id, address = place
    return Recognised(
        contact_id=whole,
        lane=recognising.list_lanes([whole])[whole],
        channel=channel,
        inbox_id=inbox_id,
        address=address,
        name="",
        language="",
    )


def known_as_of(house: House, system_id: str, reference: str) -> str:
    """Return the fingerprint of a system's id of a person, "" for none."""
    return house.keyset.fingerprint(f"person:{system_id}", reference) if reference else ""


def _ask(house: House, workspace_id: str, system_id: str, person: Person, region: str) -> _Asked:
    told: dict[str, str] = {}
    if person.phone and (number := numbers.parse_number(person.phone, region)):
        told |= {channel: number for channel in _MET_ON if channel in BY_NUMBER}
    if person.email and (mailbox := addresses.parse_address(person.email)):
        told[_EMAIL] = mailbox
    return _Asked(
        person=person,
        token=known_as_of(house, system_id, person.reference),
        told=told,
        lanes={
            channel: arrivals.lane_of(house.keyset, workspace_id, channel, address)
            for channel, address in told.items()
        },
        remark=_remark_on(person, told),
    )


def _registry_of(workspace_id: str, system_id: str, asked: Iterable[_Asked]) -> _Registry:
    tokens = {one.token for one in asked if one.token}
    by_token = {
        token: people.whole_of(contact_id)
        for token, contact_id in recognising.list_by_token(system_id, tokens).items()
    }
    lanes = {lane for one in asked for lane in one.lanes.values()}
    by_lane = {row.lane: row for row in recognising.list_by_lane(workspace_id, lanes)}
    ids = {*by_token.values(), *(row.contact_id for row in by_lane.values())}
    inboxes = {channel: ways.find_inbox(workspace_id, channel) for channel in _MET_ON}
    return _Registry(
        by_token=by_token,
        by_lane=by_lane,
        channels_of=recognising.list_channels(ids),
        lane_of=recognising.list_lanes(ids),
        inboxes={channel: inbox for channel, inbox in inboxes.items() if inbox},
    )


def _find(ledger: Ledger, workspace_id: str, known: _Registry, one: _Asked) -> Found:
    contact_id = known.by_token.get(one.token) if one.token else None
    if contact_id is None:
        owners = {
            known.by_lane[lane].contact_id for lane in one.lanes.values() if lane in known.by_lane
        }
        if len(owners) > 1:
            return Unrecognised(
                reason="its phone is one contact's and its email another's: merge them, or mend"
                " it in the system"
            )
        contact_id = next(iter(owners), None)
    if contact_id is None:
        return _meet(ledger, workspace_id, known, one)
    _learn(ledger, workspace_id, known, one, contact_id)
    own = [
        (channel, lane)
        for channel, lane in one.lanes.items()
        if lane in known.by_lane and known.by_lane[lane].contact_id == contact_id
    ]
    place: tuple[str, str, str] | None
    if own:
        channel, lane = own[0]
        place = channel, known.by_lane[lane].inbox_id, one.told[channel]
    else:
        place = known.met_at.get(contact_id) or recognising.newest_address(
            contact_id, ledger.house.keyset.unseal
        )
        if place is None:
            return Unrecognised(reason=_NO_ADDRESS)
    return _recognised(one, contact_id, known.lane_of[contact_id], place)


def _meet(ledger: Ledger, workspace_id: str, known: _Registry, one: _Asked) -> Found:
    """Keep somebody who is new, if a channel reaches them."""
    channel = next((name for name in _MET_ON if name in one.told and name in known.inboxes), None)
    if channel is None:
        return Unrecognised(reason=_reason_for(one, known))
    inbox_id, address, lane = known.inboxes[channel], one.told[channel], one.lanes[channel]
    contact = ContactRow(
        id=ledger.next_id(), workspace_id=workspace_id, lane=lane, created_at=ledger.now
    )
    contact = contacts.welcome(ledger, contact, channel=channel, inbox_id=inbox_id, address=address)
    ledger.keep(contacts.named(ledger, contact, one.person.name))
    known.lane_of[contact.id] = lane
    known.met_at[contact.id] = (channel, inbox_id, address)
    known.channels_of[contact.id] = {channel}
    known.by_lane[lane] = KnownAddress(contact_id=contact.id, inbox_id=inbox_id, lane=lane)
    _learn(ledger, workspace_id, known, one, contact.id)
    return _recognised(one, contact.id, lane, (channel, inbox_id, address), is_new=True)


def _learn(
    ledger: Ledger, workspace_id: str, known: _Registry, one: _Asked, contact_id: str
) -> None:
    """Keep by what a system knows a contact, and where it says that they are reached too.

    An address that is another's, or one on a channel on which they have their own, is left
    alone: what people said themselves counts more than what a system says of them.
    """
    if one.token and one.token not in known.by_token:
        known.by_token[one.token] = known.new_tokens[one.token] = contact_id
    has = known.channels_of.setdefault(contact_id, set())
    for channel, address in one.told.items():
        lane, inbox_id = one.lanes[channel], known.inboxes.get(channel)
        if inbox_id is None or channel in has or lane in known.by_lane:
            continue
        token = contacts.token_of(ledger.house.keyset, workspace_id, channel, address)
        if kept_stops.is_kept(ledger, workspace_id, token):
            continue  # whoever had it said STOP, and was erased
        contact = ContactRow(
            id=contact_id,
            workspace_id=workspace_id,
            lane=known.lane_of[contact_id],
            created_at=ledger.now,
        )
        contacts.add_address(ledger, contact, channel=channel, inbox_id=inbox_id, address=address)
        has.add(channel)
        known.by_lane[lane] = KnownAddress(contact_id=contact_id, inbox_id=inbox_id, lane=lane)


def _recognised(
    one: _Asked,
    contact_id: str,
    lane: str,
    place: tuple[str, str, str],
    *,
    is_new: bool = False,
) -> Recognised:
    channel, inbox_id, address = place
    return Recognised(
        contact_id=contact_id,
        lane=lane,
        channel=channel,
        inbox_id=inbox_id,
        address=address,
        name=one.person.name[: contacts.MAX_NAME],
        language=(language.parse(one.person.language) or "") if one.person.language else "",
        is_new=is_new,
        remark=one.remark,
    )


def _keep_tokens(
    ledger: Ledger, workspace_id: str, system_id: str, tokens: Mapping[str, str]
) -> None:
    SystemContact.objects.bulk_create(
        [
            SystemContact(
                id=ledger.next_id(),
                workspace_id=workspace_id,
                system_id=system_id,
                token=token,
                contact_id=contact_id,
            )
            for token, contact_id in tokens.items()
        ],
        ignore_conflicts=True,
    )


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
    return f"its {' and '.join(wrong)} {UNUSABLE}" if wrong else ""


def _reason_for(one: _Asked, known: _Registry) -> str:
    if one.remark:
        return one.remark
    if not one.told:
        return "nobody is known by this id, and it names neither a phone nor an email"
    if not known.inboxes:
        return "no channel is connected on which they could be reached: connect SMS or email"
    return f"they can be reached on no channel that is connected: {', '.join(known.inboxes)}"
