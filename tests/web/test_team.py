"""The team's page: who is here, what each takes, and that it decides offers and promises."""

import pytest

from baton.core.roles import Role
from baton.services.desk import agents, staff_desk
from baton.store.models import Approval, Conversation, Handoff, QueuePace, User
from tests.web.conftest import Gym, Screen

PERSON = "Can I talk to a human?"


@pytest.mark.req("PE11", "R5", "R1", "U18")
def test_a_lead_sets_what_each_takes_and_routing_follows(gym: Gym, robin: Screen) -> None:
    sam = gym.hire("Sam", Role.AGENT)
    page = robin.get("/team").text
    assert "to wait about a minute" in page
    assert "an answer later, by promise" in page  # nobody serves the clinic
    robin.post(f"/team/{robin.user.id}", {"capacity": "0", "is_available": "on"}, htmx=False)
    form = {"skills": ["billing", "clinical"], "capacity": "2", "is_available": "on"}
    assert robin.post(f"/team/{sam.id}", form, htmx=False).status == 302
    sam.refresh_from_db()
    assert (sam.skills, sam.capacity) == (["billing", "clinical"], 2)
    assert gym.deeds("member_changed")[-1] == (f"user:{robin.user.id}", f"user:{sam.id}")
    # Of two places one is kept for the clinic, so that the second who asks gets a promise.
    first, second = gym.hear("mia", PERSON), gym.hear("nia", PERSON)
    owners = dict(Conversation.objects.values_list("id", "handled_by"))
    assert (owners[first], owners[second]) == ("queue", "async")

    for wrong in ({"skills": "nonsense"}, {"capacity": "51"}, {"capacity": "-1"}):
        refused = robin.post(f"/team/{sam.id}", wrong, htmx=False)
        assert refused.status == 422
    assert robin.post("/team/nobody", {"capacity": "1"}, htmx=False).status == 404
    robin.post(f"/team/{sam.id}", {"away_reason": "Training"}, htmx=False)
    assert "away: Training" in robin.get("/team").text
    agent = gym.screen_of(sam)
    assert agent.get("/team").status == 200
    assert agent.post(f"/team/{sam.id}", form, htmx=False).status == 403


@pytest.mark.req("PE11", "R15", "E29", "R5")
def test_what_one_may_grant_speaks_and_when_they_work_decide_who_gets_it(
    gym: Gym, robin: Screen
) -> None:
    sam = gym.hire("Sam", Role.AGENT)
    form: dict[str, object] = {
        "skills": ["billing"], "is_available": "on", "authority": "20", "languages": "ES, fr, es",
        "hours": "Mon-Wed 9:00-13:00; Fri 10:00-18:00",
    }  # fmt: skip
    assert robin.post(f"/team/{sam.id}", form, htmx=False).status == 302
    sam.refresh_from_db()
    assert (sam.authority_minor, sam.languages) == (20_00, ["es", "fr"])
    assert sam.hours["tue"] == [["09:00", "13:00"]]
    page = robin.get("/team").text
    for shown in ("grants up to 20.00 USD", "speaks es, fr", "Mon-Wed 09:00-13:00"):
        assert shown in page
    # It is Monday, eleven where the gym is. Beyond Sam's limit it goes up to the managers.
    small, large = (
        gym.hear(who, f"I want my money back, the ${sum_} you took twice")
        for who, sum_ in (("mia", 15), ("nia", 80))
    )
    queues = dict(Conversation.objects.values_list("id", "queue"))
    assert (queues[small], queues[large]) == ("billing", "manager")
    assert Handoff.objects.get(conversation_id=large).amount_minor == 80_00
    agent = gym.screen_of(sam)
    agent.post(f"/inbox/{small}/take")
    refund = {"kind": "refund", "amount": "30", "reason": "goodwill", "subject": "class"}
    assert agent.post(f"/inbox/{small}/propose", refund).status == 204
    assert Approval.objects.get().state == "proposed"  # theirs would be 50, Sam's own is 20
    assert Approval.objects.get().asked != "agent"
    gym.step(hours=3)  # Sam's hours are over
    assert "off work" in robin.get("/team").text
    later = gym.hear("pia", "I want my money back, this is a scam")
    assert Conversation.objects.get(id=later).handled_by == "async"
    for wrong in (
        {"authority": "-1"}, {"languages": "Spanish!"}, {"hours": "Mon 13:00-09:00"},
        {"hours": "always"}, {"hours": "Mon 25:00-26:00"},
    ):  # fmt: skip
        assert robin.post(f"/team/{sam.id}", form | wrong, htmx=False).status == 422


@pytest.mark.req("PE11")
def test_a_console_that_gives_no_sign_of_life_counts_as_left(gym: Gym, sam: Screen) -> None:
    assert sam.post("/team/here").status == 204
    gym.step(minutes=31)
    assert Conversation.objects.get(id=gym.hear("mia", PERSON)).handled_by == "async"
    [member] = staff_desk.show(gym.house, sam.user).members
    assert member.is_quiet
    assert "no sign of life since" in sam.get("/team").text
    sam.post("/team/here")
    assert Conversation.objects.get(id=gym.hear("nia", PERSON)).handled_by == "queue"
    seen = User.objects.get(id=sam.user.id).last_seen_at
    sam.post("/team/here")
    assert User.objects.get(id=sam.user.id).last_seen_at == seen


@pytest.mark.req("U18")
def test_how_long_a_conversation_takes_is_measured_by_the_daily_check(
    gym: Gym, sam: Screen
) -> None:
    for number in range(20):
        one = gym.hear(f"c{number}", PERSON)
        agents.accept(gym.house, sam.user, one)
        gym.step(minutes=3)
        agents.resolve(gym.house, sam.user, one, "answered")
    gym.step(hours=21)
    assert QueuePace.objects.get().seconds == 180
    general = next(q for q in staff_desk.show(gym.house, sam.user).queues if q.name == "general")
    assert general.is_measured
    assert "measured" in sam.get("/team").text
