"""Whom somebody of the staff may watch and give signs of life to, outside the console's pages."""

from baton.core import roles
from baton.core.roles import Action, Role
from baton.services import sight
from baton.services.desk import own_sign_in
from baton.services.house import House
from baton.services.sign_in import SignedIn
from baton.store.models import Conversation, User


def lane_of(house: House, person: SignedIn, conversation_id: str) -> str:
    """Return the lane of the address at which a conversation is held; "" where it is closed.

    It is to who may open no transcripts, to other places, to closed queues' outsiders, and to
    who lacks the second step that their workspace asks for: as its page is.
    """
    user = User.objects.get(id=person.user_id)
    lacks_it = not person.is_vouched and own_sign_in.lacks_second_step(house, user)
    if lacks_it or not roles.may(Role(user.role), Action.READ_TRANSCRIPT):
        return ""
    ours = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    found = sight.heard_by(house, user, ours, by="id")
    return found.values_list("address_lane", flat=True).first() or ""
