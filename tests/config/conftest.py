"""A demo that is made once, and a copy of it for whoever looks at one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command_line import baton


@dataclass(frozen=True, slots=True)
class Demo:
    """A home with the demo in it, and what was said as it was made."""

    home: Path
    said: str


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo")
    done = baton("demo", "--json", home=home)
    assert done.returncode == 0, done.stderr
    return Demo(home, done.stdout)


@pytest.fixture
def demo(made: Demo, tmp_path: Path) -> Demo:
    """A demo of this test's own, to be changed."""
    home = tmp_path / "home"
    shutil.copytree(made.home, home)
    return Demo(home, made.said)
