"""The compliance check: what each check counts, that a failure holds rollouts, page, PDF, CLI."""

from datetime import timedelta

import pytest
from django.test import override_settings

from baton.core.compliance import Standing
from baton.core.consent import Purpose
from baton.core.errors import Conflict
from baton.core.rollout import Check
from baton.services.desk import compliance, compliance_checks
from baton.services.pilot import rollouts
from baton.services.pilot.rollouts import Beginning, Move
from baton.store.models import (
    AuditEntry,
    ComplianceRun,
    Consent,
    Conversation,
    LetGo,
    Message,
    Notice,
    TemplateVersion,
)
from tests.support.bare_rows import bare
from tests.web.conftest import Gym, Screen


def _standing(gym: Gym, name: str) -> Standing:
    look = compliance_checks.look_at(gym.house, gym.workspace.id)
    [found] = [one for one in compliance_checks.find_all(look) if one.name == name]
    assert bool(found.remedy) is (found.standing is not Standing.OK)
    return found.standing


@pytest.mark.req("P24", "P20")
def test_a_promotion_to_somebody_who_never_agreed_fails(gym: Gym) -> None:
    assert _standing(gym, "consent") is Standing.OK
    told = {"workspace_id": gym.workspace.id, "contact_id": "c1"}
    bare(
        Message, "m1", **told, author="bot", delivery="sent", channel="sms",
        purpose=Purpose.PROMOTIONAL.value, is_unprompted=True, created_at=gym.clock.now(),
    )  # fmt: skip
    assert _standing(gym, "consent") is Standing.FAILED
    bare(Consent, "k1", **told, channel="sms", purpose="promotional", is_granted=True)
    assert _standing(gym, "consent") is Standing.OK


@pytest.mark.req("P7", "U14")
def test_a_key_fails_after_ninety_days_until_it_is_renewed(gym: Gym) -> None:
    gym.clock.advance(timedelta(days=90))
    assert _standing(gym, "key_age") is Standing.OK
    gym.clock.advance(timedelta(days=1))
    assert _standing(gym, "key_age") is Standing.FAILED
    bare(
        AuditEntry,
        "x",
        workspace_id=gym.workspace.id,
        action="key_added",
        at=gym.clock.now(),
        seq=99,
    )
    assert _standing(gym, "key_age") is Standing.OK


@pytest.mark.req("P10")
def test_access_wants_a_review_every_ninety_days(gym: Gym, robin: Screen) -> None:
    assert _standing(gym, "access") is Standing.LOOK
    assert robin.post("/settings/people/reviewed").status == 302
    robin.user.refresh_from_db()
    robin.user.last_login = gym.clock.now()
    robin.user.save()
    assert _standing(gym, "access") is Standing.OK
    gym.clock.advance(timedelta(days=91))
    assert _standing(gym, "access") is Standing.LOOK


@pytest.mark.req("P14", "U14")
def test_words_kept_longer_than_they_may_be_fail(gym: Gym) -> None:
    now = gym.clock.now()
    told = {"workspace_id": gym.workspace.id, "status": "resolved", "handled_by": "bot"}
    bare(Conversation, "v1", **told, last_message_at=now - timedelta(days=731))
    assert _standing(gym, "retention") is Standing.OK  # within the days that it takes
    bare(Conversation, "v2", **told, last_message_at=now - timedelta(days=733))
    assert _standing(gym, "retention") is Standing.FAILED
    bare(LetGo, "x", workspace_id=gym.workspace.id, words_before=now - timedelta(days=732))
    assert _standing(gym, "retention") is Standing.OK


