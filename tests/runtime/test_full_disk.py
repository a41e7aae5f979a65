"""A disk that is full refuses what it cannot keep, and loses nothing of what it has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.db.utils import OperationalError

from baton.runtime.ports import Event
from baton.runtime.recorder import Recorder
from baton.runtime.retry import RetryPolicy
from baton.runtime.worker import Worker
from baton.store.models.runtime import RuntimeEffect
from baton.store.runtime_store import DjangoEngine
from tests.support.effects import START, StoppedClock, an_arrival, an_effect

_UNLIMITED = 2**31
FACTS = [f"f{number}" for number in range(6)]


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.req("DI12")
def test_full_disk(alias: str, django_engine: DjangoEngine) -> None:
    engine, recorder = django_engine, Recorder(django_engine)
    decided: list[str] = []

    def decide(events: Sequence[Event], now: datetime) -> None:
        effects = [an_effect(event.dedupe_key, due_at=now) for event in events]
        engine.outbox.put(
            [*effects, *(an_effect(f"{e.id}.{n}") for e in effects for n in range(99))]
        )
        decided.extend(event.dedupe_key for event in events)

    worker = Worker(
        engine=engine, decide=decide, clock=(clock := StoppedClock()), random=lambda: 0.5,
        retry=RetryPolicy(first=timedelta(seconds=1), jitter=0),
    )  # fmt: skip
    recorder.record(an_arrival(FACTS[0]))
    recorder.store_waiting()
    _limit(alias, 1)  # not a page more than there are
    refused = [recorder.record(an_arrival(fact, body=b"x" * 9_000)) for fact in FACTS[1:]]
    recorder.store_waiting()
    assert {type(one.exception()) for one in refused} == {OperationalError}  # answered with 500
    worker.run_once()
    assert not RuntimeEffect.objects.using(alias).exists()  # nothing by halves
    _limit(alias, _UNLIMITED)
    decided.clear()  # what was decided on the full disk was not kept
    again = [recorder.record(an_arrival(fact)) for fact in FACTS]
    recorder.store_waiting()
    assert [one.result() for one in again] == [False, True, True, True, True, True]
    clock.at = START + timedelta(minutes=1)
    while worker.run_once():
        pass
    assert decided == FACTS
    assert engine.depth(now=clock.at).parked == 0


def _limit(alias: str, pages: int) -> None:
    """Let every connection to a database have so many pages, though never fewer than it has."""
    connection = connections[alias]
    options = connection.settings_dict["OPTIONS"]
    before = options["init_command"].partition("; PRAGMA max_page_count")[0]
    options["init_command"] = f"{before}; PRAGMA max_page_count = {pages}"
    connection.close()
