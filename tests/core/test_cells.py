"""Cells that leave for a spreadsheet: none is taken for a formula."""

import pytest

from baton.core import cells


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff20"]
)
def test_what_a_spreadsheet_would_run_gets_a_quote_in_front(sign: str) -> None:
    assert cells.safe(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"


def test_other_cells_stay_as_they_are() -> None:
    assert cells.csv_line(["Mia", "a=b", "1.5", ""]) == "Mia,a=b,1.5,\r\n"
