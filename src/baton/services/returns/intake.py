"""Returns by the form on an order's page: taken in, decided and labelled while one looks on.

The flow of returns hears of it and goes on from there: with the label, the refund that a person
confirms, or a specialist. Where no flow listens, the return stands in the console's list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baton.core.errors import InvalidInput
from baton.core.files import FileKind
from baton.core.json import Json
from baton.core.returns import Outcome, Reason
from baton.services.delivery import attachments
from baton.services.delivery.attachments import Upload
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import telling
from baton.services.returns import photos, taking
from baton.services.returns.taking import Wish
from baton.store.models import Attachment, Contact, Order, Return, ReturnPhoto
from baton.store.queries import people

REQUESTED = "return_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a form brought; `items` are the pieces of each line of the order."""

    order_id: str
    items: Mapping[str, int]
    reason: Reason
    words: str = ""
    photos: tuple[Upload, ...] = ()


def take(house: House, contact_id: str, sent: Sent) -> str:
    """Take a form in, decide it, and return the return's id.

    The same form sent twice makes one return: what is on its way back is not left to send.
    Raises InvalidInput for nothing chosen, or a photo that may not be kept.
    """
    contact_id = people.whole_of(contact_id)
    order = Order.objects.get(id=sent.order_id)
    by = f"contact:{contact_id}"
    with taking.written(house, order.workspace_id) as ledger:
        wish = Wish(
            order_id=sent.order_id,
            reason=sent.reason,
            source="form",
            items=sent.items,
            words=sent.words,
            photo_ids=_kept(house, order, contact_id, sent.photos),
        )
        row = taking.open_return(ledger, contact_id, wish, by=by)
        found = taking.decide(ledger, row)
        if found.outcome is Outcome.APPROVED:
            taking.label(ledger, row, by=taking.BY_RULES)
        _tell(ledger, row, order)
    return row.id


def _kept(
    house: House, order: Order, contact_id: str, uploads: Sequence[Upload]
) -> tuple[str, ...]:
    """Keep the photos of a form as the contact's, and return their ids."""
    lane = Contact.objects.values_list("lane", flat=True).get(id=contact_id)
    kept = [
        attachments.keep(house, order.workspace_id, lane, one) for one in uploads[: photos.MOST]
    ]
    ids = tuple(one.id for one in kept)
    rows = Attachment.objects.filter(id__in=ids)
    taken = rows.filter(kind=FileKind.IMAGE.value, state="kept")
    if taken.count() < len(ids):
        raise InvalidInput({"photos": "Send JPEG, PNG or WebP pictures."})
    rows.update(contact_id=contact_id)
    return ids


def _tell(ledger: Ledger, row: Return, order: Order) -> None:
    shown = ReturnPhoto.objects.filter(return_id=row.id).order_by("id")
    facts: dict[str, Json] = {
        "order": order.number,
        "bought_on": order.placed_at.date().isoformat(),
        "topic": row.reason,
        "photo": shown.values_list("attachment_id", flat=True).first() or "none",
    }
    key = f"return:{row.id}:{REQUESTED}"
    telling.tell(ledger.house, row.contact_id, REQUESTED, facts, key=key)
