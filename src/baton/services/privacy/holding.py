"""Legal holds: what is known of a contact stays, whatever retention and wishes say."""

from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.privacy import belongings
from baton.store.models import LegalHold, LetGo, User

MAX_REASON = 200


def hold(house: House, user: User, contact_id: str, reason: str) -> None:
    """Keep all that is known of a contact until the hold is lifted; raises InvalidInput."""
    inbox.require(user, Action.PROTECT)
    contact_id = belongings.parts_of(user.workspace_id, contact_id)[0]
    guarding.refuse_elsewhere(user, contact_id)
    reason = belongings.masked(reason)[:MAX_REASON]
    if not reason:
        raise InvalidInput({"reason": "Say why it must be kept: a case, an authority's request."})
    with house.engine.transaction():
        if find(contact_id) is not None:
            message = "There is a legal hold already."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        LegalHold.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            contact_id=contact_id,
            reason=reason,
            set_at=ledger.now,
            set_by=f"user:{user.id}",
        )
        _note(ledger, user, contact_id, "legal_hold_set")


def lift(house: House, user: User, contact_id: str) -> None:
    """Let retention and wishes have their way again; raises Conflict where nothing is held."""
    inbox.require(user, Action.PROTECT)
    contact_id = belongings.parts_of(user.workspace_id, contact_id)[0]
    guarding.refuse_elsewhere(user, contact_id)
    with house.engine.transaction():
        held = find(contact_id)
        if held is None:
            message = "There is no legal hold any more."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        LegalHold.objects.filter(id=held.id).update(
            lifted_at=ledger.now, lifted_by=f"user:{user.id}"
        )
        # What retention passed by meanwhile is met again.
        LetGo.objects.filter(workspace_id=user.workspace_id).delete()
        _note(ledger, user, contact_id, "legal_hold_lifted")


def find(contact_id: str) -> LegalHold | None:
    """Return the hold on a contact, if there is one."""
    return LegalHold.objects.filter(contact_id=contact_id, lifted_at=None).first()


def _note(ledger: Ledger, user: User, contact_id: str, action: str) -> None:
    ledger.audit(user.workspace_id, f"user:{user.id}", action, f"contact:{contact_id}")
    ledger.flush()
