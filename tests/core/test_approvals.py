"""Who may grant how much, who is asked, and which moves there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import approvals
from baton.core.approvals import MOVES, Kind, Move, State
from baton.core.errors import Conflict
from baton.core.policy import Policy
from baton.core.roles import Role

POLICY = Policy()  # 50, 200 and 1000
ALL = frozenset(Role)


@pytest.mark.req("U4", "E11")
@pytest.mark.parametrize(
    ("role", "amount", "granted", "may"),
    [
        (Role.AGENT, 5000, 0, True),
        (Role.AGENT, 5001, 0, False),
        (Role.AGENT, 3000, 2001, False),
        (Role.SENIOR, 20000, 0, True),
        (Role.SENIOR, 15000, 5001, False),
        (Role.MANAGER, 100000, 0, True),
        (Role.MANAGER, 100001, 0, False),
        (Role.OPERATIONS, 100000, 0, True),
        (Role.AUDITOR, 0, 0, False),
        (Role.ENGINEER, 0, 0, False),
    ],
)
def test_who_may_grant_how_much(role: Role, amount: int, granted: int, *, may: bool) -> None:
    assert approvals.may_grant(role, amount, granted, POLICY) is may


@pytest.mark.req("G11", "R15", "H3")
@pytest.mark.parametrize(
    ("total", "staffed", "above", "asked"),
    [
        (4200, ALL, None, Role.AGENT),
        (8000, ALL, None, Role.SENIOR),
        (8000, ALL - {Role.SENIOR}, None, Role.MANAGER),
        (45000, ALL, None, Role.MANAGER),
        (900000, ALL, None, Role.MANAGER),  # who can decline it, or have a limit raised
        (4200, ALL, Role.AGENT, Role.SENIOR),
        (4200, ALL, Role.SENIOR, Role.MANAGER),
    ],
)
def test_whom_it_goes_to(
    total: int, staffed: frozenset[Role], above: Role | None, asked: Role
) -> None:
    assert approvals.next_asked(total, POLICY, staffed, above=above).role is asked


@pytest.mark.req("E30", "BI6")
@given(st.lists(st.sampled_from(Move), max_size=12))
def test_nothing_is_done_without_an_approval_since_the_last_doubt(moves: list[Move]) -> None:
    state, is_confirmed = State.PROPOSED, False
    for move in moves:
        try:
            state = approvals.next_state(state, move)
        except Conflict:
            continue
        if move is Move.APPROVE:
            is_confirmed = True
        elif move is Move.RECONSIDER:
            is_confirmed = False
        if state in {State.BEING_DONE, State.DONE}:
            assert is_confirmed


def test_what_is_over_stays_as_it_is() -> None:
    ends = {State.WITHDRAWN, State.EXPIRED, State.DONE}
    assert not [move for (state, move) in MOVES if state in ends]


@pytest.mark.parametrize(
    ("kind", "amount", "is_fine"),
    [
        (Kind.REFUND, 1, True),
        (Kind.REFUND, 0, False),
        (Kind.CREDIT, -1, False),
        (Kind.LABEL, 0, True),
        (Kind.EXCEPTION, 0, True),
        (Kind.REFUND, approvals.MAX_AMOUNT_MINOR + 1, False),
    ],
)
def test_which_amounts_make_sense(kind: Kind, amount: int, *, is_fine: bool) -> None:
    assert (not approvals.problems_with(kind, amount)) is is_fine
