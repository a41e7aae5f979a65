"""What a contact is marked with for their risk of leaving, and signs that others tell of."""

import msgspec
from msgspec.structs import replace

from baton.core.churn import Sign
from baton.services.facts import ChurnScored
from baton.services.ledger import Ledger
from baton.services.people.contacts import marks_of
from baton.store.models import ContactSign
from baton.store.rows import ContactRow

AT_RISK, HIGH_VALUE = "at_risk", "high_value"
"""The tags that flows ask for."""
SCORE = "churn"

_SIGNS = {"payment_failed": Sign.PAYMENT, "app_opened": Sign.IDLE}


def marked(ledger: Ledger, contact: ContactRow, fact: ChurnScored) -> ContactRow:
    """Return the contact with the tags and the score that were found."""
    marks = marks_of(contact)
    found = {AT_RISK: fact.is_at_risk, HIGH_VALUE: fact.is_high_value}
    others = [tag for tag in marks.tags if tag not in found]
    tags = (*others, *(tag for tag, stands in found.items() if stands))
    marks = replace(marks, tags=tags, scores=marks.scores | {SCORE: float(fact.points)})
    subject = f"contact:{contact.id}"
    ledger.audit(
        contact.workspace_id,
        "bot",
        "churn_scored",
        subject,
        points=fact.points,
        tags=", ".join(tags),
        signs=", ".join(fact.signs),
    )
    return replace(contact, marks=msgspec.json.encode(marks).decode())


def note_sign(ledger: Ledger, contact: ContactRow, event: str) -> None:
    """Remember an event that the score counts (CH1, BI7)."""
    sign = _SIGNS.get(event)
    if sign is None:
        return
    ContactSign.objects.filter(contact_id=contact.id, sign=sign.value).delete()
    ContactSign.objects.create(
        id=ledger.next_id(),
        workspace_id=contact.workspace_id,
        contact_id=contact.id,
        sign=sign.value,
        at=ledger.now,
    )
