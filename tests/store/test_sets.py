"""Sets of values on their way to PostgreSQL."""

import pytest

from baton.store.runtime_store.sets import array_of


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["a1", "sms:+44"], '{"a1","sms:+44"}'),
        ([3, 70_000_000_000], "{3,70000000000}"),
        ([], "{}"),
        (["é", "{b},c d"], '{"é","{b},c d"}'),
        (['say "hi"'], ['say "hi"']),
        (["back\\slash"], ["back\\slash"]),
        (["two\nlines"], ["two\nlines"]),
    ],
)
def test_an_array_is_told_as_text_where_json_escapes_nothing(
    values: list[object], told: object
) -> None:
    assert array_of(values) == told
