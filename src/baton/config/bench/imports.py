"""A large export with faults, imported twice: good rows in, bad ones told, and twice the same.

People have eight bookings each; one booking in ten is still to come, and flows hear of it.
Beside it stands the bare reading of the file, which is the floor.
"""

import csv
import json
import os
import platform
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from baton.config import boot
from baton.core.json import Json

FAULTS = 0.03
EACH = 8
"""Bookings of one person."""

_NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
_CLASSES = ("Yoga", "Spin", "Pilates", "HIIT", "Boxing")
_HEADING = ("Booking", "Class", "Starts", "State", "Member", "Phone", "Email", "Name", "Price")
_FIELDS = {
    "reference": "Booking",
    "activity": "Class",
    "starts_at": "Starts",
    "state": "State",
    "person_id": "Member",
    "phone": "Phone",
    "email": "Email",
    "name": "Name",
    "price": "Price",
}


def main(lines: int) -> None:
    """Measure, and print one JSON object."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    settings = boot.boot()
    boot.migrate()
    path = settings.home / "export.csv"
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config.bench import importer  # noqa: PLC0415

    bad = _write(path, lines)
    begun = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as file:
        bare = sum(1 for _ in csv.reader(file)) - 1
    floor = time.perf_counter() - begun
    first, again = (
        importer.imported(path, _FIELDS, now=now) for now in (_NOW, _NOW + timedelta(hours=1))
    )
    found: dict[str, Json] = {
        "bench": "import",
        "database": connection.vendor,
        "lines": bare,
        "bad_lines": len(bad),
        "first": first.row,
        "again": again.row,
        "bad_told_exactly": first.bad == again.bad == bad,
        "bookings": first.bookings,
        "twice_the_same": first.bookings == again.bookings == bare - len(bad),
        "bare_read_s": round(floor, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "python": platform.python_version(),
    }
    sys.stdout.write(json.dumps(found))


def _write(path: Path, lines: int) -> set[int]:
    """Write an export, and return the numbers of its bad lines."""
    source = random.Random(8)  # noqa: S311 - a measurement's own seed
    bad: set[int] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADING)
        for number in range(lines):
            row = _row(number, source)
            if source.random() < FAULTS:
                bad.add(number + 2)  # counted from the heading on
                _spoil(row, source)
            writer.writerow([row[name] for name in _HEADING])
    return bad


def _row(number: int, source: random.Random) -> dict[str, str]:
    who = number // EACH
    is_ahead = source.random() < 0.1  # noqa: PLR2004 - one in ten
    days = source.randint(1, 14) if is_ahead else -source.randint(3, 365)
    starts_at = _NOW + timedelta(days=days, hours=source.randint(0, 8))
    return {
        "Booking": f"BK{number:07d}",
        "Class": source.choice(_CLASSES),
        "Starts": starts_at.isoformat(),
        "State": "booked" if is_ahead else source.choice(("attended", "no show", "cancelled")),
        "Member": f"M{who:06d}",
        "Phone": f"+4477{who:08d}",
        "Email": f"member{who}@example.org",
        "Name": f"Member {who}",
        "Price": f"{source.randint(5, 40)}.50",
    }


def _spoil(row: dict[str, str], source: random.Random) -> None:
    match source.randrange(4):
        case 0:
            row["Starts"] = "next Tuesday"
        case 1:
            row["State"] = "whatever"
        case 2:
            row["Class"] = ""
        case _:
            row |= {"Member": "", "Phone": "none", "Email": "at home"}


if __name__ == "__main__":
    main(int(sys.argv[1]))
