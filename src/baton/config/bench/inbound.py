"""One inbound message, whole: stored by ingress, claimed, read, decided, written, in the outbox.

The floor is measured in the same run: the same writes in the same batches by the
bare driver, with no logic at all (`floor`). The process keeps to one core; a
PostgreSQL server has its own.
"""

import json
import os
import platform
import random
import resource
import statistics
import sys

from baton.config import boot

WARM_UP = 500


def main(messages: int) -> None:
    """Measure, and print one JSON object."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    boot.boot()
    boot.migrate()
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config import wiring  # noqa: PLC0415
    from baton.config.bench import floor, traffic  # noqa: PLC0415
    from baton.config.settings import Settings  # noqa: PLC0415

    bench = traffic.Traffic(random.Random(11))  # noqa: S311 - a measurement's own seed
    bench.run(WARM_UP)
    wiring.settle()  # as a server does
    measured = bench.run(messages)
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with floor.copied() as copy, floor.recorded() as recording:
        bench.run(messages, recording.begin)
    floor_seconds = floor.replay(recording, copy)
    rate = messages / measured.seconds
    floor_rate = messages / floor_seconds
    writes = recording.transactions
    ordered = sorted(measured.batches_ms)
    print(  # noqa: T201 - the result
        json.dumps(
            {
                "bench": "inbound",
                "database": connection.vendor,
                "reader": "plain" if Settings.from_environment().plain_reader else "full",
                "messages": messages,
                "rate_per_s": round(rate),
                "p50_ms": round(statistics.median(ordered), 1),
                "p99_ms": round(ordered[int(len(ordered) * 0.99) - 1], 1),
                "rss_mb": round(rss_mb),
                "floor_per_s": round(floor_rate),
                "floor_ratio": round(rate / floor_rate, 3),
                "statements_per_batch": round(sum(map(len, writes)) / len(ordered), 1),
                "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
                f"{platform.python_version()}, measured on one core",
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
