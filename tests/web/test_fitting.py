"""The article that fits beside the reply: for what was last asked, and counted once it is sent."""

import pytest

from baton.store.models import ArticleUse, Workspace
from tests.web.conftest import Gym, Screen

PERSON = "Can I talk to a human?"
PARKING = "Where can I park?"


def fitting(screen: Screen, conversation: str) -> str:
    return screen.get(f"/inbox/{conversation}/fitting", htmx=True).text


@pytest.mark.req("E39", "H13")
def test_what_was_asked_before_the_person_is_offered_and_counts_when_it_is_sent(
    gym: Gym, sam: Screen, robin: Screen, alex: Screen
) -> None:
    conversation = gym.hear("mia", PERSON)
    assert "data-words" not in fitting(sam, conversation)  # no article answers that
    sam.post(f"/inbox/{conversation}/take")
    gym.hear("mia", PARKING)
    gym.step(seconds=5)
    gym.hear("mia", "please, I am in a hurry")
    offered = fitting(sam, conversation)
    assert 'data-article="parking"' in offered
    assert fitting(sam, "nobody") != offered
    assert alex.get(f"/inbox/{conversation}/fitting").status == 403
    reply = {"text": "You park free for two hours.", "article": ["parking", "no_such"]}
    assert sam.post(f"/inbox/{conversation}/reply", reply).status == 204
    [use] = ArticleUse.objects.all()
    assert (use.article, use.outcome, use.version) == ("parking", "by_person", 1)
    counted = robin.get("/knowledge/articles/parking/counted?outcome=by_person").text
    assert "Sent by people" in counted
    assert conversation[-6:] in counted
    assert "data-words" not in fitting(sam, conversation)  # they have it now


@pytest.mark.req("E39")
def test_what_the_bot_gave_and_what_a_guarded_queue_holds_are_not_offered(
    gym: Gym, sam: Screen
) -> None:
    given = gym.hear("mia", PARKING)
    gym.step(seconds=5)
    gym.hear("mia", PERSON)
    assert "data-words" not in fitting(sam, given)
    guarded = gym.hear("noa", PERSON)
    sam.post(f"/inbox/{guarded}/take")
    gym.hear("noa", PARKING)
    assert "data-words" in fitting(sam, guarded)
    found = Workspace.objects.get(id=gym.workspace.id)
    found.policy |= {"guarded_queues": "general"}
    found.revision += 1
    found.save()
    assert "data-words" not in fitting(sam, guarded)
