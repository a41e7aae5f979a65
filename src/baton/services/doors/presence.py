"""Who is writing, and who has seen what: told at once to whoever looks on, and kept nowhere.

Only that a contact has seen our words is kept, as the message's fate.
"""

from baton.services.doors import chat
from baton.services.doors.chat import Visit
from baton.services.house import House
from baton.store.models import Conversation
from baton.store.queries import feed

BY_CONTACT, BY_AGENT = "contact", "agent"


def typing_topic(side: str, lane: str) -> str:
    """Return the topic that rings while one side of a conversation writes."""
    return f"typing:{side}:{lane}"


def seen_topic(lane: str) -> str:
    """Return the topic that rings when an agent looks at what a contact wrote."""
    return f"seen:{lane}"


def tell_typing(house: House, side: str, lane: str) -> None:
    """Tell the other side that somebody writes."""
    house.bell.ring(typing_topic(side, lane))


def tell_looked(house: House, user_id: str, conversation_id: str) -> None:
    """Tell a contact that whoever has their conversation has seen their words."""
    own = Conversation.objects.filter(id=conversation_id, assignee_id=user_id)
    for lane in own.values_list("address_lane", flat=True):
        house.bell.ring(seen_topic(lane))


def note_seen(house: House, visit: Visit, message_id: str) -> None:
    """Note that a visitor has seen our words, up to this message."""
    window = chat.window_of(house, visit)
    with house.engine.transaction():
        if feed.mark_read(window, message_id):
            house.bell.ring(f"workspace:{visit.workspace_id}")
