"""How contacts stand, kept in their CRM beside what it knows of them: booking, order, tags (DI8).

It is written as it stands when it is written: what changes twice at once is told once over, and
a try whose answer was lost is simply made again. Who is not known there, or twice, is left alone.
"""

from dataclasses import asdict

import msgspec

from baton.connectors import CrmPort, Traits, TraitsPort, UnreadableError
from baton.core import bookings
from baton.core.tidings import Tiding, Told
from baton.runtime.ports import Again, Done, Effect, Outcome, Park
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import asking, crm
from baton.services.systems.tidings import ToldCrm
from baton.store.models import Booking, Contact, Conversation, Order
from baton.store.queries import people
from baton.store.rows import ContactRow

TRAITS_TO_CRM = "traits_to_crm"
_TOLD = ("booking_", "membership_", "order_", "return_")
"""Beginnings of the events after which somebody may stand otherwise."""


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """Whose traits are written."""

    contact_id: str


def is_told(event: str) -> bool:
    """Return whether an event may change how somebody stands."""
    return event.startswith(_TOLD)


def order(ledger: Ledger, contact: ContactRow) -> None:
    """Have a contact's traits written, where a CRM is connected that may keep them."""
    if not crm.takes_notes(ledger, contact):
        return
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=contact.workspace_id,
            lane=contact.lane,
            kind=TRAITS_TO_CRM,
            intent_key=f"crm_traits:{ledger.next_id()}",
            body=msgspec.json.encode(_Order(contact_id=contact.id)),
            due_at=ledger.now,
            repeatable=True,
        )
    )


def perform(house: House, effect: Effect) -> Outcome:
    """Write how a contact stands by now; nothing where the business does not want it kept."""
    contact_id = msgspec.json.decode(effect.body, type=_Order).contact_id
    kept_by = crm.find(house, effect.workspace_id)
    whole = people.whole_of(contact_id)
    contact = Contact.objects.filter(id=whole, workspace_id=effect.workspace_id).first()
    if contact is None:
        return Done()
    if isinstance(kept_by, ToldCrm):
        return _told(house, kept_by, contact, effect.id)
    if isinstance(kept_by, TraitsPort) and kept_by.keeps_traits():
        return _kept(house, kept_by, contact)
    return Done()


def _told(house: House, kept_by: ToldCrm, contact: Contact, mark: str) -> Outcome:
    known = crm.facts_of(crm.person_of(house, contact.id))
    if not known or not kept_by.port.hears(Tiding.CONTACT):
        return Done()
    stands = asdict(traits_of(contact))
    told = {**known, **stands, "tags": list(stands["tags"])}
    return kept_by.tell(Told(about=Tiding.CONTACT, mark=mark, at=house.clock.now(), facts=told))


def _kept(house: House, kept_by: TraitsPort, contact: Contact) -> Outcome:
    known_as = _known_as(house, kept_by, contact)
    if not isinstance(known_as, str):
        return known_as
    if not known_as:
        return Done()
    done = asking.answers_to({"kept": kept_by.keep(known_as, traits_of(contact))})
    crm.note_problem(contact.workspace_id, done)
    return done if isinstance(done, Again | Park) else Done()


def _known_as(house: House, kept_by: CrmPort, contact: Contact) -> str | Again | Park:
    """Return what the CRM calls a contact, "" where it knows nobody by their addresses."""
    person = crm.person_of(house, contact.id)
    if not (person.email or person.phone):
        return ""
    seen = asking.answers_to({"contact": kept_by.find(person)})
    if isinstance(seen, Again | Park):
        crm.note_problem(contact.workspace_id, seen)
        return seen
    try:
        return kept_by.found(seen["contact"])
    except UnreadableError as error:
        return Park(reason=str(error))


def traits_of(contact: Contact) -> Traits:
    """Return how a contact stands: the booking to come first, else the last one."""
    own = Booking.objects.filter(contact_id=contact.id)
    coming = own.filter(state__in=bookings.STANDING).order_by("starts_at").first()
    booking = coming or own.order_by("-changed_at", "-id").first()
    order = Order.objects.filter(contact_id=contact.id).order_by("-placed_at", "-id").first()
    talks = Conversation.objects.filter(contact_id=contact.id)
    seen_at = talks.order_by("-last_message_at").values_list("last_message_at", flat=True).first()
    return Traits(
        booking_status=booking.state if booking else "",
        booking_at=booking.starts_at.isoformat() if booking else "",
        order=f"{order.number} {order.state}" if order else "",
        last_seen_at=seen_at.isoformat() if seen_at else "",
        tags=tuple(contact.marks.get("tags", ())),
    )
