"""`baton pack`, run as a person runs it: begin a pack, break it, read where, mend it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from baton.config.cli.pack import pack
from baton.services.workspace import packs


@pytest.fixture(autouse=True)
def _no_own_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "_own_folders", [])


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(pack, arguments, env={"BATON_HOME": str(home)})


def test_a_pack_is_begun_broken_and_mended(tmp_path: Path) -> None:
    done = run(tmp_path, "new", "dance_school", "--like", "fitness", "--title", "Dance school")
    assert done.exit_code == 0, done.output
    assert "baton pack check dance_school" in done.output
    knowledge = tmp_path / "packs" / "dance_school" / "knowledge.yaml"
    text = knowledge.read_text("utf-8")
    knowledge.write_text(text.replace("intent: parking\n", "intent: parkin\n"), "utf-8")
    line = text[: text.index("intent: parking\n")].count("\n") + 1

    done = run(tmp_path, "check", "dance_school")
    assert done.exit_code == 1
    place, mend, totals = done.output.splitlines()
    assert place.startswith(f"dance_school/knowledge.yaml:{line}:5: articles[")
    assert "].intent: no intent 'parkin'" in place
    assert "docs/packs.md" in mend
    assert totals == "1 errors, 0 warnings in 1 packs"
    done = run(tmp_path, "check", "dance_school", "--json")
    fault = json.loads(done.output.splitlines()[0])
    assert (fault["line"], fault["column"], fault["severity"]) == (line, 5, "error")

    knowledge.write_text(text, "utf-8")
    done = run(tmp_path, "check", "dance_school")
    assert (done.exit_code, done.output) == (0, "no fault in 1 packs\n")


def test_a_name_that_is_taken_or_unknown_is_told_in_a_line(tmp_path: Path) -> None:
    taken = run(tmp_path, "new", "retail")
    assert (taken.exit_code, "already" in taken.output) == (1, True)
    unknown = run(tmp_path, "check", "frobnicate")
    assert "frobnicate" in str(unknown.exception)
