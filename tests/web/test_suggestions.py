"""An agent suggests a fix from the conversation that went wrong; it waits on the article (FQ18)."""

import pytest

from baton.core.errors import Conflict
from baton.services.knowledge import suggestions
from baton.store.models import ArticleSuggestion, ArticleUse
from tests.web.conftest import Gym, Screen, open_gym

ASKED = "What time do you open?"
PAGE = "/knowledge/articles/opening_hours"


def a_given(gym: Gym, who: str = "mia") -> ArticleUse:
    conversation_id = gym.hear(who, ASKED)
    gym.step(seconds=5)
    gym.hear(who, "that did not help")
    return ArticleUse.objects.get(conversation_id=conversation_id, outcome="given")


@pytest.mark.req("FQ18", "E39")
def test_from_the_handed_over_conversation_to_the_article_and_done(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    use = a_given(gym)
    page = sam.get(f"/inbox/{use.conversation_id}").text
    assert "Suggest a fix" in page
    assert f'action="/knowledge/suggest/{use.turn_id}"' in page
    told = sam.post(
        f"/knowledge/suggest/{use.turn_id}",
        article="opening_hours",
        text="Say the weekend hours too, asked by mia@example.org",
    )
    assert "Suggestion kept" in told.text
    shown = robin.get(PAGE).text
    assert "Say the weekend hours too" in shown
    assert "mia@example.org" not in shown
    assert f"/inbox/{use.conversation_id}" in shown
    assert "1 suggestion" in robin.get("/knowledge?q=when+are+you+open").text
    [found] = ArticleSuggestion.objects.all()
    assert gym.deeds("fix_suggested") == [(f"user:{sam.user.id}", "article:opening_hours")]
    path = f"/knowledge/suggestions/{found.id}"
    assert sam.post(path, verdict="done").status == 403
    assert robin.post(path, verdict="perhaps").status == 422
    assert robin.post(path, verdict="done", htmx=False).headers["Location"] == PAGE
    assert "Say the weekend hours too" not in robin.get(PAGE).text
    assert gym.deeds("suggestion_closed") == [(f"user:{robin.user.id}", "article:opening_hours")]
    with pytest.raises(Conflict):
        suggestions.close(gym.house, robin.user, found.id, "declined")


def test_without_javascript_it_leads_back_to_the_conversation(gym: Gym, sam: Screen) -> None:
    use = a_given(gym)
    fields = {"article": "opening_hours", "text": "Shorter, please."}
    told = sam.post(f"/knowledge/suggest/{use.turn_id}", fields, htmx=False)
    assert told.headers["Location"] == f"/inbox/{use.conversation_id}"


def test_refusals(gym: Gym, sam: Screen, alex: Screen) -> None:
    use = a_given(gym)
    path = f"/knowledge/suggest/{use.turn_id}"
    assert "Suggest a fix" not in alex.get(f"/inbox/{use.conversation_id}").text
    assert alex.post(path, article="opening_hours", text="x").status == 403
    assert sam.post(path, article="opening_hours", text=" ").status == 422
    assert sam.post(path, article="opening_hours", text="x" * 601).status == 422
    assert sam.post(path, article="parking", text="x").status == 404
    theirs = a_given(open_gym("Southside", house=gym.house, clock=gym.clock), "ben")
    their_path = f"/knowledge/suggest/{theirs.turn_id}"
    assert sam.post(their_path, article="opening_hours", text="x").status == 404
    assert not ArticleSuggestion.objects.exists()
