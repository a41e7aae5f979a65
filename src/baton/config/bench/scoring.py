"""The daily scoring of many contacts with a year of visits, page by page as the worker does it.

The floor is the bare query: the visits of everybody, counted by the database and fetched.
Facts for those at risk are written; their flows are another measurement's business.
"""

import json
import os
import platform
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from baton.config import boot

_START = datetime(2026, 3, 2, 8, tzinfo=UTC)
_CHUNK = 20_000
_A_YEAR = 365
_SHARE_LEFT = 0.3  # of the contacts came until some day, and then no more
_DAY = timedelta(days=1)
_MINUTES_A_DAY = 24 * 60

_BARE = """
SELECT contact_id, count(*), min(at), max(at), sum(CASE WHEN at >= %s THEN 1 ELSE 0 END)
FROM store_checkin WHERE workspace_id = %s AND at >= %s GROUP BY contact_id
"""


def main(contacts: int, visits: int) -> None:
    """Measure, and print one JSON object."""
    boot.boot()
    boot.migrate()
    print(json.dumps(_measured(contacts, visits)))  # noqa: T201 - the result


def _measured(contacts: int, visits: int) -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config.bench import filling  # noqa: PLC0415
    from baton.config.bench.members import Members  # noqa: PLC0415
    from baton.store import sql  # noqa: PLC0415

    members = Members(_START)
    chance = random.Random(17)  # noqa: S311 - a measurement's own seed
    counted = 0
    begun = time.perf_counter()
    with filling.unindexed("store_contact", "store_checkin"):
        everybody = _everybody(contacts)
        while some := list(islice(everybody, _CHUNK)):
            counted += members.fill(some, lambda: _days(chance, visits))
    sql.execute("ANALYZE")
    filled = round(time.perf_counter() - begun, 1)
    before = _memory_mb()
    floor = _timed(lambda: _bare(members.workspace_id))[0]
    took, cpu = _timed(lambda: members.score(_START))
    again, again_cpu = _timed(lambda: members.score(_START + _DAY))
    return {
        "bench": "churn",
        "database": connection.vendor,
        "contacts": contacts,
        "visits": counted,
        "filling_seconds": filled,
        "at_risk": members.at_risk(),
        "seconds": took,
        "cpu_seconds": cpu,
        "again_seconds": again,
        "again_cpu_seconds": again_cpu,
        "floor_seconds": floor,
        "ratio": round(took / floor, 2),
        "rss_before_mb": before,
        "rss_mb": _memory_mb(),
        "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
    }


def _everybody(contacts: int) -> Iterator[str]:
    return (f"{number:032x}" for number in range(1, contacts + 1))


def _days(chance: random.Random, visits: int) -> Iterator[str]:
    """Yield when somebody came, at a rate of their own, some until they left."""
    often = max(1, int(chance.expovariate(1 / visits)))
    left = chance.uniform(0, _A_YEAR) if chance.random() < _SHARE_LEFT else 0.0
    minutes, last = _minutes(), _A_YEAR * _MINUTES_A_DAY - 1
    since = left * _MINUTES_A_DAY
    return (minutes[int(chance.uniform(since, last))] for _ in range(often))


@cache
def _minutes() -> list[str]:
    """Return the minutes of the year before, the last one first, as a database keeps them."""
    first = _START.replace(tzinfo=None)
    return [
        (first - timedelta(minutes=ago)).isoformat(" ")
        for ago in range(1, _A_YEAR * _MINUTES_A_DAY + 1)
    ]


def _bare(workspace_id: str) -> int:
    from django.db import connection  # noqa: PLC0415

    from baton.store.runtime_store.sets import sqlite_text  # noqa: PLC0415

    recent, year = _START - 30 * _DAY, _START - _A_YEAR * _DAY
    moments: list[Any] = [recent, year]
    if connection.vendor == "sqlite":
        moments = [sqlite_text(recent), sqlite_text(year)]
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [moments[0], workspace_id, moments[1]])
        return sum(len(some) for some in iter(lambda: cursor.fetchmany(_CHUNK), []))


def _timed(run: Callable[[], object]) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.process_time()
    run()
    return round(time.perf_counter() - begun, 1), round(time.process_time() - worked, 1)


def _memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
