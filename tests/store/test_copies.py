"""Reports count on a copy of the database where there is one, and on itself while that is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.utils import ProgrammingError
from pytest_django.plugin import DjangoDbBlocker

from baton.config.database import parse_reports_url
from baton.store import copies
from tests.support.engines import default_database, sqlite_settings
from tests.support.postgres import PostgresServer


@pytest.fixture
def itself(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """A database, and a copy of it, which each say their name."""
    settings = sqlite_settings(tmp_path / "itself.sqlite3")
    with django_db_blocker.unblock(), default_database(settings):
        connections.settings[copies.ALIAS] = {
            **connections.settings[DEFAULT_DB_ALIAS],
            "NAME": str(tmp_path / "copy.sqlite3"),
        }
        for alias, name in ((DEFAULT_DB_ALIAS, "itself"), (copies.ALIAS, "copy")):
            with connections[alias].cursor() as cursor:
                cursor.execute("CREATE TABLE who (name text)")
                cursor.execute("INSERT INTO who VALUES (%s)", [name])
        try:
            yield tmp_path
        finally:
            connections[copies.ALIAS].close()
            del connections[copies.ALIAS]
            del connections.settings[copies.ALIAS]


def who() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM who")
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("itself")
def test_what_is_read_within_comes_from_the_copy_and_nothing_else_does() -> None:
    assert who() == "itself"
    with copies.reading():
        assert who() == "copy"
        with copies.reading():
            assert who() == "copy"
        assert who() == "copy"
    assert who() == "itself"
    with pytest.raises(ZeroDivisionError), copies.reading():
        _ = 1 / 0
    assert who() == "itself"


@pytest.mark.usefixtures("itself")
def test_a_transaction_reads_what_it_wrote() -> None:
    with transaction.atomic(), copies.reading():
        assert who() == "itself"


def test_the_database_itself_is_read_while_the_copy_is_away(itself: Path) -> None:
    connections[copies.ALIAS].close()
    connections[copies.ALIAS].settings_dict["NAME"] = str(itself / "nowhere" / "copy.sqlite3")
    with copies.reading():
        assert who() == "itself"


def test_a_copy_on_postgresql_takes_no_writes_and_says_how_it_stands(
    postgres_server: PostgresServer, itself: Path
) -> None:
    url = f"postgresql://{postgres_server.user}@/postgres?host={postgres_server.host}"
    connections[copies.ALIAS].close()
    del connections[copies.ALIAS]
    connections.settings[copies.ALIAS] |= parse_reports_url(url)
    assert copies.standing() == copies.Standing(answers=True, lag=None)  # it follows nobody
    with copies.reading(), pytest.raises(ProgrammingError, match="who"):
        who()
    with copies.reading(), connection.cursor() as cursor:
        cursor.execute("SHOW default_transaction_read_only")
        assert cursor.fetchone() == ("on",)
    connections[copies.ALIAS].close()
    connections[copies.ALIAS].settings_dict["HOST"] = str(itself / "nowhere")
    assert copies.standing() == copies.Standing(answers=False)
