"""What every outbox does, whatever it is kept in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baton.runtime.ports import (
    OUTBOX,
    Again,
    Done,
    Effect,
    Ended,
    Engine,
    Later,
    Outcome,
    Park,
    Refused,
    Unknown,
)
from tests.runtime.conftest import ENGINES
from tests.support.effects import START, an_effect

pytestmark = pytest.mark.parametrize("database", ENGINES)
MINUTE = timedelta(minutes=1)


def claim(engine: Engine, now: datetime = START, limit: int = 100) -> tuple[Effect, ...]:
    return engine.outbox.claim(now=now, limit=limit, lease=MINUTE, owner="w")


def keys(effects: Sequence[Effect]) -> list[str]:
    return [effect.intent_key for effect in effects]


def settle(
    engine: Engine, effect: Effect, outcome: Outcome, retry_at: datetime | None = None
) -> None:
    engine.outbox.settle([Ended(effect=effect, outcome=outcome, retry_at=retry_at)], now=START)


def test_one_intent_is_stored_once(engine: Engine) -> None:
    assert engine.outbox.put([an_effect("a"), an_effect("b", lane="bo")]) == (True, True)
    assert engine.outbox.put([an_effect("a"), an_effect("c", lane="cy")]) == (False, True)
    assert engine.outbox.put([an_effect("a", workspace_id="shop")]) == (True,)
    assert keys(claim(engine)) == ["a", "b", "c", "a"]


def test_an_effect_comes_back_as_it_was_put_with_its_attempt(engine: Engine) -> None:
    put = an_effect("a", repeatable=False)
    engine.outbox.put([put])
    (taken,) = claim(engine)
    assert (taken.attempt, taken.claim) == (1, 1)
    assert taken == Effect(
        id=put.id,
        workspace_id="gym",
        lane="ann",
        kind="send",
        intent_key="a",
        body=b"reply",
        due_at=START,
        repeatable=False,
        attempt=1,
        claim=1,
    )


def test_a_claimed_effect_holds_up_its_lane_alone(engine: Engine) -> None:
    engine.outbox.put([an_effect("a"), an_effect("b"), an_effect("c", lane="bo")])
    first, other = claim(engine)
    assert keys([first, other]) == ["a", "c"]
    assert claim(engine) == ()
    settle(engine, first, Done(receipt="r"))
    assert keys(claim(engine)) == ["b"]


def test_a_claim_is_held_until_it_ends_or_runs_out(engine: Engine) -> None:
    engine.outbox.put([an_effect("a"), an_effect("b", lane="bo"), an_effect("c", lane="cy")])
    claimed = claim(engine)
    settle(engine, claimed[1], Done(receipt="r"))
    with engine.transaction():
        assert keys(engine.outbox.held(claimed)) == ["a", "c"]
    again = claim(engine, START + MINUTE)
    assert keys(again) == ["a", "c"]
    with engine.transaction():
        assert engine.outbox.held(claimed) == ()  # whoever stood still lost them
        assert engine.outbox.held(again) == again


def test_an_effect_tried_again_holds_up_its_lane(engine: Engine) -> None:
    engine.outbox.put([an_effect("a"), an_effect("b")])
    (first,) = claim(engine)
    settle(engine, first, Again(reason="busy"), START + MINUTE)
    assert claim(engine) == ()
    (again,) = claim(engine, START + MINUTE)
    assert (again.intent_key, again.attempt) == ("a", 2)


def test_an_effect_that_is_put_off_holds_nobody_up_and_starts_anew(engine: Engine) -> None:
    engine.outbox.put([an_effect("night"), an_effect("reply")])
    (first,) = claim(engine)
    settle(engine, first, Again(reason="busy"), START)
    (second,) = claim(engine)
    settle(engine, second, Later(reason="quiet", until=START + 2 * MINUTE))
    assert engine.next_due_at() == START
    (reply,) = claim(engine)
    assert reply.intent_key == "reply"
    settle(engine, reply, Done())
    assert claim(engine, START + MINUTE) == ()
    (night,) = claim(engine, START + 2 * MINUTE)
    assert (night.intent_key, night.attempt, night.claim) == ("night", 1, 3)


def test_who_lost_an_effect_cannot_put_it_off(engine: Engine) -> None:
    engine.outbox.put([an_effect("a")])
    (lost,) = claim(engine)
    (taken,) = claim(engine, START + MINUTE)
    settle(engine, lost, Later(reason="quiet", until=START + 9 * MINUTE))
    settle(engine, taken, Done())
    assert claim(engine, START + 9 * MINUTE) == ()


def test_an_effect_put_for_later_holds_nobody_up(engine: Engine) -> None:
    engine.outbox.put([an_effect("survey", due_at=START + MINUTE / 2), an_effect("reply")])
    (reply,) = claim(engine)
    assert reply.intent_key == "reply"
    # ... but two of one lane are never done at a time, in whatever order they were put
    assert claim(engine, START + MINUTE / 2) == ()
    settle(engine, reply, Done())
    assert keys(claim(engine, START + MINUTE / 2)) == ["survey"]


@pytest.mark.parametrize(
    "outcome", [Done(), Refused(reason="blocked"), Unknown(reason="time-out"), Park(reason="token")]
)
def test_a_lane_goes_on_after_what_is_not_tried_again(engine: Engine, outcome: Outcome) -> None:
    engine.outbox.put([an_effect("a"), an_effect("b")])
    settle(engine, claim(engine)[0], outcome)
    assert keys(claim(engine)) == ["b"]


def test_again_without_a_moment_parks(engine: Engine) -> None:
    engine.outbox.put([an_effect("a")])
    settle(engine, claim(engine)[0], Again(reason="busy"))
    assert engine.depth(now=START).parked == 1


@pytest.mark.parametrize("outcome", [Unknown(reason="time-out"), Park(reason="token")])
def test_a_person_puts_stuck_effects_back(engine: Engine, outcome: Outcome) -> None:
    engine.outbox.put([an_effect("a")])
    (first,) = claim(engine)
    settle(engine, first, outcome)
    assert engine.outbox.redrive([first.id, "unheard-of"], now=START + MINUTE) == 1
    assert engine.outbox.redrive([first.id], now=START + MINUTE) == 0
    (again,) = claim(engine, START + MINUTE)
    assert (again.attempt, again.claim, again.body) == (1, 2, b"reply")


@pytest.mark.parametrize("outcome", [Done(), Refused(reason="blocked")])
def test_what_is_over_stays_over(engine: Engine, outcome: Outcome) -> None:
    engine.outbox.put([an_effect("a")])
    (first,) = claim(engine)
    settle(engine, first, outcome)
    assert engine.outbox.redrive([first.id], now=START) == 0
    assert engine.outbox.put([an_effect("a")]) == (False,)
    assert claim(engine, START + 9 * MINUTE) == ()
    depth = engine.depth(now=START)
    assert (depth.due, depth.waiting, depth.parked) == (0, 0, 0)


def test_after_the_lease_the_repeatable_is_due_and_the_rest_unknown(engine: Engine) -> None:
    engine.outbox.put([an_effect("a"), an_effect("b", lane="bo", repeatable=False)])
    claim(engine)
    assert claim(engine, START + MINUTE - timedelta(seconds=1)) == ()
    again = claim(engine, START + MINUTE)
    assert [(e.intent_key, e.attempt) for e in again] == [("a", 2)]
    assert engine.depth(now=START + MINUTE).parked == 1


def test_a_late_answer_cannot_settle_what_another_has_taken(engine: Engine) -> None:
    engine.outbox.put([an_effect("a")])
    (slow,) = claim(engine)
    (taken,) = claim(engine, START + MINUTE)
    settle(engine, slow, Again(reason="busy"), START)
    settle(engine, slow, Done())
    assert claim(engine, START + MINUTE) == ()
    settle(engine, taken, Done())
    assert engine.depth(now=START + 9 * MINUTE).due == 0


def test_a_late_final_answer_counts_while_nobody_else_has_the_effect(engine: Engine) -> None:
    engine.outbox.put([an_effect("a", repeatable=False), an_effect("b", lane="bo")])
    unknown, due = claim(engine)
    engine.outbox.claim(now=START + MINUTE, limit=0, lease=MINUTE, owner="w")
    settle(engine, unknown, Done(receipt="r"))
    settle(engine, due, Done(receipt="r"))
    assert claim(engine, START + MINUTE) == ()
    assert engine.depth(now=START + MINUTE).parked == 0


def test_a_late_again_leaves_the_unknown_unknown(engine: Engine) -> None:
    engine.outbox.put([an_effect("a", repeatable=False)])
    (slow,) = claim(engine)
    claim(engine, START + MINUTE)
    settle(engine, slow, Again(reason="busy"), START)
    assert claim(engine, START + MINUTE) == ()
    assert engine.depth(now=START + MINUTE).parked == 1


@pytest.mark.parametrize("outcome", [Done(receipt="r"), Refused(reason="gone")])
def test_a_receipt_resolves_the_unknown(engine: Engine, outcome: Done | Refused) -> None:
    engine.outbox.put([an_effect("a", repeatable=False)])
    (first,) = claim(engine)
    engine.outbox.resolve_unknown(first.id, outcome, now=START)  # not unknown yet
    settle(engine, first, Unknown(reason="time-out"))
    for _ in range(2):
        engine.outbox.resolve_unknown(first.id, outcome, now=START)
    engine.outbox.resolve_unknown("unheard-of", outcome, now=START)
    assert engine.depth(now=START).parked == 0
    assert engine.outbox.redrive([first.id], now=START) == 0


def test_a_limit_takes_the_oldest_first(engine: Engine) -> None:
    engine.outbox.put(
        [an_effect(f"e{n}", lane=f"l{n}", due_at=START - n * MINUTE) for n in range(6)]
    )
    assert sorted(keys(claim(engine, limit=2))) == ["e4", "e5"]


def test_many_effects_in_one_call(engine: Engine) -> None:
    put = engine.outbox.put([an_effect(f"e{n}", lane=f"l{n % 40}") for n in range(2_500)])
    assert put == (True,) * 2_500
    assert len(claim(engine, limit=5_000)) == 40


def test_empty_calls_change_nothing(engine: Engine) -> None:
    assert engine.outbox.put([]) == ()
    assert engine.outbox.redrive([], now=START) == 0
    assert claim(engine) == ()


def test_a_claim_leaves_other_kinds_where_they_stand(engine: Engine) -> None:
    file = replace(an_effect("file"), kind="fetch")
    engine.outbox.put([file, an_effect("after"), an_effect("b", lane="bo")])
    sends = engine.outbox.claim(now=START, limit=9, lease=MINUTE, owner="w", kinds=("send",))
    assert keys(sends) == ["b"]  # of ann's lane the file comes first
    assert engine.next_due_at([OUTBOX], ("send",)) == START + MINUTE  # the end of the lease
    assert engine.next_due_at([OUTBOX], ("fetch",)) == START
    (fetched,) = engine.outbox.claim(
        now=START, limit=9, lease=MINUTE, owner="f", kinds=("fetch", "look")
    )
    settle(engine, fetched, Done())
    assert keys(claim(engine)) == ["after"]
