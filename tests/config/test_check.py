"""`baton check`, run as a person runs it."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import baton

FAULTS = Path(__file__).parents[1] / "flows" / "faults"
SLIP = FAULTS / "unknown_name.yaml"
WARNED = FAULTS / "nameless.yaml"


def test_a_fault_is_told_with_its_place_and_how_to_mend_it(tmp_path: Path) -> None:
    done = baton("check", str(SLIP), home=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{SLIP}:21:46: steps.confirm.text: there is no run.clas_name",
        (
            "    write 'run.class_name', if that is meant; or declare clas_name under facts"
            " [error: unknown_name]"
        ),
        "1 errors, 0 warnings in 1 flows",
    ]


@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
def test_a_warning_fails_only_when_asked_to(
    tmp_path: Path, strict: tuple[str, ...], code: int
) -> None:
    done = baton("check", str(WARNED), *strict, home=tmp_path)
    assert (done.returncode, "warning: nameless" in done.stdout) == (code, True)


def test_as_json_each_fault_is_a_line_and_the_totals_are_the_last(tmp_path: Path) -> None:
    done = baton("check", str(SLIP), "--json", home=tmp_path)
    fault, totals = (json.loads(line) for line in done.stdout.splitlines())
    assert (fault["line"], fault["column"], fault["rule"]) == (21, 46, "unknown_name")
    assert totals == {"flows": 1, "errors": 1, "warnings": 0}


@pytest.mark.req("TP1")
def test_what_comes_with_baton_has_no_fault(tmp_path: Path) -> None:
    done = baton("check", home=tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("no fault in ")


def test_what_is_no_document_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "empty").mkdir()
    for name, words in (("picture.yaml", "no text in UTF-8"), ("empty", "no flow document")):
        done = baton("check", str(tmp_path / name), home=tmp_path)
        assert (done.returncode, words in done.stderr) == (1, True)
        assert "Traceback" not in done.stderr


def test_the_schema_of_a_flow_is_printed(tmp_path: Path) -> None:
    done = baton("check", "--schema", home=tmp_path)
    assert json.loads(done.stdout)["title"] == "Flow"
