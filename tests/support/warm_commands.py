"""Commands in processes of their own that start at once.

Most of what a command takes is loading libraries and Baton itself, the same each time. One process
loads them, in a home that is nobody's, and makes a copy of itself for each command. The copy knows
nothing of that home: settings, databases and caches are read anew, from the command's environment.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import django
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.utils.functional import empty

_LIBRARIES = ("django.core.management", "httpx", "pydantic", "scipy.sparse.linalg", "scipy.special")
_ROOMS = (
    "core",
    "flows",
    "nlu",
    "connectors",
    "channels",
    "runtime",
    "store",
    "reports",
    "services",
)
_COMMAND = "baton.config.cli"
_SETTINGS = "baton.config.django"


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
    """Load what commands need; raises nothing that a command would not raise itself."""
    with TemporaryDirectory() as home:
        os.environ["BATON_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = _SETTINGS
        django.setup()
        for name in (*_LIBRARIES, *(f"baton.{room}" for room in _ROOMS)):
            package = importlib.import_module(name)
            if name.startswith("baton."):
                for module in pkgutil.walk_packages(package.__path__, f"{name}."):
                    importlib.import_module(module.name)
    _forget_settings()


def _forget_settings() -> None:
    for handler in (connections, caches):
        handler.close_all()
        vars(handler).pop("settings", None)
        vars(handler).update(vars(type(handler)()))
    settings._wrapped = empty  # as before anybody asked for a setting
    sys.modules.pop(_SETTINGS)


def _serve() -> None:
    _load()
    # What is loaded is shared with the copies: neither a collection nor an end may touch it all.
    gc.collect()
    gc.freeze()
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
    _end(_code_of(partial(runpy.run_module, _COMMAND, run_name="__main__", alter_sys=True)))


def _code_of(work: Callable[[], object]) -> int:
    """Return what the command's process would end with."""
    try:
        work()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        sys.stderr.write(f"{ended.code}\n")
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """End as a process does, but let go of its memory whole and not module by module.

    That took four fifths of a short command's time: each page that the copy shares is copied first.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()  # nothing public runs them before an end by hand
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve()
