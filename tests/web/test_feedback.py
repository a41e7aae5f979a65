"""Reports > Feedback: low answers with their words, who was reached, and what that was worth."""

from datetime import timedelta
from html import unescape

import pytest

from baton.services.conversation import ratings
from baton.store.models import Contact, Conversation, SurveyResponse, Task
from tests.support.orders import an_order
from tests.web.conftest import Gym, Screen


def answered(gym: Gym, kind: str, rating: int, *, follows: str = "", words: str = "") -> str:
    talk, now = Conversation.objects.get(), gym.clock.now()
    row = SurveyResponse(
        id=gym.house.next_id(now),
        workspace_id=talk.workspace_id,
        conversation_id=talk.id,
        contact_id=talk.contact_id,
        kind=kind,
        asked_at=now,
        answered_at=now,
        rating=rating,
        score=0,
    )
    row.follows_id = follows or row.follows_id
    row.words_sealed = gym.house.keyset.seal(words, ratings.place_of_words(row.id))
    row.save()
    return row.id


@pytest.mark.req("NP2", "NP9", "NP14", "NP16", "NP17", "NP21", "RP11", "X15", "X19")
def test_an_unhappy_contact_is_followed_until_they_are_won_back(
    gym: Gym, robin: Screen, alex: Screen, sam: Screen
) -> None:
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    contact = Contact.objects.get()
    assert "Nobody has answered" in robin.get("/reports/feedback").text
    first = answered(gym, "nps", 3, words="Too crowded")
    answered(gym, "visit", 5)
    shown = unescape(robin.get("/reports/feedback").text)
    assert "Too crowded" in shown
    assert "Mia Moss" in shown
    assert "-100" in shown
    # Who may not read what contacts say sees that they did; agents have no reports.
    assert "Too crowded" not in alex.get("/reports/feedback").text
    assert sam.get("/reports/feedback").status == 403
    gym.clock.advance(timedelta(hours=2))
    talk, now = Conversation.objects.get(), gym.clock.now()
    Task.objects.create(
        id=gym.house.next_id(now), workspace_id=talk.workspace_id, contact_id=contact.id,
        conversation_id=talk.id, flow="nps_recovery", queue="retention", title_sealed=b"",
        created_at=now, due_at=now + timedelta(hours=22), done_at=now, outcome="reached",
    )  # fmt: skip
    gym.clock.advance(timedelta(days=20))
    answered(gym, "nps", 9, follows=first)
    gym.clock.advance(timedelta(days=2))
    an_order(gym.house, talk.workspace_id, contact.id, days_ago=1)
    shown = " ".join(unescape(robin.get("/reports/feedback?kind=nps&low=1").text).split())
    assert "reached by a person" in shown
    assert "1 within 24 hours" in shown
    assert "100% of all who answered low" in shown
    assert "42.00 USD" in shown
    assert shown.count("Mia Moss") == 1  # the second answer stands beside the first
    assert "Nobody answered low" in robin.get("/reports/feedback?kind=visit&low=1&page=x").text
