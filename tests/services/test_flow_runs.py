"""Runs that wait: seen with whoever is in them, moved in called flows, stopped, begun anew."""

from datetime import timedelta

import msgspec
import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.errors import Conflict, InvalidInput
from baton.core.json import Json
from baton.core.roles import Role
from baton.services.flows import flow_migration, flow_pauses, flow_runs, run_search
from baton.services.flows.flow_runs import Deed
from baton.services.workspace import workspaces
from baton.store import sql
from baton.store.models import AuditEntry, FlowVersion, Message, Run, User, Workspace
from baton.store.rows import RunRow

STORY = Story.model_validate(
    {
        "story": "runs",
        "title": "Runs wait",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia Moss"},
            "nia": {"contact": "webchat", "name": "Nia"},
        },
        "steps": [{"passes": "1s"}],
    }
)
OUTER: dict[str, Json] = {
    "flow": "outer", "title": "Outer", "owner": "CX lead", "purpose": "transactional",
    "trigger": {"on": "event", "event": "booked"}, "facts": {"what": "text"}, "subject": "what",
    "start": "through",
    "steps": {"through": {"type": "subflow", "flow": "inner", "then": "say"},
              "say": {"type": "send", "text": "Over: {{ run.what }}.", "then": "over"},
              "over": {"type": "end"}},
}  # fmt: skip


def inner(text: str, kind: str = "wait") -> dict[str, Json]:
    return {
        "flow": "inner", "title": "Inner", "owner": "CX lead", "purpose": "transactional",
        "trigger": {"on": "call"}, "start": "rest",
        "steps": {"rest": {"type": kind, "for": "1h", "then": "say"},
                  "say": {"type": "send", "text": text, "then": "over"},
                  "over": {"type": "end"}},
    }  # fmt: skip


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    for name, written in (("outer", OUTER), ("inner", inner("Old words."))):
        workspaces.publish(
            made.house, made.workspace_id, name, written, now=made.now, reason="a test"
        )
    Workspace.objects.filter(id=made.workspace_id).update(revision=50)
    for who in ("mia", "nia"):
        made.report(who, "booked", {"what": f"{who}'s"})
    return made


@pytest.fixture
def robin(world: World) -> User:
    return workspaces.create_user(
        world.house,
        world.workspace_id,
        email="robin@runs.example",
        name="Robin",
        role=Role.MANAGER,
        password=None,
    )


def put_in_force(world: World, name: str, version: int, document: dict[str, Json]) -> None:
    FlowVersion.objects.create(
        id=world.house.next_id(world.now), workspace_id=world.workspace_id, name=name,
        version=version, document=document, published_at=world.now, published_by="CX",
        reason="a test",
    )  # fmt: skip
    Workspace.objects.filter(id=world.workspace_id).update(revision=60 + version)


def said(world: World, who: str) -> list[str]:
    contact = world.find_contact(who)
    rows = Message.objects.filter(contact_id=contact.id if contact else "", author="bot")
    keyset = world.house.keyset
    return [keyset.unseal(m.body_sealed, f"message:{m.id}") for m in rows.order_by("id")]


def test_who_waits_where_is_listed_found_and_paged(world: World, robin: User) -> None:
    found = run_search.list_runs(world.house, robin, "outer")
    assert [(one.who, one.inside, one.step) for one in found.runs] == [
        ("Nia", "inner", "rest"),
        ("Mia Moss", "inner", "rest"),
    ]
    assert all(one.wakes_at == world.now + timedelta(hours=1) for one in found.runs)
    assert [one.who for one in run_search.list_runs(world.house, robin, "inner").runs] == [
        "Nia",
        "Mia Moss",
    ]
    [mia] = run_search.list_runs(world.house, robin, "outer", who="moss").runs
    assert mia.who == "Mia Moss"
    assert not run_search.list_runs(world.house, robin, "outer", step="say").runs
    assert not run_search.list_runs(world.house, robin, "outer", before=mia.id).runs
    assert run_search.list_runs(world.house, robin, "outer", who=mia.id).runs == (mia,)
    assert run_search.list_runs(world.house, robin, "outer", who=f" {mia.contact} ").runs == (mia,)


def more_runs_of(world: World, who: str, count: int) -> None:
    """Copies of a contact's run, begun after every other."""
    contact = world.find_contact(who)
    run = Run.objects.get(contact_id=contact.id if contact else "")
    row = RunRow(**{name: getattr(run, name) for name in sql.columns_of(RunRow)})
    ids = [world.house.next_id(world.now) for _each in range(count)]
    sql.insert([msgspec.structs.replace(row, id=one) for one in ids])


