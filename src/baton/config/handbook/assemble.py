"""Puts the handbook's pages together in a folder that mirrors the repository: links hold as is."""

import re
import shutil
from pathlib import Path

from baton.config.handbook.contents import CONTENTS, DECISIONS, front
from baton.config.handbook.reference import REFERENCE
from baton.config.handbook.trace import trace

_WRITTEN = (
    "docs/*.md",
    "docs/adr/*.md",
    "src/baton/channels/*/README.md",
    "src/baton/connectors/*/README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
)
_TRACE = "reference/rules"
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|(?:@import|url\()\s*["']?((?:https?:)?//[^"'\s)]+)"""
)


def written(root: Path) -> list[str]:
    """Return the pages that people wrote, by their paths without endings."""
    found = (path for pattern in _WRITTEN for path in sorted(root.glob(pattern)))
    return [str(path.relative_to(root).with_suffix("")) for path in found]


def misplaced(root: Path) -> list[str]:
    """Return what is wrong with the table of contents, a line a page; nothing when all is well."""
    pages = {name for name in written(root) if not name.startswith(DECISIONS)} | {
        *REFERENCE,
        _TRACE,
    }
    placed = [name for part in CONTENTS.values() for name in part]
    return [
        *(f"{name}: no part of the contents holds it" for name in sorted(pages - set(placed))),
        *(f"{name}: there is no such page" for name in sorted(set(placed) - pages)),
        *(f"{name}: stands twice" for name in sorted({n for n in placed if placed.count(n) > 1})),
    ]


def assemble(root: Path, folder: Path) -> None:
    """Write every page of the handbook into an empty folder."""
    pages = written(root)
    for name in pages:
        target = folder / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / f"{name}.md", target)
    for linked in ("docs/flow.schema.json", "docs/story.schema.json"):
        shutil.copyfile(root / linked, folder / linked)
    (folder / "reference").mkdir(parents=True)
    for name, write in REFERENCE.items():
        (folder / f"{name}.md").write_text(write(), encoding="utf-8")
    (folder / f"{_TRACE}.md").write_text(trace(root), encoding="utf-8")
    decisions = [name for name in pages if name.startswith(DECISIONS)]
    (folder / "index.md").write_text(front(decisions), encoding="utf-8")


def fetched_elsewhere(site: Path) -> list[str]:
    """Return what pages of a built site would load from other hosts, a line each."""
    pages = sorted(one for one in site.rglob("*") if one.suffix in {".html", ".css"})
    return [
        f"{path.relative_to(site)}: {match.group(1) or match.group(2)}"
        for path in pages
        for match in _FETCHED.finditer(path.read_text(encoding="utf-8"))
    ]
