"""Breaches and notices as people read them: found once, told to whom they concern, then over."""

import json
from datetime import timedelta

import pytest

from baton.core.errors import Forbidden
from baton.core.roles import Role
from baton.services import notices
from baton.services.desk import agents, breach_desk
from baton.services.desk.breach_desk import Sought
from baton.services.workspace import daily_check
from baton.services.workspace.standards import standards_cache
from baton.store.models.runtime import RuntimeTimer
from tests.web.conftest import Gym

PERSON = "Can I talk to a human?"


@pytest.mark.req("R10", "AL4", "R11")
def test_a_manager_sees_what_is_late_and_by_whom(gym: Gym) -> None:
    sam, robin = gym.hire("Sam", Role.AGENT), gym.hire("Robin", Role.MANAGER)
    lead = gym.screen_of(robin)
    one = gym.hear("mia", PERSON, name="Mia")
    agents.accept(gym.house, sam, one)
    other = gym.hear("nia", PERSON, name="Nia")
    gym.step(minutes=25)
    gym.step(minutes=20)
    open_ones = lead.get("/reports/breaches").text
    assert "2 breaches" in open_ones
    held = lead.get(f"/reports/breaches?agent={sam.id}").text
    assert (f"/inbox/{one}" in held, f"/inbox/{other}" in held) == (True, False)
    assert "Loosen the filter" in lead.get("/reports/breaches?reason=resolution").text
    assert lead.get("/reports/breaches?reason=nonsense").status == 422

    # Whose it is hears of it; what nobody has is told to all who serve its queue.
    told = [(n.kind, n.conversation_id) for n in notices.list_for(sam)]
    assert told.count(("clock_warned", one)) == told.count(("clock_breached", one)) == 1
    assert ("clock_breached", other) in told
    assert [n.conversation_id for n in notices.list_for(robin)] == [other, other]
    told_of = lead.get("/notices").text
    assert "First response: overdue." in told_of
    assert '<span class="chip">new</span>' in told_of
    lead.post("/notices/seen", htmx=False)
    assert '<span class="chip">new</span>' not in lead.get("/notices").text

    agents.reply(gym.house, sam, one, "Here I am")
    gym.step(seconds=1)
    past = breach_desk.show(gym.house, robin, Sought(is_open=False))
    assert [row.conversation_id for row in past.rows] == [one]
    assert timedelta(minutes=15) <= past.rows[0].late < timedelta(minutes=16)
    assert past.reasons["first_response"] == 1
    assert "Over since" in lead.get("/reports/breaches?state=past&days=7").text


def test_an_agent_reads_their_notices_and_not_the_report(gym: Gym) -> None:
    sam, robin = gym.hire("Sam", Role.AGENT), gym.hire("Robin", Role.MANAGER)
    lead = gym.screen_of(robin)
    assert "Nothing is overdue, and nobody is forgotten." in lead.get("/reports/breaches").text
    assert "Nothing to tell you" in lead.get("/notices").text
    assert gym.screen_of(sam).get("/reports/breaches").status == 403
    with pytest.raises(Forbidden):
        breach_desk.show(gym.house, sam, Sought())
    assert gym.screen_of(sam).get("/notices").status == 200


@pytest.mark.req("R10")
def test_who_has_left_leaves_nobody_unowned_and_a_lost_check_is_planned_again(gym: Gym) -> None:
    sam, robin = gym.hire("Sam", Role.AGENT), gym.hire("Robin", Role.MANAGER)
    one = gym.hear("mia", PERSON)
    agents.accept(gym.house, sam, one)
    agents.reply(gym.house, sam, one, "A moment")
    sam.is_active = False
    sam.save()
    RuntimeTimer.objects.filter(workspace_id=gym.workspace.id, key="daily_check").delete()
    daily_check.plan_all(gym.house, standards_cache(gym.house).setting_of)
    planned = RuntimeTimer.objects.get(workspace_id=gym.workspace.id, key="daily_check")
    daily_check.plan_all(gym.house, standards_cache(gym.house).setting_of)
    gym.step(hours=22)
    assert planned.due_at < gym.clock.now()
    assert [row.reason for row in breach_desk.show(gym.house, robin, Sought()).rows] == ["unowned"]
    [digest] = [n for n in notices.list_for(robin) if n.kind == "daily_check"]
    assert digest.details == "1 forgotten, 0 overdue"
    [found] = gym.deeds("escalation_orphaned")
    assert found == ("system", f"conversation:{one}")
    agents.accept(gym.house, robin, one)
    assert breach_desk.show(gym.house, robin, Sought()).total == 0


def test_a_person_is_called_for_what_they_chose_once_and_never_in_their_quiet(gym: Gym) -> None:
    sam = gym.screen_of(gym.hire("Sam", Role.AGENT))
    agents.accept(gym.house, sam.user, gym.hear("mia", PERSON))
    form = {"kinds": ["clock_warned"], "has_sound": "on", "quiet_from": "", "quiet_until": ""}
    assert sam.post("/notices/alerts", {"kinds": ["nonsense"]}, htmx=False).status == 422
    assert sam.post("/notices/alerts", {"quiet_from": "late"}, htmx=False).status == 422
    assert "data-alerts" not in sam.get("/notices").text
    sam.post("/notices/alerts", form, htmx=False)
    assert 'data-alerts="on"' in sam.get("/notices").text
    rung: list[str] = []
    gym.house.bell.subscribe([notices.topic_of(sam.user.id)], rung.append)
    gym.step(minutes=23)
    assert rung
    told = json.loads(sam.get("/notices/fresh").text)
    [alert] = told["alerts"]
    assert "little time is left" in alert["words"]
    assert (told["sound"], told["unseen"]) == (True, 1)
    # What they were called for, what is old and what they did not choose call no more.
    assert not json.loads(sam.get(f"/notices/fresh?after={alert['id']}").text)["alerts"]
    gym.step(minutes=10)
    late = json.loads(sam.get("/notices/fresh").text)
    assert (late["alerts"], late["unseen"]) == ([], 2)
    sam.post("/notices/alerts", form | {"quiet_from": "10:00", "quiet_until": "14:00"}, htmx=False)
    agents.accept(gym.house, sam.user, gym.hear("nia", PERSON))
    gym.step(minutes=23)
    assert not json.loads(sam.get("/notices/fresh").text)["alerts"]
    assert len(notices.list_for(sam.user)) == 3
