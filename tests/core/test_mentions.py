"""Whom a note means."""

import pytest

from baton.core.mentions import mentioned

PEOPLE = {"1": "Sam Reyes", "2": "Robin O'Neil", "3": "Sam Okoye", "4": "Zoë"}


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("@robin please look", ("2",)),
        ("ask @Robin.", ("2",)),
        ("@RobinONeil, @zoë!", ("2", "4")),
        ("@sam?", ("1", "3")),
        ("@SamReyes only", ("1",)),
        ("write to robin@gym.example", ()),
        ("@nobody, @", ()),
        ("", ()),
    ],
)
def test_who_is_meant(words: str, ids: tuple[str, ...]) -> None:
    assert mentioned(words, PEOPLE) == ids