def test_every_run_is_on_one_page_and_no_run_on_two(world: World, robin: User) -> None:
    more_runs_of(world, "mia", 60)
    for who, count in (("", 62), ("mia", 61)):
        seen: list[str] = []
        before, pages = "", 0
        while pages == 0 or before:
            page = run_search.list_runs(world.house, robin, "outer", who=who, before=before)
            assert page.looked_at == 0
            seen += [one.id for one in page.runs]
            before, pages = page.following, pages + 1
        assert (len(seen), len(set(seen)), pages) == (count, count, 3)
        assert seen == sorted(seen, reverse=True)


def test_a_name_is_found_behind_any_number_of_newer_runs(world: World, robin: User) -> None:
    more_runs_of(world, "mia", run_search.LOOKED_AT)
    page = run_search.list_runs(world.house, robin, "outer", who="nia")
    assert (page.runs, page.looked_at) == ((), run_search.LOOKED_AT)
    page = run_search.list_runs(world.house, robin, "outer", who="nia", before=page.following)
    assert ([one.who for one in page.runs], page.following) == (["Nia"], "")


@pytest.mark.req("GV7")
def test_a_run_inside_a_called_flow_moves_with_that_flow(world: World, robin: User) -> None:
    put_in_force(world, "inner", 2, inner("New words."))
    [standing] = flow_migration.plan(world.house, robin, "inner", 1, 2)
    assert (standing.step, standing.waiting, standing.proposed) == ("rest", 2, "rest")
    moved = flow_migration.migrate(
        world.house, robin, "inner", 1, to=2, mapping={"rest": "rest"}, reason="better words"
    )
    assert (moved.moved, moved.after) == (2, {"rest": 2})
    world.pass_time(timedelta(hours=1))
    assert said(world, "mia") == ["New words.\n\nOver: mia's."]


def test_a_run_on_a_version_that_cannot_be_read_is_shown_and_moves(
    world: World, robin: User
) -> None:
    FlowVersion.objects.filter(name="inner").update(
        document={**inner("Old words."), "no_such_field": True}
    )
    put_in_force(world, "inner", 2, inner("New words."))
    assert not any(one.is_usable for one in run_search.list_runs(world.house, robin, "inner").runs)
    moved = flow_migration.migrate(
        world.house, robin, "inner", 1, to=2, mapping={"rest": "rest"}, reason="mended"
    )
    assert moved.moved == 2
    assert all(one.is_usable for one in run_search.list_runs(world.house, robin, "inner").runs)
    world.pass_time(timedelta(hours=1))
    assert said(world, "nia") == ["New words.\n\nOver: nia's."]


def test_one_run_is_stopped_and_all_begin_anew(world: World, robin: User) -> None:
    house = world.house
    [mia] = run_search.list_runs(house, robin, "outer", who="mia").runs
    assert flow_runs.change(house, robin, "outer", Deed.STOP, chosen=[mia.id], reason="asked") == 1
    assert Run.objects.get(id=mia.id).status == "stopped"
    world.pass_time(timedelta(minutes=30))
    put_in_force(world, "outer", 2, OUTER | {"title": "Outer again"})
    done = flow_runs.change(house, robin, "outer", Deed.RESTART, chosen=None, reason="new version")
    assert done == 1
    world.pass_time(timedelta(minutes=45))  # the old run's hour is over, the new one's is not
    [nia] = Run.objects.filter(status="waiting")
    assert (nia.version, said(world, "nia")) == (2, [])
    world.pass_time(timedelta(minutes=30))
    assert said(world, "nia") == ["Old words.\n\nOver: nia's."]
    assert said(world, "mia") == []
    told = AuditEntry.objects.filter(subject="flow:outer").values_list("action", flat=True)
    assert set(told) == {"flow_runs_stopped", "flow_runs_restarted"}


def test_runs_are_changed_with_a_reason_and_where_they_can_begin(world: World, robin: User) -> None:
    house = world.house
    with pytest.raises(InvalidInput):
        flow_runs.change(house, robin, "outer", Deed.STOP, chosen=None, reason=" ")
    with pytest.raises(InvalidInput):
        flow_runs.change(house, robin, "outer", Deed.STOP, chosen=[], reason="why")
    with pytest.raises(Conflict):
        flow_runs.change(house, robin, "faq", Deed.RESTART, chosen=None, reason="why")
    flow_pauses.pause_as(house, robin, "outer", reason="why")
    with pytest.raises(Conflict):
        flow_runs.change(house, robin, "outer", Deed.RESTART, chosen=None, reason="why")
