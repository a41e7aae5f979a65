"""What `deploy/` says is what the program knows."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from baton.config.cli import baton
from baton.config.cli.serve import _serving, serve
from baton.config.variables import NAMES

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())
UNITS = [path for path in FILES if path.suffix == ".service"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_in_it_is_one(path: Path) -> None:
    assert set(re.findall(r"BATON_[A-Z_]+", path.read_text())) <= NAMES


def test_every_container_starts_a_command_of_ours_and_waits_for_what_it_needs() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    for name in ("web", "worker"):
        command, *options = services[name]["command"]
        assert baton.get_command(None, command) is serve  # type: ignore[arg-type] # asks nothing of it
        assert serve.make_context("serve", options).params["role"] == name
        assert services[name]["cap_drop"] == ["ALL"]
    assert services["worker"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    assert services["worker"]["deploy"]["replicas"] == 2


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_service_starts_a_command_of_ours_and_can_do_little_else(path: Path) -> None:
    text = path.read_text()
    [line] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    program, command, *options = shlex.split(line.replace("%i", "1"))
    assert (program, command) == ("/opt/baton/bin/baton", "serve")
    assert serve.make_context("serve", options).params["demo"] is False
    for kept in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n"):
        assert kept in text


def test_no_answer_tells_what_server_gives_it() -> None:
    assert not _serving().server_header
