"""The outside reader of a workspace: set, asked in a turn, tried out, taken away."""

import json
from collections.abc import Iterator
from concurrent.futures import wait
from functools import partial

import pytest
from django.db import connection

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import InvalidInput, NotFound
from baton.nlu.outside import Budget, HttpSettings
from baton.services.desk import auditing
from baton.services.workspace import outside_readers
from baton.services.workspace.outside_readers import guardroom_of
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, Conversation, Notice, OutsideReader, User, Workspace
from tests.nlu.outside.conftest import TOKEN
from tests.nlu.outside.server import Server, running, texts_of

STORY = Story.model_validate(
    {
        "story": "outside",
        "title": "A gym that asks an NLU elsewhere",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "sam": {"user": "agent"},
            "robin": {"user": "manager"},
        },
        "steps": [{"passes": "1s"}],
    }
)
ODD = "zzyzx quux, my number is 020 7946 0018"  # nobody here knows what that means
MASKED = "zzyzx quux, my number is [phone]"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def world(db: None) -> Iterator[World]:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    yield world
    guardroom_of(world.house).close()


def settings_of(server: Server, **mapping: str) -> HttpSettings:
    return HttpSettings(
        url=f"{server.url}/read",
        auth="bearer",
        secret=TOKEN,
        language="en",
        mapping=mapping or {"Hours": "opening_hours"},
        ask_seconds=3.0,
    )


def configure(world: World, settings: HttpSettings) -> OutsideReader:
    return outside_readers.configure(world.house, world.workspace_id, settings, actor="system")


def say(world: World, text: str) -> None:
    world.say(Says(who="mia", text=(text,)))


def locks() -> tuple[bool, int]:
    """Return in how many transactions this is; the test's own counts."""
    return connection.in_atomic_block, len(connection.savepoint_ids)


def answered(world: World) -> bool:
    """Return whether the bot still has the conversation."""
    handled = Conversation.objects.filter(workspace_id=world.workspace_id).order_by("id").last()
    assert handled is not None
    return handled.handled_by == "bot"


@pytest.mark.req("FQ2")
def test_a_turn_is_read_by_the_outside_reader_and_guarded_here(
    world: World, server: Server
) -> None:
    server.reads(
        {MASKED: [("Hours", 0.97)], "I want my money back, this is a scam": [("Hours", 1)]}
    )
    configure(world, settings_of(server))
    say(world, ODD)
    [reading] = standards_cache(world.house).reader_of(world.workspace_id).read_many((ODD,))
    assert (reading.best.name, reading.source) == ("opening_hours", "http")  # type: ignore[union-attr]
    assert {text for asked in server.asked for text in texts_of(asked)} == {MASKED}
    assert answered(world)
    say(world, "I want my money back, this is a scam")
    assert not answered(world), "a hard stop is heard here, whatever they say there"
    assert world.faults() == ()


def test_a_turn_is_decided_when_nobody_is_there(world: World) -> None:
    with running() as gone:
        settings = settings_of(gone)
    configure(world, settings)
    say(world, "What time do you open?")
    assert answered(world)
    assert world.faults() == ()


