"""Queues that are closed: their conversations are met by trained staff, and by who leads."""

import pytest
from django.db.models import F

from baton.core.roles import Role
from baton.store.models import Conversation, Workspace
from tests.web.conftest import Gym, Screen


@pytest.mark.req("T14", "X5", "P10")
def test_only_who_serves_a_closed_queue_meets_its_conversations(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    Workspace.objects.update(policy={"closed_queues": "clinical"}, revision=F("revision") + 1)
    conversation = gym.hear("visitor-1", "I want to talk to a person", name="Zanzibar")
    Conversation.objects.update(queue="clinical", handled_by="async")
    kim = gym.screen_of(gym.hire("Kim", Role.CONCIERGE, skills=("billing",)))
    found = f"/inbox/list?q={conversation[-6:]}"
    assert "Zanzibar" not in kim.get(found).text
    assert "Zanzibar" in sam.get(found).text
    assert "Zanzibar" in robin.get(found).text
    own = f"/inbox/{conversation}"
    assert kim.get(own).status == kim.post(f"{own}/take").status == 403
    assert kim.post(f"{own}/transcript").status == 403
    assert sam.get(own).status == robin.get(own).status == 200
    assert sam.post(f"{own}/take").status == 204
    # Handed to somebody, it is theirs, whatever they serve.
    Conversation.objects.update(assignee_id=kim.user.id, handled_by="agent")
    assert kim.get(own).status == 200
    assert gym.deeds("transcript_opened") == []
