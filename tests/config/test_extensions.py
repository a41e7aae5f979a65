"""Packages of others: the example of the documents is installed, and does what it says."""

import hashlib
import hmac
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from baton.config import extensions
from baton.config.doctor import machine
from baton.config.doctor.findings import State
from baton.connectors import DisbelievedError, Hook
from baton.core.records import CheckInRecord
from baton.core.roles import Role
from baton.flows import steps
from baton.services.systems import kinds, systems
from baton.services.workspace import packs
from baton.store.models import ConnectedSystem
from tests.web.conftest import Gym, gym, northside, template, untouched

__all__ = ["gym", "northside", "template", "untouched"]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "climbing"
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
SECRET = "a secret of the turnstile's"
PASSAGE = {
    "id": "e-17",
    "at": "2026-03-02T18:00:00+01:00",
    "email": "ana@climb.example",
    "hall": "north",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example installed, as `uv pip install` does it."""
    folder = tmp_path_factory.mktemp("site")
    install = ["pip", "install", "--offline", "--no-deps", "--quiet", "--target"]
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, *install, str(folder), str(EXAMPLE)], check=True, capture_output=True)
    return folder


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process knows of extensions is forgotten when the test ends."""
    extensions.load.cache_clear()
    before = set(sys.modules)
    monkeypatch.setattr(steps, "TYPES", dict(steps.TYPES))
    monkeypatch.setattr(kinds, "KINDS", dict(kinds.KINDS))
    monkeypatch.setattr(kinds, "_OF", dict(kinds._OF))
    monkeypatch.setattr(packs, "_own_folders", [])
    yield
    extensions.load.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith("baton_climbing"):
            del sys.modules[name]


@pytest.fixture
def installed(known: None, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - restores
    monkeypatch.syspath_prepend(site)
    assert [one.problem for one in extensions.load()] == ["", "", ""]


def test_a_story_is_played_with_its_pack_and_its_step(site: Path, tmp_path: Path) -> None:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(site), str(ROOT / "src"))),
        "BATON_HOME": str(tmp_path),
        "BATON_READER": "plain",
        "DJANGO_SETTINGS_MODULE": "baton.config.django",
    }
    done = subprocess.run(
        [sys.executable, "-m", "baton.config.cli", "play", EXAMPLE / "crowd.story.yaml"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 passed, 0 failed")


@pytest.mark.usefixtures("installed")
def test_what_is_installed_is_told() -> None:
    told = [(one.kind, one.name, one.package) for one in extensions.load()]
    package = "baton-climbing 0.1.0"
    assert told == [
        ("step", "by_weekday", package),
        ("system", "turnstile", package),
        ("packs", "climbing", package),
    ]
    assert {"climbing"} <= set(packs.list_packs())
    found = next(machine._extensions())
    assert (found.state, found.found) == (
        State.OK,
        "step by_weekday, system turnstile, packs climbing",
    )


@pytest.mark.usefixtures("installed")
def test_its_system_is_connected_by_a_form_made_of_its_settings(gym: Gym) -> None:
    robin = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    assert "The hall&#x27;s turnstile" in robin.get("/settings/systems").text
    form = robin.get("/settings/systems/new/turnstile").text
    assert "Hall" in form
    assert "whoever comes in anywhere" in form
    assert form.index("Name") < form.index("Hall") < form.index("Secret")
    refused = robin.post(
        "/settings/systems/new/turnstile", {"name": "North", "hall": "n" * 41}, htmx=False
    )
    assert refused.status == 422
    done = robin.post("/settings/systems/new/turnstile", {"name": "North", "hall": "north"})
    assert done.status == 200
    system = ConnectedSystem.objects.get()
    assert (system.kind, system.name) == ("turnstile", "North")
    assert 'value="north"' in robin.get(f"/settings/systems/{system.id}").text


class Locked(msgspec.Struct, frozen=True, kw_only=True):
    api_key: Annotated[str, msgspec.Meta(title="API key", extra={"hidden": True})]
    minutes: Annotated[int, msgspec.Meta(ge=5, le=60)] = 15
    is_test: bool = False


@pytest.mark.usefixtures("known")
def test_what_a_setting_is_decides_its_field_and_what_is_hidden_is_never_shown(gym: Gym) -> None:
    kinds.register(kinds.Kind(name="locked", title="Locked", about="", settings=Locked))
    robin = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    new, form = "/settings/systems/new/locked", {"name": "Lock", "api_key": " sk-71 "}
    assert "greater than or equal to 5" in robin.post(new, {**form, "minutes": "4"}).text
    robin.post(new, {**form, "minutes": "20", "is_test": "on"})
    system = ConnectedSystem.objects.get()
    assert systems.settings_of(gym.house, system) == Locked(
        api_key="sk-71", minutes=20, is_test=True
    )
    shown = robin.get(f"/settings/systems/{system.id}").text
    assert 'value="20"' in shown
    assert "sk-71" not in shown
    with pytest.raises(ValueError, match="already"):
        kinds.register(kinds.Kind(name="locked", title="", about="", settings=Locked))


@pytest.mark.usefixtures("installed")
def test_its_system_is_believed_by_its_signature_and_tells_who_came() -> None:
    turnstile = importlib.import_module("baton_climbing.turnstile")
    body = json.dumps(PASSAGE).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

    def hook(digest: str) -> Hook:
        return Hook(body=body, headers={turnstile.HEADER.lower(): digest}, url="")

    north = turnstile.Turnstile(turnstile.TurnstileSettings(hall="north"))
    heard = north.hear(hook(digest), SECRET, now=NOW)
    (record,) = north.records(json.loads(heard.body), received_at=NOW)
    assert isinstance(record, CheckInRecord)
    assert (record.reference, record.person.email) == ("e-17", "ana@climb.example")
    south = turnstile.Turnstile(turnstile.TurnstileSettings(hall="south"))
    assert south.records(PASSAGE, received_at=NOW) == ()
    with pytest.raises(DisbelievedError):
        north.hear(hook("0" + digest[1:]), SECRET, now=NOW)


@pytest.mark.usefixtures("known")
def test_what_cannot_be_loaded_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = tmp_path / "faulty-2.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty\nVersion: 2.0\n")
    (metadata / "entry_points.txt").write_text(
        "[baton.steps]\ngone = faulty_gone:Step\nnumber = faulty:NUMBER\nsend = faulty:Sender\n"
        "[baton.systems]\nnumber = faulty:NUMBER\n"
        "[baton.packs]\nnumber = faulty:NUMBER\n"
    )
    (tmp_path / "faulty.py").write_text(
        "from baton.flows.steps.tag import Tag\nNUMBER = 3\nclass Sender(Tag):\n    type = 'send'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    shipped = steps.TYPES["send"]
    told = {(one.kind, one.name): one.problem for one in extensions.load()}
    assert told == {
        ("step", "gone"): "ModuleNotFoundError: No module named 'faulty_gone'",
        ("step", "number"): "TypeError: it is no Step",
        ("step", "send"): "ValueError: a step type is called send already",
        ("system", "number"): "TypeError: it is no Kind",
        ("packs", "number"): "TypeError: it is no package: name the one whose folders are packs",
    }
    assert steps.TYPES["send"] is shipped
    found = next(machine._extensions())
    assert (found.state, "gone of faulty 2.0" in found.found) == (State.FAILS, True)
