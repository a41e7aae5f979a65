"""Who a batch is about is looked up by an index, however many contacts there are."""

import pytest

from baton.store import sql
from baton.store.queries import deliveries, people, turns

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("statement", [turns._LANES, people._BEHIND, deliveries._RECIPIENTS])
def test_lanes_are_looked_up_and_no_table_of_people_is_read_whole(statement: str) -> None:
    among, listed = sql.among(["one", "two"])
    plan = sql.select(f"EXPLAIN QUERY PLAN {statement.format(among=among)}", listed)
    told = [str(step[3]) for step in plan]
    assert not [one for one in told if one.startswith(("SCAN p", "SCAN a"))], told
