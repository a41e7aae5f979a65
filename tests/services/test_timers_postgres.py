"""Runs that fall due at once on PostgreSQL, taken by two threads of one worker."""

import random
from datetime import timedelta

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.config.bench.timers import _REMINDER
from baton.config.bench.waiting import Waiting
from baton.store.models import Message, Run
from tests.support.effects import START
from tests.support.engines import default_database
from tests.support.postgres import PostgresServer

HOUR = timedelta(hours=1)


@pytest.mark.postgres
def test_two_that_decide_side_by_side_tell_each_run_once(
    migrated_postgres: PostgresServer, django_db_blocker: DjangoDbBlocker
) -> None:
    own = migrated_postgres.create_migrated("timers")
    with django_db_blocker.unblock(), default_database(own):
        place = Waiting(_REMINDER, START, random.Random(3))  # noqa: S311 - the same every time
        place.fill(600, at=START + HOUR)
        assert place.fire(until=START + HOUR) == 600
        written = Message.objects.values_list("contact_id", flat=True)
        assert len(written) == len(set(written)) == 600
        assert set(Run.objects.values_list("step", flat=True)) == {"soon"}
