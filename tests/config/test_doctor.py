"""`baton doctor` and `baton settings`: what is wrong is named, with what to do about it."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.config import doctor, variables
from baton.config.doctor import machine
from baton.config.doctor.findings import State
from baton.config.settings import Settings
from baton.config.variables import NAMES, SettingsError, adopt_file, unknown_names
from tests.config.conftest import Demo
from tests.support.command_line import baton
from tests.support.engines import default_database
from tests.support.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
TROUBLES = (
    "UPDATE runtime_event SET state = 'parked' WHERE seq = 1",
    "UPDATE runtime_event SET state = 'pending', due_at = '2020-01-01 00:00:00' WHERE seq = 2",
    "UPDATE store_installation SET backup_problem = 'the disk is full'",
    "UPDATE store_location SET timezone = 'Mars/Olympus'",
)


def examined(home: Path, **given: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = baton("doctor", "--json", home=home, settings=given)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(row["remedy"] for row in rows if row["state"] != "ok")
    return done.returncode, {row["name"]: row for row in rows}


def test_a_sound_installation_has_nothing_broken(demo: Demo) -> None:
    code, found = examined(demo.home)
    assert code == 0, found
    assert found["schema"]["found"] == "up to date"
    assert {name for name, row in found.items() if row["state"] != "ok"} == {"backups"}
    assert "SQLite" in found["database"]["found"]


def test_what_is_wrong_is_named_with_its_remedy(demo: Demo) -> None:
    with closing(sqlite3.connect(demo.home / "baton.sqlite3")) as rows:
        for trouble in TROUBLES:
            rows.execute(trouble)
        rows.commit()
    (demo.home / "secret-key").chmod(0o644)
    address = {"BATON_BASE_URL": "http://help.example.com", "BATON_DEMO": "1", "BATON_PROT": "1"}
    code, found = examined(demo.home, **address)
    assert code == 1
    states = {name: row["state"] for name, row in found.items() if row["state"] != "ok"}
    assert states == {
        "files": "look",
        "address": "fails",
        "open doors": "fails",
        "settings": "look",
        "queue": "fails",
        "set aside": "look",
        "backups": "fails",
        "zones of locations": "fails",
    }
    assert "chmod 600" in found["files"]["remedy"]
    assert "BATON_PROT" in found["settings"]["found"]
    assert "baton parked list" in found["set aside"]["remedy"]


def test_changes_that_nobody_notes_are_told_and_noted_again(demo: Demo) -> None:
    with closing(sqlite3.connect(demo.home / "baton.sqlite3")) as rows:
        rows.execute("DROP TRIGGER evidence_booking_update")
        rows.execute("DELETE FROM store_evidencemark")
        rows.commit()
    _, found = examined(demo.home)
    assert found["noted changes"]["state"] == "fails"
    assert "evidence_booking_update" in found["noted changes"]["found"]
    assert "baton migrate" in found["noted changes"]["remedy"]
    baton("migrate", home=demo.home)
    _, found = examined(demo.home)
    assert found["noted changes"]["state"] == "ok"
    with closing(sqlite3.connect(demo.home / "baton.sqlite3")) as rows:
        noted = rows.execute("SELECT DISTINCT grain FROM store_evidencemark WHERE row_id = ''")
        assert ("booking",) in noted.fetchall()


def test_before_the_first_start_it_says_what_to_do(tmp_path: Path) -> None:
    done = baton("doctor", home=tmp_path)
    assert done.returncode == 1
    assert "run baton migrate" in done.stdout


def test_keys_grow_old_and_disks_fill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.from_environment({"BATON_HOME": str(tmp_path)})
    made = datetime.now(UTC) - timedelta(days=91)  # noqa: TID251 - the age of a file
    told = {"primary": 1, "keys": {"1": "a"}, "lookup": "a", "made": {"1": made.isoformat()}}
    (tmp_path / "keyset.json").write_text(json.dumps(told))
    (tmp_path / "keyset.json").chmod(0o600)
    found = {one.name: one for one in machine.examine(settings)}
    assert found["keys"].state is State.LOOK
    assert "baton keys rotate" in found["keys"].remedy
    for name, bound in (("_LOW", State.LOOK), ("_SCARCE", State.FAILS)):
        monkeypatch.setattr(machine, name, 2**70)
        found = {one.name: one for one in machine.examine(settings)}
        assert found["disk"].state is bound


@pytest.mark.postgres
def test_postgresql_tells_of_itself(
    migrated_postgres: PostgresServer, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> None:
    settings = Settings.from_environment({"BATON_HOME": str(tmp_path)})
    own = migrated_postgres.create_migrated("examined")
    with django_db_blocker.unblock(), default_database(own):
        found = {one.name: one for one in doctor.examine(settings)}
    assert "fsync off" in found["database"].found  # as the tests' server runs
    assert found["database"].state is State.FAILS
    assert (found["clock"].state, found["connections"].state) == (State.OK, State.OK)
    assert found["queue"].state is State.OK
    with (
        django_db_blocker.unblock(),
        default_database({**own, "NAME": "nowhere"}),
    ):
        url = f"postgresql://{migrated_postgres.user}@/empty?host={migrated_postgres.host}"
        migrated_postgres.create_database("empty")
        early = baton("worker", home=tmp_path, settings={"BATON_DATABASE_URL": url})
        assert "run baton migrate" in early.stderr
        away = [one for one in doctor.examine(settings) if one.name == "database"]
    assert away[0].found.startswith("does not answer")


# -- settings -------------------------------------------------------------------------


def test_a_file_holds_settings_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    place = tmp_path / "baton.env"
    place.write_text('# ours\n\nBATON_PORT=8111\nBATON_HOST="0.0.0.0"\n')
    environment = {"BATON_CONFIG": str(place), "BATON_PORT": "8222"}
    assert adopt_file(environment) == {"BATON_HOST"}
    settings = Settings.from_environment(environment)
    assert (settings.host, settings.port) == ("0.0.0.0", 8222)  # noqa: S104 - only read
    done = baton("settings", home=tmp_path, settings={"BATON_CONFIG": str(place)})
    assert done.returncode == 0, done.stderr
    assert f"BATON_PORT = 8111  (file {place})" in done.stdout
    assert "BATON_READER = plain  (environment)" in done.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("BATON_PORT=1\nPORT 8000", "line 2: say BATON_NAME=value"),
        ("BATON_PROT=8000", "line 1: nothing reads BATON_PROT"),
        ("BATON_DATABASE_URL postgresql://u:hunter2@h/n", "line 1"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, text: str, told: str) -> None:
    place = tmp_path / "baton.env"
    place.write_text(text)
    with pytest.raises(SettingsError) as refused:
        adopt_file({"BATON_CONFIG": str(place)})
    assert told in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    done = baton("doctor", home=tmp_path, settings={"BATON_CONFIG": "/nowhere/baton.env"})
    assert done.returncode == 1
    assert "BATON_CONFIG names a file that cannot be read" in done.stderr


def test_no_secret_is_printed(tmp_path: Path) -> None:
    secret = {
        "BATON_DATABASE_URL": "postgresql://baton:hunter2@db/baton",
        "BATON_METRICS": "hunter2hunter2hunter2",
        "BATON_PROT": "1",
    }
    done = baton("settings", home=tmp_path, settings=secret)
    assert "hunter2" not in done.stdout + done.stderr
    assert "postgresql://baton:…@db/baton" in done.stdout
    assert done.returncode == 1
    assert "Nothing reads BATON_PROT." in done.stderr


@pytest.mark.parametrize(
    "given",
    [
        {"BATON_ROLE": "boss"},
        {"BATON_REFUSE_AFTER": "soon"},
        {"BATON_REFUSE_AFTER": "86401"},
        {"BATON_LOG": "xml"},
        {"BATON_METRICS": "short"},
        {"BATON_METRICS": "a token with spaces"},
        {"BATON_BACKUP_KEEP": "0"},
        {"BATON_POSTGRES_TOOLS": "/nowhere"},
    ],
)
def test_a_value_that_cannot_be_used_is_named(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(given))):
        Settings.from_environment(given)


def test_every_setting_is_declared_and_every_declared_one_is_read_and_told() -> None:
    sources = [path.read_text() for path in (ROOT / "src" / "baton").rglob("*.py")]
    told = (ROOT / "docs" / "operate.md").read_text()
    declared = Path(variables.__file__).read_text()
    for name in NAMES - {"BATON_CONFIG"}:
        assert any(f'"{name}"' in text for text in sources if text != declared), name
    for name in NAMES:
        assert f"`{name}`" in told, name
    assert unknown_names(dict.fromkeys(NAMES, "") | {"BATON_BENCH_X": "", "PATH": ""}) == []
    assert not unknown_names(os.environ)
