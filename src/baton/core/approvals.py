"""Money and exceptions: proposed by anybody, granted by a person with authority alone (E30, BI6).

The table below is the whole machine. Nothing leads to being carried out but a person's
approval, and what was carried out is never undone here: it is put right by another one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from baton.core import roles
from baton.core.errors import Conflict
from baton.core.policy import Policy
from baton.core.roles import PATH, Role

MAX_AMOUNT_MINOR = 100_000_000
"""A million in most currencies: more is a slip of the finger."""

MAX_SUBJECT = 60
MAX_WORDS = 500
MAX_REFERENCE = 80


class Kind(StrEnum):
    """What is granted; a flow asks for it by an action of this name."""

    REFUND = "refund"
    CREDIT = "credit"
    LABEL = "label"  # a prepaid way back; its amount is what it costs the business
    EXCEPTION = "exception"  # from a rule of the business; an amount is what it costs


MONEY = frozenset({Kind.REFUND, Kind.CREDIT})
"""What is nothing without an amount."""


class State(StrEnum):
    """How far it has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # nobody answered in time
    BEING_DONE = "being_done"
    DONE = "done"


class Move(StrEnum):
    """What moves it on."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    RECONSIDER = "reconsider"  # whoever answered takes that back
    CARRY_OUT = "carry_out"
    CONCLUDE = "conclude"
    FAIL = "fail"


MOVES: dict[tuple[State, Move], State] = {
    (State.PROPOSED, Move.APPROVE): State.APPROVED,
    (State.PROPOSED, Move.DECLINE): State.DECLINED,
    (State.PROPOSED, Move.WITHDRAW): State.WITHDRAWN,
    (State.PROPOSED, Move.EXPIRE): State.EXPIRED,
    (State.APPROVED, Move.RECONSIDER): State.PROPOSED,
    (State.APPROVED, Move.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Move.CARRY_OUT): State.BEING_DONE,
    (State.DECLINED, Move.RECONSIDER): State.PROPOSED,
    (State.BEING_DONE, Move.CONCLUDE): State.DONE,
    (State.BEING_DONE, Move.FAIL): State.APPROVED,
}

GRANTED = frozenset({State.APPROVED, State.BEING_DONE, State.DONE})
"""States that count against what a person may still grant in the same conversation."""

OPEN = frozenset({State.PROPOSED, State.APPROVED, State.BEING_DONE})
"""States in which somebody still has to do something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom a proposal goes to, and up to which amount they may grant by themselves."""

    role: Role
    limit_minor: int


def next_state(state: State, move: Move) -> State:
    """Return the state after a move; raises Conflict for a move that the table does not name."""
    try:
        return MOVES[state, move]
    except KeyError:
        message = f"{_SAID[state]} Look at it again: it has changed meanwhile."
        raise Conflict(message) from None


def may_grant(
    role: Role, amount_minor: int, granted_minor: int, policy: Policy, *, own: int | None = None
) -> bool:
    """Return whether a role may grant an amount where so much is granted already.

    One person of it may have a limit of their `own`.

    What was granted in the same conversation counts along, or a sum beyond somebody's
    authority could be granted in slices.
    """
    if roles.rung_of(role) is None:
        return False
    return amount_minor + granted_minor <= roles.limit_minor(own, role, policy)


def next_asked(
    total_minor: int, policy: Policy, staffed: Collection[Role], *, above: Role | None = None
) -> Asked:
    """Return the first on the path who may grant so much in all, and is there at all.

    `above` skips the path up to a role that did not answer. Where nobody may grant so much,
    it goes to the managers: they are who can decline it, or have a limit raised.
    """
    path = PATH if above is None else PATH[PATH.index(above) + 1 :]
    for role in path:
        if role in staffed and may_grant(role, total_minor, 0, policy):
            return Asked(role=role, limit_minor=roles.authority_minor(role, policy))
    top = PATH[-1]
    return Asked(role=top, limit_minor=roles.authority_minor(top, policy))


def may_decline(role: Role, asked: Role) -> bool:
    """Return whether a role may refuse what another was asked for: theirs, or one below."""
    rung = roles.rung_of(role)
    return rung is not None and PATH.index(rung) >= PATH.index(asked)


def is_last(role: Role) -> bool:
    """Return whether nobody stands above a role on the path."""
    return role is PATH[-1]


def problems_with(kind: Kind, amount_minor: int) -> dict[str, str]:
    """Return what is wrong with an amount, by field."""
    if amount_minor < 0 or amount_minor > MAX_AMOUNT_MINOR:
        return {"amount": f"write an amount from 0 to {MAX_AMOUNT_MINOR // 100:,}"}
    if kind in MONEY and amount_minor == 0:
        return {"amount": f"a {kind.value} needs an amount"}
    return {}


def render_sum(amount_minor: int, currency: str) -> str:
    """Return an amount for people: "80.00 USD"."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d} {currency}"


def render_amount(kind: Kind, amount_minor: int, currency: str) -> str:
    """Return what is asked for, for people: "refund of 80.00 USD"."""
    if amount_minor == 0:
        return kind.value
    return f"{kind.value} of {render_sum(amount_minor, currency)}"


_SAID = {
    State.PROPOSED: "Nobody has approved this yet.",
    State.APPROVED: "This is approved already.",
    State.DECLINED: "This was declined.",
    State.WITHDRAWN: "This was withdrawn.",
    State.EXPIRED: "This has expired; propose it again if it still matters.",
    State.BEING_DONE: "This is being carried out.",
    State.DONE: "This was carried out and cannot be changed; propose another to put it right.",
}
