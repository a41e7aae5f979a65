"""Known faults of pinned parts by a list in a file, where no network reaches the public one.

The list is what OSV gives out whole for PyPI (all.zip): a record of JSON for each fault
(https://ossf.github.io/osv-schema/).
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Parts = Mapping[str, str]

_PINNED = re.compile(r"(?m)^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)")
_MAX_RECORD = 5_000_000  # bytes; the longest of PyPI has a tenth


def parts_of(requirements: Path) -> Parts:
    """Return the versions that a file of requirements pins, by the parts' canonical names."""
    told = _PINNED.findall(requirements.read_text(encoding="utf-8"))
    return {canonicalize_name(name): version for name, version in told}


def faults_of(parts: Parts, faults: Path) -> tuple[int, list[str]]:
    """Return how many records a list has, and a line for each fault of a part.

    Raises ValueError for what is no such list.
    """
    count, found = 0, []
    for record in _records(faults):
        count += 1
        found += [
            f"{record['id']}: {name} {version}"
            for name, version in _touched(record, parts)
            if not record.get("withdrawn")
        ]
    return count, sorted(set(found))


def _records(faults: Path) -> Iterator[dict[str, Any]]:
    try:
        with zipfile.ZipFile(faults) as packed:
            for entry in packed.infolist():
                if entry.filename.endswith(".json"):
                    if entry.file_size > _MAX_RECORD:  # left out, it might be the one that counts
                        raise ValueError(f"{entry.filename} is over {_MAX_RECORD} bytes")
                    record = json.loads(packed.read(entry))
                    if not isinstance(record, dict) or "id" not in record:
                        raise ValueError(f"{entry.filename} is no record of a fault")
                    yield record
    except (OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{faults} is no list of faults: {error}") from error


def _touched(record: Mapping[str, Any], parts: Parts) -> Iterator[tuple[str, str]]:
    for one in record.get("affected", ()):
        package = one.get("package", {})
        name = canonicalize_name(str(package.get("name", "")))
        if package.get("ecosystem") == "PyPI" and name in parts:
            version = parts[name]
            spans = [span for span in one.get("ranges", ()) if span.get("type") != "GIT"]
            if version in one.get("versions", ()) or any(_is_in(version, s) for s in spans):
                yield name, version


def _is_in(told: str, span: Mapping[str, Any]) -> bool:
    """Return whether a version lies in a span, as OSV reads its events in their order."""
    version, is_in = Version(told), False
    for kind, at in sorted(_events(span), key=lambda event: event[1]):
        if kind == "introduced" and version >= at:
            is_in = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            is_in = False
    return is_in


def _events(span: Mapping[str, Any]) -> Iterator[tuple[str, Version]]:
    for event in span.get("events", ()):
        for kind, at in event.items():
            try:
                yield kind, Version(at)
            except InvalidVersion:
                # Nobody can say where it lies: what began there is taken to have begun at once.
                if kind == "introduced":
                    yield kind, Version("0")


def main(requirements: str, faults: str) -> int:
    """Tell the known faults of pinned parts: 0 for none, 1 for some, 2 for no usable list."""
    parts = parts_of(Path(requirements))
    try:
        count, found = faults_of(parts, Path(faults))
    except ValueError as error:
        print(f"NOT AUDITED: {error}", file=sys.stderr)  # noqa: T201 - a script's own words
        return 2
    if not count or not parts:
        print("NOT AUDITED: there is nothing in the list, or no part.", file=sys.stderr)  # noqa: T201
        return 2
    print("\n".join([*found, f"{len(found)} faults of {len(parts)} parts, by {count} records."]))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
