"""A file is what its bytes say, and only what is safe to keep is taken."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import files
from baton.core.files import FileFault, FileKind, Found
from baton.core.policy import Policy

POLICY = Policy()
OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.req("C23", "DI16")
@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n rest", "image/png"),
        (b"GIF89a rest", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x1aE\xdf\xa3\x01\x00webm", "video/webm"),
        (b"OggS\x00", "audio/ogg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"PK\x03\x04...word/document.xml", f"{OFFICE}.wordprocessingml.document"),
        ("plain wörds, 3 < 4\n".encode(), "text/plain"),
    ],
)
def test_what_is_taken_is_known_by_its_bytes(content: bytes, media_type: str) -> None:
    found = files.judge(content, POLICY)
    assert found == Found(media_type=media_type, kind=files.TYPES[media_type].kind)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"  \n<!DOCTYPE html><p>hi",
        b"\xef\xbb\xbf<html>",
        b"<?xml version='1.0'?><x/>",
        b"<script>alert(1)</script>",
        b"MZ\x90\x00\x03\x00",
        b"\x7fELF\x02\x01",
        b"PK\x03\x04 just a pack",
        b"PK\x03\x04...word/document.xml...word/vbaProject.bin",
        b"\x00\x00\x00\x18ftypXXXX",
        b"caf\xe9 in no known writing",
    ],
)
def test_what_could_run_and_what_nobody_knows_is_refused(content: bytes) -> None:
    assert files.judge(content, POLICY) is FileFault.TYPE


def test_limits_are_the_workspaces_own() -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 12
    assert isinstance(files.judge(png, replace(POLICY, attachment_bytes=20)), Found)
    assert files.judge(png, replace(POLICY, attachment_bytes=19)) is FileFault.SIZE
    assert files.judge(png, replace(POLICY, attachment_kinds="document")) is FileFault.TYPE
    assert files.judge(b"", POLICY) is FileFault.EMPTY


@pytest.mark.parametrize(
    ("name", "media_type", "safe"),
    [
        ("holiday.JPEG", "image/jpeg", "holiday.JPEG"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\tmp\\invoice.pdf.exe", "image/png", "invoice.pdf.exe.png"),
        ("pic\u202egpj.exe", "image/jpeg", "picgpj.exe.jpg"),
        ("", "image/jpeg", "file.jpg"),
        ("...", "application/pdf", "file.pdf"),
        ("a" * 500, "", "a" * 120),
    ],
)
def test_a_name_holds_no_path_and_no_false_ending(name: str, media_type: str, safe: str) -> None:
    assert files.safe_name(name, media_type) == safe


def test_files_without_words_have_words_of_their_own() -> None:
    text = files.stand_in([FileKind.IMAGE, FileKind.IMAGE, FileKind.DOCUMENT])
    assert text == "[picture] [file]"
    assert files.is_stand_in(text)
    for words in ("", "my [picture]", "hello"):
        assert not files.is_stand_in(words)


@given(st.binary(max_size=200), st.text(max_size=60))
def test_no_file_and_no_name_is_too_much(content: bytes, name: str) -> None:
    found = files.judge(content, POLICY)
    media_type = found.media_type if isinstance(found, Found) else ""
    safe = files.safe_name(name, media_type)
    assert safe
    assert not set(safe) & set("/\\\n\r\x00")
