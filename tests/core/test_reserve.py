"""A telephone rings for what matters alone."""

import pytest

from baton.core import reserve


@pytest.mark.req("C2", "C10", "OR3")
@pytest.mark.parametrize(
    ("facts", "is_closed"),
    [
        ({}, True),
        ({"value": 2}, True),
        ({"value": 3}, False),
        ({"tags": ("high_value",)}, False),
        ({"tags": ("regular",)}, True),
        ({"has_failed": True}, False),
    ],
)
def test_calls_are_for_high_value_and_for_what_did_not_arrive(
    facts: dict[str, object], *, is_closed: bool
) -> None:
    given = {"value": None, "high_value": 3, "tags": (), "has_failed": False, **facts}
    assert reserve.is_closed("voice", **given) is is_closed  # type: ignore[arg-type] # a table
    assert not reserve.is_closed("sms", **given)  # type: ignore[arg-type] # likewise
