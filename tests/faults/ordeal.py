"""Real servers and workers on PostgreSQL, and real faults: `python -m tests.faults.ordeal`.

Two of `baton serve` and four of `baton worker` share one database while people write to them
over HTTP. Every few seconds something fails: one of them is killed with -9 and started anew, the
database loses its power, its answers are slow, the line to it stands still or breaks, the cable
is pulled, a stand-by takes over (`troubles.py`). Whoever was not answered with success writes
again under the same id, as providers do. After each fault it is measured how long new words
take to be answered and decided; at the end every message that was answered is held against what
stands in the database. Prints one JSON object, and ends with 1 when anything was lost, doubled
or out of order.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import LiteralString

import httpx
import psycopg

from tests.faults import cable
from tests.faults.site import Site, a_site
from tests.faults.troubles import TROUBLES

PEOPLE, WRITERS = 40, 4
_PATIENCE = 90.0
_PROBER = "prober"
_WRONG = ("lost", "doubled", "out_of_order", "replies_twice", "undecided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """How long it took from the end of a fault until new words were answered, and decided."""

    trouble: str
    answered_s: float
    decided_s: float


def suffer(
    site: Site, *, seconds: float, every: float, faults: tuple[str, ...], seed: int
) -> list[Recovery]:
    """Let people write for a while, and something fail now and then."""
    source = random.Random(seed)  # noqa: S311 - what fails, and whom it hits
    over = threading.Event()
    with httpx.Client(timeout=2.0) as client:
        site.write(client, _PROBER, 0)  # waits until somebody serves
    site.waits.clear()
    writers = [
        threading.Thread(target=_write, args=(site, place, over), name=f"writer-{place}")
        for place in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    found: list[Recovery] = []
    ends = time.monotonic() + seconds
    try:
        while time.monotonic() < ends:
            trouble = faults[len(found) % len(faults)]
            TROUBLES[trouble](site, source)
            site.troubles[trouble] += 1
            found.append(_recovery(site, trouble, len(found) + 1))
            over.wait(every)
    finally:
        over.set()
        for writer in writers:
            writer.join()
    return found


def _write(site: Site, place: int, over: threading.Event) -> None:
    """Write as people of this writer's own, so that each one's words have an order."""
    source = random.Random(place)  # noqa: S311 - who writes next
    numbers: Counter[str] = Counter()
    with httpx.Client(timeout=2.0) as client:
        while not over.is_set():
            who = f"person{source.randrange(place, PEOPLE, WRITERS)}"
            numbers[who] += 1
            site.write(client, who, numbers[who])


def _recovery(site: Site, trouble: str, number: int) -> Recovery:
    """Write once more now that a fault is over, and look when that has been decided."""
    begun = time.monotonic()
    with httpx.Client(timeout=2.0) as client:
        site.write(client, _PROBER, number)
    answered = time.monotonic() - begun
    with site.primary.connect() as database:
        while not database.execute(_DECIDED, [f"%:{_PROBER}-{number:06}"]).fetchall():
            time.sleep(0.02)  # noqa: TID251 - real processes
            if time.monotonic() - begun > _PATIENCE:
                break
    return Recovery(
        trouble=trouble,
        answered_s=round(answered, 2),
        decided_s=round(time.monotonic() - begun, 2),
    )


def judged(site: Site, recoveries: list[Recovery]) -> dict[str, object]:
    """Wait until nothing waits, and hold what was answered against what stands."""
    begun = time.monotonic()
    with site.primary.connect() as database:
        while _ask(database, _WAITING)[0][0] and time.monotonic() - begun < _PATIENCE:
            time.sleep(0.2)  # noqa: TID251 - real processes
        kept = Counter(str(key) for (key,) in _ask(database, _KEPT))
        orders: dict[str, list[str]] = {}
        for contact, key in _ask(database, _IN_ORDER):
            orders.setdefault(str(contact), []).append(str(key))
        [(lag,)] = _ask(database, _LAG)
        said = {one for ids in site.answered.values() for one in ids}
        return {
            "messages": len(said),
            "troubles": dict(site.troubles),
            "lost": len(said - set(kept)),
            "doubled": sum(count > 1 for count in kept.values()),
            "out_of_order": sum(keys != sorted(keys) for keys in orders.values()),
            "replies_twice": len(_ask(database, _TWICE)),
            "undecided": _ask(database, _WAITING)[0][0],
            "in_doubt": _ask(database, _IN_DOUBT)[0][0],
            "longest_unanswered_s": round(max(site.waits, default=0.0), 2),
            "longest_undecided_s": round(float(str(lag or 0)), 2),
            "recovery_s": {
                trouble: [one.decided_s for one in recoveries if one.trouble == trouble]
                for trouble in site.troubles
            },
            "answered_again_s": {
                trouble: max(one.answered_s for one in recoveries if one.trouble == trouble)
                for trouble in site.troubles
            },
        }


_DECIDED = "SELECT 1 FROM runtime_event WHERE dedupe_key LIKE %s AND state = 'done'"
_WAITING = """SELECT (SELECT count(*) FROM runtime_event WHERE state <> 'done')
 + (SELECT count(*) FROM runtime_effect WHERE state IN ('due', 'claimed') AND due_at < now())"""
_KEPT = "SELECT client_id FROM store_message WHERE author = 'contact'"
_IN_ORDER = "SELECT contact_id, client_id FROM store_message WHERE author = 'contact' ORDER BY id"
_TWICE = """SELECT conversation_id, created_at FROM store_message
 WHERE author = 'bot' GROUP BY conversation_id, created_at HAVING count(*) > 1"""
_IN_DOUBT = "SELECT count(*) FROM runtime_effect WHERE state IN ('unknown', 'parked')"
_LAG = """SELECT max(extract(epoch FROM m.created_at - e.due_at)) FROM runtime_event e
 JOIN store_message m ON m.client_id <> '' AND e.dedupe_key LIKE '%:' || m.client_id
 WHERE e.kind = 'message_received'"""


def _ask(
    database: "psycopg.Connection[tuple[object, ...]]", query: LiteralString
) -> list[tuple[object, ...]]:
    return database.execute(query).fetchall()


def main() -> int:
    """Play it, and print what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=5.0)
    asked.add_argument("--every", type=float, default=4.0, help="seconds between two faults")
    asked.add_argument("--faults", default="kill", help=f"with commas: {', '.join(TROUBLES)}")
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    faults = tuple(told.faults.split(","))
    if unknown := set(faults) - set(TROUBLES):
        asked.error(f"no such fault: {', '.join(sorted(unknown))}")
    if "cable" in faults:
        cable.enter("tests.faults.ordeal")
    with a_site(has_cable="cable" in faults, has_standby="failover" in faults) as site:
        recoveries = suffer(
            site, seconds=told.minutes * 60, every=told.every, faults=faults, seed=told.seed
        )
        found = judged(site, recoveries)
    print(json.dumps(found))  # noqa: T201 - the result
    return int(any(found[one] for one in _WRONG))


if __name__ == "__main__":
    sys.exit(main())
