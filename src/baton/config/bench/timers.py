"""Runs that wait by the million, and those of them that are due at once.

Each due run is woken by its timer and taken through the interpreter: a text is filled
in and put into the outbox, and the run waits anew. The floor is the same writes in the
same batches by the bare driver (`floor`). The process keeps to one core; a PostgreSQL
server has its own.
"""

import contextlib
import ctypes
import json
import os
import platform
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from baton.config import boot
from baton.config.bench import rivals
from baton.core.json import Json

if TYPE_CHECKING:
    from baton.config.bench.waiting import Waiting

SHARE_AHEAD = 0.1
"""The floor is taken over so many more runs, and so many that are not alike are fired last."""

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
    place.fill(ahead, at=_START + timedelta(hours=3), is_apart=True)
    place.fill(200, at=_START + timedelta(minutes=1))  # to warm up
    place.fire(until=_START + timedelta(minutes=1))
    before_mb = _rss_mb()
    place.fill_alike(max(0, waiting - due - 2 * ahead), at=_START + timedelta(days=30))
    wiring.settle()  # as a server does
    connection.close()  # with the pages in its cache: a server finds the runs on the disk
    _forget_peak()
    alike = _fired(place, hours=1)
    most_mb = _rss_mb()  # before what is recorded for the floor, which a worker does not hold
    with floor.copied() as copy, floor.recorded() as recording:
        again = place.fire_alone(until=_START + timedelta(hours=2), each=recording.begin)
    floor_rate = again / floor.replay(recording, copy)
    apart = _fired(place, hours=3)
    print(  # noqa: T201 - the result
        json.dumps(
            {
                "bench": "timers",
                "database": connection.vendor,
                "waiting": waiting,
                "fired": alike.runs,
                "rate_per_s": round(alike.rate),
                "cpu_us_per_run": round(alike.cpu_us),
                "apart_per_s": round(apart.rate),
                "apart_cpu_us_per_run": round(apart.cpu_us),
                "sent": place.outbox_size(),
                "rss_mb": round(most_mb),
                "rss_before_waiting_mb": round(before_mb),
                "floor_per_s": round(floor_rate),
                "floor_ratio": round(alike.rate / floor_rate, 3),
                "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
                f"{platform.python_version()}, measured on one core",
            }
        )
    )


class _Fired(NamedTuple):
    """Runs that were due, and how many seconds they took by the clock and of this process."""

    runs: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Runs a second."""
        return self.runs / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of this process for a run."""
        return self.cpu_seconds / self.runs * 1_000_000


def _fired(place: "Waiting", *, hours: int) -> _Fired:
    begun, begun_cpu = time.perf_counter(), time.process_time()
    runs = place.fire(until=_START + timedelta(hours=hours))
    return _Fired(runs, time.perf_counter() - begun, time.process_time() - begun_cpu)


def _forget_peak() -> None:
    """Give back what filling the database took, and let the most memory count from here on."""
    # Where the system has no such thing, all of it counts.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")


def _rss_mb() -> float:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
