"""Ownership: the table is the whole machine, and the bot speaks only as the bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import ownership
from baton.core.errors import Conflict
from baton.core.ownership import MOVES, Move, Owner

PEOPLE = (Owner.QUEUE, Owner.AGENT, Owner.ASYNC)


@pytest.mark.req("E20")
@pytest.mark.parametrize("owner", Owner)
@pytest.mark.parametrize("move", Move)
def test_a_move_is_in_the_table_or_refused(owner: Owner, move: Move) -> None:
    if (owner, move) in MOVES:
        assert ownership.next_owner(owner, move) is MOVES[owner, move]
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


@given(st.lists(st.sampled_from(Move), max_size=30))
def test_whatever_is_tried_a_conversation_has_one_owner(moves: list[Move]) -> None:
    owner, was_returned = Owner.BOT, True
    for move in moves:
        try:
            owner = ownership.next_owner(owner, move)
        except Conflict:
            continue
        if move in (Move.RETURN, Move.RESOLVE):
            was_returned = True
        elif owner is not Owner.BOT:
            was_returned = False
        assert owner in Owner
        assert ownership.may_bot_speak(owner) is was_returned
