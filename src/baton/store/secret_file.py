"""Files that are made once, by whichever process comes first, and read by their owner only."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def ensure(path: Path, make: Callable[[], str]) -> str:
    """Return what a file holds; the first to ask makes it, and all others get what it made."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written whole under another name, then linked: nobody ever reads half of it, and of
        # two who come at once the second finds the name taken.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as draft:
            draft.write(make())
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text()
