"""What is named beside an address: forms that name another place, lists of closed queues (P10)."""

import pytest
from django.db.models import F

from baton.core.roles import Role
from baton.store import models as store
from baton.store.models import Contact, Conversation, Location, Run, Slot, Task, User, Workspace
from tests.support.bare_rows import bare
from tests.web.conftest import Gym, Screen


def _elsewhere() -> str:
    """Let there be a second place, at which nobody of the tests works; return its id."""
    first = Location.objects.get()
    first.pk, first.id, first.name = None, "quayside", "Quayside"
    first.save(force_insert=True)
    return "quayside"


def _works_here(user: User) -> None:
    here = Location.objects.exclude(id="quayside").get()
    User.objects.filter(id=user.id).update(locations=[here.id])


@pytest.mark.req("T14", "P10")
def test_lists_hold_nothing_of_a_closed_queue(gym: Gym, robin: Screen) -> None:
    Workspace.objects.update(policy={"closed_queues": "clinical"}, revision=F("revision") + 1)
    talk = gym.hear("mia", "What time do you open?", name="Zanzibar")
    Conversation.objects.update(queue="clinical", handled_by="async", assignee_id=None)
    own = {"workspace_id": gym.workspace.id, "conversation_id": talk}
    task = bare(Task, "task", **own, contact_id=Contact.objects.get().id, queue="billing")
    title = gym.house.keyset.seal("About the rash", f"task:{task.id}")
    Task.objects.update(title_sealed=title)
    bare(store.Approval, "grant", **own, state="proposed", asked="manager")
    kim = gym.screen_of(gym.hire("Kim", Role.SPECIALIST, skills=("billing",)))
    pages = ("/to-do", "/approvals?folder=open", "/my-day")
    assert all("Zanzibar" in robin.get(one).text for one in pages[:2])
    assert not any("Zanzibar" in kim.get(one).text for one in pages)
    # What waits in a closed queue is of it, whosever conversation it came from.
    Conversation.objects.update(queue="billing")
    Task.objects.update(queue="clinical")
    assert "rash" not in kim.get("/to-do").text
    assert kim.post(f"/to-do/{task.id}/done", outcome="reached").status == 403
    assert "rash" in robin.get("/to-do").text


@pytest.mark.req("P10")
def test_a_form_names_no_slot_or_location_of_another_place(gym: Gym, robin: Screen) -> None:
    there = _elsewhere()
    gym.hear("mia", "Hello")
    mia, whose = Contact.objects.get(), {"workspace_id": gym.workspace.id}
    activity = bare(store.Activity, "Yoga", **whose, removed_at=None, capacity=9, minutes=60)
    ahead = {"starts_at": gym.clock.now().replace(year=2030), "capacity": 9, "cancelled_at": None}
    ahead |= {"ends_at": ahead["starts_at"], "activity_id": activity.id, "system_id": ""}
    here = Location.objects.exclude(id=there).get().id
    mine = bare(Slot, "mine", **whose, **ahead, location_id=here)
    theirs = bare(Slot, "theirs", **whose, **ahead, location_id=there)
    booked = bare(
        store.Booking, "b", **whose, contact_id=mia.id, slot_id=mine.id,
        activity_id=activity.id, state="booked", system_id="", places=1,
        starts_at=mine.starts_at, ends_at=mine.ends_at,
    )  # fmt: skip
    _works_here(robin.user)
    # Which times there are elsewhere, no page of theirs offers.
    assert theirs.id not in robin.get(f"/bookings/{booked.id}").text
    assert theirs.id not in robin.get(f"/activities/{activity.id}").text
    assert robin.post(f"/bookings/{booked.id}/move", slot=theirs.id).status == 403
    made = {"on": "2030-01-07", "at": "07:00", "weeks": 1, "location": there}
    assert robin.post(f"/activities/{activity.id}/slots", made, htmx=False).status == 422
    store.Booking.objects.get(slot_id=mine.id)
    assert set(Slot.objects.values_list("id", flat=True)) == {mine.id, theirs.id}


@pytest.mark.req("P10")
@pytest.mark.parametrize("scope", ["ticked", "all"])
def test_runs_of_another_places_contacts_go_on(gym: Gym, robin: Screen, scope: str) -> None:
    there = _elsewhere()
    waiting = []
    for who in ("mia", "noa"):
        talk = Conversation.objects.get(id=gym.hear(who, "Hello"))
        waiting.append(
            bare(
                Run, who, workspace_id=gym.workspace.id, conversation_id=talk.id,
                contact_id=talk.contact_id, flow="visit_feedback", version=1, status="waiting",
            )
        )  # fmt: skip
    mine, theirs = waiting
    Contact.objects.filter(id=theirs.contact_id).update(location_id=there)
    _works_here(robin.user)
    given = {"deed": "stop", "scope": scope, "reason": "Wrong text", "run": [mine.id, theirs.id]}
    robin.post("/flows/visit_feedback/runs/change", given, htmx=False)
    assert [Run.objects.get(id=one.id).status for one in waiting] == ["stopped", "waiting"]


@pytest.mark.req("P10")
def test_who_serves_more_places_is_not_set_by_who_leads_one(sam: Screen, robin: Screen) -> None:
    _elsewhere()
    _works_here(robin.user)
    set_away = {"capacity": "", "authority": "9000", "away_reason": "none"}
    assert robin.post(f"/team/{sam.user.id}", set_away, htmx=False).status == 403
    assert f"/team/{sam.user.id}" not in robin.get("/team").text
    assert User.objects.get(id=sam.user.id).is_available
    _works_here(sam.user)
    assert f"/team/{sam.user.id}" in robin.get("/team").text
    assert robin.post(f"/team/{sam.user.id}", set_away, htmx=False).status == 302
    assert not User.objects.get(id=sam.user.id).is_available


@pytest.mark.req("P10")
def test_words_taught_elsewhere_are_not_shown(gym: Gym, robin: Screen) -> None:
    there = _elsewhere()
    talk = gym.hear("mia", "What time do you open?")
    Contact.objects.update(location_id=there)
    turn = bare(store.Turn, "turn", workspace_id=gym.workspace.id, conversation_id=talk)
    one = bare(store.TaughtExample, "taught", workspace_id=gym.workspace.id, turn_id=turn.id)
    sealed = gym.house.keyset.seal("my rash is back", f"taught:{one.id}")
    store.TaughtExample.objects.update(text_sealed=sealed)
    assert "my rash is back" in robin.get("/learning/examples").text
    _works_here(robin.user)
    assert "my rash is back" not in robin.get("/learning/examples").text
    assert robin.post(f"/learning/examples/{one.id}/retire").status == 403
    store.TaughtExample.objects.get(retired_at=None)
