"""Sets of values on their way to PostgreSQL."""

from datetime import UTC, date, datetime

import pytest

from baton.store import model_sets
from baton.store.models import Membership
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


@pytest.mark.django_db
def test_models_written_as_a_set_are_those_that_the_orm_reads() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    rows = [
        Membership(
            id=f"m{number}", workspace_id="w", system_id="s", reference=f"r{number}",
            contact_id="c", plan="Gold", state="active", price_minor=number, joined_at=noon,
            ends_on=date(2026, 4, 1) if number else None, changed_at=noon,
        )
        for number in range(2)
    ]  # fmt: skip
    model_sets.insert(rows[:1])
    rows[0].plan, rows[0].price_minor = "Silver", 9
    model_sets.upsert(rows, once=("workspace_id", "system_id", "reference"), fields=("plan",))
    found = Membership.objects.order_by("id")
    assert [(one.plan, one.price_minor, one.ends_on) for one in found] == [
        ("Silver", 0, None),
        ("Gold", 1, date(2026, 4, 1)),
    ]
    assert {one.joined_at for one in found} == {noon}
    model_sets.insert([])
