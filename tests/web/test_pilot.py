"""The pilot in the console: begun, answered for, moved on, seen in shadow, taken back."""

import pytest

from baton.core.rollout import NINETY_DAYS, Check
from baton.services.pilot import pilot_board, rollouts
from baton.store.models import Rollout, Run, ShadowDraft
from tests.web.conftest import Gym, Screen

QUESTION = "What are your opening hours?"


@pytest.mark.req("PL2", "PL5", "PL8", "PL9", "PL12", "G23")
def test_a_manager_leads_a_flow_through_its_pilot(gym: Gym, robin: Screen) -> None:
    robin.post("/pilot/faq/begin", plan="90_days", reason="the first pilot")
    assert "answer for: triage, owner" in robin.get("/pilot").text
    page = robin.post("/pilot/faq/move", stage="design", reason="on")
    assert page.status == 409
    assert "Answer for triage, owner first" in page.text
    for check in NINETY_DAYS.needed_for("soft_launch"):
        robin.post("/pilot/faq/answer", check=check.value, reason="seen by the desk")
    for stage in ("design", "build", "validate"):
        robin.post("/pilot/faq/move", stage=stage, reason="on")
    conversation = gym.hear("mia", QUESTION)
    assert ShadowDraft.objects.get(conversation_id=conversation).flow == "faq"
    page = robin.get("/pilot/faq/drafts")
    assert "06:00" in page.text
    draft = ShadowDraft.objects.get(conversation_id=conversation)
    robin.post("/pilot/faq/drafts/judge", draft=draft.id, verdict="better")
    assert "1 of 1 say the same" in robin.get("/pilot/faq/drafts").text
    page = robin.get("/pilot/faq")
    assert "1 of 30 drafts beside a person" in page.text
    assert 'aria-current="step"' in page.text
    robin.post("/pilot/faq/roll-back", reason="it names a closed door")
    assert "It is off." in robin.get("/pilot/faq").text
    assert "it names a closed door" in robin.get("/pilot/faq").text
    robin.post("/pilot/faq/take-up", reason="the article is mended")
    assert Rollout.objects.filter(flow="faq").latest("id").share == 0.10


def test_who_reads_reports_sees_it_and_moves_nothing(sam: Screen, alex: Screen) -> None:
    assert alex.get("/pilot").status == 200
    page = alex.get("/pilot/faq")
    assert "begin-form" not in page.text
    assert alex.post("/pilot/faq/begin", plan="90_days", reason="on").status == 403
    assert alex.get("/pilot/faq/drafts").status == 403
    assert sam.get("/pilot").status == 403
    assert alex.get("/pilot/nobody").status == 404


def test_the_auditor_answers_for_compliance_alone(gym: Gym, robin: Screen, alex: Screen) -> None:
    robin.post("/pilot/faq/begin", plan="14_days", reason="a smoke test")
    alex.post("/pilot/faq/answer", check=Check.COMPLIANCE.value, reason="tokens alone")
    assert alex.post("/pilot/faq/answer", check=Check.OWNER.value, reason="me").status == 403
    board = pilot_board.show(gym.house, robin.user)
    line = next(one for one in board.flows if one.name == "faq")
    assert line.stage is not None
    assert line.stage.name == "prepare"
    assert rollouts.running_of(robin.user.workspace_id, "faq").checks.keys() == {"compliance"}


@pytest.mark.req("X38")
def test_only_what_serves_nobody_yet_may_be_ended_as_a_stop(gym: Gym, robin: Screen) -> None:
    robin.post("/pilot/faq/begin", plan="90_days", reason="the first pilot")
    assert 'name="goes_on" value="no"' in robin.get("/pilot/faq").text
    at = gym.house.clock.now()
    asked = Run.objects.create(
        id="r", workspace_id=gym.workspace.id, conversation_id="c", contact_id="p", flow="faq",
        version=1, step="ask", awaits="choice", is_shadow=True, status="waiting",
        state_sealed=b"", started_at=at, updated_at=at,
    )  # fmt: skip
    assert 'name="goes_on" value="no"' in robin.get("/pilot/faq").text  # nobody hears a shadow
    asked.is_shadow = False
    asked.save()
    assert "end-form" not in robin.get("/pilot/faq").text
    refused = robin.post("/pilot/faq/end", goes_on="no", reason="no use")
    assert (refused.status, "One person is still in it" in refused.text) == (409, True)
    asked.delete()
    row = Rollout.objects.get()
    row.stage, row.share = "soft_launch", 0.1
    row.save()
    assert "end-form" not in robin.get("/pilot/faq").text
    refused = robin.post("/pilot/faq/end", goes_on="no", reason="no use")
    assert (refused.status, "It serves people" in refused.text) == (409, True)
    row.stage, row.share = "full", 1.0
    row.save()
    page = robin.get("/pilot/faq").text
    assert 'name="goes_on" value="yes"' in page
    assert 'name="goes_on" value="no"' not in page
