"""Who may leave, as a manager reads it: each sign with its numbers, and nobody without a reason."""

from datetime import timedelta

import pytest

from baton.core.roles import Role
from baton.store.models import CheckIn, ChurnScore, Contact
from tests.web.conftest import Gym


@pytest.mark.req("CH3", "CH6")
def test_a_manager_sees_who_is_at_risk_and_why(gym: Gym) -> None:
    lead = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    assert "Nobody has been scored yet" in lead.get("/reports/leaving").text
    gym.hear("mia", "Hello", name="Mia")
    contact = Contact.objects.get()
    now = gym.house.clock.now()
    CheckIn.objects.bulk_create(
        CheckIn(
            id=gym.house.next_id(now), workspace_id=contact.workspace_id, reference=f"C{days}",
            contact_id=contact.id, at=now - timedelta(days=days),
        )
        for days in range(25, 120, 3)
    )  # fmt: skip
    gym.step(hours=24)
    gym.step(seconds=1)
    shown = lead.get("/reports/leaving").text
    assert "26 days without a visit, where 14 are unusual" in shown
    assert f"/contacts/{contact.id}" in shown
    assert "Nobody of high value is at risk" in lead.get("/reports/leaving?worth=high").text
    assert "Risk of leaving: " in lead.get(f"/contacts/{contact.id}").text
    ChurnScore.objects.update(is_at_risk=False)
    assert "Nobody is at risk" in lead.get("/reports/leaving").text
    assert gym.screen_of(gym.hire("Sam", Role.AGENT)).get("/reports/leaving").status == 403
