"""What is looked at again and again: which addresses may be asked."""

import pytest

from baton.connectors import Watched, problems_with_watched

BASE = "https://calendar.example/private-"


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        (BASE + "a" * (1_000 - len(BASE)), True),
        (BASE + "a" * (1_001 - len(BASE)), False),
        ("webcal://calendar.example/feed", True),
        ("http://calendar.example/feed", False),
        ("https://me:secret@calendar.example/feed", False),
        ("https://calendar.example/a feed", False),
    ],
)
def test_an_address_is_whole_safe_and_not_longer_than_calendars_make_them(
    url: str,
    is_taken: bool,  # noqa: FBT001 - of the table
) -> None:
    assert ("url" not in problems_with_watched(Watched(url=url))) is is_taken
