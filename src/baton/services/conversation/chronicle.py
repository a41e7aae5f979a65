"""What became of a contact's orders and returns, written down beside them in their CRM (OR15, RT5).

Only where one is connected that takes notes. What a carrier reports once may be a mistake, and is
not written down.
"""

from collections.abc import Mapping

from baton.core.json import Json
from baton.services.facts import EventReported
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.services.people.contacts import marks_of
from baton.services.systems import crm, crm_traits
from baton.store.rows import ContactRow

_BELIEVED = 2
_WORDS: Mapping[str, str] = {
    "order_placed": "Order {order}: placed",
    "order_shipped": "Order {order}: shipped",
    "order_delivered": "Order {order}: delivered",
    "order_cancelled": "Order {order}: cancelled",
    "order_issue": "Order {order}: its buyer reports a problem",
    "delivery_failed": "Order {order}: could not be delivered, attempt {attempt}",
    "delivery_exception": "Order {order}: {problem}",
    "return_requested": "Order {order}: a return was asked for ({topic})",
    "return_refunded": "Order {order}: its return was paid back ({topic})",
    "return_refused": "Order {order}: its return was refused ({topic})",
    "return_withdrawn": "Order {order}: its return was withdrawn ({topic})",
}
_TREND = ("order", "return", "delivery")
"""Beginnings of the tags that a CRM counts trends by."""


def note(ledger: Ledger, contact: ContactRow, fact: EventReported, lane: str) -> None:
    """Have it written down in the contact's CRM, with their tags and where they like to be told.

    How they stand by now is kept there too, where that is wanted.
    """
    if crm_traits.is_told(fact.event):
        crm_traits.order(ledger, contact)
    words = _WORDS.get(fact.event)
    if words is None or _is_doubtful(fact.facts) or not crm.takes_notes(ledger, contact):
        return
    said = words.format_map(_Known(fact.facts))
    crm.order_note(ledger, contact, lane, ". ".join((said, *_beside(ledger, contact))) + ".")


def _is_doubtful(facts: Mapping[str, Json]) -> bool:
    """Return whether a carrier has said it once only."""
    reports = facts.get("reports")
    return isinstance(reports, int) and reports < _BELIEVED


def _beside(ledger: Ledger, contact: ContactRow) -> tuple[str, ...]:
    tags = [tag for tag in marks_of(contact).tags if tag.startswith(_TREND)]
    channel = contact.preferred_channel or contacts.learned_channel(contact.id, ledger.now)
    return (
        *([f"Tags: {', '.join(tags)}"] if tags else []),
        *([f"Prefers {channel}"] if channel else []),
    )


class _Known(dict[str, Json]):
    """What an event brought; what it did not is said to be unknown."""

    def __missing__(self, name: str) -> str:
        return "not known"
