"""Roles: what each may do is a table, and authority grows along the path."""

import pytest

from baton.core import roles
from baton.core.policy import Policy
from baton.core.roles import Action, Role

R, A, T, V, F, L, U, C, P, W, N, B, M, D = Action
ALLOWED = {
    Role.AGENT: {R, A, T, V, F},
    Role.SENIOR: {R, A, T, V, F, L},
    Role.MANAGER: {R, A, T, V, F, L, U, C, P, W, N, D},
    Role.OPERATIONS: {R, A, T, V, F, L, U, C, P, W, N, B, D},
    Role.AUDITOR: {R, U, P},
    Role.ENGINEER: {R, F, C, P},
    Role.SPECIALIST: {R, A, T, V, F},
    Role.CLINICIAN: {R, A, T, V, F},
    Role.CONCIERGE: {R, A, T, V, F},
    Role.OWNER: {R, V, F, L, C, P, W, N},
    Role.ADMIN: {R, C, U, M},
}


@pytest.mark.req("X5", "P10", "PL12", "X38")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_what_each_may_do(role: Role, action: Action) -> None:
    assert roles.may(role, action) is (action in ALLOWED[role])


@pytest.mark.req("H3", "U4")
def test_authority_grows_along_the_path() -> None:
    policy = Policy()
    amounts = [
        roles.authority_minor(role, policy)
        for role in (Role.AUDITOR, Role.AGENT, Role.SENIOR, Role.MANAGER)
    ]
    assert amounts == [0, 50_00, 200_00, 1000_00]
    assert roles.authority_minor(Role.ENGINEER, policy) == 0
    assert roles.authority_minor(Role.ADMIN, policy) == 0
    assert roles.authority_minor(Role.CLINICIAN, policy) == 50_00
    assert roles.authority_minor(Role.CONCIERGE, policy) == 200_00
    assert roles.authority_minor(Role.OPERATIONS, policy) == 1000_00
    assert policy.bot_authority_minor == 0
