"""The intake: what somebody answers about their health stands apart, opened on the record."""

from pathlib import Path

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Forbidden, NotFound
from baton.flows import run as runs
from baton.services.calls import Call, Performed
from baton.services.desk import agents
from baton.services.privacy import erasing, rotating
from baton.services.privacy.manifest import Manifest
from baton.store.models import AuditEntry, Contact, Conversation, Intake, Run

CONCERN, HISTORY = "a tense zebrashoulder", "in november for a zebrafacial"
STORY = Story.model_validate(
    {
        "story": "intakes",
        "title": "An intake stands apart",
        "pack": "wellness",
        "actions": {"open_intake_form": {"form": "IF-30871"}},
        "people": {
            "ana": {"contact": "webchat"},
            "ben": {"contact": "webchat"},
            "kim": {"user": "agent", "skills": ["clinical"]},
            "ava": {"user": "auditor"},
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def booked(db: None, monkeypatch: pytest.MonkeyPatch) -> list[Call]:  # noqa: ARG001 - asks for it
    """Return what the booking system is called with."""
    calls: list[Call] = []

    def book(call: Call) -> Performed:
        calls.append(call)
        return Performed(result={"starts_at": "2026-03-05T15:00:00+00:00"})

    offered = founding._actions
    monkeypatch.setattr(
        founding, "_actions", lambda story: {**offered(story), "book_treatment": book}
    )
    monkeypatch.setenv("BATON_READER", "plain")
    return calls


def answered(*texts: str) -> World:
    world = founding.make(STORY)
    for text in ("BOOK", "1", *texts):
        world.say(Says(who="ana", text=[text]))
    return world


@pytest.mark.req("X36", "H16", "P13", "P3")
def test_answers_stand_in_the_intake_and_go_to_the_booking_alone(booked: list[Call]) -> None:
    world = answered(CONCERN)
    [run] = Run.objects.filter(flow="intake")
    state = runs.parse_json(world.house.keyset.unseal(bytes(run.state_sealed), f"run:{run.id}"))
    assert state.variables["concern"] == "[intake:concern]"
    world.say(Says(who="ana", text=[HISTORY]))
    [call] = booked
    assert call.given == {"form": "IF-30871", "concern": CONCERN, "history": HISTORY}
    [row] = Intake.objects.all()
    assert b"zebra" not in bytes(row.answers_sealed)
    assert rotating.broken_seals(world.house) == []
    told = " ".join(AuditEntry.objects.values_list("details", flat=True))
    assert "zebra" not in told
    kept = AuditEntry.objects.filter(action="intake_kept").values_list("details", flat=True)
    assert [("concern" in one, "history" in one) for one in kept] == [(True, False), (False, True)]


@pytest.mark.req("X36", "H12", "P10", "X5")
def test_it_is_opened_by_role_and_on_the_record(booked: list[Call]) -> None:
    world = answered(CONCERN)
    [conversation] = Conversation.objects.all()
    kim, ava = world.users["kim"], world.users["ava"]
    assert agents.open_intake(world.house, kim, conversation.id) == (("concern", CONCERN),)
    with pytest.raises(Forbidden):
        agents.open_intake(world.house, ava, conversation.id)
    world.say(Says(who="ben", text=["what are your opening hours?"]))
    with pytest.raises(NotFound):
        agents.open_intake(world.house, kim, Conversation.objects.latest("id").id)
    opened = AuditEntry.objects.get(action="intake_opened")
    assert (opened.actor, opened.subject) == (f"user:{kim.id}", f"intake:{Intake.objects.get().id}")
    assert booked == []


@pytest.mark.req("P9", "X36")
def test_it_goes_with_whoever_it_is_of(booked: list[Call], tmp_path: Path) -> None:
    world = answered(CONCERN, HISTORY)
    assert booked
    contact = Contact.objects.get()
    erasing.erase_now(
        world.house, Manifest(path=tmp_path / "gone.jsonl"), world.workspace_id, contact.id, "asked"
    )
    assert not Intake.objects.exists()
