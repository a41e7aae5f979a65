"""PostgreSQL's moments, read once each: a batch reads the same few of them thousands of times."""

from datetime import UTC, datetime
from functools import lru_cache

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from typing_extensions import override


def remember(connection: "psycopg.Connection[object]") -> None:
    """Have a connection of Django's read moments by what it has read before."""
    connection.adapters.register_loader("timestamptz", _Moments)


class _Moments(Loader):
    timezone = UTC
    """Django asks a connection's loader for this, and puts its own in place for another zone."""

    @override
    def load(self, data: Buffer) -> datetime:
        return _moment(bytes(data))


@lru_cache(maxsize=8_192)
def _moment(text: bytes) -> datetime:
    """Read "2026-03-02 09:00:00.5+00", in the zone of whatever session it is."""
    return datetime.fromisoformat(text.decode()).astimezone(UTC)
