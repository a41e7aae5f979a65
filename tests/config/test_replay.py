"""`baton replay`: a log from elsewhere, as a person plays it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from baton.config.cli.replay import replay
from baton.core.errors import InvalidInput
from baton.services.flows import past_logs

LOG = """thread,at,body,author,needs_person
a,2026-03-02T10:00:00Z,What time do you open?,customer,no
a,2026-03-02T10:00:20Z,We open at six.,agent,
b,2026-03-02T11:00:00Z,Can I talk to a human?,customer,yes
c,2026-03-02T12:00:00Z,blorp zif quux,customer,yes
"""
MAP = ("--map", "conversation=thread", "--map", "text=body")


def test_a_log_is_played_against_a_candidate(tmp_path: Path) -> None:
    log, candidate = tmp_path / "log.csv", tmp_path / "c.yaml"
    log.write_text(LOG)
    candidate.write_text("candidate: one\npolicy: {max_failed_attempts: 1}\n")
    command = [str(log), "--pack", "fitness", *MAP, "--candidate", str(candidate)]
    done = CliRunner().invoke(replay, [*command, "--json"])
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["conversations"], row["messages"]) == (3, 3)
    now, one = row["candidates"]
    assert now["labelled"] == {"conversations": 3, "right": 2, "missed": 1, "needless": 0}
    assert one["labelled"]["missed"] == 0
    assert row["differences"][0]["counts"] == {"not_understood -> escalated": 1}
    told = CliRunner().invoke(replay, command)
    assert "3 labelled: 3 right" in told.stdout
    assert CliRunner().invoke(replay, [*command, "--json"]).stdout == done.stdout


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("l.csv", "conversation,at,text\na,yesterday,hello\n", "Line 2: write the time"),
        ("l.csv", "conversation,at,text\n,2026-03-02,hello\n", "names no conversation"),
        ("l.csv", "conversation,at,text,needs_person\na,2026-03-02,hi,perhaps\n", "yes or no"),
        ("l.jsonl", "[1]\n", "Line 1 is no JSON object"),
        ("l.jsonl", "{\n", "Line 1 is no JSON"),
        ("l.csv", "conversation,at,text\na,1e999,hello\n", "Line 2: write the time"),
    ],
)
def test_a_log_that_is_none_is_refused(tmp_path: Path, name: str, content: str, told: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InvalidInput) as refused:
        past_logs.read(path, {})
    assert told in refused.value.fields["log"]


def test_lines_in_any_order_are_one_conversation_in_time(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    lines = [
        {"conversation": "a", "at": "2026-03-02T10:05:00+01:00", "text": "second"},
        {"conversation": "a", "at": 1772441700, "text": "first"},
        {"conversation": "a", "at": "2026-03-02", "text": "an answer", "author": "bot"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    log = past_logs.read(path, {})
    assert [one.text for one in log.talked[0].lines] == ["first", "second"]
    assert (log.lines, log.skipped) == (3, 1)
