"""How an SMS is counted."""

import pytest

from baton.core import sms


@pytest.mark.parametrize(
    ("text", "alphabet", "length", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("{" + "a" * 159, "GSM-7", 161, 2),
        ("ß@£Δ", "GSM-7", 4, 1),
        ("✓" + "a" * 69, "UCS-2", 70, 1),
        ("✓" + "a" * 70, "UCS-2", 71, 2),
        ("ç" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
    ],
    ids=lambda value: value[:3] if isinstance(value, str) else value,
)
@pytest.mark.req("CO3")
def test_parts_are_those_of_the_standard(text: str, alphabet: str, length: int, parts: int) -> None:
    found = sms.size_of(text)
    assert (found.alphabet, found.length, found.parts) == (alphabet, length, parts)
    assert sms.parts_of(text) == parts


def test_the_signs_that_make_it_dear_are_named() -> None:
    assert sms.size_of("ç a tick ✓ ✓ ç").foreign == "ç✓"
