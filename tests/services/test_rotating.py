"""Keys take each other's place: nothing is lost, however often it is interrupted."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import pytest
from django.db import connection

from baton.config.cli import keys
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.services.privacy import rotating
from baton.services.privacy.rotating import Resealer
from baton.store import sealed
from baton.store.crypto import Keyset
from baton.store.keyset_file import KeysetFile
from baton.store.models import AuditEntry, Message, VaultEntry

STORY = Story.model_validate(
    {
        "story": "rotating",
        "title": "A new key",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat"}, "sue": {"contact": "sms"}},
        "steps": [{"passes": "1s"}],
    }
)
MANY = 23


class PowerCutError(Exception):
    """The power went."""


@pytest.fixture
def file(tmp_path: Path) -> KeysetFile:
    return KeysetFile(path=tmp_path / "keyset.json")


@pytest.fixture
def world(
    db: None,  # noqa: ARG001 - asks for the database
    file: KeysetFile,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    monkeypatch.setenv("BATON_READER", "plain")
    monkeypatch.setattr(rotating, "PAGE", 7)
    monkeypatch.setattr(founding, "keyset_from", lambda _seed: file.load(STORY.starts))
    world = founding.make(STORY)
    world.say(
        Says(who="mia", text=[f"I am guest {n}, my number is 02079 46{n:04}" for n in range(MANY)])
    )
    world.say(Says(who="sue", text=["agent please, write to sue@example.org"]))
    return world


def by_key(world: World, file: KeysetFile) -> dict[int, int]:
    return {one.number: one.values for one in rotating.standing(file, world.house.keyset.primary)}


def texts(keyset: Keyset) -> list[str]:
    return [
        keyset.unseal(value.sealed, value.place)
        for one in sealed.COLUMNS
        for value in sealed.page(one, limit=10_000)
        if one.model in (Message, VaultEntry)
    ]


@pytest.mark.req("P7", "U14")
def test_rotation_interrupted_five_times_loses_nothing(world: World, file: KeysetFile) -> None:
    before, total = texts(world.house.keyset), sum(by_key(world, file).values())
    assert rotating.add_key(world.house, file) == 2
    left = [total]

    def interrupt(_place: str, done: int) -> None:
        if len(left) <= 5 and done >= 5:
            raise PowerCutError

    for _ in range(5):
        with pytest.raises(PowerCutError):
            rotating.reseal(world.house, told=interrupt)
        left.append(by_key(world, file)[1])
    assert sorted(left, reverse=True) == left
    assert len(set(left)) == 6, "each try goes on where the one before it ended"
    # Somebody writes meanwhile: it is sealed with the new key at once.
    world.say(Says(who="mia", text=["one more word"]))
    rotating.reseal(world.house)
    assert by_key(world, file)[1] == 0
    assert texts(file.load(world.now))[: len(before)] != []
    assert set(before) < set(texts(file.load(world.now)))
    assert rotating.broken_seals(world.house) == []
    # The old key goes only when every process has heard of the new one.
    assert rotating.retire(world.house, file) == []
    world.pass_time(timedelta(minutes=11))
    rotating.reseal(world.house)
    assert rotating.retire(world.house, file) == [1]
    assert world.house.keyset.keys.keys() == {2}
    assert set(before) < set(texts(file.load(world.now)))
    done = AuditEntry.objects.filter(action__in=["key_added", "values_resealed", "keys_retired"])
    assert set(done.values_list("action", flat=True)) == {
        "key_added", "values_resealed", "keys_retired",
    }  # fmt: skip


@pytest.mark.req("P7")
def test_a_server_hears_of_a_new_key_and_seals_everything_anew(
    world: World, file: KeysetFile
) -> None:
    resealer = Resealer(house=world.house, owner="server")
    assert resealer.run_once() == 0  # there is one key, and nothing to do
    file.add_key(world.now)  # by another process
    assert resealer.run_once() == 0  # not every turn looks at the disk
    world.pass_time(timedelta(minutes=1))
    rounds = 0
    while resealer.run_once():
        rounds += 1
    assert rounds > 3
    assert by_key(world, file)[1] == 0
    # What a process that heard late sealed with the older key is met an hour later.
    late = replace(world.house.keyset, primary=1)
    message = Message.objects.order_by("id").first()
    assert message is not None
    message.body_sealed = late.seal("late", f"message:{message.id}")
    message.save()
    assert resealer.run_once() == 0
    world.pass_time(timedelta(hours=1))
    while resealer.run_once():
        pass
    assert by_key(world, file)[1] == 0
    message.refresh_from_db()
    assert world.house.keyset.unseal(message.body_sealed, f"message:{message.id}") == "late"


@pytest.mark.req("P6")
def test_whatever_was_changed_is_named_and_stays_for_evidence(
    world: World, file: KeysetFile, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = Message.objects.order_by("id")[:2]
    turned = bytes([*bytes(one.body_sealed)[:-1], bytes(one.body_sealed)[-1] ^ 1])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_message SET body_sealed = %s WHERE id = %s", [turned, one.id])
        # A value of another row, sealed by the right key.
        cursor.execute(
            "UPDATE store_message SET body_sealed = %s WHERE id = %s",
            [bytes(Message.objects.order_by("-id")[0].body_sealed), other.id],
        )
    named = [f"store_message.body_sealed of {id_}" for id_ in sorted([one.id, other.id])]
    assert sorted(rotating.broken_seals(world.house)) == named
    rotating.add_key(world.house, file)
    # Whoever rotates is told, with a code: silence would be taken for success.
    with pytest.raises(click.ClickException, match="2 values did not open"):
        keys.reseal_all(world.house, 2, as_json=True)
    assert sorted(json.loads(capsys.readouterr().out)["broken"]) == named
    assert by_key(world, file)[1] == 2
    world.pass_time(timedelta(hours=1))
    assert rotating.retire(world.house, file) == []