def test_nobody_is_asked_while_locks_are_held(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.reads({MASKED: [("Hours", 0.97)]})
    configure(world, settings_of(server))
    outside_of_any, held = locks(), []

    def watched(sent: object, timeout: float) -> object:
        held.append(locks())
        return wait(sent, timeout)  # type: ignore[arg-type]

    monkeypatch.setattr("baton.nlu.outside.asking.wait", watched)
    say(world, ODD)
    assert answered(world), "what was told ahead is what the turn goes by"
    assert held == [outside_of_any]


def test_who_leads_is_told_once_that_it_fails_and_the_page_says_when_it_is_back(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = partial(Budget, failures=2, cool_down=0.0)
    monkeypatch.setattr("baton.nlu.outside.Budget", quick)
    server.answers({}, status=503)
    configure(world, settings_of(server))
    for text in ("zzyzx quux", "quux zzyzx", "quux"):
        say(world, text)
    standing = outside_readers.standing_of(world.workspace_id)
    assert standing is not None
    assert (standing.host, standing.trouble) == ("127.0.0.1", "refused")
    told = Notice.objects.filter(kind="reader_away").values_list("user_id", "details")
    assert list(told) == [(User.objects.get(role="manager").id, "127.0.0.1")]
    server.reads({"plugh": [("Hours", 0.9)]})
    say(world, "plugh")
    standing = outside_readers.standing_of(world.workspace_id)
    assert standing is not None
    assert (standing.trouble, standing.troubled_at) == ("", None)
    deeds = AuditEntry.objects.filter(action__in=("outside_reader_failed", "outside_reader_back"))
    assert [entry.action for entry in deeds.order_by("seq")] == [
        "outside_reader_failed",
        "outside_reader_back",
    ]


def test_settings_are_sealed_and_every_change_is_in_the_trail(world: World, server: Server) -> None:
    revision = Workspace.objects.get(id=world.workspace_id).revision
    first = configure(world, settings_of(server))
    second = configure(world, settings_of(server, Price="day_pass"))
    row = OutsideReader.objects.get(workspace_id=world.workspace_id)
    assert (row.id, row.kind, row.host, row.changed_by) == (
        second.id,
        "http",
        "127.0.0.1",
        "system",
    )
    assert TOKEN.encode() not in bytes(row.settings_sealed)
    opened = outside_readers.settings_of(world.house, world.workspace_id)
    assert opened == settings_of(server, Price="day_pass")
    outside_readers.turn_off(world.house, world.workspace_id, actor="system")
    assert outside_readers.find(world.workspace_id) is None
    assert Workspace.objects.get(id=world.workspace_id).revision == revision + 3
    deeds = AuditEntry.objects.filter(workspace_id=world.workspace_id, action__startswith="outside")
    told = list(deeds.order_by("seq").values_list("action", "subject", "details"))
    assert [(action, subject) for action, subject, _details in told] == [
        ("outside_reader_set", f"outside_reader:{first.id}"),
        ("outside_reader_set", f"outside_reader:{second.id}"),
        ("outside_reader_off", f"outside_reader:{second.id}"),
    ]
    assert json.loads(told[0][2]) == {"kind": "http", "host": "127.0.0.1", "intents": 1}
    assert TOKEN not in str(told)
    assert auditing.verify(world.workspace_id) is None
    with pytest.raises(NotFound):
        outside_readers.turn_off(world.house, world.workspace_id, actor="system")


def test_once_it_is_off_nobody_is_asked(world: World, server: Server) -> None:
    server.reads({})
    configure(world, settings_of(server))
    say(world, "hello there")
    assert len(server.asked) == 1
    outside_readers.turn_off(world.house, world.workspace_id, actor="system")
    say(world, "good morning to you")
    assert len(server.asked) == 1


def test_a_mapping_that_leads_nowhere_is_refused_or_left_out(world: World, server: Server) -> None:
    with pytest.raises(InvalidInput, match="no_such_intent"):
        configure(world, settings_of(server, Hours="no_such_intent"))
    assert outside_readers.find(world.workspace_id) is None
    configure(world, settings_of(server, Hours="opening_hours", Park="parking"))
    pack = standards_cache(world.house).setting_of(world.workspace_id).pack
    fewer = type(pack)(
        **{
            name: getattr(pack, name)
            for name in pack.__dataclass_fields__
            if not name.startswith("_")
        }
        | {"intents": tuple(one for one in pack.intents if one.name != "parking")}
    )
    suited = outside_readers.settings_for(world.house, world.workspace_id, fewer)
    assert suited is not None
    assert suited.mapping == {"Hours": "opening_hours"}


def test_a_guarded_reader_is_kept_until_its_parts_change(world: World, server: Server) -> None:
    server.reads({})
    cache = standards_cache(world.house)
    configure(world, settings_of(server))
    cache.setting_of(world.workspace_id)
    reader = cache.reader_of(world.workspace_id)
    assert cache.reader_of(world.workspace_id) is reader
    configure(world, settings_of(server, Park="parking"))
    cache.setting_of(world.workspace_id)
    assert cache.reader_of(world.workspace_id) is not reader


def test_a_trial_tells_what_came_and_what_it_means(world: World, server: Server) -> None:
    server.reads({outside_readers.TRIAL: [("Hours", 0.9), ("Price", 0.1)]})
    configure(world, settings_of(server))
    trial = outside_readers.try_out(world.house, world.workspace_id)
    assert (trial.outcome, trial.meant) == ("answered", "opening_hours")
    assert trial.told == (("Hours", 0.9), ("Price", 0.1))
    server.answers({}, status=503)
    trial = outside_readers.try_out(world.house, world.workspace_id)
    assert (trial.outcome, trial.detail) == ("refused", "status 503")
    outside_readers.turn_off(world.house, world.workspace_id, actor="system")
    with pytest.raises(NotFound):
        outside_readers.try_out(world.house, world.workspace_id)
