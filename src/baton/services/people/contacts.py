"""Contacts: how one becomes known, is named, and changes what they permit."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from baton.channels.sms import numbers
from baton.core import consent
from baton.core.consent import Purpose
from baton.core.json import Json
from baton.core.policy import Policy
from baton.services import arrivals
from baton.services.facts import Addressed
from baton.services.ledger import Ledger
from baton.services.people import kept_stops, permits, preferences, spending
from baton.store.crypto import Keyset
from baton.store.models import Address, VaultEntry
from baton.store.queries import bookable, people, ways
from baton.store.rows import AddressRow, ContactRow, VaultRow

MAX_NAME = 120
_OF_LATE = timedelta(days=90)
BY_NUMBER = ("sms", "whatsapp", "voice")
"""Channels whose addresses are telephone numbers."""


def meet(  # noqa: PLR0913 - who, and where they were heard
    ledger: Ledger,
    workspace_id: str,
    lane: str,
    heard: Addressed,
    *,
    is_verified: bool,
    entrances: Mapping[str, str],
) -> ContactRow:
    """Make a contact of whom nobody knew, by the fact that names their address.

    They belong to the location that their entrance leads to, by `entrances`.
    """
    contact = ContactRow(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        lane=lane,
        created_at=ledger.now,
        location_id=entrances.get(heard.inbox_id, ""),
    )
    return welcome(
        ledger,
        contact,
        channel=heard.channel,
        inbox_id=heard.inbox_id,
        address=heard.address,
        is_verified=is_verified,
    )


def welcome(  # noqa: PLR0913 - who, and where they are reached
    ledger: Ledger,
    contact: ContactRow,
    *,
    channel: str,
    inbox_id: str,
    address: str,
    is_verified: bool = False,
) -> ContactRow:
    """Keep a contact who is new, with their address; return them with what it tells of them.

    It `is_verified` by what makes them known: their own words, or a signature.
    """
    zone = numbers.zone_of(address, now=ledger.now) if channel in BY_NUMBER else ""
    if zone and not contact.timezone:
        contact = replace(contact, timezone=zone, timezone_from="number")
    ledger.keep(contact)
    add_address(
        ledger,
        contact,
        channel=channel,
        inbox_id=inbox_id,
        address=address,
        is_verified=is_verified,
    )
    token = token_of(ledger.house.keyset, contact.workspace_id, channel, address)
    return kept_stops.heed(ledger, contact, channel, token)


def add_address(  # noqa: PLR0913 - whose it is, and what
    ledger: Ledger,
    contact: ContactRow,
    *,
    channel: str,
    inbox_id: str,
    address: str,
    is_verified: bool = False,
    lane: str = "",
) -> None:
    """Keep an address of a contact that nobody has yet; its raw form goes into the vault alone.

    Facts of it arrive at the `lane` that the address itself makes, if no other is told.
    """
    keyset, workspace_id = ledger.house.keyset, contact.workspace_id
    token = token_of(keyset, workspace_id, channel, address)
    ledger.add(
        AddressRow(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            contact_id=contact.id,
            channel=channel,
            token=token,
            inbox_id=inbox_id,
            lane=lane or arrivals.lane_of(keyset, workspace_id, channel, address),
            verified_at=ledger.now if is_verified else None,
        ),
        VaultRow(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            kind=channel,
            token=token,
            value_sealed=keyset.seal(address, f"vault:{workspace_id}:{token}"),
        ),
    )


def lend_number(ledger: Ledger, contact: ContactRow, channel: str) -> None:
    """Let a contact be reached on a channel by the number that they have on another.

    Who agrees to be called has told their number already.
    """
    known = Address.objects.filter(contact_id=contact.id).order_by("-id")
    inbox_id = ways.find_inbox(contact.workspace_id, channel)
    if inbox_id is None or known.filter(channel=channel).exists():
        return
    token = known.filter(channel__in=BY_NUMBER).values_list("token", flat=True).first()
    entry = VaultEntry.objects.filter(workspace_id=contact.workspace_id, token=token).first()
    if entry is None:
        return
    place = f"vault:{contact.workspace_id}:{token}"
    number = ledger.house.keyset.unseal(bytes(entry.value_sealed), place)
    add_address(ledger, contact, channel=channel, inbox_id=inbox_id, address=number)
    ledger.acquaintance.forget()


def token_of(keyset: Keyset, workspace_id: str, channel: str, address: str) -> str:
    """Return what an address is known by outside of the vault."""
    # The whole fingerprint: two contacts must never share an address.
    return keyset.fingerprint(f"address:{workspace_id}:{channel}", address)


def learned_channel(contact_id: str, now: datetime) -> str:
    """Return where a contact writes of late, "" where no channel stands out (C16)."""
    return people.answering_channel(contact_id, now - _OF_LATE)


class ContactFacts(Mapping[str, Json]):
    """What texts and conditions may say of a contact; the name is unsealed when it is asked for."""

    def __init__(
        self, ledger: Ledger, contact: ContactRow, channel: str, policy: Policy | None
    ) -> None:
        self._ledger = ledger
        self._policy = policy
        self._contact = contact
        self._channel = channel

    @override
    def __getitem__(self, name: str) -> Json:
        return _FACTS[name](self)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(_FACTS)

    @override
    def __len__(self) -> int:
        return len(_FACTS)

    @property
    def name(self) -> str:
        """The whole name, "" when none is known."""
        sealed = self._contact.name_sealed
        if not sealed:
            return ""
        return self._ledger.house.keyset.unseal(sealed, _place_of(self._contact))

    @property
    def marks(self) -> "Marks":
        """Tags, scores and offers; of the offers only those that still stand."""
        return marks_of(self._contact)

    @property
    def preferences_url(self) -> str:
        """The address of their own page, where they say what may be sent to them."""
        return preferences.link_of(self._ledger.house, self._contact.id, self._ledger.now)

    def permitted(self) -> list[Json]:
        """Return the purposes that the contact agreed to on the channel (P1)."""
        words = permits.words_of(self._ledger, self._contact.id, self._channel)
        return [one.value for one in sorted(Purpose) if consent.is_permitted(words, one)]

    def may_be_offered(self) -> bool:
        """Return whether the offers of these days leave room for one more (CH13)."""
        if self._policy is None:
            return True
        return spending.has_room(self._ledger, self._contact.workspace_id, self._policy)

    def may_book(self) -> bool:
        """Return whether there is anything to come that can be booked (ON21)."""
        return bookable.is_anything_open(self._contact.workspace_id, self._ledger.now)

    def has_booking(self) -> bool:
        """Return whether a booking of theirs is to come."""
        return bookable.has_standing(self._contact.id, self._ledger.now)

    def standing_offers(self) -> list[Json]:
        """Return the names of the offers that have not run out."""
        now = self._ledger.now.isoformat()
        return [name for name, until in self.marks.offers.items() if until > now]


class Marks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact's tags, scores, and offers with the moment (ISO, UTC) at which each runs out.

    `asked` are the moments of the last month's questions on a scale, the oldest first.
    """

    tags: tuple[str, ...] = ()
    scores: dict[str, float] = {}
    offers: dict[str, str] = {}
    asked: tuple[str, ...] = ()


