"""What a conversation with somebody who wanted to leave can be closed with."""

import pytest

from baton.core.retention import Outcome, problem_with_closing


@pytest.mark.req("G19", "E22")
@pytest.mark.parametrize(
    ("code", "outcome", "is_wanted", "may"),
    [
        ("answered", None, False, True),
        ("answered", None, True, False),
        ("cancelled", None, False, False),
        ("retained", None, False, False),
        ("cancelled", Outcome.LEFT, True, True),
        ("cancelled", Outcome.SAVED, True, False),
        ("cancelled", Outcome.UNDECIDED, True, False),
        ("retained", Outcome.SAVED, True, True),
        ("retained", Outcome.LEFT, True, False),
        ("answered", Outcome.LEFT, True, False),
        ("answered", Outcome.SAVED, True, True),
        ("no_action", Outcome.UNDECIDED, True, True),
    ],
)
def test_nothing_is_lost_silently(
    code: str, outcome: Outcome | None, *, is_wanted: bool, may: bool
) -> None:
    assert (not problem_with_closing(code, outcome, is_wanted=is_wanted)) is may
