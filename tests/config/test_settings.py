"""The database's address, read as libpq reads it."""

from urllib.parse import quote

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from baton.config.database import parse_database_url
from baton.config.settings import Settings
from baton.config.variables import SettingsError
from tests.support.engines import default_database
from tests.support.postgres import PostgresServer

WHAT_NOTICES_A_CUT = {
    "connect_timeout",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "options",
    "tcp_user_timeout",
}


def test_every_part_of_a_postgresql_address_counts() -> None:
    entry = parse_database_url(
        "postgresql://ann:p%40ss@db.example:5433/gym%20one"
        "?sslmode=verify-full&sslrootcert=/etc/ca+x.pem&application_name="
    )
    options = {
        name: value for name, value in entry["OPTIONS"].items() if name not in WHAT_NOTICES_A_CUT
    }
    assert entry | {"OPTIONS": options} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "gym one",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "sslmode": "verify-full",
            "sslrootcert": "/etc/ca+x.pem",
            "application_name": "",
        },
    }


def test_the_query_may_name_the_address_too() -> None:
    entry = parse_database_url("postgres:///gym?host=/run/postgresql&port=5434&user=ann")
    assert (entry["HOST"], entry["PORT"], entry["USER"]) == ("/run/postgresql", "5434", "ann")
    assert entry["NAME"] == "gym"
    assert set(entry["OPTIONS"]) == WHAT_NOTICES_A_CUT


def test_two_servers_of_which_one_takes_over_may_be_named() -> None:
    entry = parse_database_url(
        "postgresql://ann@/gym?host=db1,db2&port=5432,5433&target_session_attrs=read-write"
    )
    assert (entry["HOST"], entry["PORT"]) == ("db1,db2", "5432,5433")
    assert entry["OPTIONS"]["target_session_attrs"] == "read-write"


def test_an_address_overrules_when_a_cut_is_noticed() -> None:
    entry = parse_database_url("postgres://db.example/gym?connect_timeout=9&options=")
    assert (entry["OPTIONS"]["connect_timeout"], entry["OPTIONS"]["options"]) == ("9", "")


def test_postgresql_gives_up_a_transaction_whose_process_stands_still(
    postgres_server: PostgresServer, django_db_blocker: DjangoDbBlocker
) -> None:
    url = f"postgresql://{postgres_server.user}@/postgres?host={quote(postgres_server.host)}"
    with (
        django_db_blocker.unblock(),
        default_database(parse_database_url(url)),
        connection.cursor() as cursor,
    ):
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("2min",)


def test_a_senseless_port_is_told_with_the_setting() -> None:
    with pytest.raises(SettingsError, match="BATON_DATABASE_URL"):
        parse_database_url("postgresql://db.example:port/gym")


def test_the_reader_s_kind_is_one_of_two() -> None:
    assert not Settings.from_environment({}).plain_reader
    assert Settings.from_environment({"BATON_READER": "plain"}).plain_reader
    with pytest.raises(SettingsError, match="BATON_READER must be one of full, plain"):
        Settings.from_environment({"BATON_READER": "fast"})
