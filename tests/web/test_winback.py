"""Reports > Winback, and the settings that it counts by."""

import json
from datetime import timedelta

import pytest

from baton.core.roles import Role
from baton.services.bookings import check_ins
from baton.store.models import AuditEntry, Contact, Exposure, OfferMade, Workspace
from tests.support.pages import forms_of
from tests.web.conftest import Gym, Screen


@pytest.fixture
def olga(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Olga", Role.OPERATIONS))


@pytest.mark.req("CH12", "CH22")
def test_the_report_counts_who_came_back_and_opens_them(gym: Gym, olga: Screen) -> None:
    assert "has written to nobody" in olga.get("/reports/winback").text
    gym.hear("mia", "Hello", name="Mia Moss")
    gym.hear("nia", "Hello", name="Nia North")
    mia, nia = Contact.objects.order_by("id").values_list("id", flat=True)
    for who, variant in ((mia, "morning"), (nia, "nothing")):
        Exposure.objects.create(
            id=gym.house.next_id(gym.clock.now()), workspace_id=gym.workspace.id, contact_id=who,
            flow="winback", version=1, split="winback_timing", variant=variant,
            at=gym.clock.now(),
        )  # fmt: skip
    OfferMade.objects.create(
        id="1" * 32, workspace_id=gym.workspace.id, contact_id=mia, flow="winback",
        offer="winback_free_session", at=gym.clock.now() + timedelta(minutes=1),
    )  # fmt: skip
    gym.step(hours=30)
    check_ins.note(gym.house, gym.workspace.id, mia, actor="user:1")
    page = olga.get("/reports/winback").text
    assert "No message" in page
    assert "2 contacts" in page
    back = olga.get("/reports/winback?variant=morning&back=on").text
    assert ("Mia Moss" in back, "Nia North" in back) == (True, False)
    assert "None fits" in olga.get("/reports/winback?variant=nothing&back=on").text
    assert gym.screen_of(gym.hire("Sam", Role.AGENT)).get("/reports/winback").status == 403


@pytest.mark.req("CH13", "CH18", "AP12")
def test_signs_costs_and_words_are_set_with_a_reason(olga: Screen) -> None:
    shown = olga.get("/settings/members").text
    form = {name: value[0] for name, value in forms_of(shown)["members-form"].items()}
    assert (form["deposit_from_minor"], form["renewal_notice"]) == ("100.00", "720h")
    wanted = form | {
        "offer_cost_minor": "12.50", "offer_budget_minor": "500", "churn_min_signs": "3",
        "payment_words": "At the desk.", "reason": "fewer false alarms",
    }  # fmt: skip
    assert olga.post("/settings/members", wanted, htmx=False).status == 302
    assert Workspace.objects.get().policy == {
        "offer_cost_minor": 12_50, "offer_budget_minor": 500_00, "churn_min_signs": 3,
        "payment_words": "At the desk.",
    }  # fmt: skip
    noted = json.loads(AuditEntry.objects.get(action="member_settings_changed").details)
    assert noted["offer_budget_minor"] == "0.00 to 500.00"
    stale = olga.post("/settings/members", wanted, htmx=False)
    assert (stale.status, "changed meanwhile" in stale.text) == (409, True)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("offer_cost_minor", "ten", "write an amount, as 45.00"),
        ("deposit_percent", "101", "choose 0 to 100"),
        ("churn_min_signs", "0", "choose 1 to 6"),
        ("high_value_share", "1.5", "write a share of 0 to 1"),
        ("renewal_notice", "1h", "choose 24h to 2160h"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    olga: Screen, field: str, value: str, said: str
) -> None:
    shown = olga.get("/settings/members").text
    form = {name: given[0] for name, given in forms_of(shown)["members-form"].items()}
    refused = olga.post("/settings/members", form | {field: value, "reason": "why"}, htmx=False)
    assert (refused.status, said in refused.text) == (422, True)
    assert Workspace.objects.get().policy == {}
