"""The folder of what can be made anew: the joined encoder, meanings of examples, trained models."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

_KEPT_SECONDS = 30 * 24 * 3600
_KEPT_KINDS = frozenset({".lock", ".model", ".npy"})  # ".npy": what older releases kept of corpora


def cache_folder() -> Path:
    """Return where what can be made anew is kept: $BATON_CACHE, else the user's cache."""
    given = os.environ.get("BATON_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "baton"


def write_whole(path: Path, make: Callable[[Path], object]) -> None:
    """Make a file whole or not at all, also when two processes make it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        place = Path(folder) / path.name
        make(place)
        place.replace(path)


def prune(newest: Path) -> None:
    """Drop what was last used long before the newest file was made; it can be made anew."""
    oldest = newest.stat().st_mtime - _KEPT_SECONDS
    for path in newest.parent.glob("*.*"):
        if path.suffix in _KEPT_KINDS and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
