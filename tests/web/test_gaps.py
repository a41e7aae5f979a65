"""Asked often, answered never: what it shows, to whom, and how it becomes an article (FQ8, FL6)."""

import json

import pytest

from baton.core.roles import Role
from baton.services.knowledge import authoring, gaps
from baton.services.knowledge.gaps import Gap
from baton.store.models import AuditEntry, Turn
from tests.web.conftest import Gym, Screen, open_gym

ASKED = "What time do you open?"
UNKNOWN = (
    "blorp zebra quux",
    "zebra blorp fnord, write to mia@example.org",
    "the zebra of wibble",
)


def unanswered(gym: Gym, words: str, who: str) -> str:
    """Let somebody ask what the reader cannot name; return the turn's id."""
    conversation_id = gym.hear(who, words)
    turn = Turn.objects.filter(conversation_id=conversation_id).latest("at")
    Turn.objects.filter(id=turn.id).update(intent="", confidence=None, is_unanswered=True)
    return turn.id


def zebras(gym: Gym) -> list[str]:
    turns = []
    for who, words in zip(("mia", "ben", "cat"), UNKNOWN, strict=True):
        turns.append(unanswered(gym, words, who))
        gym.step(seconds=5)
    return turns


def shown(gym: Gym, screen: Screen) -> dict[str, Gap]:
    return {gap.title: gap for gap in gaps.open_list(gym.house, screen.user).gaps}


@pytest.mark.req("FQ8", "FL6")
def test_what_nobody_could_name_is_grouped_masked_and_counted(gym: Gym, sam: Screen) -> None:
    zebras(gym)
    unanswered(gym, "gnarf", "dan")
    page = sam.get("/knowledge/gaps").text
    assert "zebra" in page
    assert "asked 3 times" in page
    assert "mia@example.org" not in page
    assert "[email:" in page
    assert "1 more question that nobody understood shares no word with another" in page
    assert "Write an answer" not in page  # an agent reads


@pytest.mark.req("FQ8")
def test_a_failed_attempt_is_known_by_its_turn(gym: Gym) -> None:
    failed = gym.hear("mia", "zebra blorp fnord")
    answered = gym.hear("ben", ASKED)
    assert Turn.objects.get(conversation_id=failed).is_unanswered
    assert not Turn.objects.get(conversation_id=answered).is_unanswered


@pytest.mark.req("FQ8", "FL6")
def test_an_intent_without_an_article_is_a_gap_until_it_has_one(gym: Gym, robin: Screen) -> None:
    authoring.set_archived(gym.house, robin.user, "opening_hours", is_archived=True)
    gym.hear("mia", ASKED)
    gym.hear("ben", ASKED)
    found = shown(gym, robin)["Know the opening hours"]
    assert (found.intent, found.count, found.conversations) == ("opening_hours", 2, 2)
    page = robin.get("/knowledge/gaps").text
    link = page.partition('href="/knowledge/new?')[2].partition('"')[0].replace("&amp;", "&")
    assert "What time" not in link  # an address is logged by servers; words never stand in one
    form = robin.get(f"/knowledge/new?{link}").text
    assert f'value="{ASKED}"' in form
    assert '<option value="opening_hours" selected>' in form
    given = {"question": ASKED, "intent": "opening_hours", "answer": "Always."}
    assert robin.post("/knowledge/new", given, htmx=False).status == 302
    assert "Know the opening hours" not in shown(gym, robin)


def test_what_an_article_has_taken_up_is_no_gap_any_more(gym: Gym, robin: Screen) -> None:
    turns = zebras(gym)
    query = "&".join(f"turn={turn}" for turn in turns)
    page = robin.get(f"/knowledge/new?{query}").text
    assert f'value="{UNKNOWN[0]}"' in page
    assert UNKNOWN[2] in page
    assert "mia@example.org" not in page
    assert shown(gym, robin)
    authoring.set_archived(gym.house, robin.user, "gift_card", is_archived=True)
    given = {
        "question": UNKNOWN[0],
        "variants": f"{UNKNOWN[1].partition(',')[0]}\n{UNKNOWN[2]}",
        "intent": "gift_card",
        "answer": "Yes.",
    }
    assert robin.post("/knowledge/new", given, htmx=False).status == 302
    assert "zebra" not in " ".join(shown(gym, robin))


@pytest.mark.req("P10")
def test_that_somebody_saw_the_words_is_logged(gym: Gym, sam: Screen, robin: Screen) -> None:
    sam.get("/knowledge/gaps")
    assert gym.deeds("gaps_opened") == []  # nothing was there to see
    turns = zebras(gym)
    sam.get("/knowledge/gaps")
    assert gym.deeds("gaps_opened") == [(f"user:{sam.user.id}", f"workspace:{gym.workspace.id}")]
    logged = json.loads(AuditEntry.objects.get(action="gaps_opened").details)["conversations"]
    asked_in = Turn.objects.filter(id__in=turns).values_list("conversation_id", flat=True)
    assert logged == sorted(asked_in)
    robin.get(f"/knowledge/new?turn={turns[0]}")
    assert len(gym.deeds("gaps_opened")) == 2


@pytest.mark.req("P10")
def test_without_the_right_to_read_words_there_are_numbers_only(gym: Gym) -> None:
    turns = zebras(gym)
    engineer = gym.screen_of(gym.hire("Eli", Role.ENGINEER))
    page = engineer.get("/knowledge/gaps").text
    assert "asked 3 times" in page
    assert "zebra" not in page
    assert gym.deeds("gaps_opened") == []
    assert engineer.get(f"/knowledge/new?turn={turns[0]}").status == 403


def test_old_questions_and_those_of_others_do_not_count(gym: Gym, robin: Screen) -> None:
    theirs = open_gym("Southside", house=gym.house, clock=gym.clock)
    others = zebras(theirs)
    assert not shown(gym, robin)
    assert "zebra" not in robin.get(f"/knowledge/new?turn={others[0]}").text
    zebras(gym)
    gym.step(days=31)
    assert not shown(gym, robin)
    assert "has an answer" in robin.get("/knowledge/gaps").text
