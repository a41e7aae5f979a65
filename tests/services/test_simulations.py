"""Simulations of a workspace's flows, and the assumptions that they rest on."""

from pathlib import Path

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.core.errors import InvalidInput
from baton.flows.simulation.report import Plan
from baton.services.flows import simulations
from baton.services.workspace import library, packs
from baton.services.writing.documents import InvalidDocument
from baton.store.models import Message, Run

FEW = Plan(contacts=6, days=20)


@pytest.mark.req("TP1")
@pytest.mark.parametrize("name", [one.name for one in library.list_templates() if not one.is_part])
def test_every_template_can_be_played_and_no_step_of_it_fails(name: str) -> None:
    pack = packs.load_pack("fitness")
    document = simulations.flow_document_of(pack, name)
    found = simulations.simulate_document(pack, document, simulations.assumptions(), FEW)
    assert not found.tally.problems
    assert not [one for one in found.tally.not_started if one.startswith("event_refused")]


def test_assumptions_are_laid_over_those_that_ship(tmp_path: Path) -> None:
    own = tmp_path / "people.yaml"
    own.write_text("habits: {answers: 0.9}\nprices: {currency: EUR}\n")
    usual, found = simulations.assumptions(), simulations.assumptions_with(own)
    assert found.habits.answers == 0.9
    assert found.habits.rates == usual.habits.rates
    assert found.prices.currency == "EUR"
    assert found.prices.email == usual.prices.email
    assert found.matters == usual.matters


def test_every_mistake_in_assumptions_is_placed(tmp_path: Path) -> None:
    own = tmp_path / "people.yaml"
    own.write_text(
        "habits: {answers: 9}\n"
        "systems: {takes: [1h, 1m]}\n"
        "matters:\n"
        "  - {name: stay, begins: stay_booked, every: 30d, once: true, ahead: [1d, 9d]}\n"
        "numbers: {nights: 3}\n"
        "wrods: {}\n"
    )
    with pytest.raises(InvalidDocument) as refused:
        simulations.assumptions_with(own)
    places = {(one.line, one.path) for one in refused.value.problems}
    assert {(1, "habits.answers"), (2, "systems.takes"), (4, "matters[0].every")} <= places
    assert {(5, "numbers.nights"), (6, "wrods")} <= places


def test_what_is_no_mapping_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "people.yaml"
    own.write_text("- habits\n")
    with pytest.raises(InvalidDocument):
        simulations.assumptions_with(own)


def test_a_document_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(InvalidInput):
        simulations.simulate_document(
            packs.load_pack("fitness"), {"flow": "x"}, simulations.assumptions(), FEW
        )


STORY = Story.model_validate(
    {
        "story": "place",
        "title": "A workspace to play flows in",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat", "name": "Mia"}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.mark.django_db
def test_a_workspace_plays_a_draft_and_nothing_is_written() -> None:
    world = founding.make(STORY)
    draft = simulations.flow_document_of(packs.load_pack("fitness"), "appointment_reminders")
    found = simulations.simulate_flow(
        world.house, world.workspace_id, draft, contacts=5, days=20, seed=1
    )
    assert found.tally.runs["all"] > 0
    assert found.plan == Plan(contacts=5, days=20, seed=1)
    assert not Run.objects.exists()
    assert not Message.objects.exists()
