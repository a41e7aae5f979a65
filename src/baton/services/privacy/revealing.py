"""What stands behind a token: told to whom it is allowed, for a reason, and always noted (P5)."""

from baton.core import privacy
from baton.core.errors import Forbidden, InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.privacy import belongings
from baton.store.models import Address, User, VaultEntry

MAX_REASON = 200


def reveal(house: House, user: User, token: str, reason: str) -> str:
    """Return the identifier that a token stands for; raises Forbidden, InvalidInput or NotFound.

    Who asked, when, which token and why is in the audit trail, whether it was told or not.
    By what a contact is reached is told to who works for their location.
    """
    inbox.require(user, Action.READ_TRANSCRIPT)
    found = privacy.tokens_in(token)
    reason = belongings.masked(reason)[:MAX_REASON]
    if len(found) != 1:
        raise InvalidInput({"token": "Copy one whole token, as [phone:1f2e3d4c5b6a7988]."})
    if not reason:
        raise InvalidInput({"reason": "Say what you need it for."})
    (token,) = found
    kept = VaultEntry.objects.filter(workspace_id=user.workspace_id, token=token).first()
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        subject = f"workspace:{user.workspace_id}"
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "token_opened",
            subject,
            token=token,
            reason=reason,
            found=kept is not None,
        )
        ledger.flush()
    if kept is None:
        raise NotFound("token", token)
    reached = Address.objects.filter(workspace_id=user.workspace_id, token=token)
    if reached.exists() and not sight.met_by(user, reached).exists():
        raise Forbidden(guarding.ELSEWHERE, user.role)
    return house.keyset.unseal(bytes(kept.value_sealed), f"vault:{user.workspace_id}:{token}")
