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


@pytest.mark.req("C18", "M1")
@pytest.mark.parametrize(
    ("text", "choices", "shown"),
    [
        ("Do you come?", (), "Do you come?"),
        ("Do you come?", (("1", "Yes"), ("2", "No")), "Do you come?\nReply: 1 Yes, 2 No"),
        ("Did it help?", (("yes", "yes"), ("no", "no")), "Did it help?\nReply: yes, no"),
        ("Reply 1 to confirm.", (("1", "Yes"), ("2", "Move")), "Reply 1 to confirm."),
        ("Responda 1 para confirmar.", (("1", "Si"),), "Responda 1 para confirmar."),
        ("Billing is 1, bookings 2.", (("1", "a"), ("2", "b")), "Billing is 1, bookings 2."),
        ("On 1 June. OK?", (("1", "Yes"), ("2", "No")), "On 1 June. OK?\nReply: 1 Yes, 2 No"),
        ("Reply 10 or so", (("1", "Yes"),), "Reply 10 or so\nReply: 1 Yes"),
    ],
)  # fmt: skip
def test_a_phone_draws_no_buttons(
    text: str, choices: tuple[tuple[str, str], ...], shown: str
) -> None:
    assert sms.render(text, choices) == shown
