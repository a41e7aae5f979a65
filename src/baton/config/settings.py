"""The process's settings: one frozen value, read once from the environment.

`config.variables` says what each means. Without any, Baton keeps its database and
keyset in `./var`, listens on 127.0.0.1:8000 and is fit for one machine.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from baton.config.variables import SettingsError
from baton.core import reach
from baton.core.reach import Reach

READERS = ("full", "plain")
LOGS = ("lines", "json")
_SHORTEST_TOKEN = 16
_LONGEST = 86_400  # seconds of waiting after which a limit would be none


class Part(StrEnum):
    """What a process does: take what comes in and show the console, decide and send, or both."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where this process keeps its state and how it talks to the world.

    Attributes:
        home: folder of the embedded database, the keyset and the secret key.
        database_url: `sqlite:///path` or `postgresql://user:password@host/name`.
        reports_url: a copy of the database that reports count on; "" counts on itself.
        base_url: the address under which customers and staff reach this server.
        host, port: where `baton serve` listens.
        debug: show tracebacks in the browser; never set it on a public server.
        demo: offer the demo's one-click sign-in; set by `baton serve --demo`.
        plain_reader: read by words alone, without the sentence encoder: less memory, less skill.
        smtp_listen: host and port at which mail is taken straight from other servers.
        smtp_certificate: its certificate with the key, as PEM, to offer STARTTLS.
        key_command: the program of a key service that wraps the keyset; "" keeps it bare.
        backup_folder: where the daily backup goes; None makes none.
        backup_keep: daily backups that stay, the oldest goes first.
        part: what this process does; anything but `all` needs PostgreSQL.
        refuse_after: how late the oldest waiting work may be until senders are asked to come
            again; None refuses nobody.
        json_logs: log lines are JSON objects.
        metrics: the token that whoever reads /metrics bears; "open" for everybody, "" offers none.
        traces: where spans go, the address of a collector; "" makes none.
        own_network: what of one's own network may be asked.
        postgres_tools: folder of pg_dump and pg_restore, where they are not on the PATH.
    """

    home: Path
    database_url: str
    base_url: str
    host: str
    port: int
    debug: bool
    demo: bool
    plain_reader: bool = False
    smtp_listen: tuple[str, int] | None = None
    smtp_certificate: Path | None = None
    key_command: str = ""
    backup_folder: Path | None = None
    backup_keep: int = 7
    postgres_tools: Path | None = None
    own_network: Reach = field(default_factory=Reach)
    part: Part = Part.ALL
    refuse_after: timedelta | None = None
    json_logs: bool = False
    metrics: str = ""
    traces: str = ""
    reports_url: str = ""

    @property
    def own_packs(self) -> Path:
        """Where the installation keeps packs of its own."""
        return self.home / "packs"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Build the settings; raises SettingsError naming a variable that cannot be used."""
        home = Path(environment.get("BATON_HOME", "var")).resolve()
        port_text = environment.get("BATON_PORT", "8000")
        if not port_text.isdecimal() or not 0 < int(port_text) < 2**16:
            message = f"BATON_PORT must be a number from 1 to 65535, not {port_text!r}"
            raise SettingsError(message)
        reader = environment.get("BATON_READER", "full")
        if reader not in READERS:
            message = f"BATON_READER must be one of {', '.join(READERS)}, not {reader!r}"
            raise SettingsError(message)
        host = environment.get("BATON_HOST", "127.0.0.1")
        return cls(
            home=home,
            database_url=environment.get(
                "BATON_DATABASE_URL", f"sqlite:///{home / 'baton.sqlite3'}"
            ),
            base_url=environment.get("BATON_BASE_URL", f"http://{host}:{port_text}").rstrip("/"),
            host=host,
            port=int(port_text),
            debug=environment.get("BATON_DEBUG", "") == "1",
            demo=environment.get("BATON_DEMO", "") == "1",
            plain_reader=reader == "plain",
            smtp_listen=_listening(environment.get("BATON_SMTP_LISTEN", "")),
            smtp_certificate=_file_of(environment.get("BATON_SMTP_CERTIFICATE", "")),
            key_command=environment.get("BATON_KEY_COMMAND", ""),
            backup_folder=_backup_folder(environment.get("BATON_BACKUP_FOLDER", ""), home),
            backup_keep=_count("BATON_BACKUP_KEEP", environment.get("BATON_BACKUP_KEEP", "7")),
            part=_part(environment.get("BATON_ROLE", "all")),
            json_logs=_log(environment.get("BATON_LOG", "lines")),
            reports_url=_reports(environment),
            traces=_collector(environment.get("BATON_TRACES", "")),
            metrics=_metrics(environment.get("BATON_METRICS", "off")),
            refuse_after=_refuse_after(environment.get("BATON_REFUSE_AFTER", "0")),
            own_network=_own_network(environment.get("BATON_OWN_NETWORK", reach.HERE)),
            postgres_tools=_folder_of(environment.get("BATON_POSTGRES_TOOLS", "")),
        )


