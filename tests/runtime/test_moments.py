"""Moments come back from PostgreSQL as they went in, whatever was read before."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connections

from baton.store.runtime_store.moments import _Moments
from tests.support.effects import START

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database", ["postgres"])]
MOMENTS = [
    START,
    START.replace(microsecond=500_000),
    datetime(2026, 7, 1, 23, 59, 59, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(2199, 12, 31, tzinfo=UTC),
]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/St_Johns"])
def test_moments_are_read_alike_in_any_session(alias: str, zone: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        for _again in range(2):
            cursor.execute("SELECT unnest(%s::timestamptz[]), NULL::timestamptz", [MOMENTS])
            rows = cursor.fetchall()
            assert [row[0] for row in rows] == MOMENTS
            assert {row[0].tzinfo for row in rows} == {UTC}
            assert {row[1] for row in rows} == {None}


def test_connections_read_moments_by_what_they_have_read(alias: str) -> None:
    connections[alias].ensure_connection()
    loader = connections[alias].connection.adapters.get_loader(1184, 0)
    assert loader is _Moments
