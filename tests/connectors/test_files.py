"""Exports of other systems: read line by line, however they were written, and never trusted."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from baton.connectors.files import sheets
from baton.connectors.files.sheets import Line, UnreadableFileError


def _lines(tmp_path: Path, content: bytes) -> list[Line]:
    path = tmp_path / "export"
    path.write_bytes(content)
    return list(sheets.lines_of(path))


def _book(*rows: tuple[str | float | datetime | bool | None, ...]) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "Name,Phone\nZoë,1\n".encode(),
        "\ufeffName;Phone\r\n\r\nZoë;1\r\n".encode(),
        "Name\tPhone\nZoë\t1".encode("utf-16"),
        "Name|Phone\nZoë|1\n".encode("cp1252"),
        'Name,Phone\n"Zoë",1\n,\n'.encode(),
        _book(("Name", "Phone", None), ("Zoë", 1.0)),
    ],
)
def test_the_same_lines_are_read_however_they_were_written(tmp_path: Path, content: bytes) -> None:
    [line] = _lines(tmp_path, content)
    assert dict(line.cells) == {"Name": "Zoë", "Phone": "1"}


def test_a_spreadsheet_gives_moments_and_no_formula(tmp_path: Path) -> None:
    rows = (("At", "Paid", "Sum"), (datetime(2026, 3, 2, 18, 0), True, "=1+1"))  # noqa: DTZ001 - as sheets have them
    [line] = _lines(tmp_path, _book(*rows))
    # Nothing computed the formula, so nothing stands in its place.
    assert dict(line.cells) == {"At": "2026-03-02T18:00:00", "Paid": "true", "Sum": ""}


@pytest.mark.parametrize(
    ("content", "column", "why"),
    [
        (b"A,B\n1,2,3\n", "", "more cells"),
        (b"A,B\n1," + b"x" * 2_001 + b"\n", "B", "2,000 characters"),
        (b"A,B\n1,\x00\n", "B", "byte"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(
    tmp_path: Path, content: bytes, column: str, why: str
) -> None:
    [line] = _lines(tmp_path, content)
    assert line.number == 2
    assert line.column == column
    assert why in line.problem


def _zip_bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    return kept.getvalue()


def _entity_bomb() -> bytes:
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book(("A",), ("1",)))) as good,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in good.namelist():
            body = good.read(name)
            if name.endswith("sheet1.xml"):
                head = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'
                body = head + body.replace(b"<v>", b"<v>&c;")
            packed.writestr(name, body)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"A,,C\n1,2,3", "no name"),
        (b"A,A\n1,2", "Two columns"),
        (",".join(map(str, range(300))).encode() + b"\n1", "200 columns"),
        (b'A,B\n"1,2\n', "as CSV"),
        (b"A,B\n" + b"1," * 300_000, "too long"),
        (b"PK\x03\x04 and nothing", "spreadsheet"),
        (_zip_bomb(), "unpacks"),
        (_entity_bomb(), "spreadsheet"),
        (b"\xd0\xcf\x11\xe0old", "old Excel"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(UnreadableFileError, match=why):
        _lines(tmp_path, content)
