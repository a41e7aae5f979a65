"""A database and its keyset belong together from their first start on."""

import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.errors import Conflict
from baton.services import installation
from baton.store import secret_file
from baton.store.crypto import keyset_from
from baton.store.keyset_file import KeysetFile
from tests.config.conftest import Demo
from tests.support.command_line import baton


@pytest.mark.django_db
def test_a_database_takes_its_first_keyset_and_no_other() -> None:
    for _ in range(2):
        installation.verify_keyset(keyset_from(b"first"))
    with pytest.raises(Conflict, match="does not belong"):
        installation.verify_keyset(keyset_from(b"second"))


@pytest.mark.django_db
def test_no_keyset_is_made_beside_a_database_that_has_one(tmp_path: Path) -> None:
    file = KeysetFile(path=tmp_path / "keyset.json")
    now = datetime(2026, 3, 2, tzinfo=UTC)
    kept = installation.open_keyset(file, now=now)
    assert installation.open_keyset(file, now=now).lookup == kept.lookup
    file.path.unlink()
    with pytest.raises(Conflict, match="backup"):
        installation.open_keyset(file, now=now)
    assert not file.path.exists()


def test_the_command_line_tells_it_in_one_line(demo: Demo) -> None:
    (demo.home / "keyset.json").unlink()
    for command in ("demo", "serve"):
        refused = baton(command, home=demo.home)
        assert refused.returncode == 1
        assert refused.stderr.startswith("Error: The database was sealed")
        assert refused.stderr.count("\n") == 1
        assert not (demo.home / "keyset.json").exists()


def test_of_many_first_starts_all_read_what_one_made(tmp_path: Path) -> None:
    count = 8
    path = tmp_path / "home" / "keyset.json"
    everybody = threading.Barrier(count)
    read: list[str] = []

    def start(number: int) -> None:
        def make() -> str:
            everybody.wait()  # all have seen that there is no file yet
            return f"made by {number}"

        read.append(secret_file.ensure(path, make))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [path.read_text()] * count
    assert [one.name for one in path.parent.iterdir()] == ["keyset.json"]


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_two_keysets_have_two_fingerprints(one: bytes, other: bytes) -> None:
    prints = [keyset_from(seed).fingerprint("keyset", "baton") for seed in (one, other)]
    assert (prints[0] == prints[1]) == (one == other)


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = baton("serve", "--demo", "--port", port, home=tmp_path)
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "demo" not in done.stdout
