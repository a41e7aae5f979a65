"""`kill -9` under load: after any number of deaths, nothing is lost and nothing done twice."""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections

from baton.store.models.runtime import RuntimeEffect, RuntimeEvent
from baton.store.runtime_store import DjangoEngine
from tests.runtime.conftest import DATABASES
from tests.support.effects import a_timer, an_arrival

FACTS, LANES, TIMERS, DEATHS = 500, 23, 40, 4


class Processes:
    """Starts and kills worker processes on one database."""

    def __init__(self, settings: dict[str, object], receiver: Path) -> None:
        self._arguments = [
            sys.executable, "-m", "tests.runtime.kill_worker", json.dumps(settings), str(receiver),
        ]  # fmt: skip

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(self._arguments, stdout=subprocess.PIPE, text=True)

    def kill_after(self, process: "subprocess.Popen[str]", turns: int) -> bool:
        """Kill a process in the middle of a later turn; False if it ended by itself."""
        assert process.stdout is not None
        for _ in range(turns):
            if not process.stdout.readline():
                break
        process.kill()
        with process:
            return process.wait(30) == -9


@contextmanager
def a_ledger(alias: str) -> Iterator[None]:
    """A table of the test's own, which decisions write to in their transaction."""
    key = {
        "postgresql": "bigserial PRIMARY KEY",
        "sqlite": "integer PRIMARY KEY AUTOINCREMENT",
    }[connections[alias].vendor]
    with connections[alias].cursor() as cursor:
        cursor.execute(f"CREATE TABLE kill_ledger (id {key}, lane text, fact text)")
    try:
        yield
    finally:
        with connections[alias].cursor() as cursor:
            cursor.execute("DROP TABLE kill_ledger")


def put_load(engine: DjangoEngine) -> set[str]:
    facts = [f"f{n:04}{'!' if n % 3 == 0 else ''}" for n in range(FACTS)]
    engine.inbox.append([an_arrival(fact, lane=f"lane{n % LANES}") for n, fact in enumerate(facts)])
    # Every other one in a lane of its own, where it is told without a row in the inbox.
    lanes = [f"lane{n % LANES}" if n % 2 else f"alone{n}" for n in range(TIMERS)]
    timers = [a_timer(f"t{n}", lane=lane) for n, lane in enumerate(lanes)]
    engine.timers.put(timers)
    return {*facts, *(timer.firing_key for timer in timers)}


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.req("DI12")
def test_kill(
    alias: str, database: str, database_settings: dict[str, object], tmp_path: Path
) -> None:
    receiver = tmp_path / "received"
    processes = Processes(database_settings, receiver)
    # Many processes share PostgreSQL; SQLite has one at a time.
    crowd = 2 if database == "postgres" else 1
    chance = random.Random(20260302)  # noqa: S311 - when each one dies, the same every time
    with a_ledger(alias):
        facts = put_load(DjangoEngine(alias))
        deaths = 0
        while deaths < DEATHS:
            alive = [processes.start() for _ in range(crowd)]
            killed = [processes.kill_after(p, chance.randrange(1, 25)) for p in alive]
            deaths += sum(killed)
            assert any(killed), "the load was done before the deaths were"
        last = [processes.start() for _ in range(crowd)]
        assert [process.communicate(timeout=60)[0] is not None for process in last]
        assert [process.returncode for process in last] == [0] * crowd
        check_the_ledger(alias, facts)
        check_the_receiver(alias, receiver, facts)


def check_the_ledger(alias: str, facts: set[str]) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT lane, fact FROM kill_ledger ORDER BY id")
        rows = cursor.fetchall()
    assert sorted(fact for _, fact in rows) == sorted(facts)
    for lane in range(LANES):
        decided = [fact for where, fact in rows if where == f"lane{lane}" and fact[0] == "f"]
        assert decided == sorted(decided)
    assert not RuntimeEvent.objects.using(alias).exclude(state="done").exists()


def check_the_receiver(alias: str, receiver: Path, facts: set[str]) -> None:
    lines = [tuple(line.split(" ", 1)) for line in receiver.read_text().splitlines()]
    counts = Counter(fact for _, fact in lines)
    once = {fact for fact in facts if fact.endswith("!")}
    # A receiver that tells duplicates apart has each of the others exactly once.
    assert facts - once <= set(counts) <= facts
    assert all(counts[fact] <= 1 for fact in once)
    effects = RuntimeEffect.objects.using(alias)
    unknown = set(effects.filter(state="unknown").values_list("intent_key", flat=True))
    assert once - set(counts) <= unknown <= once
    assert effects.exclude(state="unknown").exclude(state="done").count() == 0
    for lane in range(LANES):
        arrived = list(dict.fromkeys(f for where, f in lines if where == f"lane{lane}"))
        messages = [fact for fact in arrived if fact[0] == "f"]
        assert messages == sorted(messages)
