"""Who opens what: each role finds the pages of its work, and is kept from those of others."""

import pytest

from baton.core.hard_stops import HardStop
from baton.core.roles import Role
from baton.services.workspace import playbooks
from baton.store.models import Failure
from tests.web.conftest import Gym, Screen

A, S, M, O, U, E, W, X = (  # noqa: E741 - the letters of a table
    Role.AGENT, Role.SENIOR, Role.MANAGER, Role.OPERATIONS, Role.AUDITOR, Role.ENGINEER,
    Role.OWNER, Role.ADMIN,
)  # fmt: skip
F = {A, Role.SPECIALIST, Role.CLINICIAN, Role.CONCIERGE, S, M}  # whom conversations are routed to
OPEN_TO = {
    "/": set(Role),
    "/playbook": set(Role),
    "/my-day": F | {O},
    "/review": F | {O, W},
    "/learning": F | {O, W},
    "/reports/triage": {M, O, U, E, W},
    "/reports/handoffs": {M, O, U, E, W},
    "/reports/escalations": {M, O, U, E, W},
    "/audit": {M, O, U, X},
    "/review/failures": F | {O, W, E},
    "/reports/money": {M, O, U, E, W},
    "/settings/routing": {M, O, E, W, X},
    "/settings/channels": {M, O, E, W, X},
    "/settings/systems": {M, O, E, W, X},
    "/flows/new": {M, O, E, W, X},
}


@pytest.mark.req("PE2", "PE4", "PE6", "PE7", "PE8", "PE9")
def test_each_role_opens_the_pages_of_its_work_and_no_others(gym: Gym) -> None:
    screens = {role: gym.screen_of(gym.hire(role.value, role)) for role in Role}
    found = {
        path: {role for role, screen in screens.items() if screen.get(path).status == 200}
        for path in OPEN_TO
    }
    assert found == OPEN_TO


@pytest.mark.req("PE5", "PE7")
def test_operations_stop_a_flow_and_start_it_again_and_an_agent_does_not(
    gym: Gym, sam: Screen
) -> None:
    olu = gym.screen_of(gym.hire("Olu", Role.OPERATIONS))
    assert sam.post("/flows/faq/pause", htmx=False, reason="It answers wrongly").status == 403
    assert olu.post("/flows/faq/pause", htmx=False, reason="It answers wrongly").status == 302
    assert "It answers wrongly" in olu.get("/flows/faq").text
    assert olu.post("/flows/faq/resume", htmx=False, reason="Mended").status == 302
    [(paused_by, _)] = gym.deeds("flow_paused")
    assert paused_by == f"user:{olu.user.id}"


@pytest.mark.req("GV4", "H24")
def test_there_is_one_playbook_for_whatever_stops_the_bot_and_all_read_the_same(
    sam: Screen, robin: Screen
) -> None:
    plays = playbooks.playbook_of("fitness")
    for stop in HardStop:
        assert stop is HardStop.PERSON or any(stop.value in play.when for play in plays), stop
    mine, theirs = sam.get("/playbook").text, robin.get("/playbook").text
    for play in plays:
        for page in (mine, theirs):
            assert f'id="play-{play.name}"' in page


@pytest.mark.req("PE10")
def test_engineers_product_and_agents_work_through_one_failure_log(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    talk = gym.hear("mia", "Can I talk to a human?")
    eve, wim = (gym.screen_of(gym.hire(name, role)) for name, role in (("Eve", E), ("Wim", W)))
    told = {"conversation": talk, "cause": "misrouted", "words": "to billing", "owner": eve.user.id}
    assert robin.post("/review/failures/new", told, htmx=False).status == 302
    pages = [screen.get("/review/failures").text for screen in (sam, wim, eve)]
    assert all("Eve mends it" in page for page in pages)
    # An engineer reads no turns: the log is all of Review that they are led to.
    assert '"/review/failures"' in eve.get("/").text
    assert '"/review"' not in pages[-1]
    assert "Open the failure log" in eve.get("/notices").text
    failure = Failure.objects.get().id
    fixed = eve.post(f"/review/failures/{failure}/fix", htmx=False, words="the map of queues")
    assert fixed.status == 302
    assert "the map of queues" in sam.get("/review/failures?view=fixed").text
