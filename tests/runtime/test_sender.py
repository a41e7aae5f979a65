"""A sender performs each effect at most once for each claim, and tells what it knows."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest

from baton.runtime.carrier import Errand, ManyHands
from baton.runtime.ports import Again, Done, Effect, Engine, Outcome, Refused, Unknown
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from tests.runtime.conftest import DATABASES, ENGINES
from tests.support.effects import START, Performing, StoppedClock, an_effect, effect_id_of

SECOND = timedelta(seconds=1)


class Receiver:
    """The outside world: performs what it is given, as the test has said."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = StoppedClock()
        self.performed: list[str] = []
        self.answers: dict[str, list[Outcome | Exception]] = {}
        self.takes = timedelta(0)
        self.sender = Sender(
            engine=engine,
            carriers={"send": Performing(self.perform)},
            clock=self.clock,
            retry=RetryPolicy(first=SECOND, factor=2, max_attempts=3, jitter=0),
            random=lambda: 0.5,
            owner="s1",
            lease=10 * SECOND,
        )

    def perform(self, effect: Effect) -> Outcome:
        self.performed.append(effect.intent_key)
        self.clock.advance(self.takes)
        answers = self.answers.get(effect.intent_key)
        answer = answers.pop(0) if answers else Done(receipt="r")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def run(self, *, until: timedelta = timedelta(0)) -> list[str]:
        """Run until nothing is due, second by second; return what was performed."""
        end = self.clock.now() + until
        while True:
            while self.sender.run_once():
                pass
            if self.clock.now() >= end:
                return self.performed
            self.clock.advance(SECOND)


@pytest.fixture
def receiver(engine: Engine) -> Receiver:
    return Receiver(engine)


every_engine = pytest.mark.parametrize("database", ENGINES)


@every_engine
def test_effects_of_a_lane_go_out_in_order(receiver: Receiver) -> None:
    receiver.engine.outbox.put([an_effect(key) for key in ("c", "a", "b")])
    assert receiver.run() == ["c", "a", "b"]
    assert receiver.run() == ["c", "a", "b"]


@every_engine
def test_a_retry_backs_off_and_keeps_the_order(receiver: Receiver) -> None:
    receiver.engine.outbox.put([an_effect("a"), an_effect("b"), an_effect("z", lane="zoe")])
    receiver.answers["a"] = [Again(reason="busy"), Again(reason="busy"), Done()]
    assert receiver.run() == ["a", "z"]
    assert receiver.run(until=SECOND) == ["a", "z", "a"]
    assert receiver.run(until=SECOND) == ["a", "z", "a"]
    assert receiver.run(until=SECOND) == ["a", "z", "a", "a", "b"]


@every_engine
def test_a_receivers_own_wait_overrides_the_back_off(receiver: Receiver) -> None:
    receiver.engine.outbox.put([an_effect("a")])
    receiver.answers["a"] = [Again(reason="limit", after=5 * SECOND)]
    assert receiver.run(until=4 * SECOND) == ["a"]
    assert receiver.run(until=SECOND) == ["a", "a"]


@every_engine
def test_what_keeps_failing_is_parked_and_its_lane_goes_on(receiver: Receiver) -> None:
    receiver.engine.outbox.put([an_effect("a"), an_effect("b")])
    receiver.answers["a"] = [Again(reason="busy", after=SECOND)] * 9
    assert receiver.run(until=20 * SECOND) == ["a", "a", "a", "b"]
    assert receiver.engine.depth(now=receiver.clock.now()).parked == 1


@every_engine
def test_an_exception_is_tried_again_only_if_that_is_harmless(receiver: Receiver) -> None:
    receiver.engine.outbox.put([an_effect("safe"), an_effect("once", lane="bo", repeatable=False)])
    receiver.answers = {"safe": [OSError("words")], "once": [OSError("words")]}
    assert sorted(receiver.run(until=9 * SECOND)) == ["once", "safe", "safe"]
    assert receiver.engine.depth(now=receiver.clock.now()).parked == 1


@every_engine
@pytest.mark.parametrize("answer", [Refused(reason="blocked"), Unknown(reason="time-out")])
def test_a_final_answer_is_final(receiver: Receiver, answer: Outcome) -> None:
    receiver.engine.outbox.put([an_effect("a")])
    receiver.answers["a"] = [answer]
    assert receiver.run(until=30 * SECOND) == ["a"]


class Killed(BaseException):
    pass


@every_engine
def test_a_death_leaves_unknown_only_what_was_not_settled(receiver: Receiver) -> None:
    receiver.engine.outbox.put(
        [an_effect(key, lane=key, repeatable=False) for key in ("a", "b", "c")]
    )

    def die_at_b(effect: Effect) -> Outcome:
        if effect.intent_key == "b":
            raise Killed
        return Done()

    receiver.sender.carriers = {"send": Performing(die_at_b)}
    with pytest.raises(Killed):
        receiver.sender.run_once()
    receiver.sender.carriers = {"send": Performing(receiver.perform)}
    assert receiver.run(until=20 * SECOND) == []
    assert receiver.engine.depth(now=receiver.clock.now()).parked == 2  # b and c, but not a


