"""The database's address, read as libpq reads it."""

import pytest

from baton.config.database import parse_database_url
from baton.config.settings import Settings
from baton.config.variables import SettingsError


def test_every_part_of_a_postgresql_address_counts() -> None:
    assert parse_database_url(
        "postgresql://ann:p%40ss@db.example:5433/gym%20one"
        "?sslmode=verify-full&sslrootcert=/etc/ca+x.pem&application_name="
    ) == {
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
    assert entry["OPTIONS"] == {}


def test_a_senseless_port_is_told_with_the_setting() -> None:
    with pytest.raises(SettingsError, match="BATON_DATABASE_URL"):
        parse_database_url("postgresql://db.example:port/gym")


def test_the_reader_s_kind_is_one_of_two() -> None:
    assert not Settings.from_environment({}).plain_reader
    assert Settings.from_environment({"BATON_READER": "plain"}).plain_reader
    with pytest.raises(SettingsError, match="BATON_READER must be one of full, plain"):
        Settings.from_environment({"BATON_READER": "fast"})
