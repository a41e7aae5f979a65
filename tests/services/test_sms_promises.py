"""In any order of words, answers, receipts, silence and crashes: nothing twice, nothing after STOP.

What reached the provider is what counts, so it is a server that keeps each request. A
message may be asked for again only after an answer that says that nothing was taken.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.channels import ChannelPort, ChannelsPort, Outgoing
from baton.config.clock import VirtualClock
from baton.core.delivery import Delivery as Fate
from baton.core.keywords import Keyword
from baton.runtime.carrier import Errand
from baton.runtime.ports import Outcome
from baton.services.delivery.sending import Postman
from baton.store.models import Contact, Message
from tests.nlu.outside.server import Answer, Server, running
from tests.services.test_deliveries import Gym, a_gym

WORDS = ("What time do you open?", "Do you have a pool?", "STOP", "end", "START", "HELP")
MODES = ("takes", "hangs up", "busy", "breaks", "knows no number", "unsubscribed", "no account")
MAY_HAVE_TAKEN = frozenset({"takes", "hangs up", "breaks"})
OPS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(WORDS)),
    st.tuples(st.just("answered"), st.sampled_from(["STOP", "START"])),
    st.tuples(st.just("provider"), st.sampled_from(MODES)),
    st.tuples(st.just("receipt"), st.sampled_from(["sent", "delivered", "failed"])),
    st.tuples(st.just("passes"), st.sampled_from(["1", "30", "130", "600"])),
    st.tuples(st.just("crash"), st.sampled_from(WORDS[:2])),
)


class Died(BaseException):
    """The process is no more."""


@dataclass(frozen=True)
class Dying:
    """Channels of a process that dies as soon as a provider has answered."""

    channels: ChannelsPort

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:
        found = self.channels.find(channel, inbox_id)
        return DyingChannel(found) if found else None


@dataclass(frozen=True)
class DyingChannel:
    """A transport whose process dies once the message has left."""

    channel: ChannelPort

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def is_outside(self) -> bool:
        return self.channel.is_outside

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        return self.channel.render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        self.channel.send(outgoing)
        raise Died


@dataclass(kw_only=True)
class Course:
    """A gym with a number, and what its provider was asked under which mood."""

    gym: Gym
    mode: str = "takes"
    taken: set[str] = field(default_factory=set)
    seen: int = 0

    def take(self, op: str, word: str) -> None:
        {
            "says": lambda: self.gym.hears(word),
            "answered": lambda: self.gym.hears(word, keyword=Keyword(word.lower())),
            "provider": lambda: self.turn(word),
            "receipt": lambda: self.receipt(word),
            "passes": lambda: self.gym.world.pass_time(timedelta(seconds=int(word))),
            "crash": lambda: self.crash(word),
        }[op]()

    def turn(self, mode: str) -> None:
        """Let the provider answer otherwise from now on."""
        self.mode = mode
        provider = self.gym.provider
        numbers = iter(range(1, 10_000))
        refusals = {"knows no number": (21211, 400), "unsubscribed": (21610, 400)}
        if mode == "takes":
            first = len(provider.asked) * 100
            provider.answer = lambda _asked: Answer(
                status=201, pieces=(b'{"sid": "SM%032x"}' % (first + next(numbers)),)
            )
        elif mode == "hangs up":
            provider.answer = lambda _asked: Answer(hangs_up=True)
        elif mode in refusals:
            code, status = refusals[mode]
            provider.answers({"code": code}, status=status)
        else:
            provider.answers({}, status={"busy": 429, "breaks": 500, "no account": 401}[mode])

    def receipt(self, state: str) -> None:
        """Let a receipt come for the newest message, whatever became of it."""
        newest = Message.objects.filter(author="bot").order_by("-id").first()
        if newest is not None and newest.id in self.taken:
            code = "30003" if state == "failed" else ""
            self.gym.reports(Fate(state), code=code, sid=f"SM-{newest.id}", message=newest)

    def crash(self, word: str) -> None:
        """Answer somebody, and die between the provider's answer and writing it down."""
        gym = self.gym
        gym.writes(word)
        assert isinstance(gym.world.clock, VirtualClock)
        gym.world.clock.advance(timedelta(seconds=5))
        gym.crew.worker.run_once()
        with gym.world.house.engine.transaction():
            claimed = gym.world.house.engine.outbox.claim(
                now=gym.world.now, limit=1, lease=timedelta(minutes=2), owner="dies"
            )
        postman = Postman(house=gym.world.house, channels=Dying(gym.crew.channels))
        for effect in claimed:
            if effect.kind == "send_message":
                with gym.world.house.engine.transaction():
                    [errand] = postman.prepare([effect])
                if isinstance(errand, Errand):
                    with contextlib.suppress(Died):
                        errand.run()

    def check(self, *, was_out: bool, may_speak: bool) -> None:
        """Hold what has reached the provider since against the promises."""
        for asked in self.gym.provider.asked[self.seen :]:
            if asked.method != "POST":
                continue
            form = parse_qs(asked.body.decode())
            [message_id] = parse_qs(urlsplit(form["StatusCallback"][0]).query)["message"]
            assert message_id not in self.taken, "sent twice"
            if self.mode in MAY_HAVE_TAKEN:
                self.taken.add(message_id)
            if was_out and not may_speak:
                assert "unsubscribed" in form["Body"][0], "said something after STOP"
        self.seen = len(self.gym.provider.asked)


@pytest.fixture(scope="module")
def provider() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.mark.req("C24", "P18", "DI12")
@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ops=st.lists(OPS, min_size=2, max_size=9))
def test_nothing_is_sent_twice_and_nothing_after_stop(
    provider: Server, ops: list[tuple[str, str]]
) -> None:
    provider.asked.clear()
    with transaction.atomic(), a_gym(provider) as gym:
        course = Course(gym=gym)
        course.turn("takes")
        for op, word in ops:
            contact = Contact.objects.first()
            was_out = contact is not None and contact.opted_out == "sms"
            course.take(op, word)
            course.check(was_out=was_out, may_speak=word == "START")
        transaction.set_rollback(True)