def marks_of(contact: ContactRow) -> Marks:
    """Return what flows have marked a contact with."""
    return msgspec.json.decode(contact.marks, type=Marks)


_FACTS: dict[str, Callable[[ContactFacts], Json]] = {
    "name": lambda facts: facts.name,
    "first_name": lambda facts: facts.name.split(" ")[0],
    "membership": lambda facts: facts._contact.membership,  # noqa: SLF001 - its own table
    "is_identified": lambda facts: facts._contact.is_identified,  # noqa: SLF001
    "language": lambda facts: facts._contact.language,  # noqa: SLF001
    "channel": lambda facts: facts._channel,  # noqa: SLF001
    "tags": lambda facts: list(facts.marks.tags),
    "scores": lambda facts: dict(facts.marks.scores),
    "offers": lambda facts: facts.standing_offers(),
    "offers_made": lambda facts: list(facts.marks.offers),
    "asked_at": lambda facts: list(facts.marks.asked),
    "may_be_offered": lambda facts: facts.may_be_offered(),
    "may_book": lambda facts: facts.may_book(),
    "has_booking": lambda facts: facts.has_booking(),
    "preferences_url": lambda facts: facts.preferences_url,
    "consents": lambda facts: facts.permitted(),
}


def facts_of(
    ledger: Ledger, contact: ContactRow, channel: str, policy: Policy | None = None
) -> ContactFacts:
    """Return what texts and conditions may say of a contact.

    The `policy` says what offers may cost; where nothing is offered it may be left out.
    """
    return ContactFacts(ledger, contact, channel, policy)


def named(ledger: Ledger, contact: ContactRow, name: str) -> ContactRow:
    """Return the contact with the name that they gave, unless one is known."""
    if not name or contact.name_sealed:
        return contact
    return _with_name(ledger, contact, name)


def renamed(ledger: Ledger, contact: ContactRow, name: str) -> ContactRow:
    """Return the contact with the name that the business signed, in place of any other."""
    if not name:
        return contact
    if not contact.name_sealed:
        return _with_name(ledger, contact, name)
    if name[:MAX_NAME] == ledger.house.keyset.unseal(contact.name_sealed, _place_of(contact)):
        return contact
    subject = f"contact:{contact.id}"
    ledger.audit(contact.workspace_id, subject, "renamed", subject)
    return _with_name(ledger, contact, name)


def _with_name(ledger: Ledger, contact: ContactRow, name: str) -> ContactRow:
    sealed = ledger.house.keyset.seal(name[:MAX_NAME], _place_of(contact))
    return replace(contact, name_sealed=sealed)


def _place_of(contact: ContactRow) -> str:
    """Return where a name is sealed to, so that it opens nowhere else."""
    return f"contact.name:{contact.id}"
