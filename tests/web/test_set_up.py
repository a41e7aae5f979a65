"""A workspace's first hour: the link, the checklist, places and words, a flow in shadow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.core.roles import Role
from baton.services.desk import founding
from baton.services.house import House
from baton.services.pilot import checklist
from baton.services.pilot.checklist import Step
from baton.store.models import FlowDraft, FlowVersion, Location, Message, User, Workspace
from tests.ingress.installation import copy_of
from tests.support.engines import default_database
from tests.support.pages import forms_of
from tests.web.conftest import KEYSET, PASSWORD, START, Gym, Screen, gym_of

FIRST = {
    "business": "Harbour Yoga",
    "pack": "fitness",
    "timezone": "Europe/Lisbon",
    "name": "Ines",
    "email": "ines@harbour.example",
    "password": PASSWORD,
}


@pytest.fixture
def bare(template: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """An installation that nobody has begun with."""
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        yield wiring.build_house(KEYSET, VirtualClock(START), seed=3)


def path_of(link: str, house: House) -> str:
    return link.removeprefix(house.base_url)


def begun(house: House) -> tuple[Gym, Screen]:
    client = Client()
    assert client.post(path_of(founding.find_link(house), house), FIRST).status_code == 302
    clock = house.clock
    assert isinstance(clock, VirtualClock)
    return (
        gym_of(Workspace.objects.get(), house=house, clock=clock),
        Screen(user=User.objects.get(), client=client),
    )


def form_of(page: str, name: str) -> dict[str, str]:
    return {field: values[0] for field, values in forms_of(page)[name].items()}


def left_of(page: str) -> str:
    found = re.search(r"Setting up: ([^<]+)<", page)
    return found[1] if found else ""


def test_the_link_makes_one_workspace_and_signs_its_first_person_in(bare: House) -> None:
    link = path_of(founding.find_link(bare), bare)
    gym, ines = begun(bare)
    assert (gym.workspace.name, gym.workspace.pack) == ("Harbour Yoga", "fitness")
    assert (ines.user.role, ines.user.email) == (Role.MANAGER, "ines@harbour.example")
    # Alone, they take what any queue asks for.
    assert {"general", "billing", "clinical"} <= set(ines.user.skills)
    assert Location.objects.get().timezone == "Europe/Lisbon"
    assert "0 of 7 done" in ines.get("/set-up").text
    # Nobody else comes in by it, and the server prints it no more.
    assert Client().get(link).status_code == 404
    assert Client().post(link, FIRST | {"email": "eve@evil.example"}).status_code == 404
    assert (Workspace.objects.count(), User.objects.count()) == (1, 1)
    assert founding.find_link(bare) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"business": " "}, "what customers call your business"),
        ({"pack": "zoo"}, "what comes nearest"),
        ({"timezone": "Mars/Olympus"}, "time zone"),
        ({"name": ""}, "the name that colleagues"),
        ({"email": "ines"}, "an e-mail address"),
        ({"password": "1234567890"}, "password"),
    ],
)
def test_what_cannot_be_begun_with_is_said_beside_its_field(
    bare: House, given: dict[str, str], said: str
) -> None:
    link = path_of(founding.find_link(bare), bare)
    answer = Client().post(link, FIRST | given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Workspace.objects.exists()


@pytest.mark.usefixtures("bare")
def test_another_link_begins_nothing() -> None:
    assert Client().post("/begin/" + "0" * 32, FIRST).status_code == 404
    assert not Workspace.objects.exists()


@pytest.mark.req("PL34", "PL5")
def test_a_new_workspace_says_nothing_by_itself_until_a_flow_is_in_shadow(bare: House) -> None:
    gym, ines = begun(bare)
    assert not FlowVersion.objects.exists()
    by_reply = {"book_by_reply", "move_by_reply", "cancel_by_reply"}
    drafts = set(FlowDraft.objects.values_list("name", flat=True))
    assert drafts == {"faq", "csat", *by_reply}
    ines.post("/set-up/flow", flow="faq", htmx=False)
    assert FlowVersion.objects.get().name == "faq"
    assert "Validate in shadow" in ines.get("/pilot/faq").text
    talk = gym.hear("mia", "What time do you open?")
    said = Message.objects.filter(conversation_id=talk, author="bot", is_note=False)
    words = [gym.house.keyset.unseal(bytes(m.body_sealed), f"message:{m.id}") for m in said]
    assert not any("open" in one for one in words)
    page = ines.get("/pilot/faq/drafts").text
    assert "is open" in page
    # The step that only a message can do is done.
    found = {one.step: one.is_done for one in checklist.show(gym.house, ines.user).lines}
    assert found[Step.FLOW]
    assert found[Step.TRY]
    assert ines.post("/set-up/flow", flow="faq", htmx=False).status == 422
    # Another one that any message starts goes in front of it; before, it could not be published.
    assert ines.post("/set-up/flow", flow="faq_triage", htmx=False).status == 302
    assert "It stands in for" in ines.get("/flows/faq_triage").text


def test_the_checklist_shrinks_and_stays_where_one_left_it(bare: House) -> None:
    gym, ines = begun(bare)
    assert left_of(ines.get("/").text) == "7 steps left"
    form = form_of(ines.get("/settings/business").text, "place-form-1")
    wanted = form | {"address": "3 Quay Road", "hours": "Mon-Fri 07:00-21:00"}
    assert ines.post("/settings/business/place", wanted, htmx=False).status == 302
    for step in ("channel", "team", "consent"):
        ines.post("/set-up/step", step=step, htmx=False)
    assert left_of(ines.get("/").text) == "3 steps left"
    assert ines.post("/set-up/step", step="flow", htmx=False).status == 422
    ines.post("/set-up/step", step="team", back="1", htmx=False)
    assert left_of(ines.get("/").text) == "4 steps left"
    gym.hire("Sam", Role.AGENT)
    assert left_of(ines.get("/").text) == "3 steps left"
    ines.post("/set-up/close", htmx=False)
    assert left_of(ines.get("/").text) == ""
    assert ines.get("/set-up").status == 200
    assert len(gym.deeds("set_up_closed")) == 1


def test_only_who_may_change_settings_sees_the_set_up(bare: House) -> None:
    gym, _ines = begun(bare)
    sam = gym.screen_of(gym.hire("Sam", Role.AGENT))
    assert left_of(sam.get("/").text) == ""
    assert sam.get("/set-up").status == 403
    assert sam.post("/set-up/flow", flow="faq", htmx=False).status == 403
    assert not FlowVersion.objects.exists()


def test_a_workspace_at_work_is_not_reminded(robin: Screen) -> None:
    assert left_of(robin.get("/").text) == ""
