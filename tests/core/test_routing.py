"""Routing: people who are there and free, or a promise; never more conversations than hands."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import hours, routing
from baton.core.pack import Queue
from baton.core.policy import Policy
from baton.core.roles import Role
from baton.core.routing import Need, Offered, OnDuty, Promised, Staffing, render_span

POLICY = Policy(agent_capacity=2, handle_time=timedelta(minutes=6))
OPEN = hours.parse_hours({}, zone="UTC")
WEEKDAYS = hours.parse_hours(
    {day: [["06:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}, zone="UTC"
)
MONDAY = datetime.fromisoformat("2026-03-02T10:00Z")
SATURDAY = datetime.fromisoformat("2026-03-07T10:00Z")


def a_queue(name: str = "billing") -> Queue:
    return Queue(name=name, title=name, first_response_minutes=30, async_window_minutes=240)


def agent(*skills: str, holds: int = 0) -> OnDuty:
    return OnDuty(user_id="u", skills=frozenset(skills), open_conversations=holds)


def routed(
    queue: str, *agents: OnDuty, waiting: int = 0, now: datetime = MONDAY
) -> Offered | Promised:
    staffing = Staffing(agents=agents, waiting={queue: waiting})
    return routing.decide(a_queue(queue), staffing, WEEKDAYS, POLICY, now=now)


@pytest.mark.req("R1", "R5", "U18")
def test_somebody_free_is_offered_it_with_the_expected_wait() -> None:
    offered = routed("billing", agent("billing"), agent("billing"), waiting=3)
    assert offered == Offered(
        queue="billing", expected_wait=timedelta(minutes=9),
        due_at=MONDAY + timedelta(minutes=30),
    )  # fmt: skip


@pytest.mark.req("R1")
def test_who_joins_a_queue_stands_before_the_next_and_a_promise_takes_no_place() -> None:
    staffing = Staffing(agents=(agent("billing"),), waiting={"retention": 1})
    offered = Offered(queue="billing", expected_wait=timedelta(0), due_at=MONDAY)
    assert routing.joined(staffing, offered).waiting == {"retention": 1, "billing": 1}
    promised = Promised(queue="billing", window=timedelta(hours=4), due_at=MONDAY)
    assert routing.joined(staffing, promised) == staffing


@pytest.mark.req("R1", "R2", "R3", "U6")
@pytest.mark.parametrize(
    "agents",
    [
        (),
        (agent("billing", holds=2),),
        (agent("billing", holds=7),),  # capacity was lowered since: no negative room
        (agent("retention"),),
    ],
)
def test_nobody_free_is_a_promise(agents: tuple[OnDuty, ...]) -> None:
    promised = routed("billing", *agents)
    assert promised == Promised(
        queue="billing", window=timedelta(hours=4), due_at=MONDAY + timedelta(hours=4)
    )


def test_whoever_waits_already_comes_first() -> None:
    assert isinstance(routed("billing", agent("billing", holds=1), waiting=0), Offered)
    assert isinstance(routed("billing", agent("billing", holds=1), waiting=1), Promised)


def test_everyone_serves_the_general_queue_and_others_need_the_skill() -> None:
    assert isinstance(routed("general", agent()), Offered)
    assert isinstance(routed("billing", agent()), Promised)


@pytest.mark.req("R16", "R3")
def test_while_the_place_is_closed_everything_is_a_promise_in_opening_hours() -> None:
    promised = routed("billing", agent("billing"), now=SATURDAY)
    assert promised == Promised(
        queue="billing", window=timedelta(hours=4),
        due_at=datetime.fromisoformat("2026-03-09T10:00Z"),
    )  # fmt: skip
    staffing = Staffing(agents=(agent("billing"),), waiting={})
    always = routing.decide(a_queue(), staffing, OPEN, POLICY, now=SATURDAY)
    assert isinstance(always, Offered)


AGENTS = st.lists(
    st.builds(
        OnDuty,
        user_id=st.just("u"),
        skills=st.frozensets(st.sampled_from(["billing", "retention"])),
        open_conversations=st.integers(0, 4),
    ),
    max_size=4,
)


@pytest.mark.req("R1")
@given(AGENTS, st.integers(0, 20))
def test_never_more_is_offered_than_hands_are_free(agents: list[OnDuty], waiting: int) -> None:
    free = sum(max(2 - a.open_conversations, 0) for a in agents if "billing" in a.skills)
    found = routed("billing", *agents, waiting=waiting)
    assert isinstance(found, Offered) is (waiting < free)
    assert found.due_at > MONDAY


@given(AGENTS, st.integers(0, 20))
def test_one_more_agent_never_makes_an_offer_a_promise(agents: list[OnDuty], waiting: int) -> None:
    if isinstance(routed("billing", *agents, waiting=waiting), Offered):
        assert isinstance(routed("billing", *agents, agent("billing"), waiting=waiting), Offered)


# A clinic's agents take bookings too; the clinic's queue presses, bookings do not.
PRIORITIES = {"general": 0, "billing": 20, "retention": 30, "clinical": 100}


def with_priorities(queue: str, *agents: OnDuty, **waiting: int) -> Offered | Promised:
    staffing = Staffing(agents=agents, waiting=waiting, priorities=PRIORITIES)
    pressed = replace(a_queue(queue), priority=PRIORITIES[queue])
    return routing.decide(pressed, staffing, OPEN, POLICY, now=MONDAY)


@pytest.mark.req("R6", "R13", "PE11")
@pytest.mark.parametrize(
    ("queue", "agents", "waiting", "is_offered"),
    [
        # a place is kept for the clinic, also from its own people's other work
        ("general", (agent("clinical", holds=1),), {}, False),
        ("clinical", (agent("clinical", holds=1),), {}, True),
        ("general", (agent("clinical", holds=0),), {}, True),
        ("general", (agent(holds=1),), {}, True),
        # who waits where it presses comes before, who waits where it does not comes after
        ("general", (agent("clinical", holds=0),), {"clinical": 1}, False),
        ("clinical", (agent("clinical", holds=1),), {"general": 9}, True),
        ("billing", (agent("billing", "retention"),), {"retention": 1}, True),
        ("billing", (agent("billing", "retention"),), {"retention": 2}, False),
        ("retention", (agent("billing", "retention"),), {"billing": 2}, True),
    ],
)
def test_low_priority_work_does_not_crowd_what_presses(
    queue: str, agents: tuple[OnDuty, ...], waiting: dict[str, int], *, is_offered: bool
) -> None:
    assert isinstance(with_priorities(queue, *agents, **waiting), Offered) is is_offered


@pytest.mark.req("PE11", "R1")
@pytest.mark.parametrize(
    ("capacity", "is_offered"), [(None, False), (2, False), (3, True), (0, False)]
)
def test_an_agent_has_a_capacity_of_their_own(capacity: int | None, *, is_offered: bool) -> None:
    one = replace(agent("billing", holds=2), capacity=capacity)
    assert isinstance(routed("billing", one), Offered) is is_offered


AGENT_LIMIT, SENIOR_LIMIT = 50_00, 200_00
KNOWN = ("billing", routing.MANAGERS)


@pytest.mark.req("R15", "E29", "PE11")
@pytest.mark.parametrize(
    ("amount", "senior_holds", "is_offered"),
    [
        (0, 0, True),
        (AGENT_LIMIT, 2, True),
        (AGENT_LIMIT + 1, 0, True),  # the senior takes it
        (AGENT_LIMIT + 1, 2, False),  # who could is full, and who has room may not
        (SENIOR_LIMIT + 1, 0, False),
    ],
)
def test_an_amount_counts_those_alone_who_may_settle_it(
    amount: int, senior_holds: int, *, is_offered: bool
) -> None:
    junior = replace(agent("billing"), authority_minor=AGENT_LIMIT)
    senior = replace(agent("billing", holds=senior_holds), authority_minor=SENIOR_LIMIT)
    staffing = Staffing(agents=(junior, senior), waiting={})
    need = Need(amount_minor=amount)
    found = routing.decide(a_queue(), staffing, OPEN, POLICY, now=MONDAY, need=need)
    assert isinstance(found, Offered) is is_offered


@pytest.mark.req("R15", "E29")
def test_an_amount_beyond_everybody_there_goes_up_to_the_managers() -> None:
    junior = replace(agent("billing"), authority_minor=AGENT_LIMIT)
    staffing = Staffing(agents=(junior,), waiting={})
    large, small = Need(amount_minor=AGENT_LIMIT + 1), Need(amount_minor=AGENT_LIMIT)
    assert routing.with_authority("billing", staffing, large, KNOWN) == routing.MANAGERS
    assert routing.with_authority("billing", staffing, small, KNOWN) == "billing"
    nobody = Staffing(waiting={})
    assert routing.with_authority("billing", nobody, large, KNOWN) == "billing"
    assert routing.with_authority("billing", staffing, large, ("billing",)) == "billing"


@pytest.mark.req("P10")
@pytest.mark.parametrize(
    ("works_at", "contact_at", "is_able"),
    [
        ((), "", True),
        ((), "quay", True),
        (("quay",), "", True),
        (("quay", "mill"), "quay", True),
        (("mill",), "quay", False),
    ],
)
def test_contacts_of_a_place_are_met_by_who_works_there(
    works_at: tuple[str, ...], contact_at: str, *, is_able: bool
) -> None:
    somebody = replace(agent("billing"), locations=frozenset(works_at))
    staffing = Staffing(agents=(somebody,), waiting={})
    found = routing.able_in("billing", staffing, routing.Need(location_id=contact_at))
    assert bool(found) is is_able


@pytest.mark.req("R12")
def test_who_opted_out_of_the_channel_takes_nobodys_place() -> None:
    staffing = Staffing(agents=(agent("billing"),), waiting={})
    need = Need(may_be_answered=False)
    found = routing.decide(a_queue(), staffing, OPEN, POLICY, now=MONDAY, need=need)
    assert isinstance(found, Promised)


@pytest.mark.req("R10")
def test_a_manager_serves_the_managers_queue_by_their_role() -> None:
    assert routing.skills_of(["billing"], Role.MANAGER) == {"billing", routing.MANAGERS}
    assert routing.skills_of(["billing"], Role.SENIOR) == {"billing"}


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_a_reserved_place_is_never_given_to_other_work(holds: int, bookings: int, own: int) -> None:
    one = replace(agent("clinical", holds=holds), capacity=own)
    if isinstance(with_priorities("general", one, general=bookings), Offered):
        assert holds + bookings + POLICY.reserved_places < own


@pytest.mark.req("U18")
def test_the_expected_wait_rests_on_what_was_measured() -> None:
    staffing = Staffing(
        agents=(agent("billing"),), waiting={"billing": 1},
        handle_times={"billing": timedelta(minutes=20)},
    )  # fmt: skip
    offered = routing.decide(a_queue(), staffing, OPEN, POLICY, now=MONDAY)
    assert isinstance(offered, Offered)
    assert offered.expected_wait == timedelta(minutes=20)
    spans = [timedelta(minutes=minutes) for minutes in range(1, 21)]
    assert routing.typical(spans) == timedelta(minutes=11)
    assert routing.typical(spans[1:]) is None


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "about a minute"),
        (timedelta(seconds=61), "about 2 minutes"),
        (timedelta(minutes=59), "about 59 minutes"),
        (timedelta(minutes=60), "about an hour"),
        (timedelta(minutes=61), "about 2 hours"),
        (timedelta(hours=4), "about 4 hours"),
    ],
)
def test_spans_in_words_are_rounded_up(span: timedelta, words: str) -> None:
    assert render_span(span) == words
    assert render_span(span, "fr") == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "alrededor de un minuto"),
        (timedelta(minutes=30), "unos 30 minutos"),
        (timedelta(minutes=60), "alrededor de una hora"),
        (timedelta(hours=4), "unas 4 horas"),
    ],
)
def test_spans_are_told_in_spanish_too(span: timedelta, words: str) -> None:
    assert render_span(span, "es-MX") == words
