"""What takes long to make is made by one process of a run of tests, for all of them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder that `make` filled; whoever comes first makes it, the others wait.

    It is everybody's: copy from it what is to be changed.
    """
    of_process = factory.getbasetemp()
    base = of_process.parent if "PYTEST_XDIST_WORKER" in os.environ else of_process
    folder, is_whole = base / f"once-{name}", base / f"once-{name}.whole"
    with FileLock(base / f"once-{name}.lock"):
        if not is_whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            is_whole.touch()
    return folder
