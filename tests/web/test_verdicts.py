"""What a reviewer says of a turn: kept, taught, and taken back in one step (E37, FL5, FL8)."""

from datetime import timedelta
from typing import Any

import pytest

from baton.core.errors import Conflict, Forbidden, InvalidInput
from baton.core.roles import Role
from baton.core.teaching import NewIntent
from baton.services.conversation import sampling, scrutiny
from baton.services.reading import reviews, verdicts
from baton.services.reading.drift import list_drift
from baton.services.reading.verdicts import Said
from baton.services.workspace import lessons
from baton.store.models import (
    AuditEntry,
    Conversation,
    Escalation,
    Review,
    ReviewSample,
    ReviewVerdict,
    StopMark,
    TaughtExample,
    Turn,
)
from tests.support.matters import keep_matters
from tests.web.conftest import Gym, Screen

NOBODY_KNOWS = "can you wibble the flurb for ada@example.org"
DOUBT = "any water things"
REFUND = "I want my money back, this is a scam"
HELD = "they took the fee two times, sort it out"


def review_of(gym: Gym, words: str, who: str = "mia") -> Review:
    conversation_id = gym.hear(who, words)
    return Review.objects.filter(conversation_id=conversation_id).latest("id")


def texts_of(gym: Gym) -> list[tuple[str, str]]:
    lesson = lessons.lesson_of(gym.house, gym.workspace.id)
    return [(one.text, one.intent) for one in lesson.texts]


@pytest.mark.req("E25", "PE12")
def test_a_review_shows_what_was_read_and_why(gym: Gym, sam: Screen) -> None:
    review_of(gym, DOUBT)
    [shown] = reviews.list_open(gym.house, sam.user).reviews
    assert (shown.reason, shown.band) == (scrutiny.BELOW_CONFIDENCE, "reviewed")
    assert shown.best is not None
    assert shown.best.name == "pool_sauna"
    assert len(shown.meanings) > 1
    page = sam.get("/review").text
    assert shown.best.wants in page
    assert shown.meanings[1].wants in page
    assert "Answered, looked at later" in page


def test_a_failed_attempt_is_looked_at_and_holds_nothing(gym: Gym, sam: Screen) -> None:
    review = review_of(gym, NOBODY_KNOWS)
    assert review.reason == scrutiny.FAILED_ATTEMPT
    assert not Conversation.objects.get(id=review.conversation_id).needs_review
    [shown] = reviews.list_open(gym.house, sam.user).reviews
    assert "ada@example.org" not in shown.asked


