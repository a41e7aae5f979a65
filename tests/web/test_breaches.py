"""Breaches and notices as people read them: found once, told to whom they concern, then over."""

from datetime import timedelta

import pytest

from baton.core.errors import Forbidden
from baton.core.roles import Role
from baton.services import notices
from baton.services.desk import agents, breach_desk
from baton.services.desk.breach_desk import Sought
from baton.services.workspace import daily_check
from baton.services.workspace.workspaces import standards_cache
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
    assert "First response: overdue." in lead.get("/notices").text
    lead.post("/notices/seen", htmx=False)
    assert "not seen" not in lead.get("/notices").text

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
