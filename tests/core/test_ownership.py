"""Ownership: the table is the whole machine, and the bot speaks only as the bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import ownership
from baton.core.errors import Conflict
from baton.core.ownership import MOVES, Mark, Move, Owner

PEOPLE = (Owner.QUEUE, Owner.AGENT, Owner.ASYNC)
_BOT, _QUEUE, _AGENT, _ASYNC = Owner.BOT, Owner.QUEUE, Owner.AGENT, Owner.ASYNC

# The machine once more, as a person reads it: from each owner (a line) by each move.
# What is not named is refused.
EXPECTED: dict[Owner, dict[Move, Owner]] = {
    _BOT: {
        Move.OFFER: _QUEUE, Move.PROMISE: _ASYNC, Move.ACCEPT: _AGENT, Move.RESOLVE: _BOT,
        Move.REOPEN: _BOT, Move.UNDO: _AGENT,
    },
    _QUEUE: {
        Move.OFFER: _QUEUE, Move.PROMISE: _ASYNC, Move.ACCEPT: _AGENT, Move.RETURN: _BOT,
        Move.RESOLVE: _BOT, Move.TRANSFER: _AGENT, Move.UNDO: _AGENT,
    },
    _ASYNC: {
        Move.OFFER: _QUEUE, Move.PROMISE: _ASYNC, Move.ACCEPT: _AGENT, Move.RETURN: _BOT,
        Move.RESOLVE: _BOT, Move.TRANSFER: _AGENT,
    },
    _AGENT: {
        Move.RELEASE: _QUEUE, Move.TRANSFER: _AGENT, Move.RETURN: _BOT, Move.RESOLVE: _BOT,
        Move.UNDO: _AGENT,
    },
}  # fmt: skip


@pytest.mark.req("E20", "H20")
@pytest.mark.parametrize("owner", Owner)
@pytest.mark.parametrize("move", Move)
def test_each_move_from_each_owner_leads_where_it_should_or_is_refused(
    owner: Owner, move: Move
) -> None:
    expected = EXPECTED[owner].get(move)
    if expected is not None:
        assert ownership.next_owner(owner, move) is expected
        return
    with pytest.raises(Conflict, match=f"handled by {owner} cannot {move}"):
        ownership.next_owner(owner, move)


def test_only_the_bot_may_speak_as_the_bot() -> None:
    assert [owner for owner in Owner if ownership.may_bot_speak(owner)] == [Owner.BOT]


def test_only_an_explicit_return_or_a_close_leads_back_to_the_bot() -> None:
    back = {move for (owner, move), then in MOVES.items() if owner in PEOPLE and then is Owner.BOT}
    assert back == {Move.RETURN, Move.RESOLVE}


@pytest.mark.req("R1")
@pytest.mark.parametrize("owner", Owner)
def test_from_everywhere_a_person_can_take_or_close_it(owner: Owner) -> None:
    assert (owner, Move.RESOLVE) in MOVES
    assert owner is Owner.AGENT or MOVES[owner, Move.ACCEPT] is Owner.AGENT


@pytest.mark.req("H11", "H20")
@pytest.mark.parametrize("before", Owner)
@pytest.mark.parametrize("after", Owner)
def test_a_human_stretch_is_marked_at_both_ends(before: Owner, after: Owner) -> None:
    expected = {(True, False): Mark.BEGINS, (False, True): Mark.ENDS}
    mark = expected.get((before is Owner.BOT, after is Owner.BOT))
    assert ownership.mark_of(before, after) is mark


@given(st.lists(st.sampled_from(Move), max_size=30))
def test_whatever_is_tried_a_conversation_has_one_owner_and_marks_take_turns(
    moves: list[Move],
) -> None:
    owner, was_returned, marks = Owner.BOT, True, []
    for move in moves:
        try:
            then = ownership.next_owner(owner, move)
        except Conflict:
            continue
        if mark := ownership.mark_of(owner, then):
            marks.append(mark)
        owner = then
        if move in (Move.RETURN, Move.RESOLVE):
            was_returned = True
        elif owner is not Owner.BOT:
            was_returned = False
        assert owner in Owner
        assert ownership.may_bot_speak(owner) is was_returned
    assert marks == [Mark.BEGINS, Mark.ENDS] * (len(marks) // 2) + [Mark.BEGINS] * (len(marks) % 2)
