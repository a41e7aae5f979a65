"""What sealing and tokens cost: messages a second with them and without, turn by turn in one run.

Without, a keyset seals nothing, its hashes are Python's own and no text is masked; all else is
the same work on the same messages. The two take turns, so that neither has the warmer machine.
"""

import json
import os
import random
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from baton.config import boot
from baton.store.crypto import Keyset, header_of, keyset_from

WARM_UP = 500
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
    without = Traffic(random.Random(11), bare)  # noqa: S311 - as above
    with_it.run(WARM_UP)
    with unmasked():
        without.run(WARM_UP)
    wiring.settle()
    took: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(max(messages // ROUND, 1)):
        took["with"].append(with_it.run(ROUND).seconds)
        with unmasked():
            took["without"].append(without.run(ROUND).seconds)
    rates = {name: ROUND / statistics.median(seconds) for name, seconds in took.items()}
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
