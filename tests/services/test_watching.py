"""Whom staff watch and give signs of life to: as the page of a conversation, so its streams."""

import pytest

from baton.core.roles import Role
from baton.services.desk import watching
from baton.services.sign_in import SignedIn
from baton.store.models import Contact, Conversation, User
from tests.web.conftest import Gym, gym, northside, template, untouched

__all__ = ["gym", "northside", "template", "untouched"]


def _watches(gym: Gym, user: User, talk: str, *, is_vouched: bool = False) -> bool:
    person = SignedIn(
        user_id=user.id,
        workspace_id=user.workspace_id,
        role=Role(user.role),
        is_vouched=is_vouched,
    )
    lane = watching.lane_of(gym.house, person, talk)
    assert lane in {"", Conversation.objects.get().address_lane}
    return bool(lane)


@pytest.mark.req("P10", "T14")
def test_a_conversation_is_watched_by_whom_its_page_is_open_to(gym: Gym) -> None:
    talk = gym.hear("mia", "When do you open?")
    sam, alex = gym.hire("Sam", Role.AGENT), gym.hire("Alex", Role.AUDITOR)
    assert (_watches(gym, sam, talk), _watches(gym, alex, talk)) == (True, False)
    assert not _watches(gym, sam, "0" * 32)
    Contact.objects.update(location_id="quayside")
    for where, is_open in (("elsewhere", False), ("quayside", True)):
        User.objects.filter(id=sam.id).update(locations=[where])
        assert _watches(gym, sam, talk) is is_open
    gym.workspace.policy = {**gym.workspace.policy, "closed_queues": "clinical"}
    gym.workspace.save()
    Conversation.objects.update(queue="clinical")
    assert not _watches(gym, sam, talk)
    Conversation.objects.update(queue="", workspace_id="another")
    assert not _watches(gym, sam, talk)


@pytest.mark.req("P10")
def test_who_lacks_the_second_step_watches_nobody(gym: Gym) -> None:
    talk = gym.hear("mia", "When do you open?")
    sam = gym.hire("Sam", Role.AGENT)
    gym.workspace.policy = {**gym.workspace.policy, "two_step_roles": "agent"}
    gym.workspace.revision += 1
    gym.workspace.save()
    assert not _watches(gym, sam, talk)
    assert _watches(gym, sam, talk, is_vouched=True)
