"""Which rule of the contract is held by which story or test, and where the pages tell of it.

The rules are those of `docs/rows.yaml`, by area and number. A proof is a story's `rows` and name,
or a test's mark `req`. It says that somebody meant to prove the rule there; that the proof fails
when the rule is broken is for whoever wrote it to have tried.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from baton.config.handbook.markdown import code, table

LIST = "docs/rows.yaml"
_ID = re.compile(r"\b[A-Z]{1,2}[1-9][0-9]?\b")
_MARK = re.compile(r"\bmark\.req\(([^)]*)\)")
_STORY = re.compile(r"^(?:story:.*|rows:[^\]]*)", re.MULTILINE)

_OPENING = """\
# Rule by rule

Baton is built to a contract of numbered rules. Here stands which story or test names each, and
which page tells of it. {named} of {count} are named by at least one; the others say **nothing
yet**: they may be built, but nothing here would fail if they broke.
"""


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the contract: what it is called, how many rules it has, and its page."""

    title: str
    rows: int
    page: str
    unproven: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule of the contract, by area."""

    areas: Mapping[str, Area]

    def __iter__(self) -> Iterator[str]:
        """Give each rule's id, such as E25."""
        return (f"{key}{number}" for key, one in self.areas.items() for number in _to(one.rows))

    @property
    def unproven(self) -> frozenset[str]:
        """The rules that the list says nothing proves."""
        areas = self.areas.items()
        return frozenset(f"{key}{number}" for key, one in areas for number in one.unproven)


def rules(root: Path) -> Rules:
    """Read the list of rules."""
    said = yaml.safe_load((root / LIST).read_text(encoding="utf-8"))
    return Rules(
        {
            key: Area(one["title"], one["rows"], one["page"], tuple(one.get("unproven", ())))
            for key, one in said.items()
        }
    )


def proofs(root: Path) -> dict[str, list[str]]:
    """Return for each id that a story or a test names, by which: paths in the repository."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "stories").glob("*.yaml")):
        _note(found, path.relative_to(root), _STORY.findall(path.read_text(encoding="utf-8")))
    for path in sorted((root / "tests").rglob("test_*.py")):
        _note(found, path.relative_to(root), _MARK.findall(path.read_text(encoding="utf-8")))
    return dict(found)


def trace(root: Path) -> str:
    """Return the page: every rule with its proofs and its page, area by area."""
    known, proved, told = rules(root), proofs(root), _told(root)
    count = len([*known])
    parts = [_OPENING.format(named=count - len(known.unproven), count=count)]
    for key, area in known.areas.items():
        rows = [
            (
                f"{key}{number}",
                ", ".join(map(code, proved.get(f"{key}{number}", ()))) or "**nothing yet**",
                ", ".join(_link(page) for page in told.get(f"{key}{number}", (area.page,))),
            )
            for number in _to(area.rows)
        ]
        parts += [f"## {key}: {area.title}\n", table(("rule", "proved by", "page"), rows)]
    return "\n".join(parts)


def _told(root: Path) -> dict[str, list[str]]:
    """Return for each id that a page names, on which: in Markdown's words without the ending."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "docs").glob("*.md")):
        for name in sorted({*_ID.findall(path.read_text(encoding="utf-8"))}):
            found[name].append(f"docs/{path.stem}")
    return dict(found)


def _note(found: dict[str, list[str]], path: Path, said: list[str]) -> None:
    for name in sorted({name for part in said for name in _ID.findall(part)}):
        found[name].append(str(path))


def _link(page: str) -> str:
    return f"[{page.removeprefix('docs/')}](../{page}.md)"


def _to(count: int) -> range:
    return range(1, count + 1)
