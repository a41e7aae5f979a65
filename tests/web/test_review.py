"""The review queue: doubtful answers wait until a person has said right or wrong (E25, R8)."""

import json

import pytest

from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.roles import Role
from baton.services.conversation import scrutiny
from baton.services.reading import verdicts
from baton.services.reading.verdicts import Said
from baton.store.models import AuditEntry, Conversation, Review, Turn
from tests.web.conftest import Gym, Screen, open_gym

QUESTION = "is there a class tonight"


def _doubtful(gym: Gym, who: str = "mia") -> Review:
    """Return a review of an answer that the reader was not sure of."""
    conversation_id = gym.hear(who, f"{QUESTION}, write to {who}@example.org")
    turn = Turn.objects.filter(conversation_id=conversation_id).latest("at")
    review, _made = Review.objects.get_or_create(
        turn_id=turn.id,
        defaults={
            "id": gym.house.next_id(gym.clock.now()),
            "workspace_id": gym.workspace.id,
            "conversation_id": conversation_id,
            "reason": scrutiny.BELOW_CONFIDENCE,
            "at": turn.at,
        },
    )
    Conversation.objects.filter(id=conversation_id).update(needs_review=True)
    Review.objects.filter(id=review.id).update(reason=scrutiny.BELOW_CONFIDENCE)
    return Review.objects.get(id=review.id)


@pytest.mark.req("R8")
def test_a_review_shows_what_was_asked_and_answered_masked(gym: Gym, sam: Screen) -> None:
    _doubtful(gym)
    page = sam.get("/review").text
    assert QUESTION in page
    assert "Answered" in page
    assert "mia@example.org" not in page
    assert "[email:" in page


@pytest.mark.req("P10")
def test_opening_the_page_is_logged_once_with_the_conversations(gym: Gym, sam: Screen) -> None:
    def logged() -> list[list[str]]:
        rows = AuditEntry.objects.filter(action="review_opened").order_by("seq")
        return [json.loads(row.details)["conversations"] for row in rows]

    sam.get("/review")
    assert logged() == []  # nothing was there to see
    first, second = (_doubtful(gym, who).conversation_id for who in ("mia", "ben"))
    sam.get("/review")
    assert logged() == [sorted([first, second])]
    sam.get("/review", htmx=True)
    assert len(logged()) == 1
    third = _doubtful(gym, "cat").conversation_id
    sam.get("/review", htmx=True)
    assert logged()[1:] == [[third]]  # a refresh shows new words
    sam.get("/review")
    assert logged()[2:] == [sorted([first, second, third])]
    assert gym.deeds("review_opened")[0] == (f"user:{sam.user.id}", f"workspace:{gym.workspace.id}")


@pytest.mark.req("P10")
def test_a_fragment_without_its_page_is_logged_too(gym: Gym, sam: Screen) -> None:
    _doubtful(gym)
    assert QUESTION in sam.get("/review", htmx=True).text
    assert len(gym.deeds("review_opened")) == 1


@pytest.mark.req("E25", "E37")
def test_a_verdict_is_kept_logged_and_clears_the_mark(gym: Gym, sam: Screen) -> None:
    review = _doubtful(gym)
    told = sam.post(f"/review/{review.id}", verdict="wrong").told
    assert told["done"] == {"act": "judge", "said": "Verdict kept."}
    review.refresh_from_db()
    assert (review.verdict, review.reviewed_by_id) == ("wrong", sam.user.id)
    assert not Conversation.objects.get(id=review.conversation_id).needs_review
    assert gym.deeds("reviewed") == [(f"user:{sam.user.id}", f"review:{review.id}")]
    assert "Everything has been reviewed" in sam.get("/review", htmx=True).text


def test_the_mark_stays_while_another_answer_of_the_conversation_waits(
    gym: Gym, sam: Screen
) -> None:
    first = _doubtful(gym)
    gym.step(seconds=5)
    second = _doubtful(gym)
    assert first.conversation_id == second.conversation_id
    assert first.id != second.id
    verdicts.judge(gym.house, sam.user, first.id, Said(verdict="right"))
    assert Conversation.objects.get(id=first.conversation_id).needs_review
    verdicts.judge(gym.house, sam.user, second.id, Said(verdict="right"))
    assert not Conversation.objects.get(id=first.conversation_id).needs_review


def test_the_second_verdict_is_refused(gym: Gym, sam: Screen, robin: Screen) -> None:
    review = _doubtful(gym)
    verdicts.judge(gym.house, sam.user, review.id, Said(verdict="right"))
    with pytest.raises(Conflict):
        verdicts.judge(gym.house, robin.user, review.id, Said(verdict="wrong"))
    review.refresh_from_db()
    assert review.verdict == "right"


def test_refusals(gym: Gym, sam: Screen, alex: Screen) -> None:
    review = _doubtful(gym)
    theirs = _doubtful(open_gym("Southside", house=gym.house, clock=gym.clock), "ben")
    with pytest.raises(Forbidden):
        verdicts.judge(gym.house, alex.user, review.id, Said(verdict="right"))
    with pytest.raises(InvalidInput):
        verdicts.judge(gym.house, sam.user, review.id, Said(verdict="perhaps"))
    with pytest.raises(NotFound):
        verdicts.judge(gym.house, sam.user, theirs.id, Said(verdict="right"))
    assert sam.post(f"/review/{theirs.id}", verdict="right").status == 404
    assert sam.post(f"/review/{review.id}", verdict="perhaps").status == 422
    engineer = gym.screen_of(gym.hire("Eli", Role.ENGINEER))
    assert engineer.get("/review").status == 403
