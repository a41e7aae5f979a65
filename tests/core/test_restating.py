"""Saying it again: what counts as having to repeat oneself after a handoff."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import restating

BEFORE = (
    "Hello, I was charged twice for the spin class on Monday, booking BK-4417",
    "My card ends in 1234",
)


@pytest.mark.req("H13", "H19", "K32")
@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("As I said, I was charged twice for the spin class on Monday", True),
        ("charged TWICE, spin class, Monday, 4417!", True),
        ("Thanks, that is great, see you on Monday", False),
        ("charged twice", False),  # too short to tell
        ("Could you refund it to the same card please, and cancel the yoga trial too", False),
        ("", False),
    ],
)
def test_what_counts_as_said_again(later: str, *, expected: bool) -> None:
    assert restating.restates(BEFORE, later) is expected


@pytest.mark.parametrize(("shared", "expected"), [(7, True), (6, False)])
def test_seven_words_of_ten_are_most_of_a_message(shared: int, *, expected: bool) -> None:
    words = (
        "alpha",
        "bravo",
        "delta",
        "gamma",
        "kappa",
        "lambda",
        "omega",
        "sigma",
        "theta",
        "zeta",
    )
    assert restating.restates([" ".join(words[:shared])], " ".join(words)) is expected


@given(st.text(max_size=300))
def test_nothing_is_said_again_where_nothing_was_said(text: str) -> None:
    assert not restating.restates((), text)
