"""Reads the address of a database into Django's words."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from baton.config.variables import SettingsError

# What an address may also say behind its "?", as in libpq.
_PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

# A network that is cut says nothing: without these both ends wait for a quarter of an hour to two
# hours, and what a cut worker had locked stays locked as long. Each is overruled by an address
# that says it too.
_NOTICED = {
    "connect_timeout": "4",
    "tcp_user_timeout": "8000",  # milliseconds until what was sent has to be acknowledged
    "keepalives_idle": "3",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    # The same for the server's end, and an end to a transaction whose process stands still.
    "options": "-c tcp_user_timeout=8000 -c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2"
    " -c tcp_keepalives_count=3 -c idle_in_transaction_session_timeout=120000",
}


def parse_database_url(url: str) -> dict[str, Any]:
    """Return an entry for Django's DATABASES; raises SettingsError."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(parts)
    message = f"BATON_DATABASE_URL must start with sqlite:// or postgresql://, not {parts.scheme!r}"
    raise SettingsError(message)


def parse_reports_url(url: str) -> dict[str, Any]:
    """Return an entry for the copy that reports count on, which takes no writes."""
    entry = parse_database_url(url)
    said = entry["OPTIONS"]["options"]
    entry["OPTIONS"]["options"] = f"{said} -c default_transaction_read_only=on".strip()
    return entry


def _sqlite(parts: SplitResult) -> dict[str, Any]:
    # sqlite:///relative and sqlite:////absolute; sqlite:// alone lives in memory.
    name = unquote(parts.path[1:]) or ":memory:"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name if name == ":memory:" or name.startswith("/") else str(Path(name)),
        "OPTIONS": {
            # A writer takes the lock when it begins, not half-way: no SQLITE_BUSY upgrades.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: what was answered with success survives a loss of power.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
                # What is erased is gone from the file, however SQLite was built.
                "PRAGMA secure_delete=ON;"
                # Hot pages are copied back once every 48 MB of log, not every 4: most pages that
                # a batch touches are touched by the next one again.
                "PRAGMA wal_autocheckpoint=12000"
            ),
        },
    }


def _postgresql(parts: SplitResult) -> dict[str, Any]:
    try:
        port = parts.port
    except ValueError as error:
        message = f"BATON_DATABASE_URL: {error}"
        raise SettingsError(message) from None
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "CONN_HEALTH_CHECKS": True,
    }
    # As in libpq: ?host=/run/postgresql names the folder of a socket, a plus is a plus,
    # and what is not part of the address (sslmode, sslrootcert ...) goes to the driver.
    said = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    entry |= {_PARTS[name]: value for name, value in said.items() if name in _PARTS}
    entry["OPTIONS"] = _NOTICED | {
        name: value for name, value in said.items() if name not in _PARTS
    }
    return entry
