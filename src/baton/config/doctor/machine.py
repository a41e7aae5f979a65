"""Findings about this machine: its files, its disk, its clock's zones, and its address."""

import os
import shutil
import stat
import zoneinfo
from collections.abc import Iterator
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from baton.config import extensions, variables, wiring
from baton.config.clock import SystemClock
from baton.config.doctor.findings import Finding, fails, fine, look
from baton.config.settings import Settings
from baton.nlu.cache import cache_folder

_SCARCE, _LOW = 200 << 20, 2 << 30  # bytes: SQLite's log alone may take the first at a busy hour
_OLD_KEY = timedelta(days=90)  # docs/privacy.md: rotate every 90 days
_LOCAL = {"127.0.0.1", "localhost", "::1"}


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what can be seen without the database."""
    yield from _files(settings)
    yield _keys(settings)
    yield _disk("disk", settings.home)
    yield _cache()
    yield _zones()
    yield from _address(settings)
    yield from _unknown_settings()
    yield from _extensions()


def _files(settings: Settings) -> Iterator[Finding]:
    secret = [settings.home / name for name in ("keyset.json", "secret-key", "baton.sqlite3")]
    open_ones = [one.name for one in secret if one.exists() and _is_open(one)]
    if open_ones:
        yield look(
            "files",
            f"others on this machine may read {', '.join(open_ones)}",
            f"chmod 600 {' '.join(str(settings.home / one) for one in open_ones)}",
        )
    else:
        yield fine("files", f"{settings.home}, read by its owner alone")


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _keys(settings: Settings) -> Finding:
    file = wiring.keyset_file(settings)
    if not file.path.exists():
        return look("keys", "no keyset yet", "It is made at the first start. If there was one, "
                    "put keyset.json back before you start.")  # fmt: skip
    made = file.made_at()
    newest = made[max(made)]
    kept = "wrapped by the key service" if settings.key_command else "bare"
    age = SystemClock().now() - newest if newest else None
    found = f"{len(made)}, {kept}, the newest {age.days if age else 'many'} days old"
    if age is None or age > _OLD_KEY:
        return look("keys", found, "baton keys rotate makes a new one, while Baton works.")
    return fine("keys", found)


def _disk(name: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GB free at {folder}"
    if free < _SCARCE:
        return fails(name, found, "Free some now: a full disk stops everything that is written.")
    if free < _LOW:
        return look(name, found, "Free some, or move BATON_HOME to a larger disk.")
    return fine(name, found)


def _cache() -> Finding:
    folder = cache_folder()
    if not folder.exists():
        return fine("cache", f"{folder}, made at the first start")
    if not os.access(folder, os.W_OK):
        return look(
            "cache", f"{folder} cannot be written", "Name another in BATON_CACHE, or readers are "
            "trained anew at every start.",
        )  # fmt: skip
    size = sum(one.stat().st_size for one in folder.glob("*") if one.is_file())
    return fine("cache", f"{folder}, {size >> 20} MB; may be emptied at any time")


def _zones() -> Finding:
    try:
        zoneinfo.ZoneInfo("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:
        return fails("time zones", "no time zone data", "Install the package tzdata: quiet hours "
                     "and opening hours are not known without it.")  # fmt: skip
    return fine("time zones", f"tzdata {metadata.version('tzdata')}")


def _address(settings: Settings) -> Iterator[Finding]:
    is_local = (urlsplit(settings.base_url).hostname or "") in _LOCAL
    if not is_local and not settings.base_url.startswith("https://"):
        yield fails(
            "address", f"{settings.base_url} is not encrypted",
            "Put a proxy with a certificate in front and set BATON_BASE_URL to its https address: "
            "cookies and links travel in clear otherwise.",
        )  # fmt: skip
    elif is_local and settings.host not in _LOCAL:
        yield look(
            "address", f"listens on {settings.host}, while BATON_BASE_URL is {settings.base_url}",
            "Set BATON_BASE_URL to the address that customers use: links lead nowhere otherwise.",
        )  # fmt: skip
    else:
        yield fine("address", settings.base_url)
    open_doors = [
        name
        for name, is_set in (("BATON_DEMO", settings.demo), ("BATON_DEBUG", settings.debug))
        if is_set
    ]
    if open_doors and not is_local:
        yield fails("open doors", f"{' and '.join(open_doors)} on a public address",
                    "Unset them: they let anybody in, or show anybody what failed.")  # fmt: skip


def _unknown_settings() -> Iterator[Finding]:
    unknown = variables.unknown_names(os.environ)
    if unknown:
        yield look("settings", f"nothing reads {', '.join(unknown)}",
                   "baton settings lists what there is; a letter may be wrong.")  # fmt: skip


def _extensions() -> Iterator[Finding]:
    found = extensions.load()
    left_out = [f"{one.name} of {one.package} ({one.problem})" for one in found if one.problem]
    if left_out:
        yield fails("extensions", f"left out: {', '.join(left_out)}", "Mend or remove the package: "
                    "what needs it waits. baton extensions lists them all.")  # fmt: skip
    elif found:
        yield fine("extensions", ", ".join(f"{one.kind} {one.name}" for one in found))
