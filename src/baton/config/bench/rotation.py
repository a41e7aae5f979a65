"""A rotation that is killed again and again: what is lost of how many values, and how fast it is.

The process that seals anew is killed (SIGKILL) wherever it is once it told of its share, five
times, each time by another process that started it afresh; the last one goes to the end. Then
every value is opened and held against what was sealed.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from baton.config import boot

if TYPE_CHECKING:
    from baton.services.house import House

KILLS = 5
_WORKSPACE = "b" * 32
_COLUMNS = ("id", "workspace_id", "kind", "token", "value_sealed")
_ATTEMPT = "attempt"


def main(values: int) -> None:
    """Measure, and print one JSON object."""
    settings = boot.boot()
    boot.migrate()
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config import wiring  # noqa: PLC0415
    from baton.config.bench import filling  # noqa: PLC0415

    house = wiring.install(settings)
    filling.pour("store_vaultentry", _COLUMNS, _rows(house, values))
    filling.settle()
    wiring.keyset_file(settings).add_key(house.clock.now())
    house.keyset.renew()
    connection.close()
    begun, told = time.perf_counter(), []
    for number in range(KILLS):
        told.append(_killed(values // (KILLS + 1)))
        if not told[number]:
            sys.exit("the process that was to be killed ended by itself")
    seconds_before = time.perf_counter() - begun
    ended = subprocess.run(_command(), check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    old, intact = _left(house), _intact(house)
    print(  # noqa: T201 - the result
        json.dumps(
            {
                "bench": "rotation",
                "database": connection.vendor,
                "values": values,
                "kills": KILLS,
                "told_before_each": told,
                "last_ended_with": ended.returncode,
                "seconds": round(seconds, 1),
                "seconds_of_killed": round(seconds_before, 1),
                "values_per_s": round(values / seconds),
                "under_the_old_key": old,
                "lost": values - intact,
            }
        )
    )


def attempt() -> None:
    """Seal anew what is left to do, and tell how far it is, a line a page."""
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.privacy import rotating  # noqa: PLC0415

    house = wiring.install(settings)
    ended = rotating.reseal(house, told=lambda _place, done: print(done, flush=True))  # noqa: T201
    sys.exit(1 if ended.broken else 0)


def _command() -> list[str]:
    return [sys.executable, "-m", "baton.config.bench.rotation", _ATTEMPT]


def _killed(share: int) -> int:
    """Let it seal a share anew, kill it wherever it is by then; return how far it told."""
    done = 0
    with subprocess.Popen(_command(), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            done = int(line)
            if done >= share:
                os.kill(process.pid, signal.SIGKILL)
                break
    return done if process.returncode == -signal.SIGKILL else 0


def _rows(house: "House", values: int) -> Iterator[tuple[object, ...]]:
    for number in range(values):
        token = f"[phone:{number:016x}]"
        value = house.keyset.seal(_value(number), f"vault:{_WORKSPACE}:{token}")
        yield f"{number:032x}", _WORKSPACE, "phone", token, value


def _value(number: int) -> str:
    return f"+44{number:010}"


def _left(house: "House") -> int:
    """Return how many values another key than the one in use sealed."""
    from baton.store import sealed  # noqa: PLC0415 - Django must be set up first

    counts = [sealed.count_by_key(one) for one in sealed.COLUMNS]
    return sum(
        count for each in counts for key, count in each.items() if key != house.keyset.primary
    )


def _intact(house: "House") -> int:
    """Return how many of the values open and say what was sealed."""
    from baton.store import sealed  # noqa: PLC0415 - Django must be set up first
    from baton.store.models import VaultEntry  # noqa: PLC0415

    [one] = [one for one in sealed.COLUMNS if one.model is VaultEntry]
    after: object = None
    intact = 0
    while page := sealed.page(one, after=after, limit=5_000):
        intact += sum(
            house.keyset.unseal(value.sealed, value.place) == _value(int(str(value.key), 16))
            for value in page
        )
        after = page[-1].key
    return intact


if __name__ == "__main__":
    if sys.argv[1] == _ATTEMPT:
        attempt()
    else:
        main(int(sys.argv[1]))
