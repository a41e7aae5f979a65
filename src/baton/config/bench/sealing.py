"""What sealing and tokens cost: messages a second with them and without, turn by turn in one run.

Without, a keyset seals nothing, its hashes are Python's own and no text is masked; all else is
the same work on messages of the same kind, not the same ones: what was read once is read fast.
The two take turns, so that neither has the warmer machine, and rates are by the process's own time.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from typing_extensions import override

from baton.config import boot
from baton.store.crypto import Keyset, header_of, keyset_from

if TYPE_CHECKING:
    from baton.config.bench.traffic import Traffic

ROUND = 500


class BareKeyset(Keyset):
    """Keeps everything as it is: for a measurement, never for people."""

    @override
    def seal_bytes(self, plain: bytes, context: str) -> bytes:
        return header_of(self.primary) + plain

    @override
    def unseal_bytes(self, sealed: bytes | memoryview, context: str) -> bytes:
        return bytes(sealed)[len(header_of(self.primary)) :]

    @override
    def fingerprint(self, kind: str, value: str) -> str:
        return f"{hash((kind, value)) & (1 << 64) - 1:032x}"


def main(messages: int) -> None:
    """Measure, and print one JSON object."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    boot.boot()
    boot.migrate()
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config import wiring  # noqa: PLC0415
    from baton.config.bench.traffic import Traffic  # noqa: PLC0415

    sealing = keyset_from(b"bench")
    bare = BareKeyset(primary=1, keys=sealing.keys, lookup=b"")
    with_it = Traffic(random.Random(11), sealing)  # noqa: S311 - a measurement's own seed
    without = Traffic(random.Random(12), bare)  # noqa: S311 - as above
    size = min(ROUND, messages)
    with_it.run(size)
    with unmasked():
        without.run(size)
    wiring.settle()
    took: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(messages // size):
        took["with"].append(_cpu_of(with_it, size))
        with unmasked():
            took["without"].append(_cpu_of(without, size))
    rates = {name: size / statistics.median(seconds) for name, seconds in took.items()}
    pairs = zip(took["with"], took["without"], strict=True)
    print(  # noqa: T201 - the result
        json.dumps(
            {
                "bench": "sealing",
                "database": connection.vendor,
                "messages": messages,
                "rate_per_s": round(rates["with"]),
                "bare_per_s": round(rates["without"]),
                "cost": round(1 - statistics.median(bare / whole for whole, bare in pairs), 3),
            }
        )
    )


def _cpu_of(traffic: "Traffic", messages: int) -> float:
    """Return what a round took of this process's time: what others do meanwhile is no cost."""
    begun = time.process_time()
    traffic.run(messages)
    return time.process_time() - begun


@contextmanager
def unmasked() -> Iterator[None]:
    """Let texts stand as they are, for as long as it is open."""
    from baton.core import privacy  # noqa: PLC0415 - put aside where it is looked up

    mask = privacy.mask
    privacy.mask = lambda text, *_, **__: text
    try:
        yield
    finally:
        privacy.mask = mask


if __name__ == "__main__":
    main(int(sys.argv[1]))
