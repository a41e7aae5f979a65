"""The team's boards: the monitor, the queue wall, one's own day; and the page Routing."""

from datetime import timedelta

import pytest

from baton.services.desk import agents, boards, my_day
from baton.store.models import Conversation, Handoff, SurveyResponse, Workspace
from tests.web.conftest import Gym, Screen

REFUND = "I want my money back, this is a scam"
GARBLED = "blorp the fnord of quux"


@pytest.mark.req("R5", "R11")
def test_the_monitor_shows_what_goes_badly_and_an_agent_steps_in_with_one_click(
    gym: Gym, sam: Screen, alex: Screen
) -> None:
    empty = sam.get("/monitor").text
    assert "Nothing is flagged" in empty
    risky = gym.hear("mia", GARBLED, name="Mia Lang")
    Conversation.objects.filter(id=risky).update(flags="", is_flagged=False)
    fragment = sam.get("/monitor", htmx=True).text
    assert "Mia Lang" in fragment
    assert "<html" not in fragment
    [one] = boards.show_monitor(gym.house, sam.user).at_risk
    assert (one.conversation_id, one.failed_attempts) == (risky, 1)
    assert f"/inbox/{risky}/take" not in alex.get("/monitor").text  # an auditor looks on
    assert sam.post(f"/inbox/{risky}/take", htmx=False).status == 302
    assert Conversation.objects.get(id=risky).assignee_id == sam.user.id
    assert boards.show_monitor(gym.house, sam.user).at_risk == ()


@pytest.mark.req("R11", "K33", "R5")
def test_the_wall_counts_what_waits_what_is_late_and_who_has_room(gym: Gym, sam: Screen) -> None:
    first, second = gym.hear("mia", REFUND), gym.hear("ben", REFUND)
    agents.accept(gym.house, sam.user, second)
    gym.step(minutes=22)
    wall = boards.show_wall(gym.house, sam.user)
    assert (wall.waiting, wall.with_people, wall.late) == (1, 1, 0)
    assert wall.soon >= 1
    assert wall.oldest == timedelta(minutes=22)
    assert wall.free == 4
    sam.post("/team/here")
    gym.step(minutes=9)
    wall = boards.show_wall(gym.house, sam.user)
    assert wall.late == 2  # one that waits, and one that somebody has and has not answered
    billing = next(line for line in wall.lines if line.title == "Billing")
    assert (billing.waiting, billing.late) == (1, 2)
    assert "31 min" in sam.get("/wall").text
    agents.accept(gym.house, sam.user, first)
    assert ">31 min<" not in sam.get("/wall", htmx=True).text


@pytest.mark.req("CO1", "PE2")
def test_wrap_up_is_what_follows_the_last_word_and_measured_only_where_it_is_wanted(
    gym: Gym, sam: Screen
) -> None:
    short, long = gym.hear("mia", REFUND), gym.hear("ben", REFUND)
    for one in (short, long):
        agents.accept(gym.house, sam.user, one)
        agents.reply(gym.house, sam.user, one, "Here you are.")
    gym.step(minutes=4)
    agents.resolve(gym.house, sam.user, short, "refunded")
    gym.step(minutes=11)  # this one waited for a word: no wrap-up
    agents.resolve(gym.house, sam.user, long, "refunded")
    assert my_day.show(gym.house, sam.user).wrap_up is None
    found = Workspace.objects.get(id=gym.workspace.id)
    found.policy |= {"wrap_up_window": "10m"}
    found.revision += 1
    found.save()
    wrap_up = my_day.show(gym.house, sam.user).wrap_up
    assert wrap_up is not None
    assert (wrap_up.middle, wrap_up.count) == (timedelta(minutes=4), 1)
    assert "4 min" in sam.get("/my-day").text


