"""A crash between any two writes loses nothing, repeats nothing, reorders nothing.

One machine plays a workspace's life on any engine: messages arrive and arrive again
until they are answered, timers are set and moved, workers and senders run, and any of
these dies at any write. At the end everything runs to rest and the books must balance.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from baton.runtime.memory import MemoryEngine
from baton.runtime.ports import Arrival, Done, Effect, Engine, Event, Outcome, Timer
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from baton.store.runtime_store import DjangoEngine
from tests.support.effects import Performing, StoppedClock, a_timer, an_arrival, an_effect
from tests.support.engines import TABLES, empty_tables

SECOND = timedelta(seconds=1)
LEASE = 5 * SECOND
LANES = ("ann", "bo", "cy")
RETRY = RetryPolicy(first=SECOND, factor=1.5, ceiling=4 * SECOND, max_attempts=10**6)


class Crash(BaseException):
    """The process died: nothing in Baton may catch this."""


class DecidedTwice(BaseException):
    """The machine's own finding; not an Exception, so that no worker retries it away."""


@dataclass(slots=True)
class CrashPlan:
    """Dies at the write that `after` counts down to."""

    after: int | None = None

    def step(self) -> None:
        if self.after is None:
            return
        if self.after == 0:
            self.after = None
            raise Crash
        self.after -= 1


@dataclass(slots=True, kw_only=True)
class Site:
    """An engine under a crash plan, and how its machine is started again."""

    plan: CrashPlan
    engine: Engine
    restart: Callable[[], None] = lambda: None
    watched: Callable[[], AbstractContextManager[None]] = field(default=nullcontext)


def is_repeatable(intent_key: str) -> bool:
    return not intent_key.endswith("!")


class Life(RuleBasedStateMachine):
    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site = site
        self.clock = StoppedClock()
        self.names = iter(range(10**6))
        self.sent: list[Arrival] = []  # in the order in which each was first answered
        self.unanswered: list[Arrival] = []
        self.timers: dict[str, Timer] = {}
        self.fired: set[str] = set()
        self.poison: set[str] = set()
        self.received: list[tuple[str, str]] = []
        self.crash_while_performing = False

    # What happens inside the engine

    def decide(self, events: Sequence[Event], now: datetime) -> None:
        for event in events:
            if event.dedupe_key in self.poison:
                raise ValueError
        effects = [
            an_effect(
                event.dedupe_key,
                lane=event.lane,
                due_at=now,
                repeatable=is_repeatable(event.dedupe_key),
            )
            for event in events
        ]
        # A fact that is decided twice leads to an intent known already.
        if not all(self.site.engine.outbox.put(effects)):
            raise DecidedTwice

    def perform(self, effect: Effect) -> Outcome:
        self.received.append((effect.lane, effect.intent_key))
        if self.crash_while_performing:
            self.crash_while_performing = False
            raise Crash
        return Done(receipt="r")

    def attempt(self, work: Callable[[], object], crash_after: int | None) -> bool:
        """Do some work, which dies at a write; say whether it survived."""
        self.site.plan.after = crash_after
        try:
            with self.site.watched():
                work()
        except Crash:
            self.site.restart()
            return False
        finally:
            self.site.plan.after = None
        return True

    def work(self, crash_after: int | None = None) -> bool:
        worker = Worker(
            engine=self.site.engine,
            decide=self.decide,
            clock=self.clock,
            retry=RETRY,
            random=lambda: 0.5,
            at_once=("timer",),
            batch=4,
        )
        return self.attempt(worker.run_once, crash_after)

    def send(self, crash_after: int | None = None) -> bool:
        sender = Sender(
            engine=self.site.engine,
            carriers={"send": Performing(self.perform)},
            clock=self.clock,
            retry=RETRY,
            random=lambda: 0.5,
            owner="s",
            batch=3,
            lease=LEASE,
        )
        return self.attempt(sender.run_once, crash_after)

    # What happens outside of it

    # No piece of work takes many more writes than this, so most of these do hit.
    crashes = st.none() | st.integers(0, 14)

    @rule(
        lanes=st.lists(st.sampled_from(LANES), min_size=1, max_size=4),
        is_once=st.booleans(),
        burst=st.integers(0, 2),
        crash_after=crashes,
    )
    def messages_arrive(
        self, lanes: list[str], *, is_once: bool, burst: int, crash_after: int | None
    ) -> None:
        arrivals = [
            an_arrival(
                f"m{next(self.names):04}{'!' if is_once else ''}",
                lane=lane,
                at=self.clock.now(),
                due_at=self.clock.now() + burst * SECOND,
            )
            for lane in lanes
        ]
        self.deliver(arrivals, crash_after)

    @rule(lane=st.sampled_from(LANES), working=st.integers(0, 14), sending=st.integers(0, 14))
    def a_message_dies_on_its_way(self, lane: str, working: int, sending: int) -> None:
        """Make sure that there is work to die in."""
        self.messages_arrive(
            lanes=[lane, lane], is_once=sending % 2 == 0, burst=0, crash_after=None
        )
        self.work(working)
        self.work()
        self.send(sending)

    @rule(crash_after=crashes)
    def unanswered_messages_come_again(self, crash_after: int | None) -> None:
        arrivals, self.unanswered = self.unanswered, []
        self.deliver(arrivals, crash_after)

    @rule()
    def an_answered_message_comes_again(self) -> None:
        if self.sent:
            assert self.site.engine.inbox.append(self.sent[-1:]) == (False,)

    def deliver(self, arrivals: list[Arrival], crash_after: int | None) -> None:
        if self.attempt(lambda: self.site.engine.inbox.append(arrivals), crash_after):
            self.sent.extend(arrivals)
        else:
            self.unanswered.extend(arrivals)

    @rule(
        key=st.sampled_from(("t1", "t2", "t3")),
        lane=st.sampled_from(LANES),
        wait=st.integers(1, 9),
        crash_after=crashes,
    )
    def a_timer_is_set(self, key: str, lane: str, wait: int, crash_after: int | None) -> None:
        timer = a_timer(key, lane=lane, due_at=self.clock.now() + wait * SECOND)
        before = self.timers.get(key)
        if before and before.due_at <= self.clock.now():
            return  # whether it has fired is the worker's business; leave it alone
        if self.attempt(lambda: self.site.engine.timers.put([timer]), crash_after):
            if before:
                self.fired.discard(before.firing_key)
            self.timers[key] = timer
            self.fired.add(timer.firing_key)

    @rule(key=st.sampled_from(("t1", "t2", "t3")))
    def a_timer_is_cancelled(self, key: str) -> None:
        timer = self.timers.get(key)
        if timer and timer.due_at > self.clock.now():
            assert self.site.engine.timers.cancel("gym", [key]) == 1
            self.fired.discard(timer.firing_key)
            del self.timers[key]

    @rule()
    def a_message_turns_out_to_be_poison(self) -> None:
        if self.sent:
            self.poison.add(self.sent[-1].dedupe_key)

    @rule(crash_after=crashes)
    def a_worker_runs(self, crash_after: int | None) -> None:
        self.work(crash_after)

    @rule(crash_after=crashes, while_performing=st.booleans())
    def a_sender_runs(self, crash_after: int | None, *, while_performing: bool) -> None:
        self.crash_while_performing = while_performing
        self.send(crash_after)
        self.crash_while_performing = False

    @rule(seconds=st.integers(1, 6))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds * SECOND)

    # At the end

    def teardown(self) -> None:  # type: ignore[explicit-override] # typing's is of Python 3.12
        self.crash_while_performing = False
        self.poison.clear()
        self.deliver(self.unanswered, None)
        self.run_to_rest()
        self.check_the_books()

    def run_to_rest(self) -> None:
        for _ in range(500):
            self.work()
            self.send()
            due_at = self.site.engine.next_due_at()
            if due_at is None:
                return
            self.clock.at = max(self.clock.at, due_at)
        raise AssertionError("the engine does not come to rest")

    def check_the_books(self) -> None:
        counts = Counter(key for _, key in self.received)
        facts = {arrival.dedupe_key for arrival in self.sent} | self.fired
        assert set(counts) <= facts
        once = {key for key in facts if not is_repeatable(key)}
        # What may be repeated has arrived; what may not has arrived at most once, and
        # what nobody knows about stands where a person sees it.
        assert facts - once <= set(counts)
        assert all(counts[key] <= 1 for key in once)
        assert len(once - set(counts)) <= self.site.engine.depth(now=self.clock.now()).parked
        for lane in LANES:
            first_seen = list(dict.fromkeys(k for where, k in self.received if where == lane))
            answered = list(dict.fromkeys(a.dedupe_key for a in self.sent if a.lane == lane))
            messages = [key for key in first_seen if key.startswith("m")]
            assert messages == [key for key in answered if key in counts]


