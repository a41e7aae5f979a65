"""A demo that is made once, and a copy of it for whoever looks at one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command_line import baton
from tests.support.once import made_once


@dataclass(frozen=True, slots=True)
class Demo:
    """A home with the demo in it, and what was said as it was made."""

    home: Path
    said: str


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = made_once(tmp_path_factory, "demo", _make)
    return Demo(folder / "home", (folder / "said").read_text())


def _make(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    # The quieter weeks before its last days are for who looks at reports: none is paid for here.
    done = baton("demo", "--json", "--weeks", "0", home=home)
    assert done.returncode == 0, done.stderr
    (folder / "said").write_text(done.stdout)


@pytest.fixture
def demo(made: Demo, tmp_path: Path) -> Demo:
    """A demo of this test's own, to be changed."""
    home = tmp_path / "home"
    shutil.copytree(made.home, home)
    return Demo(home, made.said)
