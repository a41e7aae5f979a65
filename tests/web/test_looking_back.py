"""A rollout is looked back on after 90 days, and reviews have their days and their figures."""

import html
import re

import pytest

from baton.services.flows import flow_pauses
from baton.services.ledger import Ledger
from baton.services.pilot import retrospectives, rollouts
from baton.services.pilot.rollouts import Beginning
from baton.store.models import Episode, Failure, Notice, Rollout, RolloutMark, Workspace
from tests.support.matters import keep_matters
from tests.web.conftest import Gym, Screen


@pytest.mark.req("PL8", "RP12", "RP9")
def test_a_pilot_is_looked_back_on(gym: Gym, robin: Screen, sam: Screen, alex: Screen) -> None:
    page = "/pilot/faq/look-back"
    assert robin.get(page).status == 404  # nothing was begun
    rollouts.begin(gym.house, robin.user, "faq", Beginning(plan="90_days", reason="the first"))
    assert "Day 0 of a rollout" in robin.get(page).text
    flow_pauses.pause(gym.house, robin.user.workspace_id, "faq", actor="system", reason="it harmed")
    gym.step(days=1)
    flow_pauses.resume(gym.house, robin.user.workspace_id, "faq", actor="system", reason="mended")
    gym.step(days=90)
    told = Notice.objects.filter(kind="review_due", details="look back on faq")
    assert {one.user_id for one in told} == {robin.user.id}
    gym.step(days=1)
    assert told.count() == 1
    shown = robin.get(page).text
    assert "The look back is due since" in shown
    assert "it harmed" in shown
    assert "Nobody was served yet" in shown
    assert sam.get(page).status == 403
    robin.post(
        f"{page}/conclude",
        {"reason": "It stays in shadow until its articles are mended"},
        htmx=False,
    )
    assert RolloutMark.objects.filter(kind="looked_back").count() == 1
    assert "until its articles are mended" in alex.get(page).text
    assert robin.post(f"{page}/conclude", {"reason": ""}, htmx=False).status == 422


@pytest.mark.req("PL25")
def test_what_one_more_cost_is_told_stage_by_stage(gym: Gym, robin: Screen) -> None:
    house, shop = gym.house, robin.user.workspace_id
    rollouts.begin(house, robin.user, "faq", Beginning(plan="90_days", reason="the first"))
    assert "What one more cost" not in robin.get("/pilot/faq/look-back").text
    Workspace.objects.update(policy={"wage_hour_minor": 24_00}, revision=99)
    for stage, share, resolved, handled in (("measure", 0.5, 40, 0), ("decide", 0.6, 50, 3_600)):
        now = house.clock.now()
        Rollout.objects.update(stage=stage, share=share, stage_at=now)
        ledger = Ledger(house, now)
        rollouts.mark(ledger, Rollout.objects.get(), "moved", by="system")
        ledger.flush()
        talks = keep_matters(house, shop, resolved + 1, began=now, handed=1)
        # The one that was handed over took people so long.
        Episode.objects.filter(conversation_id=talks[0]).update(handled=handled, touches=1)
        gym.step(days=14 if stage == "measure" else 7)
    told = retrospectives.look_back(house, robin.user, "faq").costs
    first, second = told.stages
    assert (first.reached.title, first.resolved, first.cost) == ("Measure and mend", 20, 0)
    # 30 more a week for an hour of people, who take an hour for one that they have.
    assert (second.resolved, second.cost, second.each) == (50, 24_00, 80)
    assert not second.is_dear
    assert "What one more cost" in robin.get("/pilot/faq/look-back").text


@pytest.mark.req("GV6", "RP14", "FL4")
def test_reviews_have_a_day_and_figures(gym: Gym, robin: Screen, sam: Screen, alex: Screen) -> None:
    talk = gym.hear("mia", "Can I talk to a human?")
    form = {"conversation": talk, "cause": "misrouted", "words": "to billing"}
    robin.post("/review/failures/new", form, htmx=False)
    shown = robin.get("/reviews").text
    assert "<strong>Today</strong>" in shown  # a Monday: the standup and the steering check
    assert "0 failures overdue" in shown
    assert "1 failure to mend" in shown
    for screen in (robin, alex):  # a figure is told to all, and leads where its reader may go
        for path in re.findall(r'<a href="(/[^"]*)">', screen.get("/reviews").text):
            assert screen.get(html.unescape(path)).status == 200, path
    robin.post(
        f"/review/failures/{Failure.objects.get().id}/fix", {"words": "routed anew"}, htmx=False
    )
    gym.step(days=16)
    [released] = Notice.objects.filter(kind="review_due")
    assert released.details == "the fortnightly release, 1 mended"
    assert sam.get("/reviews").status == 403