def play(make_site: Callable[[], Site], *, examples: int, is_shrinking: bool = True) -> None:
    run_state_machine_as_test(
        lambda: Life(make_site()),  # type: ignore[arg-type] # any factory serves, says its doc
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate, Phase.shrink] if is_shrinking else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def memory_site() -> Site:
    plan = CrashPlan()
    return Site(plan=plan, engine=MemoryEngine(plan.step))


def test_memory() -> None:
    play(memory_site, examples=150)


@pytest.mark.parametrize(
    ("database", "examples"),
    [("sqlite", 40), pytest.param("postgres", 15, marks=pytest.mark.postgres)],
)
def test_database(alias: str, database: str, examples: int) -> None:
    def make_site() -> Site:
        if database == "postgres":
            empty_tables(alias)
        else:
            for table in TABLES:
                table._base_manager.using(alias).all().delete()
        plan = CrashPlan()

        def crash_at_statement(execute: Callable[..., object], *arguments: object) -> object:
            plan.step()
            return execute(*arguments)

        @contextmanager
        def watched() -> Iterator[None]:
            with connections[alias].execute_wrapper(crash_at_statement):
                yield

        engine = DjangoEngine(alias)
        # A dead process's connection is gone, and what it had not committed with it.
        return Site(plan=plan, engine=engine, restart=engine.close, watched=watched)

    play(make_site, examples=examples, is_shrinking=False)


def test_the_machine_would_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without undoing, the same machine fails: the crashes do hit between writes."""
    from baton.runtime.memory.journal import Journal  # noqa: PLC0415

    monkeypatch.setattr(Journal, "undo", Journal.keep)
    with pytest.raises((AssertionError, DecidedTwice)):
        play(memory_site, examples=150, is_shrinking=False)
