"""A sealed stream opens whole and unchanged, or not at all."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.errors import Conflict
from baton.store.backups import archive, stream
from baton.store.backups.stream import Head, SealedReader, SealedWriter, mark_of, read_head
from baton.store.crypto import keyset_from

KEYS = keyset_from(b"backups")
HEAD = Head(
    id="ab" * 16,
    made_at=datetime(2026, 3, 2, tzinfo=UTC),
    version="0.1.0",
    database="sqlite",
    keyset=mark_of(KEYS),
)
SMALL = 64


@pytest.fixture(autouse=True)
def small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "_CHUNK", SMALL)
        yield


def sealed(plain: bytes, head: Head = HEAD) -> bytes:
    target = io.BytesIO()
    writer = SealedWriter(target, head, KEYS)
    for start in range(0, len(plain), 50):
        writer.write(plain[start : start + 50])
    writer.close()
    return target.getvalue()


def opened(data: bytes) -> bytes:
    reader = SealedReader(io.BytesIO(data), KEYS)
    whole = b"".join(iter(lambda: reader.read(37), b""))
    reader.finish()
    return whole


def chunks(data: bytes) -> tuple[bytes, list[bytes]]:
    source = io.BytesIO(data)
    read_head(source)
    start = source.tell()
    found = []
    while length := source.read(4):
        found.append(length + source.read(int.from_bytes(length, "big")))
    return data[:start], found


@given(st.binary(max_size=5 * SMALL))
def test_what_was_sealed_comes_back(plain: bytes) -> None:
    assert opened(sealed(plain)) == plain


@given(st.binary(min_size=1, max_size=3 * SMALL), st.data())
def test_no_byte_can_be_changed(plain: bytes, data: st.DataObject) -> None:
    whole = bytearray(sealed(plain))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Conflict):
        opened(bytes(whole))


@given(st.integers(0, 400))
def test_it_cannot_be_cut_short_anywhere(left: int) -> None:
    whole = sealed(bytes(range(200)))
    with pytest.raises(Conflict):
        opened(whole[: min(left, len(whole) - 1)])


def test_chunks_open_in_their_own_place_alone() -> None:
    head, found = chunks(sealed(bytes(range(250))))
    assert len(found) == 4
    other = chunks(sealed(bytes(250), msgspec.structs.replace(HEAD, id="cd" * 16)))[1]
    for wrong in (
        [found[1], found[0], *found[2:]],
        [found[0], *found[2:]],
        found[:-1],
        [*found, found[-1]],
        [found[0], found[0], *found[1:]],
        [other[0], *found[1:]],
    ):
        with pytest.raises(Conflict):
            opened(head + b"".join(wrong))


def test_another_keyset_is_told_so() -> None:
    with pytest.raises(Conflict, match="another keyset"):
        SealedReader(io.BytesIO(sealed(b"x")), keyset_from(b"other"))


def test_a_key_that_was_retired_is_told_so() -> None:
    newer = keyset_from(b"backups")
    newer.keys = {2: newer.keys[1]}
    reader = SealedReader(io.BytesIO(sealed(b"x")), newer)
    with pytest.raises(Conflict, match="Key 1, which sealed this backup, was retired"):
        reader.read(1)


def test_other_files_are_told_so(tmp_path: Path) -> None:
    for data in (b"", b"PK\x03\x04 a zip", stream.MAGIC, stream.MAGIC + b"\xff" * 9):
        with pytest.raises(Conflict):
            SealedReader(io.BytesIO(data), KEYS)
    # Sealed by us, and no archive of a database.
    (tmp_path / "note").write_text("x")
    target = io.BytesIO()
    archive.pack({"note": tmp_path / "note"}, SealedWriter(target, HEAD, KEYS), lambda _n: None)
    with pytest.raises(Conflict, match="does not hold"):
        archive.unpack(SealedReader(io.BytesIO(target.getvalue()), KEYS), lambda _n: None)


def test_files_come_back_under_their_names_with_their_hashes(tmp_path: Path) -> None:
    files = {}
    for name, text in {"database": "rows" * 99, "packs/own/pack.yaml": "pack: own"}.items():
        files[name] = tmp_path / name.replace("/", "-")
        files[name].write_text(text)
    target = io.BytesIO()
    heard: list[int] = []
    members = archive.pack(files, SealedWriter(target, HEAD, KEYS), heard.append)
    assert sum(heard) == sum(path.stat().st_size for path in files.values())
    into = tmp_path / "into"
    reader = SealedReader(io.BytesIO(target.getvalue()), KEYS)
    assert archive.unpack(reader, lambda _n: None, into=into) == members
    assert (into / "packs/own/pack.yaml").read_text() == "pack: own"


def test_a_name_that_leads_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    for name in ("../x", "/etc/x"):
        target = io.BytesIO()
        archive.pack({name: tmp_path / "x"}, SealedWriter(target, HEAD, KEYS), lambda _n: None)
        reader = SealedReader(io.BytesIO(target.getvalue()), KEYS)
        with pytest.raises(Conflict):
            archive.unpack(reader, lambda _n: None, into=tmp_path / "into")
