"""What flows may have done to returns: decided, labelled, the label taken back.

A flow acts for its own contact: an order or a return of somebody else is one that there is
not, and the flow goes its way for failures.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.files import FileKind, FileState
from baton.core.json import Json
from baton.core.return_states import State
from baton.core.returns import Outcome, Reason
from baton.runtime.ports import Again
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.orders import keeping
from baton.services.returns import refusals, taking
from baton.services.returns.taking import Wish
from baton.store.models import Attachment, Contact, Order, Return, ReturnPhoto
from baton.store.queries import people

_GOES_ON = (State.SPECIALIST, State.REFUSED, State.APPROVED, State.LABELLED)
_LOOK_AGAIN = timedelta(seconds=10)  # providers hand a photo over within seconds
_TOGETHER = timedelta(minutes=15)  # what was sent so shortly before shows the same thing
_REASONS = {reason.value: reason for reason in Reason} | {
    "wrong size": Reason.SIZE,
    "changed my mind": Reason.MIND,
    "wrong item": Reason.WRONG_ITEM,
}


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the actions on returns, by the names under which flows call them."""
    return {
        "check_return": lambda call: _checked(house, call),
        "issue_return_label": lambda call: _done(house, call, _label),
        "void_return_label": lambda call: _done(house, call, _void_label),
    }


def _checked(house: House, call: Call) -> Ended:
    photo = str(call.given.get("photo", ""))
    coming = Attachment.objects.filter(workspace_id=call.workspace_id, id=photo)
    if photo and coming.filter(state=FileState.WAITING.value).exists():
        return Again(reason="the photo is not here yet", after=_LOOK_AGAIN)
    try:
        with taking.written(house, call.workspace_id) as ledger:
            row = _asked(ledger, call, photo)
            if row.state == State.ASKED:  # the form has its decision at once
                taking.decide(ledger, row)
            done = Performed(result=_told(house, row))
            call.settle(done)
    except (Conflict, InvalidInput, NotFound) as refusal:
        return Failed(problem=str(refusal))
    return done


def _asked(ledger: Ledger, call: Call, photo: str) -> Return:
    """Return the return that a flow asks about: the form's, else taken in with what was said."""
    known = _find(call)
    if known is not None and known.source == "form" and known.state in _GOES_ON:
        return known
    contact_id = people.whole_of(call.contact_id)
    number = keeping.plain(str(call.given.get("order", "")))
    mine = Order.objects.filter(workspace_id=call.workspace_id, contact_id=contact_id)
    order = mine.filter(plain_number=number).order_by("-placed_at").first() if number else None
    if order is None:
        raise NotFound("order", number[:40])
    said = str(call.given.get("reason", "")).strip().lower()
    wish = Wish(
        order_id=order.id,
        reason=_REASONS.get(said, Reason.OTHER),
        source="talk",
        photo_ids=_with_others(ledger, contact_id, photo) if photo else (),
    )
    return taking.open_return(ledger, contact_id, wish, by=call.by)


def _with_others(ledger: Ledger, contact_id: str, photo: str) -> tuple[str, ...]:
    """Return a photo with those that the contact sent beside it: a claim may need several."""
    mine = Attachment.objects.filter(
        contact_id=contact_id,
        kind=FileKind.IMAGE.value,
        state=FileState.KEPT.value,
        created_at__gt=ledger.now - _TOGETHER,
    )
    others = mine.exclude(id=photo).exclude(id__in=ReturnPhoto.objects.values("attachment_id"))
    return (photo, *others.order_by("id").values_list("id", flat=True))


def _told(house: House, row: Return) -> dict[str, Json]:
    """Return what the flow hears; `risk` is low where no rule objects."""
    is_low = row.outcome == Outcome.APPROVED
    return {
        "eligible": row.outcome != Outcome.REFUSED,
        "risk": "low" if is_low else "flagged" if row.flags else "high",
        "amount": row.refund_minor,
        "refusal": refusals.refusal_of(row, _language_of(house, row)),
    }


def _language_of(_house: House, row: Return) -> str:
    return Contact.objects.values_list("language", flat=True).get(id=row.contact_id)


def _done(
    house: House, call: Call, deed: Callable[[Ledger, Return, str], Mapping[str, Json]]
) -> Ended:
    try:
        with taking.written(house, call.workspace_id) as ledger:
            done = Performed(result=deed(ledger, _own(call), call.by))
            call.settle(done)
    except (Conflict, NotFound) as refusal:
        return Failed(problem=str(refusal))
    return done


def _find(call: Call) -> Return | None:
    number = str(call.given.get("order", ""))
    return taking.find_of_order(call.workspace_id, call.contact_id, number)


def _own(call: Call) -> Return:
    found = _find(call)
    if found is None:
        raise NotFound("return", str(call.given.get("order", ""))[:40])
    return found


def _label(ledger: Ledger, row: Return, by: str) -> Mapping[str, Json]:
    return {"label_url": taking.label(ledger, row, by=by)}


def _void_label(ledger: Ledger, row: Return, by: str) -> Mapping[str, Json]:
    taking.void_label(ledger, row, by=by)
    return {}
