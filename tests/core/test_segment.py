"""Everybody is of one segment: the first of a business's tags that they have."""

import pytest

from baton.core.policy import Policy
from baton.core.segment import segment_of


@pytest.mark.req("CH6")
@pytest.mark.parametrize(
    ("tags", "is_member", "order", "segment"),
    [
        ((), False, "vip,late", "other"),
        ((), True, "vip,late", "member"),
        (("late", "vip"), True, "vip,late", "vip"),
        (("late", "vip"), True, "late, vip", "late"),
        (("vip",), False, "", "other"),
        (("vip",), True, " , ", "member"),
        (("high_value",), False, Policy().segments, "high_value"),
        (("at_risk", "high_value"), True, Policy().segments, "high_value"),
    ],
)
def test_a_contacts_segment(
    tags: tuple[str, ...],
    is_member: bool,  # noqa: FBT001 - a column of the table
    order: str,
    segment: str,
) -> None:
    assert segment_of(tags, is_member=is_member, order=order) == segment
