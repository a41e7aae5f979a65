"""A worker process to be killed: `python -m tests.runtime.kill_worker DATABASE RECEIVER`.

DATABASE is an entry for Django's DATABASES as JSON, RECEIVER the file that stands for
the outside world: one line for each time that an effect was performed. Prints a line
after each turn, and ends when nothing waits any more.
"""

import json
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from baton.config.clock import SystemClock
from baton.runtime.bell import Ear
from baton.runtime.ports import Done, Effect, Event, Outcome
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from tests.support.effects import Performing, an_effect

LEASE = timedelta(milliseconds=500)


def main(database: dict[str, object], receiver: Path) -> None:
    settings.configure(DATABASES={"default": database}, USE_TZ=True)
    with _alone(database):
        _work(receiver)


def _alone(database: dict[str, object]) -> AbstractContextManager[None]:
    from baton.store.runtime_store import exclusive  # noqa: PLC0415 - needs settings

    if "sqlite3" in str(database["ENGINE"]):
        return exclusive(Path(str(database["NAME"])))
    return nullcontext()


def _work(receiver: Path) -> None:
    from django.db import connection  # noqa: PLC0415 - needs settings

    from baton.store.runtime_store import DjangoEngine  # noqa: PLC0415 - needs settings

    engine, clock = DjangoEngine(), SystemClock()
    outside = os.open(receiver, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def decide(events: Sequence[Event], now: datetime) -> None:
        with connection.cursor() as cursor:
            for event in events:
                cursor.execute(
                    "INSERT INTO kill_ledger (lane, fact) VALUES (%s, %s)",
                    [event.lane, event.dedupe_key],
                )
        engine.outbox.put(
            [
                an_effect(
                    e.dedupe_key,
                    lane=e.lane,
                    due_at=now,
                    repeatable=not e.dedupe_key.endswith("!"),
                )
                for e in events
            ]
        )

    def perform(effect: Effect) -> Outcome:
        os.write(outside, f"{effect.lane} {effect.intent_key}\n".encode())
        return Done(receipt=effect.intent_key)

    retry = RetryPolicy(first=timedelta(milliseconds=10))
    worker = Worker(
        engine=engine,
        decide=decide,
        clock=clock,
        retry=retry,
        random=lambda: 0.5,
        at_once=("timer",),
        batch=5,
    )
    sender = Sender(
        engine=engine,
        carriers={"send": Performing(perform)},
        clock=clock,
        retry=retry,
        random=lambda: 0.5,
        owner=str(os.getpid()),
        batch=5,
        lease=LEASE,
    )
    with engine.listening(), Ear(engine.bell, ["inbox", "outbox"]) as ear:
        while True:
            if worker.run_once() + sender.run_once():
                sys.stdout.write("turn\n")
                sys.stdout.flush()
                continue
            depth = engine.depth(now=clock.now())
            if not depth.due and not depth.waiting and engine.next_due_at() is None:
                return
            ear.wait(0.05)


if __name__ == "__main__":
    assert threading.current_thread() is threading.main_thread()
    main(json.loads(sys.argv[1]), Path(sys.argv[2]))
