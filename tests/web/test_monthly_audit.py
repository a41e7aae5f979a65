"""A month of escalations is looked at, one by one, and then somebody says that it is done."""

import pytest

from baton.store.models import Escalation, Notice
from tests.web.conftest import Gym, Screen

PAGE = "/reports/escalations"
DAY = 24


@pytest.mark.req("P11", "GV3")
def test_each_is_looked_at_before_the_month_is_closed(
    gym: Gym, sam: Screen, robin: Screen, alex: Screen
) -> None:
    spoken = gym.hear("mia", "Can I talk to a human?")
    gym.hear("ben", "I want my money back")
    gym.step(days=20)
    assert not Notice.objects.filter(kind="audit_due").exists()
    gym.step(days=12)  # the first daily check of April
    [asked] = Notice.objects.filter(kind="audit_due")
    assert (asked.user_id, asked.details) == (
        robin.user.id, "March 2026, 2 of 2 not looked at",
    )  # fmt: skip
    assert "A month of escalations wants its audit" in robin.get("/notices").text
    page = robin.get(PAGE).text
    assert "Escalations of March 2026" in page
    assert spoken in page
    assert "The audit is done" not in page
    refused = robin.post(f"{PAGE}/finish", month="2026-03")
    assert (refused.status, "2 were not looked at yet" in refused.text) == (409, True)

    for fired, verdict in zip(Escalation.objects.order_by("id"), ("right", "noisy"), strict=True):
        sam.post(f"/escalations/{fired.id}/verdict", verdict=verdict)
    assert "The audit is done" in robin.get(PAGE).text
    assert sam.post(f"{PAGE}/finish", month="2026-03").status == 403
    robin.post(f"{PAGE}/finish", htmx=False, month="2026-03")
    assert gym.deeds("escalations_audited") == [(f"user:{robin.user.id}", "escalations:2026-03")]
    shown = alex.get(f"{PAGE}?month=2026-03").text  # an auditor reads, and judges nothing
    assert "by Robin" in shown
    assert 'value="noisy"' not in shown
    assert "/review/failures" not in shown  # nor is led to a log that is closed to them
    assert "/review/failures" in page
    gym.step(days=2)
    assert Notice.objects.filter(kind="audit_due").count() == 1


def test_a_month_that_is_none_or_runs_still_is_refused(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    assert robin.get(f"{PAGE}?month=2026-13").status == 422
    assert "Nothing was handed over in February 2026." in robin.get(PAGE).text
    gym.hear("mia", "Can I talk to a human?")
    sam.post(f"/escalations/{Escalation.objects.get().id}/verdict", verdict="right")
    assert robin.post(f"{PAGE}/finish", month="2026-03").status == 409
    assert sam.get(PAGE).status == 403


@pytest.mark.req("RP5", "FL8", "X13", "X40")
def test_a_week_is_audited_with_misroutes_and_training_gaps(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    for who in ("mia", "ben", "cleo"):
        gym.hear(who, "Can I talk to a human?")
    gym.step(days=8)
    [asked] = Notice.objects.filter(kind="week_audit_due")
    assert asked.details == "the week of 2 March 2026, 3 of 3 not looked at"
    assert "Escalations of the week of 2 March 2026" in robin.get(f"{PAGE}?month=2026-W10").text
    said = ("right", "misrouted", "untaught")
    for fired, verdict in zip(Escalation.objects.order_by("id"), said, strict=True):
        sam.post(f"/escalations/{fired.id}/verdict", verdict=verdict)
    shown = robin.get(f"{PAGE}?month=2026-W10").text
    assert "<dt>Misrouted</dt><dd>1</dd>" in shown
    assert "<dt>Noisy</dt><dd>0</dd>" in shown  # a person was needed each time
    robin.post(f"{PAGE}/finish", htmx=False, month="2026-W10")
    assert gym.deeds("escalations_audited") == [(f"user:{robin.user.id}", "escalations:2026-W10")]
    gym.step(days=8)
    assert Notice.objects.filter(kind="week_audit_due").count() == 1
    assert robin.get(f"{PAGE}?month=2026-W60").status == 422
