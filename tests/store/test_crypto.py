"""Sealed values open where they belong, and nowhere else."""

import hmac
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from baton.store.crypto import SealBroken, keyset_from, load_keyset

KEYSET = keyset_from(b"test")


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
    path = tmp_path / "home" / "keyset.json"
    first = load_keyset(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keyset(path).unseal(first.seal("kept", "x"), "x") == "kept"


@given(st.text(min_size=1), st.text(min_size=1))
def test_fingerprints_tell_equals_and_nothing_more(one: str, other: str) -> None:
    print_of_one = KEYSET.fingerprint("phone", one)
    assert (print_of_one == KEYSET.fingerprint("phone", other)) == (one == other)
    assert print_of_one != KEYSET.fingerprint("email", one)
    assert print_of_one != keyset_from(b"another").fingerprint("phone", one)
    told = hmac.digest(KEYSET.lookup, f"phone\0{one}".encode(), "sha256")
    assert print_of_one == told.hex()[:32]
