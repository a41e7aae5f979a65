"""What to automate, in the console: a file in, findings out, the workspace set up from them."""

import threading
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from baton.core import triage
from baton.core.errors import Conflict
from baton.core.policy import Policy
from baton.services.flows import flow_drafts
from baton.services.pilot import assessments
from baton.services.reading.workshop import workshop_of
from baton.services.workspace import editions, lessons, own_intents
from baton.store.models import AuditEntry, OwnRequestType, PastAssessment
from tests.web.conftest import Gym, Screen

_CHARGER = (
    "is the electric car charger free", "how do i use the car charger",
    "the electric car charger is out of order", "what does the car charger cost",
    "can i charge my electric car there", "how fast is the electric car charger",
    "which plug has the car charger", "is the car charger in use",
)  # fmt: skip
_HOURS = (
    "what time do you open", "when do you close tonight", "what are your opening hours",
    "are you open on sunday", "closing time on saturdays?", "how late are you open",
    "when does the gym shut", "what are the hours tomorrow",
)  # fmt: skip


def _export() -> Iterator[str]:
    yield "Description,Created at,Answer"
    for number in range(120):
        asked = (_CHARGER if number % 2 else _HOURS)[number // 2 % 8]
        yield f"{asked} 07700 900123,2025-03-{number % 27 + 1:02},From six to ten."
    yield "lost,some day,"


EXPORT = "\n".join(_export())


def _upload(screen: Screen, content: str, name: str = "past.csv", **fields: str) -> int:
    file = SimpleUploadedFile(name, content.encode(), content_type="text/csv")
    return int(screen.client.post("/assessments/upload", {"file": file, **fields}).status_code)


@pytest.fixture
def address(gym: Gym, robin: Screen) -> str:
    assert _upload(robin, EXPORT) == 302
    workshop_of(gym.house).wait()
    return f"/assessments/{PastAssessment.objects.get().id}"


@pytest.mark.req("T22", "PL3")
def test_an_export_becomes_findings_without_identifiers(robin: Screen, address: str) -> None:
    assert "What to automate" in robin.get("/pilot").text
    assert "past.csv" in robin.get("/assessments").text
    assert b"charger" not in bytes(PastAssessment.objects.get().told_sealed)
    page = robin.get(address).text
    assert "Begin with: Questions and answers" in page
    assert "line 122: Created at: is no moment that can be told" in page
    assert "[phone]" in page
    assert "900123" not in page
    paper = robin.get(f"{address}/paper").text
    assert "<style>" in paper
    assert "<script" not in paper
    assert robin.post(f"{address}/remove", htmx=False).status == 302
    assert robin.get(address).status == 404


@pytest.mark.req("PL34")
def test_the_workspace_is_set_up_from_findings(gym: Gym, robin: Screen, address: str) -> None:
    told = assessments.open_one(gym.house, robin.user, address.rpartition("/")[2]).told
    own = next(one for one in told["types"] if one["is_own"])
    hours = next(one for one in told["types"] if one["name"] == "opening_hours")
    form = {"flow": "faq_triage", "type": [hours["name"], own["name"]]}
    assert "Drafts were begun" in robin.post(f"{address}/set-up", form, htmx=False).text

    served = [one for one in told["types"] if one["name"] in told["backlog"][0]["types"]]
    draft = flow_drafts.open_flow(robin.user, "faq_triage").source
    often = round(sum(one["per_week"] for one in served))
    assert f"triage: {{complexity: 1, emotion: 0, frequency_per_week: {often}, value: 1}}" in draft
    edition = editions.edition_of(gym.house, gym.workspace.id)
    kept = edition.request_type("opening_hours")
    assert kept is not None
    assert (kept.frequency_per_week, kept.queue) == (hours["frequency"], "general")
    [new] = own_intents.list_all(gym.workspace.id)
    kind = edition.request_type(new.request_type)
    assert kind is not None
    assert "charger" in kind.title
    assert kind.complexity == 1  # people's answers are alike
    lines, _ = lessons.list_examples(gym.house, robin.user)
    assert len(lines) >= 5
    assert all("charge" in line.text for line in lines)
    assert {"assessment_begun", "request_type_set", "intent_made"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )

    assert "There is a draft already of" in robin.post(f"{address}/set-up", form, htmx=False).text
    assert OwnRequestType.objects.count() == 2
    assert robin.post(f"{address}/set-up", htmx=False).status == 422


def test_own_axes_decide_what_is_for_whom(gym: Gym, robin: Screen, address: str) -> None:
    robin.post(f"{address}/set-up", {"type": "opening_hours"}, htmx=False)
    OwnRequestType.objects.update(emotion=2)
    kind = editions.edition_of(gym.house, gym.workspace.id).request_type("opening_hours")
    assert kind is not None
    axes = triage.score(kind, sentiment=0.0, has_hard_stop=False, policy=Policy())
    assert triage.decide(axes, Policy()) is triage.Outcome.HUMAN


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "It is empty."),
        ("Frage\nWo?\n", "words=COLUMN"),
        ("Body\n,\n", "no conversation in it"),
    ],
)
def test_what_cannot_be_assessed_says_why(gym: Gym, robin: Screen, content: str, why: str) -> None:
    assert _upload(robin, content) == 302
    workshop_of(gym.house).wait()
    row = PastAssessment.objects.get()
    assert row.state == "failed"
    assert why in row.problem
    assert row.problem[:40] in robin.get(f"/assessments/{row.id}").text.replace("&#x27;", "'")


def test_one_at_a_time_and_a_stopped_process_says_so(gym: Gym, robin: Screen) -> None:
    may_go_on = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"Body\nwhere are you\n"

    shop = workshop_of(gym.house)
    row_id = assessments._began(gym.house, robin.user, "a.csv")
    shop.begin(
        may_go_on.wait,
        lambda: assessments._end(row_id, gym.house, state="failed", problem="Stopped."),
    )
    with pytest.raises(Conflict, match="Another file"):
        assessments.begin(gym.house, robin.user, "b.csv", pieces(), {})
    shop.give_up()
    may_go_on.set()
    assert PastAssessment.objects.get().problem == "Stopped."
    assert robin.get(f"/assessments/{row_id}").status == 200


def test_who_reads_reports_sees_findings_without_words(
    address: str, sam: Screen, alex: Screen
) -> None:
    assert sam.get("/assessments").status == 403
    assert _upload(sam, EXPORT) == 403
    assert _upload(alex, EXPORT) == 403
    assert alex.get("/assessments").status == 200
    assert "Assess it" not in alex.get("/assessments").text
    page = alex.get(address).text
    assert "Set up what is chosen" not in page
    assert _CHARGER[0] not in page  # an auditor reads no customer's words
    assert alex.post(f"{address}/set-up", {"type": "opening_hours"}).status == 403
    assert alex.get("/assessments/nothing").status == 404