@pytest.mark.req("P11", "P22")
def test_the_rest_of_the_list(gym: Gym, sam: Screen) -> None:
    assert _standing(gym, "second_step") is Standing.LOOK
    assert _standing(gym, "openings") is Standing.LOOK  # a chat that any site may show
    for name in ("audit", "orphans", "server", "templates", "waiting", "escalations"):
        assert _standing(gym, name) is Standing.OK, name
    told: dict[str, object] = {"workspace_id": gym.workspace.id}
    bare(TemplateVersion, "t1", **told, state="rejected")
    assert _standing(gym, "templates") is Standing.LOOK
    bare(
        Conversation,
        "v1",
        **told,
        handled_by="queue",
        status="open",
        handed_over_at=gym.clock.now(),
    )
    assert _standing(gym, "orphans") is Standing.LOOK  # its contact is not there
    gym.clock.advance(timedelta(days=2))
    assert _standing(gym, "waiting") is Standing.LOOK
    with override_settings(DEBUG=True):
        assert _standing(gym, "server") is Standing.FAILED
    AuditEntry.objects.filter(workspace_id=gym.workspace.id, seq=1).update(actor="nobody")
    assert _standing(gym, "audit") is Standing.FAILED
    assert sam.get("/reports/compliance").status == 403


@pytest.mark.req("P20")
def test_what_fails_holds_every_rollout_until_a_check_finds_it_mended(
    gym: Gym, robin: Screen, alex: Screen
) -> None:
    begun = Beginning(plan="14_days", reason="a smoke test")
    rollouts.begin(gym.house, robin.user, "faq", begun)
    with override_settings(DEBUG=True):
        refused = alex.post("/pilot/faq/answer", check=Check.COMPLIANCE.value, reason="tokens")
    assert refused.status == 409
    assert "Tracebacks are shown" in refused.text
    for check in Check:
        if check not in {Check.COMPLIANCE, Check.MONTH_AUDITED}:  # the second is of later stages
            rollouts.answer(gym.house, robin.user, "faq", check, "done")
    onward = Move(stage="smoke", reason="on", is_despite=True)
    with pytest.raises(Conflict, match="holds every rollout"):
        rollouts.move(gym.house, robin.user, "faq", onward)
    compliance.run(gym.house, gym.workspace.id, "system")
    rollouts.answer(gym.house, robin.user, "faq", Check.COMPLIANCE, "mended")
    rollouts.move(gym.house, robin.user, "faq", onward)
    assert rollouts.running_of(gym.workspace.id, "faq").stage == "smoke"


@pytest.mark.req("P20", "PE8")
def test_the_auditor_runs_it_reads_it_and_takes_it_away_as_a_pdf(gym: Gym, alex: Screen) -> None:
    assert "No check was run yet" in alex.get("/reports/compliance").text
    assert alex.get("/reports/compliance/file").status == 404
    for _ in range(2):
        assert alex.post("/reports/compliance/check", htmx=False).status == 302
    page = alex.get("/reports/compliance").text
    assert ">passed<" in page
    assert "Consent for promotions" in page
    assert alex.get("/reports/compliance/file").text.startswith("%PDF")
    assert ComplianceRun.objects.count() == len(gym.deeds("compliance_checked")) == 2


@pytest.mark.req("P20", "PE8")
def test_once_a_week_it_runs_by_itself_and_tells_what_newly_fails(
    gym: Gym, robin: Screen, alex: Screen
) -> None:
    gym.step(days=1)
    assert list(ComplianceRun.objects.values_list("by", "is_passed")) == [("system", True)]
    gym.step(days=5)
    assert ComplianceRun.objects.count() == 1
    bare(
        Message, "m1", workspace_id=gym.workspace.id, contact_id="c1", author="bot",
        delivery="sent", channel="sms", purpose=Purpose.PROMOTIONAL.value, is_unprompted=True,
        created_at=gym.clock.now(),
    )  # fmt: skip
    for _ in range(2):
        gym.step(days=7)
    assert ComplianceRun.objects.filter(is_passed=False).count() == 2
    told = Notice.objects.filter(kind="compliance_failed")  # once, since nothing new fails
    assert sorted(told.values_list("user_id", "details")) == sorted(
        (one.user.id, "Consent for promotions") for one in (robin, alex)
    )
    assert "/reports/compliance" in alex.get("/notices").text
    # Whoever ran it by hand this week has run it for the week.
    alex.post("/reports/compliance/check")
    gym.step(days=6)
    assert ComplianceRun.objects.count() == 4
