"""How choices look in WhatsApp: buttons, a list, or words."""

import pytest

from baton.core import whatsapp
from baton.core.whatsapp import Look


def options(count: int, label: str = "Choice") -> list[tuple[str, str]]:
    return [(str(n), f"{label} {n}") for n in range(1, count + 1)]


@pytest.mark.req("C23")
@pytest.mark.parametrize(
    ("text", "choices", "look"),
    [
        ("Hello", [], Look.WORDS),
        ("Come?", [("1", "Yes"), ("2", "No")], Look.BUTTONS),
        ("Come?", options(3), Look.BUTTONS),
        ("Come?", options(4), Look.LIST),
        ("Come?", options(10), Look.LIST),
        ("Come?", options(11), Look.WORDS),
        ("Come?", [("1", "x" * 20)], Look.BUTTONS),
        ("Come?", [("1", "x" * 21)], Look.LIST),
        ("Come?", [("1", "x" * 24)], Look.LIST),
        ("Come?", [("1", "x" * 25)], Look.WORDS),
        ("x" * 1_024, [("1", "Yes")], Look.BUTTONS),
        ("x" * 1_025, [("1", "Yes")], Look.LIST),
        ("Come?", [("1", "Yes"), ("2", "Yes")], Look.WORDS),  # Meta refuses equal buttons
        ("Come?", [("1", " ")], Look.WORDS),
        ("Come?", [("", "Yes")], Look.WORDS),
        ("Come?", [("x" * 201, "Yes")], Look.WORDS),
    ],
)
def test_choices_are_drawn_as_far_as_they_fit(
    text: str, choices: list[tuple[str, str]], look: Look
) -> None:
    assert whatsapp.look_of(text, choices) is look


def test_what_cannot_be_tapped_is_said() -> None:
    assert whatsapp.render("Come?", [("1", "Yes"), ("2", "No")]) == "Come?"
    assert whatsapp.render("Come?", [("1", "x" * 25)]) == f"Come?\nReply: 1 {'x' * 25}"
