"""The handbook: every page has its place, and the program writes the rest."""

import re
from pathlib import Path

import pytest

from baton.config.cli import baton
from baton.config.handbook import assemble
from baton.config.handbook.forms import form_of, rows_of
from baton.config.handbook.markdown import table
from baton.config.variables import VARIABLES
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.roles import Action
from baton.flows.steps import TYPES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handbook")
    assemble.assemble(ROOT, folder)
    return folder


def test_every_page_stands_once_in_the_contents() -> None:
    assert assemble.misplaced(ROOT) == []


def test_a_page_without_a_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/stray.md").write_text("# Stray\n")
    told = assemble.misplaced(tmp_path)
    assert "docs/stray: no part of the contents holds it" in told
    assert "docs/tutorial: there is no such page" in told


def test_the_reference_tells_all_that_the_program_has(pages: Path) -> None:
    def told(name: str) -> str:
        return (pages / f"reference/{name}.md").read_text()

    assert all(f"\n## baton {name}\n" in told("commands") for name in baton.list_commands(None))  # type: ignore[arg-type] # it asks nothing of the context
    assert "\n## baton kpi sql\n" in told("commands")
    assert all(f"| `{one.name}` |" in told("settings") for one in VARIABLES)
    assert all(f"\n## {name}\n" in told("flow") for name in TYPES)
    assert all(f"| name | `{name}` |" in told("kpis") for name in CATALOGUE)
    assert all(f"| {action.value} |" in told("roles") for action in Action)
    assert "## GET /api/v1/audit" in told("api")
    assert "## Expectation" in told("story")


def test_the_first_page_walks_to_every_other(pages: Path) -> None:
    front = (pages / "index.md").read_text()
    named = {line for line in front.splitlines() if re.fullmatch(r"[\w/-]+", line)}
    there = {str(path.relative_to(pages).with_suffix("")) for path in pages.rglob("*.md")}
    assert there == named | {"index"}


def test_a_field_is_told_by_its_form() -> None:
    whole = {
        "$defs": {"Mood": {"enum": ["calm", "cross"]}, "a__core__Kind": {"type": "object"}},
        "required": ["mood"],
        "properties": {
            "mood": {"$ref": "#/$defs/Mood", "description": "How it is said."},
            "after": {"anyOf": [{"type": "string", "pattern": "^[0-9]+[smhd]$"}, {"type": "null"}]},
            "ways": {
                "type": "array",
                "items": {"properties": {"to": {"type": "string"}}, "type": "object"},
            },
            "named": {"type": "object", "additionalProperties": {"$ref": "#/$defs/a__core__Kind"}},
        },
    }
    assert list(rows_of(whole, whole)) == [
        ("`mood`", "one of `calm`, `cross`, required", "How it is said."),
        ("`after`", "a while, as `90s`, `10m`, `72h`, `2d`", ""),
        ("`ways`", "list of: mapping", ""),
        ("`ways[].to`", "text", ""),
        ("`named`", "by name: Kind", ""),
    ]
    assert form_of({}, whole) == "any value"


def test_a_cell_cannot_break_its_table() -> None:
    assert table(("a", "b"), [("x | y", "two\nlines")]).splitlines()[2] == r"| x \| y | two lines |"


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ('<script src="https://cdn.example/x.js"></script>', 1),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', 1),
        ("<style>@import 'https://fonts.example/a.css'</style>", 1),
        ("<style>a{background:url(https://pictures.example/a.png)}</style>", 1),
        ('<a href="https://example.com">elsewhere</a><script src="_static/a.js"></script>', 0),
    ],
)
def test_what_would_load_from_another_host_is_found(tmp_path: Path, page: str, count: int) -> None:
    (tmp_path / "index.html").write_text(page)
    assert len(assemble.fetched_elsewhere(tmp_path)) == count