def test_an_answer_that_did_not_help_is_about_the_question_before(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", "What time do you open?")
    gym.step(seconds=30)
    review = review_of(gym, "that did not help")
    assert review.reason == scrutiny.NOT_HELPFUL
    [shown] = reviews.list_open(gym.house, sam.user).reviews
    assert shown.asked == "What time do you open?"
    assert shown.best is not None
    assert shown.best.name == "opening_hours"


@pytest.mark.req("FL5", "E37", "FQ10")
def test_a_correction_becomes_an_example_with_its_source(gym: Gym, sam: Screen) -> None:
    review = review_of(gym, NOBODY_KNOWS)
    told = sam.post(
        f"/review/{review.id}", verdict="corrected", intent="to know where to park"
    ).told
    assert told["done"] == {"act": "judge", "said": "Kept as an example."}
    assert texts_of(gym) == [("can you wibble the flurb for [email]", "parking")]
    example = TaughtExample.objects.get()
    assert (example.source, example.review_id, example.taught_by_id) == (
        "review", review.id, sam.user.id,
    )  # fmt: skip
    assert b"flurb" not in bytes(example.text_sealed)
    kept = ReviewVerdict.objects.get()
    assert (kept.verdict, kept.intent_meant, kept.example_id) == (
        "corrected",
        "parking",
        example.id,
    )
    assert gym.deeds("example_taught") == [(f"user:{sam.user.id}", f"example:{example.id}")]
    details = AuditEntry.objects.filter(action__in=["reviewed", "example_taught"])
    assert all("flurb" not in entry.details for entry in details)


def test_none_of_these_is_an_example_of_nothing(gym: Gym, sam: Screen) -> None:
    review = review_of(gym, NOBODY_KNOWS)
    verdicts.judge(gym.house, sam.user, review.id, Said(verdict=verdicts.NONE))
    assert texts_of(gym) == [("can you wibble the flurb for [email]", "")]


def test_what_is_said_last_of_the_same_words_wins(gym: Gym, sam: Screen) -> None:
    for who, intent in (("mia", "parking"), ("ben", "location")):
        review = review_of(gym, NOBODY_KNOWS, who)
        verdicts.judge(gym.house, sam.user, review.id, Said(verdict="corrected", intent=intent))
    assert texts_of(gym) == [("can you wibble the flurb for [email]", "location")]
    assert TaughtExample.objects.filter(workspace_id=gym.workspace.id).count() == 2


@pytest.mark.req("E37")
def test_the_last_verdict_can_be_taken_back(gym: Gym, sam: Screen, robin: Screen) -> None:
    doubtful = review_of(gym, DOUBT)
    verdicts.judge(gym.house, sam.user, doubtful.id, Said(verdict="corrected", intent="parking"))
    assert not Conversation.objects.get(id=doubtful.conversation_id).needs_review
    with pytest.raises(Conflict):
        verdicts.undo_last(gym.house, robin.user)  # it is not theirs
    assert sam.post("/review/undo").told["done"] == {"act": "judge", "said": "Taken back."}
    assert texts_of(gym) == []
    assert Conversation.objects.get(id=doubtful.conversation_id).needs_review
    assert Review.objects.get(id=doubtful.id).verdict == ""
    kept = ReviewVerdict.objects.get(review_id=doubtful.id)
    assert kept.undone_at is not None  # kept as data
    assert gym.deeds("review_undone") == [(f"user:{sam.user.id}", f"review:{doubtful.id}")]
    with pytest.raises(Conflict):
        verdicts.undo_last(gym.house, sam.user)


@pytest.mark.req("GV10", "FQ10")
def test_a_new_intent_is_made_from_what_was_asked(gym: Gym, sam: Screen) -> None:
    review = review_of(gym, NOBODY_KNOWS)
    form = {
        "name": "Wibble blorping", "wants": "to have a wibble blorped",
        "request_type": "facilities", "examples": "blorp my wibble\n\ncan u blorp",
    }  # fmt: skip
    assert "wibble the flurb" in sam.get(f"/review/{review.id}/intent").text
    assert sam.post(f"/review/{review.id}/intent", form, htmx=False).status == 302
    assert sorted(texts_of(gym)) == [
        ("blorp my wibble", "wibble_blorping"),
        ("can u blorp", "wibble_blorping"),
        ("can you wibble the flurb for [email]", "wibble_blorping"),
    ]
    assert "to have a wibble blorped" in sam.get("/review").text
    again = review_of(gym, NOBODY_KNOWS, "ben")
    refused = sam.post(f"/review/{again.id}/intent", form, htmx=False)
    assert "There is an intent wibble blorping already" in refused.text
    assert Review.objects.get(id=again.id).verdict == ""
    bad = sam.post(f"/review/{again.id}/intent", {**form, "name": "?", "wants": "x"}, htmx=False)
    assert "Give it a short name" in bad.text


@pytest.mark.req("E37")
def test_hard_stops_are_marked_as_missed_or_as_none(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", REFUND)
    gym.step(days=7)
    review = Review.objects.get(reason=scrutiny.ESCALATED)
    [shown] = reviews.list_open(gym.house, sam.user).reviews
    found = {stop.kind: stop.words for stop in shown.stops}
    assert "money back" in found["refund"]
    sam.post(f"/review/{review.id}/stop", kind="refund", said="none")
    sam.post(f"/review/{review.id}/stop", kind="legal", said="missed")
    marks = {mark.kind: mark.is_stop for mark in StopMark.objects.all()}
    assert marks == {"refund": False, "legal": True}
    page = sam.get("/review").text
    assert "none here" in page
    assert "missed" in page
    sam.post(f"/review/{review.id}/stop", kind="legal", said="missed")  # taken back
    assert [mark.kind for mark in StopMark.objects.all()] == ["refund"]
    assert len(gym.deeds("stop_marked")) == 3
    assert sam.post(f"/review/{review.id}/stop", kind="rain", said="missed").status == 422


@pytest.mark.req("FL6", "FL7", "FL8")
def test_a_week_of_handovers_is_sampled_once(gym: Gym, sam: Screen) -> None:
    count = sampling.PER_WEEK + 2
    for number in range(count):
        gym.hear(f"visitor-{number}", REFUND)
    assert not ReviewSample.objects.exists()  # the week is not over
    gym.step(days=7)  # the daily check draws it, though nobody opens a page
    drawn = Review.objects.filter(reason=scrutiny.ESCALATED)
    assert drawn.count() == sampling.PER_WEEK
    gym.step(days=1)
    assert drawn.count() == sampling.PER_WEEK
    first, second = drawn.order_by("id")[:2]
    verdicts.judge(gym.house, sam.user, first.id, Said(verdict=verdicts.NEEDLESS))
    verdicts.judge(gym.house, sam.user, second.id, Said(verdict="corrected", intent="parking"))
    newest = list_drift(sam.user)[0]
    assert (newest.escalated, newest.drawn, newest.needless, newest.misread) == (
        count, sampling.PER_WEEK, 1, 1,
    )  # fmt: skip
    told = Escalation.objects.filter(conversation_id=first.conversation_id)
    assert {one.verdict for one in told} == {"noisy"}


@pytest.mark.req("FL7", "FL8", "FL10", "GV1")
def test_what_the_bot_closed_alone_is_sampled_by_strata(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    def keep(count: int, **matters: Any) -> tuple[str, ...]:
        # The words of one talk serve for all: what is drawn are its turns.
        began = gym.clock.now() - timedelta(hours=1)
        return keep_matters(gym.house, gym.workspace.id, count, began=began, **matters)

    talk = gym.hear("mia", "What are your opening hours?")
    turn, like = Turn.objects.get(conversation_id=talk), Conversation.objects.get(id=talk)
    for id_ in (*keep(30), *keep(2, returned=2)):
        like.id = id_
        like.save(force_insert=True)
        turn.id, turn.conversation_id = f"t{id_}", id_
        turn.at = gym.clock.now() - timedelta(minutes=55)
        turn.save(force_insert=True)
    gym.step(days=7)
    drawn = Review.objects.filter(reason=scrutiny.AUTOMATED)
    assert drawn.count() == sampling.PER_WEEK
    rough = [one for one in drawn if one.read["stratum"]["went"] == "rough"]
    smooth = [one for one in drawn if one.read["stratum"]["went"] == "smooth"]
    assert [len(rough), len(smooth)] == [2, 8]  # in rounds: both of the few, and the rest
    assert (rough[0].read["stratum"]["stands_for"], smooth[0].read["stratum"]["stands_for"]) == (
        1.0, 3.75,
    )  # fmt: skip
    assert sam.post(f"/review/{rough[0].id}", verdict="needed").status == 204
    newest = list_drift(sam.user)[0]
    assert (newest.automated, newest.drawn_automated, newest.reviewed_automated) == (32, 10, 1)
    assert newest.needed_share is None  # one stratum tells nothing of the other
    for review in (rough[1], *smooth):
        sam.post(f"/review/{review.id}", verdict="right")
    assert list_drift(sam.user)[0].needed_share == pytest.approx(1 / 32)
    drift = "samples: 0 of 0 handovers needless, 1 of 10 closes of the bot needed a person"
    assert drift in robin.get("/reviews").text


@pytest.mark.req("FL5", "FL8", "RP5")
def test_a_training_gap_waits_to_be_taught(gym: Gym, sam: Screen) -> None:
    talk = gym.hear("mia", REFUND)
    fired = Escalation.objects.filter(conversation_id=talk)[0]
    sam.post(f"/escalations/{fired.id}/verdict", verdict="untaught")
    gap = Review.objects.get(reason=scrutiny.UNTAUGHT)
    [shown] = reviews.list_open(gym.house, sam.user, reason=scrutiny.UNTAUGHT).reviews
    assert shown.asked == REFUND
    sam.post(f"/escalations/{fired.id}/verdict", verdict="untaught")  # taken back
    assert not Review.objects.filter(reason=scrutiny.UNTAUGHT).exists()
    sam.post(f"/escalations/{fired.id}/verdict", verdict="untaught")
    gap = Review.objects.get(reason=scrutiny.UNTAUGHT)
    verdicts.judge(gym.house, sam.user, gap.id, Said(verdict="corrected", intent="parking"))
    assert (REFUND, "parking") in texts_of(gym)
    sam.post(f"/escalations/{fired.id}/verdict", verdict="right")
    assert Review.objects.get(id=gap.id).verdict == "corrected"


def test_only_a_handover_can_be_needless(gym: Gym, sam: Screen) -> None:
    review = review_of(gym, DOUBT)
    for verdict in ("needless", "needed"):
        assert sam.post(f"/review/{review.id}", verdict=verdict).status == 422


def test_the_queue_is_filtered_by_reason(gym: Gym, sam: Screen) -> None:
    review_of(gym, DOUBT)
    review_of(gym, NOBODY_KNOWS, "ben")
    assert reviews.list_open(gym.house, sam.user).total == 2
    page = sam.get("/review?reason=failed_attempt").text
    assert "flurb" in page
    assert "steam bath" not in page
    assert sam.get("/review?reason=rain").status == 422


def test_refusals(gym: Gym, sam: Screen, alex: Screen) -> None:
    review = review_of(gym, DOUBT)
    for said in (Said(verdict="corrected"), Said(verdict="corrected", intent="no such thing")):
        with pytest.raises(InvalidInput):
            verdicts.judge(gym.house, sam.user, review.id, said)
    new = NewIntent(name="x_y", request_type="facilities", wants="to know x")
    for attempt in (
        lambda: verdicts.undo_last(gym.house, alex.user),
        lambda: verdicts.judge_as_new(gym.house, alex.user, review.id, new, ""),
        lambda: verdicts.mark_stop(gym.house, alex.user, review.id, "legal", is_stop=True),
        lambda: lessons.retire_by(gym.house, alex.user, "x"),
        lambda: lessons.teach_by_hand(gym.house, sam.user, "parking", "x"),
    ):
        with pytest.raises(Forbidden):
            attempt()
    engineer = gym.screen_of(gym.hire("Eli", Role.ENGINEER))
    assert engineer.get(f"/review/{review.id}/intent").status == 403
    assert gym.clock.now() - review.at < timedelta(days=1)
