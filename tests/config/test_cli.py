"""The commands, run as a person runs them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.config.conftest import Demo
from tests.support.command_line import baton

MALFORMED = """story: bad
title: A story with three mistakes
pack: fitness
people:
  mia: {contact: webchat, nmae: Mia}
steps:
  - says: {who: mia, text: "hello"}
  - passes: ten minutes
  - expect: {owner: robot}
"""


def test_classify_tells_what_follows(tmp_path: Path) -> None:
    done = baton(
        "classify", "I want my money back, this is a scam", "--json", home=tmp_path, plain=False
    )
    row = json.loads(done.stdout)
    assert row["hard_stops"][0]["kind"] == "refund"
    assert row["triage"] == "human"


def test_a_malformed_story_is_refused_with_its_places(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(MALFORMED)
    done = baton("play", str(path), home=tmp_path)
    assert done.returncode == 1
    for place in ("bad.yaml:5:", "bad.yaml:8:", "bad.yaml:9:"):
        assert place in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_story_that_does_not_hold_fails_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "story: wrong\ntitle: Hours\npack: fitness\npeople: {mia: {contact: webchat}}\n"
        'steps:\n  - says: {who: mia, text: "What time do you open?"}\n'
        "  - expect: {owner: queue}\n"
    )
    done = baton("play", str(path), "--ends-at-failure", home=tmp_path)
    assert done.returncode == 1
    assert "wrong.yaml:7:" in done.stdout
    assert "queue" in done.stdout
    assert "bot" in done.stdout


def test_the_demo_is_made_once_and_its_chain_verifies(demo: Demo) -> None:
    first = json.loads(demo.said)
    assert first["made"]
    assert first["conversations"] >= 40
    assert not json.loads(baton("demo", "--json", home=demo.home).stdout)["made"]
    verified = baton("audit", "verify", "--json", home=demo.home)
    assert json.loads(verified.stdout)["chain"] == "intact"
    report = json.loads(baton("report", "triage", "--json", home=demo.home).stdout)
    asked = [one["conversations"] for one in report["types"]]
    assert 0 < sum(asked) <= first["conversations"]
    listed = baton("channel", "list", "--json", home=demo.home).stdout.splitlines()
    found = [(one["channel"], one["provider"]) for one in map(json.loads, listed)]
    played = [(channel, "sandbox") for channel in ("sms", "whatsapp", "email")]
    assert found == [("webchat", "baton"), *played]
    assert json.loads(listed[0])["last_in_at"]
    assert '/widget.js" data-inbox=' in json.loads(listed[0])["script"]
    with closing(sqlite3.connect(demo.home / "baton.sqlite3")) as rows:
        # What a visitor is shown waits for them: flagged with the bot, and up to a person.
        flagged = "store_conversation WHERE is_flagged AND handled_by = 'bot' AND status = 'open'"
        waiting = "store_approval WHERE state = 'proposed'"
        for what in (flagged, waiting, "store_macro"):
            assert rows.execute(f"SELECT count(*) FROM {what}").fetchone()[0] >= 2, what


@pytest.mark.req("P1", "P15")
def test_a_contacts_consents_are_printed_with_their_proof(demo: Demo) -> None:
    [database] = demo.home.glob("*.sqlite3")
    with closing(sqlite3.connect(database)) as connection:
        [contact_id] = connection.execute(
            "SELECT contact_id FROM store_consent WHERE channel = 'webchat' LIMIT 1"
        ).fetchone()
    printed = baton("contact", "consents", contact_id, "--json", home=demo.home).stdout
    kept = [json.loads(line) for line in printed.splitlines()]
    assert kept[0]["source"] == "the contact wrote first"
    unknown = baton("contact", "consents", "nobody", home=demo.home)
    assert unknown.returncode == 1
    assert "nobody" in unknown.stderr


def test_a_report_of_no_workspace_says_so(tmp_path: Path) -> None:
    baton("migrate", home=tmp_path)
    done = baton("report", "triage", "--workspace", "Nowhere", home=tmp_path)
    assert done.returncode == 1
    assert "There is no workspace 'Nowhere'." in done.stderr


@pytest.mark.parametrize("command", ["parked list", "channel list", "audit verify"])
def test_before_the_first_start_a_command_says_what_to_do(command: str, tmp_path: Path) -> None:
    done = baton(*command.split(), home=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: the database is not at this version's schema yet: run `baton migrate`\n"
    )


def test_a_worker_beside_sqlite_is_refused_with_the_way_out(tmp_path: Path) -> None:
    done = baton("worker", home=tmp_path)
    assert done.returncode == 1
    assert "BATON_DATABASE_URL" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("BATON_PORT", "eighty"), ("BATON_DATABASE_URL", "mysql://x")]
)
def test_a_wrong_setting_is_named(name: str, value: str, tmp_path: Path) -> None:
    done = baton("doctor", home=tmp_path, settings={name: value})
    assert done.returncode != 0
    assert name in done.stderr


@pytest.mark.req("GV1")
def test_readers_are_listed_and_nothing_taught_is_told(demo: Demo) -> None:
    assert "pack's own reader is live" in baton("nlu", "versions", home=demo.home).stdout
    for command, told in (
        (("nlu", "train"), "Nothing was taught yet"),
        (("nlu", "evaluate"), "no reader version"),
        (("nlu", "promote", "1"), "no reader version"),
        (("nlu", "back"), "nothing to take back"),
        (("nlu", "train", "--workspace", "Nowhere"), "no workspace"),
    ):
        done = baton(*command, home=demo.home)
        assert done.returncode == 1
        assert told in done.stderr


FLOW = Path(__file__).parents[1] / "flows" / "simulation" / "appointment_reminders.yaml"
SIMULATED = FLOW.with_suffix(".txt")


def test_a_simulation_is_told_in_words_as_before(tmp_path: Path) -> None:
    done = baton("simulate", str(FLOW), "--contacts", "30", "--days", "30", home=tmp_path)
    assert done.stderr == ""
    # If this is meant: baton simulate FLOW --contacts 30 --days 30 > the .txt beside it.
    assert done.stdout == SIMULATED.read_text()


def test_one_contact_of_a_simulation_is_shown_by_number(tmp_path: Path) -> None:
    few = ("simulate", str(FLOW), "--contacts", "30", "--days", "30")
    shown = baton(*few, "--contact", "2", "--json", home=tmp_path)
    assert json.loads(shown.stdout)["contact"] == 2
    refused = baton(*few, "--contact", "31", home=tmp_path)
    assert refused.returncode == 2
    assert "--contact must be from 1 to 30" in refused.stderr


def test_a_simulation_needs_a_flow_that_is_there(tmp_path: Path) -> None:
    done = baton("simulate", "nowhere.yaml", home=tmp_path)
    assert done.returncode == 2
    assert "there is no file nowhere.yaml" in done.stderr