@every_engine
def test_nothing_is_begun_after_the_lease(receiver: Receiver) -> None:
    receiver.engine.outbox.put([an_effect(f"k{n}", lane=f"l{n}") for n in range(3)])
    receiver.takes = 6 * SECOND
    assert receiver.sender.run_once() == 3
    assert receiver.performed == ["k0", "k1"]
    receiver.takes = timedelta(0)
    assert receiver.run() == ["k0", "k1", "k2"]


@pytest.mark.parametrize("database", DATABASES)
def test_every_attempt_is_kept(receiver: Receiver, alias: str) -> None:
    from baton.store.models.runtime import RuntimeAttempt, RuntimeEffect  # noqa: PLC0415

    receiver.engine.outbox.put([an_effect("a"), an_effect("b", lane="bo", repeatable=False)])
    receiver.answers["a"] = [Again(reason="busy"), OSError("words"), Done(receipt="r-7")]
    receiver.engine.outbox.claim(now=START, limit=1, lease=SECOND, owner="dead")
    receiver.clock.advance(SECOND)
    receiver.run(until=9 * SECOND)
    attempts = RuntimeAttempt.objects.using(alias).order_by("id")
    kept = [
        (row.number, row.outcome, row.reason)
        for row in attempts.filter(effect_id=effect_id_of("a"))
    ]
    assert kept == [
        (1, "expired", "the lease ran out"),
        (2, "again", "busy"),
        (3, "again", "OSError"),
    ]
    assert list(attempts.filter(effect_id=effect_id_of("b")).values_list("outcome", "receipt")) == [
        ("done", "r")
    ]
    done = RuntimeEffect.objects.using(alias).get(effect_id=effect_id_of("b"))
    assert (done.state, done.receipt, bytes(done.body)) == ("done", "r", b"")


class Clerk:
    """A carrier that writes before and after, and may fail at either."""

    def __init__(self) -> None:
        self.prepared: list[list[str]] = []
        self.concluded: list[list[str]] = []
        self.fails_before: set[str] = set()
        self.fails_after: set[str] = set()

    def prepare(self, effects: Sequence[Effect]) -> list[Outcome | Errand[str]]:
        keys = [effect.intent_key for effect in effects]
        if self.fails_before & set(keys):
            raise OSError
        self.prepared.append(keys)
        return [Done() if k == "here" else Errand(run=partial(self.run, k)) for k in keys]

    def run(self, key: str) -> str:
        return key

    def conclude(self, ended: Sequence[tuple[Effect, str]]) -> list[Outcome]:
        keys = [key for _, key in ended]
        if self.fails_after & set(keys):
            raise OSError
        self.concluded.append(keys)
        return [Done(receipt=key) for key in keys]


@pytest.fixture
def clerk(receiver: Receiver) -> Clerk:
    clerk = Clerk()
    receiver.sender.carriers = {"send": clerk}
    receiver.engine.outbox.put(
        [an_effect(key, lane=key, repeatable=False) for key in ("a", "here", "b")]
    )
    return clerk


@every_engine
def test_a_batch_is_prepared_and_concluded_together(receiver: Receiver, clerk: Clerk) -> None:
    receiver.sender.hands = ManyHands(2)
    assert receiver.sender.run_once() == 3
    assert clerk.prepared == [["a", "here", "b"]]
    assert sorted(key for keys in clerk.concluded for key in keys) == ["a", "b"]
    assert receiver.sender.run_once() == 0
    receiver.sender.hands.close()


@pytest.mark.parametrize("database", ["memory"])
def test_one_that_cannot_be_begun_is_tried_again_and_holds_up_nobody(
    receiver: Receiver, clerk: Clerk
) -> None:
    clerk.fails_before = {"a"}
    receiver.run()
    assert [key for keys in clerk.concluded for key in keys] == ["b"]
    clerk.fails_before = set()
    receiver.run(until=SECOND)
    assert [key for keys in clerk.concluded for key in keys] == ["b", "a"]


@pytest.mark.parametrize("database", ["memory"])
def test_one_whose_end_cannot_be_written_is_unknown_and_holds_up_nobody(
    receiver: Receiver, clerk: Clerk
) -> None:
    clerk.fails_after = {"a"}
    receiver.run(until=9 * SECOND)
    assert [key for keys in clerk.concluded for key in keys] == ["b"]
    assert receiver.engine.depth(now=receiver.clock.now()).parked == 1


@pytest.mark.parametrize("database", ["memory"])
def test_a_slow_receiver_holds_up_the_settling_of_no_other(
    receiver: Receiver, clerk: Clerk
) -> None:
    told = threading.Event()

    def run(key: str) -> str:
        if key == "a":
            assert told.wait(10)  # until the other is settled
        return key

    def conclude(ended: Sequence[tuple[Effect, str]]) -> list[Outcome]:
        told.set()
        return Clerk.conclude(clerk, ended)

    clerk.run, clerk.conclude = run, conclude  # type: ignore[method-assign]
    receiver.sender.hands = ManyHands(2)
    receiver.sender.run_once()
    assert clerk.concluded == [["b"], ["a"]]
    receiver.sender.hands.close()
