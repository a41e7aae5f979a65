"""`baton nlu outside`, run as a person runs it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.config.conftest import Demo
from tests.nlu.outside.conftest import TOKEN
from tests.nlu.outside.server import running
from tests.nlu.outside.test_dialogflow import ACCOUNT, AGENT, KEY, pem_of
from tests.support.command_line import baton


@pytest.fixture
def home(demo: Demo) -> Path:
    home = demo.home
    (home / "secret").write_text(f"{TOKEN}\n")
    key = {
        "client_email": ACCOUNT,
        "private_key": pem_of(KEY),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    (home / "key.json").write_text(json.dumps(key))
    return home


def outside(home: Path, *arguments: str) -> tuple[int, str]:
    done = baton("nlu", "outside", *arguments, home=home)
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def test_an_outside_reader_is_set_tried_told_and_taken_away(home: Path) -> None:
    with running() as server:
        server.reads({"What time do you open on Sundays?": [("Hours", 0.93)]})
        given = ("--kind", "http", "--url", f"{server.url}/read", "--auth", "bearer")
        code, said = outside(
            home, "set", *given, "--secret", "secret", "--map", "Hours=opening_hours", "--json"
        )
        assert (code, json.loads(said)) == (0, {"kind": "http", "host": "127.0.0.1", "intents": 1})
        code, said = outside(home, "test", "--json")
        told = json.loads(said)
        assert (code, told["outcome"], told["meant"]) == (0, "answered", "opening_hours")
        assert told["told"] == [{"name": "Hours", "confidence": 0.93}]
    code, said = outside(home, "test", "--json")
    assert (code, json.loads(said)["outcome"]) == (1, "down")
    with closing(sqlite3.connect(home / "baton.sqlite3")) as database, database:
        database.execute("UPDATE store_outsidereader SET trouble = 'down'")
    assert "http at 127.0.0.1 fails (down)" in baton("doctor", home=home).stdout
    assert outside(home, "off")[0] == 0
    assert "reader outside" not in baton("doctor", home=home).stdout
    code, said = outside(home, "off")
    assert code == 1
    assert "outside reader" in said


def test_a_dialogflow_agent_is_set_from_its_key_file(home: Path) -> None:
    (home / "mapping.json").write_text('{"Hours": "opening_hours", "a=b": "parking"}')
    code, said = outside(
        home,
        *("set", "--kind", "dialogflow", "--agent", AGENT, "--key", "key.json"),
        *("--mapping", "mapping.json", "--json"),
    )
    assert code == 0
    assert json.loads(said)["host"] == "europe-west2-dialogflow.googleapis.com"
    assert json.loads(said)["intents"] == 2
    outside(home, "off")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--kind", "http", "--url", "http://nlu.example.com", "--secret", "secret"), "https://"),
        (("--kind", "http", "--url", "https://nlu.example.com"), "--secret"),
        (("--kind", "dialogflow", "--agent", AGENT), "--key"),
        (("--kind", "dialogflow", "--agent", "gym", "--key", "key.json"), "agent"),
        (("--kind", "dialogflow", "--agent", AGENT, "--key", "secret"), "JSON"),
        (("--kind", "http", "--map", "Hours"), "THEIRS=OURS"),
    ],
)
def test_what_cannot_be_used_is_named(home: Path, arguments: tuple[str, ...], named: str) -> None:
    code, said = outside(home, "set", "--map", "Hours=opening_hours", *arguments)
    assert code == 1
    assert named in said
