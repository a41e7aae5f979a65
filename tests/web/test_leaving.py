"""Who may leave, as a manager reads it: each sign with its numbers, and nobody without a reason."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from baton.core import churn_model
from baton.core.roles import Role
from baton.services.workspace import churn_models
from baton.store.models import (
    Address,
    AuditEntry,
    CheckIn,
    ChurnModel,
    ChurnScore,
    Contact,
    Inbox,
    Workspace,
)
from tests.web.conftest import Gym

LEARNING = "/reports/leaving/learned"


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


def _people(gym: Gym, count: int, days_ago: Sequence[int]) -> list[str]:
    """Let so many people have come on the same days."""
    now, workspace_id = gym.house.clock.now(), Workspace.objects.get().id
    names = [gym.house.next_id(now) for _ in range(count)]
    Contact.objects.bulk_create(
        Contact(id=one, workspace_id=workspace_id, lane=one, created_at=now) for one in names
    )
    Address.objects.bulk_create(
        Address(
            id=gym.house.next_id(now), workspace_id=workspace_id, contact_id=one,
            channel="webchat", token=one, inbox_id=Inbox.objects.get().id, lane=one,
        )
        for one in names
    )  # fmt: skip
    CheckIn.objects.bulk_create(
        CheckIn(
            id=gym.house.next_id(now), workspace_id=workspace_id, reference=f"{one}-{days}"[-40:],
            contact_id=one, at=now - timedelta(days=days),
        )
        for one in names
        for days in days_ago
    )  # fmt: skip
    return names


def _past_days(gym: Gym) -> None:
    """Let months pass in which the rules are wrong about some.

    Who comes twice every two months stays, though it looks as if they were leaving; who comes
    every week and stops does not come back: some before one day that is looked back to, some
    before the other.
    """
    _people(gym, 30, [days for begin in range(50, 240, 60) for days in (begin, begin + 5)])
    _people(gym, 30, range(1, 240, 6))
    _people(gym, 20, range(135, 240, 6))
    _people(gym, 20, range(75, 240, 6))


@pytest.mark.req("CH3")
def test_nothing_is_learned_from_few_or_from_a_short_time(gym: Gym) -> None:
    lead = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    assert "no whole month is known yet" in lead.get("/reports/leaving").text
    _past_days(gym)
    assert "Learn from past days" in lead.get("/reports/leaving").text
    lead.post(f"{LEARNING}/try")
    gym.step(seconds=1)
    shown = lead.get("/reports/leaving").text
    assert "Of 100 contacts it is known what became of them; it takes 5000" in shown
    assert lead.post(f"{LEARNING}/use").status == 409
    agent = gym.screen_of(gym.hire("Sam", Role.AGENT))
    assert agent.post(f"{LEARNING}/try").status == 403


@pytest.mark.req("CH3")
def test_what_was_learned_is_used_only_as_long_as_it_is_better_on_past_days(
    gym: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(churn_model, "LEAST_OF_EACH", 20)
    monkeypatch.setattr(churn_model, "LEAST_CONTACTS", 100)
    lead = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    _past_days(gym)
    lead.post(f"{LEARNING}/try")
    gym.step(seconds=1)
    row = ChurnModel.objects.get()
    assert row.auc_model > 0.9 > row.auc_rules
    assert "Better on past days" in lead.get("/reports/leaving").text
    lead.post(f"{LEARNING}/use")
    assert "In use" in lead.get("/reports/leaving").text
    # Scores go by it: of the fifty whom the rules find only those who stopped are at risk.
    gym.step(hours=24)
    gym.step(seconds=1)
    assert ChurnScore.objects.filter(is_at_risk=True).count() == 20
    # A month later it is held to account again, and left where it is no better any more.
    monkeypatch.setattr(churn_models, "LEAST_GAIN", 0.9)
    gym.step(hours=31 * 24)
    gym.step(seconds=1)
    row.refresh_from_db()
    assert row.used_at is None
    deeds = AuditEntry.objects.filter(action__startswith="churn_model").order_by("seq")
    told = [deed.removeprefix("churn_model_") for deed in deeds.values_list("action", flat=True)]
    assert told == ["tried", "used", "tried", "left"]
