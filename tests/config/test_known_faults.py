"""Known faults of pinned parts, by a list in a file."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from baton.config import known_faults


def a_list(folder: Path, *records: Any) -> Path:
    made = folder / f"all-{len(list(folder.iterdir()))}.zip"  # each its own file
    with zipfile.ZipFile(made, "w") as packed:
        for number, record in enumerate(records):
            packed.writestr(f"PYSEC-{number}.json", json.dumps(record))
    return made


def a_fault(name: str = "climb-ing", *events: dict[str, str], **told: Any) -> dict[str, Any]:
    spans = [{"type": "ECOSYSTEM", "events": list(events)}]
    package = {"ecosystem": "PyPI", "name": name}
    return {"id": "PYSEC-1", "affected": [{"package": package, "ranges": spans}], **told}


def pinned(folder: Path, version: str) -> Path:
    made = folder / "runtime.txt"
    made.write_text(f"anyio==4.16.0 \\\n    --hash=sha256:00\nClimb.ing=={version} \\\n")
    return made


@pytest.mark.parametrize(
    ("version", "events", "is_known"),
    [
        ("1.9", ({"introduced": "0"}, {"fixed": "1.10"}), True),  # by number, not by letters
        ("1.10", ({"introduced": "0"}, {"fixed": "1.10"}), False),
        ("2.0", ({"introduced": "0"}, {"fixed": "1.10"}, {"introduced": "2.0"}), True),
        ("2.0", ({"introduced": "2.0"}, {"introduced": "0"}, {"fixed": "1.10"}), True),
        ("3.0", ({"introduced": "1.0"}, {"last_affected": "3.0"}), True),
        ("3.0.1", ({"introduced": "1.0"}, {"last_affected": "3.0"}), False),
        ("0.9", ({"introduced": "1.0"},), False),
        ("1.0rc1", ({"introduced": "1.0"},), False),
    ],
)
def test_a_part_is_known_by_where_its_version_lies(
    tmp_path: Path, version: str, events: tuple[dict[str, str], ...], *, is_known: bool
) -> None:
    faults = a_list(tmp_path, a_fault("climb_ing", *events), a_fault("elsewhere", *events))
    assert known_faults.main(str(pinned(tmp_path, version)), str(faults)) == int(is_known)


def test_a_version_is_named_a_record_withdrawn_another_house_meant(tmp_path: Path) -> None:
    parts = known_faults.parts_of(pinned(tmp_path, "1.0"))
    named = a_fault()
    named["affected"][0]["versions"] = ["1.0"]
    assert known_faults.faults_of(parts, a_list(tmp_path, named)) == (
        1,
        ["PYSEC-1: climb-ing 1.0"],
    )
    gone, other = {**named, "withdrawn": "2026-01-01T00:00:00Z"}, a_fault()
    other["affected"] = [{**named["affected"][0], "package": {"ecosystem": "npm", "name": "anyio"}}]
    assert known_faults.faults_of(parts, a_list(tmp_path, gone, other)) == (2, [])


def test_what_is_no_list_is_no_good_news(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements = pinned(tmp_path, "1.0")
    text = tmp_path / "list.txt"
    text.write_text("<html>Sign in to the proxy</html>")
    endless = a_fault() | {"details": "x" * 5_000_000}
    for faults in (
        text, tmp_path / "nothing", a_list(tmp_path), a_list(tmp_path, ["no record"]),
        a_list(tmp_path, a_fault("other"), endless),
    ):  # fmt: skip
        assert known_faults.main(str(requirements), str(faults)) == 2
        assert "NOT AUDITED" in capsys.readouterr().err