def _reports(environment: Mapping[str, str]) -> str:
    said = environment.get("BATON_REPORTS_URL", "")
    kinds = ("postgresql://", "postgres://")
    if said and not (
        said.startswith(kinds) and environment.get("BATON_DATABASE_URL", "").startswith(kinds)
    ):
        message = "BATON_REPORTS_URL must be postgresql://..., as BATON_DATABASE_URL then is"
        raise SettingsError(message)
    return said


def _listening(place: str) -> tuple[str, int] | None:
    if not place:
        return None
    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        message = f"BATON_SMTP_LISTEN must be host:port, as 0.0.0.0:25, not {place!r}"
        raise SettingsError(message)
    return host.strip("[]"), int(port)


def _file_of(path: str) -> Path | None:
    if not path:
        return None
    if not Path(path).is_file():
        message = f"BATON_SMTP_CERTIFICATE names no file: {path!r}"
        raise SettingsError(message)
    return Path(path)


def _backup_folder(said: str, home: Path) -> Path | None:
    if said == "off":
        return None
    return Path(said).resolve() if said else home / "backups"


def _count(name: str, said: str) -> int:
    if not said.isdecimal() or not int(said):
        message = f"{name} must be a whole number of at least 1, not {said!r}"
        raise SettingsError(message)
    return int(said)


def _part(said: str) -> Part:
    try:
        return Part(said)
    except ValueError:
        message = f"BATON_ROLE must be one of {', '.join(Part)}, not {said!r}"
        raise SettingsError(message) from None


def _refuse_after(said: str) -> timedelta | None:
    if not said.isdecimal() or int(said) > _LONGEST:
        message = f"BATON_REFUSE_AFTER must be seconds from 0 to {_LONGEST}, not {said!r}"
        raise SettingsError(message)
    return timedelta(seconds=int(said)) or None


def _log(said: str) -> bool:
    if said not in LOGS:
        message = f"BATON_LOG must be one of {', '.join(LOGS)}, not {said!r}"
        raise SettingsError(message)
    return said == "json"


def _metrics(said: str) -> str:
    if said in {"", "off", "open"}:
        return "open" if said == "open" else ""
    if len(said) < _SHORTEST_TOKEN or not said.isascii() or not said.isprintable() or " " in said:
        message = (
            f"BATON_METRICS must be off, open, or a token of at least {_SHORTEST_TOKEN} letters, "
            "digits and signs"
        )
        raise SettingsError(message)
    return said


def _collector(said: str) -> str:
    if said and not said.startswith(("http://", "https://")):
        message = f"BATON_TRACES must be an address as http://host:4318/v1/traces, not {said!r}"
        raise SettingsError(message)
    return said


def _own_network(said: str) -> Reach:
    try:
        return reach.parse(said)
    except ValueError as error:
        message = (
            "BATON_OWN_NETWORK must be hosts and networks with commas between, as "
            f"mail.internal,10.1.0.0/16, or none: {error}"
        )
        raise SettingsError(message) from None


def _folder_of(path: str) -> Path | None:
    if not path:
        return None
    if not Path(path).is_dir():
        message = f"BATON_POSTGRES_TOOLS names no folder: {path!r}"
        raise SettingsError(message)
    return Path(path)