@pytest.mark.req("PE2")
def test_my_day_holds_what_is_mine_and_what_contacts_said_of_it(
    gym: Gym, sam: Screen, robin: Screen, alex: Screen
) -> None:
    waiting, answered = gym.hear("mia", REFUND), gym.hear("ben", REFUND)
    asleep, closed, other = (
        gym.hear("cat", REFUND),
        gym.hear("dan", REFUND),
        gym.hear("eve", REFUND),
    )
    for one in (waiting, answered, asleep, closed):
        agents.accept(gym.house, sam.user, one)
    agents.accept(gym.house, robin.user, other)
    agents.reply(gym.house, sam.user, answered, "Done.")
    agents.snooze(gym.house, sam.user, asleep, gym.clock.now() + timedelta(hours=2))
    for user, one in ((sam.user, closed), (robin.user, other)):
        agents.resolve(gym.house, user, one, "refunded")
    day = my_day.show(gym.house, sam.user)
    assert [item.conversation_id for item in day.waiting] == [waiting]
    assert day.waiting[0].due_at is not None
    assert [item.conversation_id for item in day.answered] == [answered]
    assert [item.conversation_id for item in day.snoozed] == [asleep]
    assert [item.conversation_id for item in day.closed] == [closed]
    assert day.csat == my_day.Satisfaction(mean=None, count=0)
    for number, rating in enumerate((5, 4, 5, 3, 5)):
        for one in (closed, other):
            SurveyResponse.objects.create(
                id=f"{number}{one[1:]}",
                workspace_id=gym.workspace.id,
                conversation_id=one,
                kind="csat",
                asked_at=Handoff.objects.get(conversation_id=one).ended_at or gym.clock.now(),
                answered_at=gym.clock.now(),
                rating=rating,
            )
    assert my_day.show(gym.house, sam.user).csat == my_day.Satisfaction(mean=4.4, count=5)
    page = sam.get("/my-day").text
    assert "4.4" in page
    assert "5 ratings" in page
    gym.step(hours=20)  # past midnight, where the gym is
    assert my_day.show(gym.house, sam.user).closed_count == 0
    assert alex.get("/my-day").status == 403


@pytest.mark.req("R1", "R9", "R10", "R13")
def test_routing_is_set_with_a_reason_and_what_cannot_be_is_refused(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    page = robin.get("/settings/routing").text
    assert "Places kept for what presses" in page
    assert 'value="24h"' in page
    assert 'value="30s"' in page  # what stands there can be saved as it stands
    assert sam.get("/settings/routing").status == 403
    revision = Workspace.objects.get().revision
    good = {
        "agent_capacity": "4",
        "reserved_places": "2",
        "priority_from": "100",
        "handle_time": "6m",
        "escalation_lane": "lane",
        "guarded_queues": "clinical",
        "away_after": "20m",
        "clock_warning_share": "0.5",
        "resolution_window": "90m",
        "orphan_after": "12h",
        "undo_window": "1m",
        "wrap_up_window": "10m",
        "offering_queues": "billing,clinical",
        "offer_window": "45s",
        "csat_fall_points": "8",
        "csat_fall_answers": "20",
        "pause_csat_fall": "1.5",
        "pause_csat_marks": "50",
        "pause_escalation_rate": "0.15",
        "pause_rise": "0.05",
        "pause_recontact_rate": "0.10",
        "pause_matters": "30",
        "reason": "A small team",
        "seen": str(revision),
    }
    for wrong in (
        {"reserved_places": "5"},
        {"agent_capacity": "0"},
        {"csat_fall_points": "0"},
        {"pause_matters": "9"},
        {"pause_rise": "5"},
        {"pause_csat_fall": "0"},
        {"escalation_lane": "nowhere"},
        {"escalation_lane": "lane,clinical"},
        {"guarded_queues": "clinical,nowhere"},
        {"clock_warning_share": "1.5"},
        {"clock_warning_share": "half"},
        {"away_after": "0m"},
        {"offering_queues": "nowhere"},
        {"offer_window": "5s"},
        {"away_after": "soon"},
        {"reason": ""},
        {"seen": str(revision + 1)},
    ):
        refused = robin.post("/settings/routing", good | wrong, htmx=False)
        assert refused.status in (409, 422), wrong
    assert Workspace.objects.get().policy == {}
    assert robin.post("/settings/routing", good, htmx=False).status == 302
    kept = Workspace.objects.get().policy
    assert (kept["reserved_places"], kept["orphan_after"]) == (2, "12h")
    assert "priority_from" not in kept  # what stays as it was is not this workspace's own
    assert gym.deeds("routing_changed") == [
        (f"user:{robin.user.id}", f"workspace:{gym.workspace.id}")
    ]
    shown = robin.get("/settings/routing").text
    for value in ("0.5", "90m", "12h"):  # as people write them
        assert f'value="{value}"' in shown


@pytest.mark.req("H24", "H25", "TP12", "H3")
def test_the_playbook_stands_on_the_card_and_on_a_page_of_its_own(
    gym: Gym, sam: Screen, alex: Screen
) -> None:
    refund = gym.hear("mia", REFUND)
    page = sam.get(f"/inbox/{refund}").text
    assert "What to do: They want money back, or dispute a charge" in page
    assert "/playbook#play-money_back" in page
    book = alex.get("/playbook").text
    for part in ("Never:", "200.00 USD", "What each queue promises", 'id="play-bot_slip"'):
        assert part in book
