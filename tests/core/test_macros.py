"""What a macro may be, and which names its texts may fill in."""

from dataclasses import replace

import pytest

from baton.core.macros import Choices, Ending, Macro, problem_with_names, problems_with

CHOICES = Choices(queues=["billing"], snoozes=["hour"], codes=["answered"])
FINE = Macro(name="late", title="Late delivery", reply="Sorry!")


@pytest.mark.parametrize(
    ("macro", "field"),
    [
        (FINE, ""),
        (replace(FINE, ending=Ending.QUEUE, ending_value="billing"), ""),
        (replace(FINE, ending=Ending.SNOOZE, ending_value="hour"), ""),
        (replace(FINE, reply="", ending=Ending.RESOLVE, ending_value="answered"), ""),
        (replace(FINE, ending=Ending.RESOLVE, ending_value="whatever"), "ending"),
        (replace(FINE, ending=Ending.QUEUE), "ending"),
        (replace(FINE, ending_value="billing"), "ending"),
        (replace(FINE, name="Late Delivery"), "name"),
        (replace(FINE, tag="very late"), "tag"),
        (replace(FINE, title="x" * 61), "title"),
        (replace(FINE, reply=""), "title"),
    ],
)
def test_what_a_macro_may_be(macro: Macro, field: str) -> None:
    assert next(iter(problems_with(macro, CHOICES)), "") == field


@pytest.mark.parametrize(
    ("path", "has_default", "is_fine"),
    [
        (("agent", "name"), False, True),
        (("contact", "name"), True, True),
        (("contact", "name"), False, False),
        (("contact", "email"), True, False),
        (("run", "order"), True, False),
    ],
)
def test_which_names_a_text_fills_in(
    path: tuple[str, ...], *, has_default: bool, is_fine: bool
) -> None:
    assert (not problem_with_names([(path, has_default)])) is is_fine
