"""Whom a waiting conversation is offered to: who knows the contact, then who speaks as they do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import inviting
from baton.core.inviting import Wait
from baton.core.policy import Policy
from baton.core.routing import Need, OnDuty, Staffing

POLICY = Policy(agent_capacity=2, offering_queues="billing,clinical")


def person(name: str, *, holds: int = 0, languages: str = "", **changes: object) -> OnDuty:
    one = OnDuty(
        user_id=name,
        skills=frozenset({"billing"}),
        open_conversations=holds,
        languages=frozenset(filter(None, languages.split(","))),
    )
    return replace(one, **changes)  # type: ignore[arg-type] # fields of the very class


def asked(wait: Wait, *people: OnDuty, invited: dict[str, int] | None = None) -> str:
    staffing = Staffing(agents=people, waiting={}, priorities={"billing": 20, "clinical": 100})
    return inviting.next_invited(wait, staffing, invited or {}, POLICY, priority=20)


BILLING = Wait(queue="billing")
ANA, BEN, CAL = person("ana", holds=1), person("ben"), person("cal", holds=1, languages="es,fr")


@pytest.mark.req("R5", "R15", "R12")
@pytest.mark.parametrize(
    ("wait", "people", "wanted"),
    [
        (BILLING, (ANA, BEN, CAL), "ben"),  # who holds least
        (replace(BILLING, knower_id="ana"), (ANA, BEN, CAL), "ana"),  # who knows the contact
        (replace(BILLING, knower_id="ana", speaks="es"), (ANA, BEN, CAL), "ana"),
        (replace(BILLING, speaks="es-MX"), (ANA, BEN, CAL), "cal"),
        (replace(BILLING, speaks="de"), (ANA, BEN, CAL), "ben"),  # nobody does: anybody
        # who knows them but is full, is not there, or may not settle it, is not asked
        (replace(BILLING, knower_id="ana"), (person("ana", holds=2), BEN), "ben"),
        (replace(BILLING, knower_id="zoe"), (ANA, BEN), "ben"),
        (
            replace(BILLING, knower_id="ana", need=Need(amount_minor=60_00)),
            (replace(ANA, authority_minor=50_00), BEN),
            "ben",
        ),
        (replace(BILLING, asked=frozenset({"ben"})), (ANA, BEN), "ana"),
        (replace(BILLING, asked=frozenset({"ben", "ana"})), (ANA, BEN), ""),
        (replace(BILLING, queue="retention"), (ANA, BEN), ""),
        # a place is kept for the clinic
        (BILLING, (person("ana", holds=1, skills=frozenset({"billing", "clinical"})),), ""),
    ],
)
def test_who_is_asked_next(wait: Wait, people: tuple[OnDuty, ...], wanted: str) -> None:
    assert asked(wait, *people) == wanted


def test_a_place_that_is_offered_is_not_offered_twice() -> None:
    assert asked(BILLING, ANA, BEN, invited={"ben": 1}) == "ana"
    assert asked(BILLING, ANA, BEN, invited={"ben": 2}) == "ana"
    assert asked(BILLING, ANA, BEN, invited={"ben": 2, "ana": 1}) == ""


def test_a_queue_offers_where_it_is_set_so() -> None:
    assert [inviting.invites(one, POLICY) for one in ("billing", "bill", "", "general")] == [
        True, False, False, False,
    ]  # fmt: skip
    assert Policy().offering_queues == ""  # people take from the list
    assert Policy().offer_window == timedelta(seconds=30)


PEOPLE = st.lists(
    st.builds(
        person,
        st.sampled_from(["a", "b", "c", "d"]),
        holds=st.integers(0, 3),
        languages=st.sampled_from(["", "es"]),
    ),
    max_size=4,
    unique_by=lambda one: one.user_id,
)


@pytest.mark.req("R1")
@given(PEOPLE, st.sampled_from(["", "a", "b"]), st.sampled_from(["", "es"]))
def test_everybody_with_room_is_asked_once_and_nobody_else(
    people: list[OnDuty], knower: str, speaks: str
) -> None:
    wait, order = Wait(queue="billing", knower_id=knower, speaks=speaks), []
    while one := asked(wait, *people):
        order.append(one)
        wait = replace(wait, asked=wait.asked | {one})
    assert sorted(order) == sorted(p.user_id for p in people if p.open_conversations < 2)
