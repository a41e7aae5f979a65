"""How far a return has come, what moves it on, and what of it may be refunded."""

from enum import StrEnum

from baton.core.errors import Conflict


class State(StrEnum):
    """How far a return has come."""

    ASKED = "asked"  # and not decided yet
    SPECIALIST = "specialist"
    REFUSED = "refused"
    APPROVED = "approved"
    LABELLED = "labelled"
    REFUNDED = "refunded"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What moves it on."""

    # the rules want a specialist; or a refusal is talked over
    PASS_ON = "pass_on"  # noqa: S105 - no password
    APPROVE = "approve"
    REFUSE = "refuse"
    LABEL = "label"
    VOID_LABEL = "void_label"
    REFUND = "refund"
    WITHDRAW = "withdraw"


_DECIDED_BY_RULES = {
    (State.ASKED, Move.PASS_ON): State.SPECIALIST,
    (State.ASKED, Move.APPROVE): State.APPROVED,
    (State.ASKED, Move.REFUSE): State.REFUSED,
    (State.ASKED, Move.WITHDRAW): State.WITHDRAWN,
}
MOVES: dict[tuple[State, Move], State] = _DECIDED_BY_RULES | {
    (State.SPECIALIST, Move.APPROVE): State.APPROVED,
    (State.SPECIALIST, Move.REFUSE): State.REFUSED,
    (State.SPECIALIST, Move.WITHDRAW): State.WITHDRAWN,
    (State.REFUSED, Move.PASS_ON): State.SPECIALIST,
    (State.APPROVED, Move.LABEL): State.LABELLED,
    (State.APPROVED, Move.PASS_ON): State.SPECIALIST,
    (State.APPROVED, Move.REFUND): State.REFUNDED,
    (State.APPROVED, Move.WITHDRAW): State.WITHDRAWN,
    (State.LABELLED, Move.VOID_LABEL): State.APPROVED,
    (State.LABELLED, Move.REFUND): State.REFUNDED,
    (State.LABELLED, Move.WITHDRAW): State.WITHDRAWN,
}

MAY_BE_PAID = frozenset({State.APPROVED, State.LABELLED})
"""States in which a refund may be proposed."""
COUNTED = frozenset(State) - {State.REFUSED, State.WITHDRAWN}
"""States whose items are back, or on their way: they cannot come back once more."""


def next_state(state: State, move: Move) -> State:
    """Return the state after a move; raises Conflict for a move that the table does not name."""
    try:
        return MOVES[state, move]
    except KeyError:
        message = f"This return is {state.value}. Look at it again: it has changed meanwhile."
        raise Conflict(message) from None


def problem_with_refund(
    state: State, allowed_minor: int, amount_minor: int, proposed_minor: int
) -> str:
    """Return why a refund of a return may not be proposed, "" where it may.

    `allowed_minor` is what the decision allows, `proposed_minor` what is proposed, granted
    or carried out for it already: nothing is refunded twice.
    """
    if state not in MAY_BE_PAID:
        return f"a return that is {state.value} is not refunded"
    if amount_minor + proposed_minor > allowed_minor:
        return f"more than the {sum_words(allowed_minor)} that this return allows"
    return ""


def sum_words(amount_minor: int) -> str:
    """Return an amount of minor units as people read it, without its currency."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"
