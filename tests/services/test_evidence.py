"""Episodes kept up with the trail are those that are rebuilt, in any order of anything."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from baton.config.stories import founding
from baton.config.stories.parts import Says
from baton.services.desk import merging, parting
from baton.services.evidence import days, keeping
from baton.services.house import House
from baton.store.models import (
    AuditEntry,
    Contact,
    Conversation,
    Episode,
    EvidenceDay,
    EvidencePlace,
    Exposure,
    Stretch,
)
from tests.services.test_merging import STORY as TWO
from tests.services.test_ownership_any_order import (
    PERSON,
    STORY,
    WORDS,
    Life,
    deeds_of,
    taken_back,
)

_DEEDS = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(WORDS)),
    st.tuples(
        st.sampled_from(["accept", "reply", "return", "resolve", "undo", "transfer", "release"]),
        st.sampled_from(["sam", "kim"]),
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 20, 60 * 30])),
    st.tuples(st.just("look"), st.sampled_from(["", ""])),
)


def everything() -> list[dict[str, Any]]:
    """Return all rows of the read model."""
    tables: tuple[type[Model], ...] = (Episode, Stretch)
    return [row for table in tables for row in table._default_manager.order_by("pk").values()]


@pytest.mark.django_db
@pytest.mark.req("RP7")
@settings(
    max_examples=4,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(_DEEDS, min_size=3, max_size=12))
@example(deeds=[("say", PERSON), ("look", ""), ("accept", "sam"), ("look", ""),
                ("resolve", "sam"), ("look", ""), ("undo", "sam"), ("resolve", "sam"),
                ("look", ""), ("wait", 20), ("say", PERSON)])  # fmt: skip
@example(deeds=[("say", WORDS[0]), ("wait", 20), ("look", ""), ("say", "5"), ("look", ""),
                ("wait", 60), ("say", WORDS[0]), ("wait", 20)])  # fmt: skip
@example(deeds=[("say", "STOP"), ("look", ""), ("wait", 20), ("say", "STOP")])
def test_kept_up_is_rebuilt(deeds: list[tuple[str, Any]]) -> None:
    with taken_back():
        life = Life(world=founding.make(STORY))
        house, workspace_id = life.world.house, life.world.workspace_id
        acts = deeds_of(life)
        for name, given_ in deeds:
            match name, given_:
                case "say", str(words):
                    life.say(words)
                case "wait", int(minutes):
                    life.world.pass_time(timedelta(minutes=minutes))
                case "look", _:
                    keeping.catch_up(house, workspace_id)
                    days.keep(house, workspace_id)
                case _:
                    life.act(given_, acts[name])
        keeping.catch_up(house, workspace_id)
        kept = everything()
        assert not kept or {row["workspace_id"] for row in kept} == {workspace_id}
        days.keep(house, workspace_id)
        columns = all_columns()
        assert bool(columns) is bool(kept)
        assert rebuilt(house, workspace_id) == kept
        assert keeping.catch_up(house, workspace_id) == 0
        EvidenceDay.objects.update(digest="")
        days.keep(house, workspace_id)
        assert all_columns() == columns


@pytest.mark.django_db
@pytest.mark.req("RP7", "K1")
def test_who_was_only_met_has_no_matter_and_who_stopped_has_one() -> None:
    world = founding.make(STORY)
    first, *_ = [name for name, person in world.people.items() if person.contact]
    world.report(first, "checked_in", {})
    assert Conversation.objects.count() == 1
    keeping.catch_up(world.house, world.workspace_id)
    assert rebuilt(world.house, world.workspace_id) == everything() == []
    world.say(Says(who=first, text=("STOP",)))
    keeping.catch_up(world.house, world.workspace_id)
    assert len(kept := everything()) == 1
    assert rebuilt(world.house, world.workspace_id) == kept


def all_columns() -> list[tuple[Any, ...]]:
    """Return all days as they are kept, each under its digest."""
    found = EvidenceDay.objects.order_by("grain", "day").values_list("grain", "day", "digest")
    return list(found)


def rebuilt(house: House, workspace_id: str) -> list[dict[str, Any]]:
    """Return all rows of the read model, made anew from nothing."""
    Episode.objects.all().delete()
    Stretch.objects.all().delete()
    keeping.rebuild(house, workspace_id)
    return everything()


@pytest.mark.django_db
@pytest.mark.req("RP7", "CH6", "PL22")
def test_what_was_dealt_is_told_of_one_who_was_two_until_they_are_parted() -> None:
    with taken_back():
        world = founding.make(TWO)
        house, workspace_id = world.house, world.workspace_id
        for who in ("mia", "may"):
            world.say(Says(who=who, text=WORDS[0]))
        mia, may = (world.find_contact(who) for who in ("mia", "may"))
        assert mia is not None
        assert may is not None
        keeping.catch_up(house, workspace_id)
        # May turns out to be of value and of a place; what she talked of before stays as it was.
        Contact.objects.filter(id=may.id).update(
            marks={"tags": ["high_value"]}, location_id="north"
        )
        world.pass_time(timedelta(hours=1))
        [flow] = set(Episode.objects.values_list("flow", flat=True))
        Exposure.objects.create(
            id="x", workspace_id=workspace_id, contact_id=may.id, flow=flow, version=1,
            split="hello", variant="short", at=house.clock.now(),
        )  # fmt: skip
        world.pass_time(timedelta(days=8))
        world.say(Says(who="may", text=WORDS[0]))
        keeping.catch_up(house, workspace_id)

        def told() -> list[tuple[str, str, str, str]]:
            rows = Episode.objects.order_by("began_at", "id")
            return list(rows.values_list("location_id", "segment", "variants", "tags"))

        apart = [
            ("", "other", "", ""),
            ("", "other", "", ""),
            ("north", "high_value", f",{flow}.hello=short,", ",high_value,"),
        ]
        assert told() == apart
        assert set(Episode.objects.values_list("pack", flat=True)) == {"fitness"}
        record = merging.merge(house, world.users["sam"], mia.id, may.id, "a call")
        keeping.catch_up(house, workspace_id)
        kept = everything()
        assert told() == apart  # what was said before she was dealt an arm is of none
        assert rebuilt(house, workspace_id) == kept
        parting.unmerge(house, world.users["sam"], record)
        keeping.catch_up(house, workspace_id)
        kept = everything()
        assert rebuilt(house, workspace_id) == kept


@pytest.mark.django_db
def test_page_by_page_is_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with taken_back():
        life = Life(world=founding.make(STORY))
        house, workspace_id = life.world.house, life.world.workspace_id
        for words in (PERSON, WORDS[0]):
            life.say(words)
        life.act("sam", deeds_of(life)["accept"])
        keeping.catch_up(house, workspace_id)
        at_once = everything()
        assert at_once
        monkeypatch.setattr(keeping, "PAGE", 2)
        EvidencePlace.objects.all().delete()
        Episode.objects.all().delete()
        Stretch.objects.all().delete()
        bookkeeper, looks = keeping.Bookkeeper(house=house), 0
        while bookkeeper.run_once():
            looks += 1
            life.world.pass_time(timedelta(seconds=5))
        assert looks == -(-AuditEntry.objects.filter(workspace_id=workspace_id).count() // 2)
        assert everything() == at_once


@pytest.mark.django_db
def test_what_is_no_more_is_taken_away() -> None:
    with taken_back():
        life = Life(world=founding.make(STORY))
        house, workspace_id = life.world.house, life.world.workspace_id
        life.say(PERSON)
        keeping.catch_up(house, workspace_id)
        known = Episode.objects.get()
        Episode.objects.filter(id=known.id).update(id=f"{known.conversation_id}.7", number=7)
        keeping.rebuild(house, workspace_id)
        assert Episode.objects.get().number == 0
