"""The benchmarks run to their end, in small."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from baton.config.bench import rivals
from baton.config.cli.bench import bench
from baton.core import returns


def _timers(*options: str) -> dict[str, object]:
    done = CliRunner().invoke(bench, ["timers", "--json", "--database", "sqlite", *options])
    assert done.exit_code == 0, done.output
    row: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return row


def test_every_due_run_fires_once_and_those_that_wait_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The measurement is a process of its own, with the settings that people have.
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "baton.config.django")
    row = _timers("--waiting", "400", "--due", "60", "--jobs", "0")
    assert (row["waiting"], row["fired"]) == (400, 60)
    # Those that warm up, the due ones, and those that the floor replays: a message each.
    assert row["sent"] == 200 + 60 + 6


def test_queues_that_are_not_installed_are_named_and_left_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    unknown = ("a_queue_that_nobody_wrote",)
    assert rivals.measured("sqlite:///any.sqlite3", tmp_path, 5, names=unknown) == {}
    assert 'pip install "baton[bench]"' in capsys.readouterr().err


def test_every_message_is_taken_by_the_provider_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "baton.config.django")
    done = CliRunner().invoke(bench, ["send", "--json", "--database", "sqlite", "--messages", "30"])
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout.splitlines()[-1])
    assert (row["messages"], row["sent"]) == (30, 30)


def test_returns_are_decided_with_a_reason_for_every_rule() -> None:
    done = CliRunner().invoke(bench, ["returns", "--json", "--claims", "200"])
    row = json.loads(done.output)
    assert row["reasons_each"] == len(returns.RULES)
    assert sum(row["outcomes"].values()) == row["claims"] == 200
    assert row["rate_per_s"] > 0


@pytest.mark.req("RP7")
def test_reports_of_a_year_are_counted_as_duckdb_counts_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "baton.config.django")
    options = ["reports", "--json", "--database", "sqlite", "--events", "600"]
    done = CliRunner().invoke(bench, options)
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout.splitlines()[-1])
    assert row["duckdb_agrees"]
    assert row["episodes"] >= 57
    assert row["kept_up_events"] > 500
