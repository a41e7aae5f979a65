"""Files of a conversation for staff: behind their role and the opened transcript, and logged."""

from baton.core.errors import NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.delivery import attachments
from baton.services.delivery.attachments import ShownFile
from baton.services.desk import guarding, threads
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Attachment, User


def open_file(
    house: House, user: User, conversation_id: str, attachment_id: str, *, is_preview: bool
) -> ShownFile:
    """Return a file of a conversation for somebody who opened its transcript.

    Raises Forbidden for a role, or where the conversation has come to a closed queue or another
    location meanwhile, and NotFound as the transcript does. That it was opened is
    logged; a preview stands in the transcript, whose opening was.
    """
    inbox.require(user, Action.READ_TRANSCRIPT)
    found = Attachment.objects.filter(
        id=attachment_id, conversation_id=conversation_id, workspace_id=user.workspace_id
    ).first()
    if found is None or not threads.has_opened(house, user, conversation_id):
        raise NotFound("file", attachment_id)
    guarding.refuse_unless_open(house, user, conversation_id)
    file = attachments.shown_of(house, found)
    if not file.is_kept or (is_preview and not file.is_shown):
        raise NotFound("file", attachment_id)
    if not is_preview:
        _log(house, user, conversation_id, attachment_id)
    return file


def _log(house: House, user: User, conversation_id: str, attachment_id: str) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "attachment_opened",
            f"attachment:{attachment_id}",
            conversation=conversation_id,
        )
        ledger.flush()
