"""CSV and XLSX as rows: streamed, bounded, and refused in words where they are no such file.

A row is what stands under each heading, as text; formulas are never computed: what the
program that wrote the file last saw in their place is taken.
"""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from baton.connectors.files import quoting

MAX_BYTES = 100_000_000
MAX_LINES = 1_000_000
MAX_COLUMNS = 200
MAX_CELL = 2_000
_MAX_UNPACKED = 500_000_000
_MAX_RATIO = 200
_MAX_PARTS = 2_000
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SNIFFED = 64 * 1024
_HALF_EMPTY = 0.15  # of all bytes; where every letter is Latin it is a half


class UnreadableFileError(Exception):
    """A file is none that can be taken; its text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the heading: its number in the file, and its cells by heading.

    `problem` says why it cannot be taken, by column; the cells are empty then.
    """

    number: int
    cells: Mapping[str, str]
    column: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken of a file.

    Attributes:
        size: bytes of the file at most.
        cell: characters of one cell at most.
        is_strict: whether a quotation mark in the wrong place ends the reading; else it costs
            the line that it stands in.
    """

    size: int = MAX_BYTES
    cell: int = MAX_CELL
    is_strict: bool = True


_USUAL = Limits()


def lines_of(path: Path, limits: Limits = _USUAL) -> Iterator[Line]:
    """Yield the lines of a file, in order; raises UnreadableFileError."""
    if path.stat().st_size > limits.size:
        raise UnreadableFileError(f"It has more than {limits.size // 1_000_000} MB. Split it.")
    with path.open("rb") as file:
        head = file.read(_SNIFFED)
    if head.startswith(_OLD_EXCEL):
        raise UnreadableFileError("This is an old Excel file. Save it as .xlsx or CSV UTF-8.")
    is_sheet = head.startswith(_ZIP)
    rows = _sheet_rows(path) if is_sheet else _csv_rows(path, head, is_strict=limits.is_strict)
    yield from _lines(rows, limits.cell)


def _lines(rows: Iterable[tuple[int, list[str] | str]], longest: int) -> Iterator[Line]:
    heading: list[str] = []
    for number, cells in rows:
        if isinstance(cells, str):
            if not heading:
                raise UnreadableFileError(f"Its first line cannot be read: {cells}.")
            yield Line(number, {}, "", cells)
            continue
        if not any(cells):
            continue
        if not heading:
            heading = _heading_of(cells)
            continue
        if number > MAX_LINES:
            raise UnreadableFileError(f"It has more than {MAX_LINES:,} lines. Split it.")
        yield _line(number, heading, cells, longest)
    if not heading:
        raise UnreadableFileError("It is empty. Its first line names the columns.")


def _line(number: int, heading: list[str], cells: list[str], longest: int) -> Line:
    if len(cells) > len(heading) and any(cells[len(heading) :]):
        return Line(number, {}, "", "it has more cells than the first line has names")
    for name, cell in zip(heading, cells, strict=False):
        if len(cell) > longest:
            return Line(number, {}, name, f"has more than {longest:,} characters")
        if "\x00" in cell:
            return Line(number, {}, name, "holds a byte that no text has")
    return Line(number, dict(zip(heading, cells, strict=False)))


def _heading_of(cells: list[str]) -> list[str]:
    names = [cell[:120] for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise UnreadableFileError(f"It has more than {MAX_COLUMNS} columns.")
    if not all(names):
        raise UnreadableFileError("A column of its first line has no name.")
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise UnreadableFileError(f"Two columns of its first line are called {twice[:40]!r}.")
    return names


def _csv_rows(path: Path, head: bytes, *, is_strict: bool) -> Iterator[tuple[int, list[str] | str]]:
    encoding = encoding_of(head)
    try:
        first = head.decode(encoding, "replace").partition("\n")[0]
        with path.open(encoding=encoding, newline="") as text:
            delimiter = _delimiter_of(first)
            if not is_strict:
                yield from quoting.rows_of(_bounded(text), delimiter)
                return
            reader = csv.reader(_bounded(text), delimiter=delimiter, strict=True)
            for cells in reader:
                yield reader.line_num, [cell.strip() for cell in cells]
    except UnicodeError as error:
        raise UnreadableFileError("It is not in UTF-8. Save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise UnreadableFileError(f"It cannot be read as CSV: {error}.") from error


def _bounded(text: Iterable[str]) -> Iterator[str]:
    # A line without end would be read whole into memory before anybody could refuse it.
    for line in text:
        if len(line) > MAX_COLUMNS * MAX_CELL:
            raise UnreadableFileError("One of its lines is too long for a file of this kind.")
        yield line


def encoding_of(head: bytes) -> str:
    """Return how a text that begins with these bytes is written."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # Without a mark at its beginning it shows by its half that is empty.
    high, low = head[1::2].count(0), head[::2].count(0)
    if max(high, low) > len(head) * _HALF_EMPTY and min(high, low) < max(high, low) / 4:
        return "utf-16-le" if high > low else "utf-16-be"
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # What is cut in the middle of a letter is UTF-8 all the same.
        if len(head) < _SNIFFED or error.start < len(head) - 4:
            return "cp1252"  # what spreadsheets of the West write without being asked
    return "utf-8-sig"


def _delimiter_of(first: str) -> str:
    return max(",;\t|", key=first.count)


def _sheet_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    # Nothing but a spreadsheet needs it, and loading it takes longer than most commands do.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        _require_modest(path)
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            # What a sheet says of its own size is not believed: rows end where they end.
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
            for number, row in enumerate(rows, start=1):
                yield number, [_cell(value) for value in row]
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ValueError,
        SyntaxError,  # of its XML
        OSError,
    ) as error:
        raise UnreadableFileError("It cannot be read as a spreadsheet. Save it anew.") from error


def _require_modest(path: Path) -> None:
    """Refuse what unpacks to far more than it is."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
    unpacked = sum(part.file_size for part in parts)
    bare = sum(part.compress_size for part in parts) or 1
    if len(parts) > _MAX_PARTS or unpacked > _MAX_UNPACKED or unpacked / bare > _MAX_RATIO:
        raise UnreadableFileError("It unpacks to far more than a spreadsheet of this size.")


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()
