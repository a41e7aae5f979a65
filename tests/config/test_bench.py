"""The benchmarks run to their end, in small."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.apps import apps
from msgspec.structs import asdict
from pytest_django.plugin import DjangoDbBlocker

from baton.config import boot
from baton.config.bench import archive, pasts, reports, rivals, suite
from baton.config.bench.crowd import Crowd
from baton.config.cli.bench_suite import bench
from baton.core import returns
from baton.services.evidence import keeping
from baton.services.evidence.folding import fold
from baton.store.models import Episode, Inbox, Stretch
from tests.support.engines import default_database, sqlite_settings


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
    # Those that warm up, the due ones, those that the floor replays and those apart: one each.
    assert row["sent"] == 200 + 60 + 6 + 6


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


def test_a_run_of_the_suite_is_kept_and_held_to_the_share_of_its_floor(tmp_path: Path) -> None:
    kept = tmp_path / "history.jsonl"
    asked = ["all", "--json", "--part", "returns", "--scale", "0.01"]
    done = CliRunner().invoke(bench, [*asked, "--keep", str(kept), "--against", str(kept)])
    assert done.exit_code == 0, done.output  # there is nothing earlier to hold it against
    row = json.loads(done.stdout)
    [shares] = suite.shares_of(kept)
    assert shares == {"returns": row["share"]}
    suite.keep(kept, {}, {"returns": row["share"] * 100})
    suite.keep(kept, {}, {"returns": row["share"] * 100})
    done = CliRunner().invoke(bench, [*asked, "--against", str(kept)])
    assert done.exit_code == 1
    assert "returns reached" in done.stderr


def test_a_share_is_held_to_the_median_of_the_latest_runs_that_had_it() -> None:
    runs = [{"a": 9.0}, {"a": 1.0, "b": 1.0}, {"a": 1.0}, {"a": 0.1}, {"a": 1.0}, {"a": 1.0}]
    assert suite.fallen({"a": 0.71, "b": 0.71, "new": 0.0}, runs) == []
    assert [one.part for one in suite.fallen({"a": 0.69, "b": 0.69}, runs)] == ["a", "b"]


@pytest.mark.django_db
@pytest.mark.req("RP7")
def test_a_week_is_folded_from_its_rows_as_it_was_made() -> None:
    crowd = Crowd(random.Random(13))  # noqa: S311 - a measurement's own seed
    now, inbox = crowd.house.clock.now(), Inbox.objects.get(workspace_id=crowd.workspace_id)
    keeping.catch_up(crowd.house, crowd.workspace_id)
    written = archive.Archive(crowd, now).write(30)
    assert keeping.catch_up(crowd.house, crowd.workspace_id) == written
    again = pasts.Pasts(crowd.workspace_id, inbox.id, now, seed=archive.SEED)
    made = [fold(one.past) for one in again.some(30, over=archive.A_WEEK)]
    rows = sorted((row for one in made for row in one.episodes), key=lambda row: row.id)
    kept = list(Episode.objects.order_by("id").values())
    assert [asdict(row) for row in rows] == kept
    assert Stretch.objects.count() == sum(len(one.stretches) for one in made) > 0


@pytest.mark.req("RP7")
def test_reports_open_over_what_a_business_has_beside_its_conversations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    monkeypatch.setenv("BATON_HOME", str(tmp_path))
    own = sqlite_settings(tmp_path / "business.sqlite3")
    with django_db_blocker.unblock(), default_database(own):
        boot.migrate()
        row = reports.measured(1_000)
        told = apps.get_app_config("store")
        standing: dict[str, int] = row["standing"]  # type: ignore[assignment]
        there = {name: told.get_model(name)._default_manager.count() for name in standing}
    assert (there["Booking"], there["Invoice"], there["Slot"]) == (38, 19, 5)
    # A week of conversations was written besides, with the answers in them.
    assert standing == there | {"Message": 28, "SurveyResponse": 6}
    assert row["duckdb_agrees"] is True


def test_the_cost_of_sealing_is_measured_beside_the_same_run_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "baton.config.django")
    asked = ["sealing", "--json", "--database", "sqlite", "--messages", "20"]
    done = CliRunner().invoke(bench, asked)
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout.splitlines()[-1])
    assert row["rate_per_s"] > 0
    assert row["cost"] < 1
