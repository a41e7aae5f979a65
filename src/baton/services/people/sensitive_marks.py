"""Records that a connected system marks as sensitive: their cards hold no words (H17, P12)."""

import msgspec
from msgspec.structs import replace

from baton.core.json import Json
from baton.services.ledger import Ledger
from baton.services.people.contacts import marks_of
from baton.store.rows import ContactRow

MARKED, UNMARKED = "record_marked_sensitive", "record_unmarked_sensitive"
"""The events that say so; a connected system tells them, or a field map makes them."""
TAG = "sensitive"
_MARKS: dict[str, Json] = {MARKED: True, UNMARKED: False}


def take(ledger: Ledger, contact: ContactRow, event: str) -> ContactRow:
    """Return the contact as an event leaves them: marked, no longer marked, or as they were."""
    if event not in _MARKS or is_sensitive(contact) is _MARKS[event]:
        return contact
    marks = marks_of(contact)
    others = tuple(tag for tag in marks.tags if tag != TAG)
    marks = replace(marks, tags=(*others, TAG) if _MARKS[event] else others)
    ledger.audit(contact.workspace_id, "system", event, f"contact:{contact.id}")
    return replace(contact, marks=msgspec.json.encode(marks).decode())


def is_sensitive(contact: ContactRow) -> bool:
    """Return whether a contact's record is marked as sensitive."""
    return TAG in marks_of(contact).tags
