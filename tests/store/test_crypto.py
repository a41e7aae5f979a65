"""Sealed values open where they belong, and nowhere else."""

import hmac
import json
import shlex
import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from baton.core.errors import Conflict
from baton.store.crypto import SealBroken, keyset_from
from baton.store.keyset_file import KeyService, KeysetFile

KEYSET = keyset_from(b"test")
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.req("P6", "P8")
@given(st.text(max_size=200), st.text(max_size=40))
def test_what_is_sealed_opens_the_same(text: str, context: str) -> None:
    assert KEYSET.unseal(KEYSET.seal(text, context), context) == text


@pytest.mark.req("P6")
@given(st.text(max_size=50), st.data())
def test_any_changed_byte_breaks_the_seal(text: str, data: st.DataObject) -> None:
    sealed = bytearray(KEYSET.seal(text, "message:1"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        KEYSET.unseal(bytes(sealed), "message:1")


def test_a_value_copied_to_another_row_does_not_open() -> None:
    with pytest.raises(SealBroken):
        KEYSET.unseal(KEYSET.seal("hello", "message:1"), "message:2")


def test_the_text_cannot_be_seen_in_the_seal() -> None:
    assert b"mia@example.org" not in KEYSET.seal("mia@example.org", "message:1")


@pytest.mark.req("P7")
def test_an_older_key_still_opens_what_it_sealed() -> None:
    sealed = KEYSET.seal("from the first key", "message:1")
    rotated = replace(
        KEYSET, primary=2, keys={**KEYSET.keys, 2: AESGCM(AESGCM.generate_key(bit_length=256))}
    )
    assert rotated.unseal(sealed, "message:1") == "from the first key"
    with pytest.raises(SealBroken):
        KEYSET.unseal(rotated.seal("from the second", "message:1"), "message:1")


def test_a_keyset_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = KeysetFile(path=tmp_path / "home" / "keyset.json")
    first = file.load(NOW)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert file.load(NOW).unseal(first.seal("kept", "x"), "x") == "kept"


@pytest.mark.req("P7", "U14")
def test_a_process_hears_of_a_new_key_when_it_meets_what_that_sealed(tmp_path: Path) -> None:
    file = KeysetFile(path=tmp_path / "keyset.json")
    running = file.load(NOW)
    before = running.seal("of before", "x")
    assert file.add_key(NOW + timedelta(days=90)) == 2
    assert file.made_at() == {1: NOW, 2: NOW + timedelta(days=90)}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    told = file.load(NOW).seal("of now", "x")
    assert running.primary == 1
    assert running.unseal(told, "x") == "of now"
    assert running.primary == 2
    assert running.unseal(before, "x") == "of before"
    file.drop_keys({1, 2})
    assert file.load(NOW).keys.keys() == {2}  # the one that seals stays
    with pytest.raises(SealBroken):
        file.load(NOW).unseal(before, "x")


@pytest.mark.req("P6")
def test_a_key_service_keeps_the_keys_closed_on_disk(tmp_path: Path) -> None:
    program = tmp_path / "service.py"
    # Turns every byte around: enough to see that the file holds what the program made.
    program.write_text(
        "import sys; sys.stdout.buffer.write(bytes(b ^ 255 for b in sys.stdin.buffer.read()))"
    )
    service = KeyService(command=shlex.join([sys.executable, str(program)]))
    path = tmp_path / "keyset.json"
    bare = KeysetFile(path=path).load(NOW)  # the service came later than the keys
    behind = KeysetFile(path=path, service=service)
    assert behind.load(NOW).unseal(bare.seal("kept", "x"), "x") == "kept"
    assert json.loads(path.read_text()).keys() == {"wrapped"}
    behind.add_key(NOW)
    assert behind.load(NOW).primary == 2
    assert json.loads(path.read_text()).keys() == {"wrapped"}
    with pytest.raises(Conflict, match="BATON_KEY_COMMAND"):
        KeysetFile(path=path).load(NOW)
    with pytest.raises(Conflict, match="refused to unwrap"):
        KeysetFile(path=path, service=KeyService(command="false")).load(NOW)
    with pytest.raises(Conflict, match="cannot be asked"):
        KeysetFile(path=path, service=KeyService(command="/no/such/program")).load(NOW)


@given(st.text(min_size=1), st.text(min_size=1))
def test_fingerprints_tell_equals_and_nothing_more(one: str, other: str) -> None:
    print_of_one = KEYSET.fingerprint("phone", one)
    assert (print_of_one == KEYSET.fingerprint("phone", other)) == (one == other)
    assert print_of_one != KEYSET.fingerprint("email", one)
    assert print_of_one != keyset_from(b"another").fingerprint("phone", one)
    told = hmac.digest(KEYSET.lookup, f"phone\0{one}".encode(), "sha256")
    assert print_of_one == told.hex()[:32]
