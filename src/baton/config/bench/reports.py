"""Reports over a year of conversations: how fast they open, and how fast they are kept up.

Cold is a process that has just begun and holds nothing in memory; warm is any later look. The
floor is DuckDB, which runs the catalogue's own SQL over the same rows as Parquet files. What
is kept up is a week of conversations that were just had, folded from their own rows.
"""

import json
import os
import platform
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from baton.config import boot
from baton.services.desk.kpi_views import VIEWS

_PAGES = (
    "/reports?days=7",
    "/reports?days=28",
    "/reports?days=90",
    "/reports?days=90&flow=flow_03",
    "/reports?days=90&channel=whatsapp",
    *(f"/reports?days=90&view={name}" for name in VIEWS if name != "overview"),
    "/reports/weekly",
    "/reports/weekly?span=quarter",
    "/reports/money?days=90",
)
_ROUNDS = 5
_MOST_KEPT_UP = 200_000
_WINDOW = timedelta(days=90)


def main(events: int) -> None:
    """Measure, and print one JSON object."""
    boot.boot()
    boot.migrate()
    print(json.dumps(measured(events)))  # noqa: T201 - the result


def measured(events: int) -> dict[str, object]:
    """Fill a workspace, and return what was measured of it."""
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config.bench.archive import Archive  # noqa: PLC0415
    from baton.config.bench.crowd import Crowd  # noqa: PLC0415
    from baton.config.bench.pasts import EVENTS_EACH  # noqa: PLC0415
    from baton.services.evidence import days, keeping  # noqa: PLC0415
    from baton.store.models import User  # noqa: PLC0415

    crowd = Crowd(random.Random(13))  # noqa: S311 - a measurement's own seed
    crowd.hire(1)
    User.objects.update(role="manager")
    now = crowd.house.clock.now()
    archive = Archive(crowd, now)
    keeping.catch_up(crowd.house, crowd.workspace_id)
    filled, _ = _timed(lambda: archive.fill(round(events / EVENTS_EACH)))
    kept, _ = _timed(lambda: days.keep(crowd.house, crowd.workspace_id))
    renewed, _ = _timed(lambda: days.renew(crowd.house, crowd.workspace_id))
    row: dict[str, object] = {
        "bench": "reports",
        "database": connection.vendor,
        "events": archive.events,
        "episodes": archive.episodes,
        "stretches": archive.stretches,
        "standing": archive.standing,
        "filling_seconds": round(filled, 1),
        "keeping_all_days_seconds": round(kept, 1),
        "keeping_what_stands_seconds": round(renewed, 1),
        **_dashboards(next(crowd.sessions())),
        **_beside_duckdb(crowd.workspace_id, now),
    }
    row["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    done = archive.write(round(min(events, _MOST_KEPT_UP) / EVENTS_EACH))

    def keep_up() -> None:
        keeping.catch_up(crowd.house, crowd.workspace_id)
        days.keep(crowd.house, crowd.workspace_id)
        days.renew(crowd.house, crowd.workspace_id)

    took, worked = _timed(keep_up)
    return row | {
        "kept_up_events": done,
        "kept_up_per_s": round(done / took),
        "kept_up_per_cpu_s": round(done / worked),
        "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
    }


def _dashboards(session: str) -> dict[str, object]:
    """Return how long all dashboards take together when cold, and each when warm."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from baton.reports import frames  # noqa: PLC0415

    client = Client(raise_request_exception=True, HTTP_HOST="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.get("/reports/baselines")  # templates and pages are loaded by now, rows are not
    frames.forget()
    cold = [_timed(partial(client.get, page)) for page in _PAGES]
    warm = {}
    for page in _PAGES:
        times = [_timed(partial(client.get, page)) for _ in range(_ROUNDS)]
        warm[page] = {
            "ms": round(statistics.median(wall for wall, _ in times) * 1000),
            "cpu_ms": round(statistics.median(cpu for _, cpu in times) * 1000),
        }
    return {
        "cold_seconds": round(sum(wall for wall, _ in cold), 2),
        "cold_cpu_seconds": round(sum(cpu for _, cpu in cold), 2),
        "slowest_cold_seconds": round(max(wall for wall, _ in cold), 2),
        "warm": warm,
    }


def _beside_duckdb(workspace_id: str, now: datetime) -> dict[str, object]:
    """Return how long every KPI of a window takes, here and there; nothing without DuckDB."""
    from baton.core import kpis as core  # noqa: PLC0415
    from baton.core.policy import Policy  # noqa: PLC0415
    from baton.reports import export, frames  # noqa: PLC0415
    from baton.reports.kpis import kpis_of  # noqa: PLC0415
    from baton.reports.slices import Slice  # noqa: PLC0415

    window = Slice(workspace_id=workspace_id, since=now - _WINDOW, until=now)
    limits = core.limits_of(Policy(), now)
    frames.forget()
    cold, _ = _timed(lambda: kpis_of(window, limits))
    warm = min(_timed(lambda: kpis_of(window, limits))[0] for _ in range(_ROUNDS))
    row: dict[str, object] = {
        "kpis_cold_ms": round(cold * 1000),
        "kpis_warm_ms": round(warm * 1000),
    }
    try:
        import duckdb  # noqa: PLC0415 - of the extra `bench`
    except ImportError:
        return row
    found = {name: one.among for name, one in kpis_of(window, limits).items()}
    folder = Path(os.environ["BATON_HOME"]) / "exported"
    row["export_seconds"] = round(
        _timed(lambda: export.export(workspace_id, folder, since=None, until=None))[0], 1
    )
    engine = duckdb.connect()
    run = _statements(engine, folder, window, limits)
    first, _ = _timed(run)
    row["duckdb_first_ms"] = round(first * 1000)
    row["duckdb_ms"] = round(min(_timed(run)[0] for _ in range(_ROUNDS)) * 1000)
    row["duckdb_agrees"] = run() == {name: among for name, among in found.items() if among}
    return row


def _statements(
    engine: Any, folder: Path, window: Any, limits: Any
) -> Callable[[], dict[str, int]]:
    """Return what asks DuckDB for every KPI whose rows were exported: how many it counts among."""
    from baton.core.kpi_catalogue import CATALOGUE  # noqa: PLC0415
    from baton.reports import kpi_sql  # noqa: PLC0415
    from baton.reports.sources import SOURCES  # noqa: PLC0415

    for source in SOURCES.values():
        if (folder / source.name).exists():
            files = folder / source.name / "*" / "*.parquet"
            engine.execute(f"CREATE VIEW {source.name} AS FROM read_parquet('{files}')")
    given = {
        "since": window.since,
        "until": window.until,
        "now": limits.now,
        "silent_since": limits.silent_since,
        "csat_window": limits.csat_window,
    }
    asked = {
        kpi.name: kpi_sql.statement_of(kpi)
        for kpi in CATALOGUE.values()
        if (folder / SOURCES[kpi.grain].name).exists()
    }

    def run() -> dict[str, int]:
        found = {}
        for name, statement in asked.items():
            known = {key: value for key, value in given.items() if f"${key}" in statement}
            found[name] = engine.execute(statement, known).fetchone()[0]
        return {name: among for name, among in found.items() if among}

    return run


def _timed(run: Callable[[], object]) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - begun, time.process_time() - worked


if __name__ == "__main__":
    main(int(sys.argv[1]))
