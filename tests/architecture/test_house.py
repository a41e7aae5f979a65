"""Laws of the repository that no linter knows."""

import importlib
import re
import subprocess
from pathlib import Path

import msgspec
import pytest
from django.apps import apps
from django.core.management import call_command

from baton.store import rows

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROWS = [
    kind
    for kind in vars(rows).values()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and hasattr(kind, "table")
]


def test_imports_point_inward() -> None:
    done = subprocess.run(
        [ROOT / ".venv/bin/lint-imports", "--no-cache"]
        if (ROOT / ".venv/bin/lint-imports").exists()
        else ["lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_left_unfinished(path: Path) -> None:
    words = re.findall(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b", path.read_text())
    assert not words, f"{path}: finish it, or open an issue"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_named_in_pages_exist(path: Path) -> None:
    text = path.read_text()
    named = re.findall(r"`((?:src|script|tests|docs|stories|changelog\.d)/[\w./-]*)`", text)
    linked = [
        target
        for target in re.findall(r"\]\(([^)#]+)", text)
        if not target.startswith(("http://", "https://"))
    ]
    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [target for target in linked if not (path.parent / target).exists()]
    assert not missing


def test_every_term_of_the_glossary_has_its_class() -> None:
    rows_of_table = re.findall(
        r"^\| ([A-Z][^|]*?) \|.*\| `([\w.]+)` \|$",
        (ROOT / "docs/glossary.md").read_text(),
        re.MULTILINE,
    )
    assert len(rows_of_table) > 30
    assert len({term for term, _ in rows_of_table}) == len(rows_of_table), "one word, one thing"
    for term, path in rows_of_table:
        module, _, name = path.rpartition(".")
        assert hasattr(importlib.import_module(module), name), f"{term}: there is no {path}"


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/adr").glob("*.md")]
    assert len(numbers) == len(set(numbers)) > 30


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.__name__)
def test_rows_of_the_hot_path_fit_their_tables(kind: type[msgspec.Struct]) -> None:
    table = kind.table  # type: ignore[attr-defined] # ROWS holds those that have one
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    columns = {field.column for field in model._meta.concrete_fields}
    known = {field.name for field in msgspec.structs.fields(kind)}
    numbered_by_database = {"id"} if kind is rows.AuditRow else set()
    assert known == columns - numbered_by_database


@pytest.mark.django_db
def test_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_locks_hold_hashes_and_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index" not in re.sub(r"[\w-]*index[\w-]*==", "", text)
