"""`baton assess`, run as a person runs it."""

import json
from pathlib import Path

import pytest

from tests.config.conftest import Demo
from tests.support.command_line import baton

_ASKED = ("what time do you open", "when do you close tonight", "what are your opening hours")


@pytest.mark.req("PL28", "PL34", "T21")
def test_an_export_becomes_a_report_and_sets_a_workspace_up(demo: Demo, tmp_path: Path) -> None:
    export, page = tmp_path / "export.csv", tmp_path / "report.html"
    lines = [
        f"{_ASKED[number % 3]} please {number},2025-03-{number + 1:02}" for number in range(20)
    ]
    export.write_text("\n".join(["Question asked,Created at", *lines, "lost,some day"]))
    done = baton(
        "assess", str(export), "--column", "words=Question asked", "--out", str(page), "--json",
        "--set-up", "robin@demo.example", home=demo.home,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert [one["name"] for one in told["types"]] == ["opening_hours"]
    assert told["problems"] == [{"line": 22, "reason": "Created at: is no moment that can be told"}]
    assert told["set_up"] == {"types": ["Opening hours"], "flows": ["faq_triage"], "there": []}
    assert "<h1>What to automate</h1>" in page.read_text()
