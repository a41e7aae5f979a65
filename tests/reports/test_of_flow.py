"""What a flow answers for: its own matters, the whole business, and what it is about."""

import pytest

from baton.core.json import Json
from baton.core.kpi_catalogue import CATALOGUE, measures
from baton.flows.document import Flow, parse
from baton.reports.of_flow import kpis_of_flow, kpis_of_flows
from baton.services.desk import baselines
from baton.services.workspace import library
from baton.services.workspace.packs import load_pack
from baton.store.models import Baseline
from tests.reports.world import ALL, DAY, LIMITS, NOW, WORKSPACE, a_booking, an_episode

NAMES = ("containment", "inquiries", "people_contacts", "no_show_rate")


def reminders(about: list[Json]) -> Flow:
    return parse({
        "flow": "reminders", "title": "Reminders", "owner": "CX lead", "locale": "en",
        "trigger": {"on": "event", "event": "booking_created"}, "about": about,
        "metric": "no_show_rate", "start": "done", "steps": {"done": {"type": "end"}},
    })  # fmt: skip


@pytest.mark.django_db
@pytest.mark.req("AP20", "AP23", "OR14", "K24", "K25")
def test_it_answers_for_its_matters_for_the_business_and_for_what_it_spares_people() -> None:
    an_episode(1, flow="reminders", took=1)
    an_episode(2, flow="faq", intent="class_move", handoffs=1)
    an_episode(3, flow="", intent="class_move")
    an_episode(4, flow="faq", intent="opening_hours", handoffs=1)
    a_booking(1, "no_show")
    a_booking(2, "attended")
    found = kpis_of_flow(reminders(["class_move", "party_move"]), ALL, LIMITS, NAMES)
    told = {name: (one.count, one.among) for name, one in found.items()}
    assert told == {
        "containment": (1, 1), "inquiries": (2, 2), "people_contacts": (1, 1),
        "no_show_rate": (1, 2),
    }  # fmt: skip
    own = kpis_of_flow(reminders([]), ALL, LIMITS, NAMES)
    assert own["inquiries"].among == 1  # about nothing: those of its own
    together = kpis_of_flows([reminders(["class_move", "party_move"])], ALL, LIMITS, NAMES)
    assert together["reminders"] == found
    assert together["faq"]["containment"].among == 2
    assert together["faq"]["no_show_rate"] == found["no_show_rate"]


@pytest.mark.django_db
@pytest.mark.req("K23")
def test_what_no_row_knows_the_flow_of_has_one_baseline_for_all() -> None:
    for number, (kpi, flow, value) in enumerate((
        ("no_show_rate", "", 0.2), ("containment", "", 0.5), ("containment", "faq", 0.6),
        ("no_show_rate", "faq", 0.3),
    )):  # fmt: skip
        Baseline.objects.create(
            id=f"k{number}", workspace_id=WORKSPACE, kpi=kpi, flow=flow, value=value,
            since=NOW, until=NOW + DAY, set_at=NOW, set_by_id="u", reason="before",
        )  # fmt: skip

    def told(flow: str) -> dict[str, float | None]:
        return {name: one.value for name, one in baselines.current(WORKSPACE, flow).items()}

    assert told("") == {"no_show_rate": 0.2, "containment": 0.5}
    assert told("faq") == {"no_show_rate": 0.3, "containment": 0.6}  # its own come first
    assert told("reminders") == {"no_show_rate": 0.2}  # how others are contained tells it nothing


@pytest.mark.req("K24", "K25", "K38", "ON19", "NP20", "RT15", "FQ17")
def test_whatever_a_ready_flow_is_held_to_is_measured() -> None:
    flows = [one.flow for one in library.list_templates()]
    for pack in ("fitness", "wellness", "healthcare", "retail", "family_entertainment"):
        flows += map(parse, load_pack(pack).flows.values())
    named = {
        name
        for charter in (flow.charter for flow in flows)
        for name in (
            charter.metric, *charter.efficiency, *charter.experience,
            *(gate.kpi for gate in charter.gates),
        )
        if name
    }  # fmt: skip
    assert not {name for name in named if measures.find(name) is None}
    assert {one.kpi for one in measures.MEASURES.values()} <= CATALOGUE.keys()
    assert not measures.MEASURES.keys() & CATALOGUE.keys()
