"""Approvals in the console: proposed in a conversation, answered on their page, with a trail."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baton.core.roles import Role
from baton.store.models import Approval
from tests.web.conftest import Gym, Screen

REFUND = "I want my money back, this is a scam"


@pytest.fixture
def conversation(gym: Gym, sam: Screen) -> str:
    conversation = gym.hear("mia", REFUND, name="Mia")
    sam.post(f"/inbox/{conversation}/take")
    return conversation


def wish(**changes: str) -> dict[str, str]:
    return {"kind": "refund", "amount": "80.00", "reason": "charged_wrongly"} | changes


@pytest.mark.req("G11", "R15", "BI6", "H3")
def test_up_the_path_and_back(gym: Gym, sam: Screen, robin: Screen, conversation: str) -> None:
    said = sam.post(f"/inbox/{conversation}/propose", wish(subject="#48213", note="Twice"))
    assert "a manager was asked" in str(said.told["done"])  # nobody here is a senior
    asked = Approval.objects.get()
    assert (asked.amount_minor, asked.state, asked.asked) == (8000, "proposed", "manager")
    assert b"48213" not in bytes(asked.subject_sealed)

    waiting = robin.get("/approvals").text
    assert "Refund 80.00 USD" in waiting
    assert "Sam may grant 50.00 USD alone" in waiting
    assert "Twice" in waiting
    refused = sam.post(f"/approvals/{asked.id}/approve")
    assert refused.status == 403
    assert "beyond 50.00 USD" in refused.text
    robin.post(f"/approvals/{asked.id}/approve")
    assert "Approved, to be carried out" in sam.get(f"/inbox/{conversation}/approvals").text
    assert "approved by Robin" in sam.get("/notices").text

    assert "has in your payment" in sam.post(f"/approvals/{asked.id}/carry-out", words=" ").text
    sam.post(f"/approvals/{asked.id}/carry-out", words="pay-7781")
    gym.step(seconds=0)
    trail = robin.get(f"/approvals/{asked.id}").text
    steps = ["Proposed; manager asked", "Approved", "Told that it was carried out", "Carried out"]
    places = [trail.rindex(step) for step in steps]
    assert places == sorted(places)
    assert "pay-7781" in trail


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount": "eighty"}, "80.00"),
        ({"amount": "-3"}, "80.00"),
        ({"amount": ""}, "needs an amount"),
        ({"amount": "9999999"}, "1,000,000"),
        ({"kind": "gift"}, "gift"),
        ({"reason": "because"}, "one of the reasons"),
        ({"reason": ""}, "Choose a reason"),
        ({"subject": "x" * 61}, "60"),
    ],
)
def test_what_cannot_be_proposed_says_why(
    changes: dict[str, str], problem: str, sam: Screen, conversation: str
) -> None:
    answered = sam.post(f"/inbox/{conversation}/propose", wish(**changes))
    assert answered.status == 422
    assert problem in answered.text
    assert not Approval.objects.exists()


def test_within_the_limit_one_click_and_undo(sam: Screen, conversation: str) -> None:
    sam.post(f"/inbox/{conversation}/propose", wish(amount="42,5"))
    approved = Approval.objects.get()
    assert (approved.amount_minor, approved.state) == (4250, "approved")
    shown = sam.get(f"/inbox/{conversation}", htmx=True).text
    assert "42.50 USD is granted here" in shown
    assert "Undo" in shown
    # What was granted by proposing it waited for nobody, so it cannot wait again.
    assert sam.post(f"/approvals/{approved.id}/reconsider").status == 409
    sam.post(f"/approvals/{approved.id}/withdraw")
    assert Approval.objects.get().state == "withdrawn"


def test_who_only_reads_changes_nothing_and_reads_no_words(
    gym: Gym, sam: Screen, alex: Screen, conversation: str
) -> None:
    sam.post(f"/inbox/{conversation}/propose", wish(note="She was upset"))
    approval_id = Approval.objects.get().id
    assert alex.post(f"/approvals/{approval_id}/approve").status == 403
    shown = alex.get("/approvals").text
    assert "Refund 80.00 USD" in shown
    assert "She was upset" not in shown
    kim = gym.screen_of(gym.hire("Kim", Role.SENIOR))
    queries = []
    for _ in range(2):  # a row more asks nothing more
        with CaptureQueriesContext(connection) as asked:
            assert kim.get("/approvals?folder=open").status == 200
        queries.append(len(asked))
        sam.post(f"/inbox/{conversation}/propose", wish())
    assert queries[0] == queries[1]


def test_what_is_not_there_is_not_found(sam: Screen) -> None:
    assert sam.get("/approvals/nowhere").status == 404
    assert sam.post("/approvals/nowhere/approve").status == 404


@pytest.mark.req("G19", "E22", "T16")
def test_whoever_wants_to_leave_is_talked_to_first(gym: Gym, sam: Screen) -> None:
    conversation = gym.hear("ben", "cancel my membership please")
    sam.post(f"/inbox/{conversation}/take")
    assert "to be told before it is closed" in sam.get(f"/inbox/{conversation}", htmx=True).text
    refused = sam.post(f"/inbox/{conversation}/resolve", code="cancelled")
    assert refused.status == 409
    told = {"wish": "cancel", "churn_reason": "price", "outcome": "saved"}
    assert sam.post(f"/inbox/{conversation}/retention", told | {"outcome": "gone"}).status == 422
    assert sam.post(f"/inbox/{conversation}/retention", told | {"offer": "gold"}).status == 422
    for offer in ("month_free", "", "training", "month_free"):  # a slip, and put right again
        sam.post(f"/inbox/{conversation}/retention", told | {"offer": offer})
    states = Approval.objects.order_by("id").values_list("amount_minor", "state")
    assert list(states) == [(3900, "withdrawn"), (4500, "withdrawn"), (3900, "approved")]
    shown = sam.get(f"/inbox/{conversation}", htmx=True).text
    assert "Credit 39.00 USD" in shown
    assert "to be told before" not in shown
    assert sam.post(f"/inbox/{conversation}/resolve", code="retained").status == 204
