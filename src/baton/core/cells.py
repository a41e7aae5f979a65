"""Cells of tables that leave for a spreadsheet."""

import csv
import io
from collections.abc import Sequence

# Some spreadsheets read the wide signs of Asian keyboards as the narrow ones.
_WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", *_WIDE)


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: contacts chose some of them."""
    return f"'{cell}" if cell.startswith(_BEGINNINGS) else cell


def csv_line(cells: Sequence[str]) -> str:
    """Return cells as a line of CSV."""
    written = io.StringIO()
    csv.writer(written).writerow([safe(cell) for cell in cells])
    return written.getvalue()
