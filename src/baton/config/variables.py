"""Every setting that Baton reads: its name, what it means, and what holds without it.

They come from the environment, and from the file that BATON_CONFIG names: lines NAME=value, as
systemd and Compose write them. The environment goes before the file.
"""

import os
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "BATON_"
FILE: Final = "BATON_CONFIG"
_OF_MEASUREMENTS = "BATON_BENCH_"  # read by the benchmarks alone
_SECRET = frozenset({"BATON_DATABASE_URL", "BATON_METRICS", "BATON_REPORTS_URL"})


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One setting, as the program tells of it."""

    name: str
    meaning: str
    default: str

    @property
    def is_secret(self) -> bool:
        """Whether its value may hold a password."""
        return self.name in _SECRET


def _variable(name: str, default: str, meaning: str) -> Variable:
    return Variable(name=PREFIX + name, default=default, meaning=meaning)


VARIABLES: Final = (
    _variable("CONFIG", "none", "a file of NAME=value lines; the environment goes before it"),
    _variable("HOME", "var", "folder of the embedded database, the keyset and the secret key"),
    _variable(
        "DATABASE_URL",
        "SQLite in BATON_HOME",
        "sqlite:///path or postgresql://user:password@host/name",
    ),
    _variable(
        "REPORTS_URL",
        "none",
        "a copy of a PostgreSQL database (a stand-by) that reports count on",
    ),
    _variable(
        "BASE_URL",
        "http://HOST:PORT",
        "the address that customers, staff and providers' webhooks use",
    ),
    _variable("HOST", "127.0.0.1", "address to listen on"),
    _variable("PORT", "8000", "port to listen on, 1 to 65535"),
    _variable("ROLE", "all", "all, or web or worker for a part, on PostgreSQL"),
    _variable(
        "REFUSE_AFTER",
        "0",
        "seconds that waiting work may be late until senders are asked to come again; 0: never",
    ),
    _variable("READER", "full", "full, or plain: by words alone, with less memory and less skill"),
    _variable("CACHE", "the user's cache folder", "where trained readers are kept; may be emptied"),
    _variable("LOG", "lines", "lines for people, or json: one object a line"),
    _variable("METRICS", "off", "off, open, or the token that whoever reads /metrics must bear"),
    _variable("TRACES", "off", "address of an OpenTelemetry collector, for baton[traces]"),
    _variable("BACKUP_FOLDER", "backups in BATON_HOME", "where the daily backup goes; off: none"),
    _variable("BACKUP_KEEP", "7", "daily backups that stay"),
    _variable("POSTGRES_TOOLS", "the PATH", "folder of pg_dump and pg_restore"),
    _variable("KEY_COMMAND", "none", "the program of a key service that wraps the keyset"),
    _variable(
        "OWN_NETWORK",
        "localhost",
        "hosts and networks of your own that may be asked, with commas between; or none",
    ),
    _variable("SMTP_LISTEN", "off", "host:port at which mail is taken from other mail servers"),
    _variable("SMTP_CERTIFICATE", "none", "a PEM file with certificate and key, for STARTTLS"),
    _variable("DEMO", "off", "1 offers one-click sign-in as the demo's people; never in public"),
    _variable("DEBUG", "off", "1 shows tracebacks in the browser; never in public"),
)
_adopted: set[str] = set()
NAMES: Final = frozenset(one.name for one in VARIABLES)


def adopt_file(environment: MutableMapping[str, str] = os.environ) -> frozenset[str]:
    """Add what the named file says and the environment does not; return which that was.

    Raises SettingsError naming the line that cannot be read.
    """
    place = environment.get(FILE, "")
    if not place:
        return frozenset()
    try:
        lines = Path(place).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{FILE} names a file that cannot be read: {place!r} ({type(error).__name__})"
        raise SettingsError(message) from error
    said = dict(_read(place, lines))
    added = frozenset(name for name in said if name not in environment)
    environment.update({name: said[name] for name in added})
    _adopted.update(added)
    return added


def adopted() -> frozenset[str]:
    """Return which settings of this process came from the file."""
    return frozenset(_adopted)


def unknown_names(environment: Mapping[str, str]) -> list[str]:
    """Return which names look like settings and are read by nothing."""
    return sorted(
        name
        for name in environment
        if name.startswith(PREFIX) and name not in NAMES and not name.startswith(_OF_MEASUREMENTS)
    )


def _read(place: str, lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name.startswith(PREFIX):
            message = f"{place}, line {number}: say {PREFIX}NAME=value, not {_shown(text)}"
            raise SettingsError(message)
        if name not in NAMES:
            message = f"{place}, line {number}: nothing reads {name}; `baton settings` lists all"
            raise SettingsError(message)
        yield name, _unquoted(value.strip())


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _shown(text: str) -> str:
    return repr(text.partition("=")[0][:40])  # what stands behind may be a password
