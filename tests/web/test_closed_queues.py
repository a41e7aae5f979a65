"""Queues that are closed: their conversations are met by trained staff, and by who leads."""

import pytest
from django.db.models import F

from baton.core.roles import Role
from baton.services.delivery.attachments import Upload
from baton.services.privacy.word_search import WordMarker
from baton.services.sign_in import VOUCHED
from baton.store.models import Attachment, Conversation, Workspace
from tests.support.photos import a_png
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


@pytest.mark.req("T14", "P10")
@pytest.mark.parametrize("is_vouched", [False, True])
def test_a_queue_is_closed_from_the_next_page_on(gym: Gym, *, is_vouched: bool) -> None:
    conversation = gym.hear("visitor-1", "I want to talk to a person", name="Zanzibar")
    Conversation.objects.update(queue="clinical", handled_by="async")
    kim = gym.screen_of(gym.hire("Kim", Role.CONCIERGE, skills=("billing",)))
    session = kim.client.session
    session[VOUCHED] = is_vouched  # by another house, which asks for second steps itself
    session.save()
    assert kim.get(f"/inbox/{conversation}").status == 200
    # No worker has looked since: this process may serve pages alone.
    Workspace.objects.update(policy={"closed_queues": "clinical"}, revision=F("revision") + 1)
    assert kim.get(f"/inbox/{conversation}").status == 403


@pytest.mark.req("T14", "P10")
def test_a_closed_queue_is_closed_to_a_search_for_words_and_to_who_looked_before(
    gym: Gym, robin: Screen
) -> None:
    Workspace.objects.update(policy={"closed_queues": "clinical"}, revision=F("revision") + 1)
    picture = Upload(content=a_png(), name="rash.png")
    talk = gym.hear("mia", "agent please, about zebras", name="Zanzibar", uploads=(picture,))
    WordMarker(house=gym.house).run_once()
    kim = gym.screen_of(gym.hire("Kim", Role.CONCIERGE, skills=("billing",)))
    file = f"/inbox/{talk}/files/{Attachment.objects.get().id}"
    assert kim.post(f"/inbox/{talk}/transcript").status == 200
    assert kim.get(file).status == 200
    assert "Zanzibar" in kim.post("/contacts/words", words="zebras", htmx=False).text
    Conversation.objects.update(queue="clinical", handled_by="async", assignee_id=None)
    assert "Zanzibar" not in kim.post("/contacts/words", words="zebras", htmx=False).text
    assert "Zanzibar" in robin.post("/contacts/words", words="zebras", htmx=False).text
    assert kim.get(file).status == kim.get(f"{file}/preview").status == 403
    # Handed to somebody, it is theirs.
    Conversation.objects.update(assignee_id=kim.user.id, handled_by="agent")
    assert "Zanzibar" in kim.post("/contacts/words", words="zebras", htmx=False).text
    assert kim.get(file).status == 200
