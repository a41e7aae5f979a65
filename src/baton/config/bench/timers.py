"""Runs that wait by the million, and those of them that are due at once.

Each due run is woken by its timer and taken through the interpreter: a text is filled
in and put into the outbox, and the run waits anew. The floor is the same writes in the
same batches by the bare driver (`floor`). The process keeps to one core; a PostgreSQL
server has its own.
"""

import json
import os
import platform
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta

from baton.config import boot
from baton.config.bench import rivals
from baton.core.json import Json

SHARE_AHEAD = 0.1
"""The floor is taken over so much of the due runs, fired at the end."""

_START = datetime(2026, 3, 2, 10, tzinfo=UTC)
_REMINDER: Json = {
    "flow": "reminder",
    "title": "Reminders",
    "owner": "CX lead",
    "trigger": {"on": "event", "event": "booking_created"},
    "channels": ["webchat"],
    "facts": {"booking": "text", "class_name": "text", "starts_at": "time"},
    "subject": "booking",
    "start": "day_before",
    "steps": {
        "day_before": {"type": "wait", "before": "24h", "of": "starts_at", "then": "remind"},
        "remind": {
            "type": "send",
            "text": rivals.TEXT,
            "then": "soon",
        },
        "soon": {"type": "wait", "before": "2h", "of": "starts_at", "then": "over"},
        "over": {"type": "end"},
    },
}


def main(waiting: int, due: int) -> None:
    """Measure, and print one JSON object."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    boot.boot()
    boot.migrate()
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config import wiring  # noqa: PLC0415
    from baton.config.bench import floor  # noqa: PLC0415
    from baton.config.bench.waiting import Waiting  # noqa: PLC0415

    place = Waiting(_REMINDER, _START, random.Random(11))  # noqa: S311 - a measurement's own seed
    ahead = int(due * SHARE_AHEAD)
    place.fill(due, at=_START + timedelta(hours=1))
    place.fill(ahead, at=_START + timedelta(hours=2))
    place.fill(200, at=_START + timedelta(minutes=1))  # to warm up
    place.fire(until=_START + timedelta(minutes=1))
    before_mb = _rss_mb()
    place.fill_alike(max(0, waiting - due - ahead), at=_START + timedelta(days=30))
    wiring.settle()  # as a server does
    begun, begun_cpu = time.perf_counter(), time.process_time()
    fired = place.fire(until=_START + timedelta(hours=1))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    with floor.copied() as copy, floor.recorded() as recording:
        again = place.fire_alone(until=_START + timedelta(hours=2), each=recording.begin)
    floor_rate = again / floor.replay(recording, copy)
    rate = fired / seconds
    print(  # noqa: T201 - the result
        json.dumps(
            {
                "bench": "timers",
                "database": connection.vendor,
                "waiting": waiting,
                "fired": fired,
                "rate_per_s": round(rate),
                "cpu_us_per_run": round(cpu / fired * 1_000_000),
                "sent": place.outbox_size(),
                "rss_mb": round(_rss_mb()),
                "rss_before_waiting_mb": round(before_mb),
                "floor_per_s": round(floor_rate),
                "floor_ratio": round(rate / floor_rate, 3),
                "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
                f"{platform.python_version()}, measured on one core",
            }
        )
    )


def _rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
