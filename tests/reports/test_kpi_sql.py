"""The catalogue printed as SQL, run on exported files, tells the numbers of the reports."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Condition, Given, Op
from baton.reports import export, kpi_sql
from baton.reports.kpis import kpis_of
from baton.reports.slices import Slice
from baton.reports.sources import SOURCES
from baton.store.models import AuditEntry, Episode
from tests.reports import test_kpi_families
from tests.reports.world import (
    DAY,
    LIMITS,
    NOW,
    WORKSPACE,
    H,
    a_booking,
    a_stretch,
    an_episode,
    an_invoice,
)

WINDOW = Slice(workspace_id=WORKSPACE, since=NOW - 400 * DAY, until=NOW + 2 * DAY)
GIVEN = {
    "since": WINDOW.since,
    "until": WINDOW.until,
    "now": LIMITS.now,
    "silent_since": LIMITS.silent_since,
    "csat_window": LIMITS.csat_window,
}


def a_busy_month() -> None:
    chance = random.Random(5)  # noqa: S311 - a world by a seed
    for number in range(60):
        an_episode(
            number,
            ago=chance.randrange(1, 800),
            took=chance.choice([None, 0.5, 1, 30]),
            ended_by=chance.choice(["bot", "agent"]),
            handoffs=chance.choice([0, 0, 1]),
            opened_by=chance.choice(["contact", "contact", "bot"]),
            is_confirmed=chance.random() < 0.3,
            returned_after=chance.choice([None, None, H, 60 * H]),
            answered_after=chance.choice([None, 5, 90]),
            csat_asked=True,
            csat=chance.choice([None, 0.0, 75.0, 100.0]),
            csat_after=chance.choice([H, 73 * H]),
            flow=chance.choice(["faq", "o\u2019clock's"]),
        )
        a_stretch(
            number,
            waited=chance.choice([None, 30, 600]),
            handled=chance.randrange(900),
            touches=chance.choice([1, 2]),
            state=chance.choice(["resolved", "returned", "offered"]),
            reason=chance.choice(["requested", "stepped_in"]),
            is_card_seen=chance.choice([None, True, False]),
            is_restated=chance.choice([None, True, False]),
        )
    for number in range(30):
        a_booking(number, chance.choice(["attended", "no_show", "booked"]))
        an_invoice(
            number,
            chance.choice(["paid", "open", "void"]),
            due=-chance.randrange(1, 90),
            ended=-chance.randrange(1, 90),
        )


def opened(folder: Path) -> "duckdb.DuckDBPyConnection":
    """Return an engine that sees the exported files as tables."""
    engine = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    for source in SOURCES.values():
        if (folder / source.name).exists():
            files = folder / source.name / "*" / "*.parquet"
            engine.execute(f"CREATE VIEW {source.name} AS FROM read_parquet('{files}')")
    return engine


WORLDS = [a_busy_month, *(world for world, _ in test_kpi_families.WORLDS)]


@pytest.mark.django_db
@pytest.mark.req("RP7", "RP15")
@pytest.mark.parametrize("world", WORLDS, ids=lambda one: one.__name__)
def test_the_sql_tells_the_same_numbers(tmp_path: Path, world: Callable[[], None]) -> None:
    world()
    export.export(WORKSPACE, tmp_path, since=None, until=None)
    engine = opened(tmp_path)
    found = {name: one for name, one in kpis_of(WINDOW, LIMITS).items() if one.among}
    assert found
    for name, reading in found.items():
        statement = kpi_sql.statement_of(CATALOGUE[name])
        asked = {key: value for key, value in GIVEN.items() if f"${key}" in statement}
        row: Any = engine.execute(statement, asked).fetchone()
        assert row[:2] == (reading.among, reading.count), name
        assert float(row[2]) == pytest.approx(reading.value, rel=1e-9), name


def test_every_kpi_is_tried_in_some_world() -> None:
    tried = {name for _, wanted in test_kpi_families.WORLDS for name in wanted}
    own = {"episode", "stretch", "booking", "invoice"}  # by the busy month
    assert {name for name, kpi in CATALOGUE.items() if kpi.grain.value not in own} <= tried


@pytest.mark.django_db
def test_what_is_erased_leaves_the_files_too(tmp_path: Path) -> None:
    for number, ago in enumerate((24, 24 * 40)):
        an_episode(number, ago=ago)
    AuditEntry.objects.create(
        workspace_id=WORKSPACE, seq=1, at=NOW, actor="bot", action="said", subject="x", details="{}"
    )
    told = export.export(WORKSPACE, tmp_path, since=None, until=None)
    assert (told["episodes"], told["events"]) == (2, 1)
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.parquet"))
    assert files == [
        "episodes/month=2026-01/episodes.parquet",
        "episodes/month=2026-03/episodes.parquet",
        "events/day=2026-03-09/events.parquet",
    ]
    Episode.objects.filter(id="e1").delete()
    export.export(WORKSPACE, tmp_path, since=None, until=None)
    assert not (tmp_path / "episodes" / "month=2026-01").exists()
    window = {"since": NOW, "until": NOW}
    assert export.export(WORKSPACE, tmp_path, **window) == told | {"episodes": 1}


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
def test_who_a_contact_is_stands_in_no_export(source: Any) -> None:
    assert not [name for name in source.columns if "contact" in name or "sealed" in name]


def test_a_rule_in_sql_keeps_its_quotes_and_its_unknowns() -> None:
    rule = (Condition("a", Op.IS, "o'clock"), Condition("b", Op.IS_NOT, "x"))
    assert kpi_sql.where(rule) == "a = 'o''clock' AND b IS DISTINCT FROM 'x'"
    assert kpi_sql.where((Condition("a", Op.ONE_OF, ("x", "y")),)) == "a IN ('x', 'y')"
    assert kpi_sql.where((Condition("a", Op.AT_MOST, Given.NOW),)) == "a <= $now"
    assert kpi_sql.where(()) == "TRUE"
