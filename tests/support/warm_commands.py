"""Commands in processes of their own that start at once.

Most of what a command takes is loading libraries, the same ones each time. One process loads
those that know nothing of a home or a database, and makes a copy of itself for each command:
from there on all goes as in a process that was just started.
"""

import importlib
import json
import os
import pkgutil
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

_SETTLED = ("baton.core", "baton.flows", "baton.nlu", "baton.connectors", "baton.channels")
_LIBRARIES = ("django.core.management", "django.db.models", "django.forms", "httpx", "numpy")
_COMMAND = "baton.config.cli"


def run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, in exactly this environment; return what it said."""
    with TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        wanted = {
            "arguments": arguments,
            "environment": dict(environment),
            "folder": str(folder),
            "out": str(out),
            "err": str(err),
        }
        process = _ready()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(wanted) + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())


@cache
def _ready() -> subprocess.Popen[str]:
    # It ends with whoever asks: then nothing more comes from there.
    return subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def _load() -> None:
    for name in _LIBRARIES:
        importlib.import_module(name)
    for name in _SETTLED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)


def _serve() -> None:
    _load()
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if not child:
            _become(wanted)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(wanted: Mapping[str, object]) -> NoReturn:
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, str(wanted["out"]), os.O_WRONLY | os.O_CREAT),
        (2, str(wanted["err"]), os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(path, flags), number)
    environment, arguments = wanted["environment"], wanted["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(wanted["folder"]))
    sys.path[0] = str(wanted["folder"])
    sys.argv = ["baton", *arguments]
    runpy.run_module(_COMMAND, run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    _serve()
