"""In any order of opt-ins, opt-outs, sends, retries, receipts and crashes, the promises hold.

Nothing twice, nothing after STOP, nothing unasked without consent to its purpose, nothing
unasked at night. What reached the provider is what counts, so it is a server that keeps each
request with its moment, and what may reach it is told by a model of the test's own. A message
may be asked for again only after an answer that says that nothing was taken.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from baton.channels import ChannelPort, ChannelsPort, Outgoing
from baton.config.clock import VirtualClock
from baton.core.delivery import Delivery as Fate
from baton.core.json import Json
from baton.core.keywords import Keyword
from baton.runtime.carrier import Errand
from baton.runtime.ports import Outcome
from baton.services import arrivals
from baton.services.delivery.sending import Postman
from baton.services.facts import EventReported
from baton.services.people import consents
from baton.store.models import Message
from tests.nlu.outside.server import Answer, Asked, Server, running
from tests.services.test_deliveries import NUMBER, Gym, a_gym
from tests.services.test_events import publish

WORDS = ("What time do you open?", "Do you have a pool?", "STOP", "end", "START", "HELP")
MODES = ("takes", "hangs up", "busy", "breaks", "knows no number", "unsubscribed", "no account")
FLOWS = {"news": "transactional", "offer": "promotional"}
LONDON, AWAKE = ZoneInfo("Europe/London"), timedelta(minutes=30)
MAY_HAVE_TAKEN = frozenset({"takes", "hangs up", "breaks"})
OPS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(WORDS)),
    st.tuples(st.just("answered"), st.sampled_from(["STOP", "START"])),
    st.tuples(st.just("provider"), st.sampled_from(MODES)),
    st.tuples(st.just("receipt"), st.sampled_from(["sent", "delivered", "failed"])),
    st.tuples(st.just("passes"), st.sampled_from(["1", "130", "600", "7200", "25200", "46800"])),
    st.tuples(st.just("crash"), st.sampled_from([*WORDS[:2], *FLOWS])),
    st.tuples(st.just("happens"), st.sampled_from(sorted(FLOWS))),
    st.tuples(
        st.just("agrees"), st.sampled_from(["transactional", "promotional", "promotional 1"])
    ),
    st.tuples(
        st.just("takes back"), st.sampled_from(["transactional", "promotional", "promotional 1"])
    ),
)
AGREED = [("agrees", "transactional"), ("agrees", "promotional")]


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


@dataclass(frozen=True, slots=True)
class Request:
    """What the provider was asked, when, and in which mood it answered."""

    asked: Asked
    at: datetime
    mode: str


@dataclass(kw_only=True)
class Course:
    """A gym with a number, what its provider was asked, and what may reach its contact."""

    gym: Gym
    mode: str = "takes"
    taken: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    count: int = 0
    is_out: bool = False
    wrote_at: datetime | None = None
    words: list[tuple[datetime, int, str, bool]] = field(default_factory=list)

    def take(self, op: str, word: str) -> None:
        """Let something happen, and hold what the provider was asked meanwhile to the promises."""
        was_out, before = self.is_out, list(self.words)
        purpose, _, days = word.partition(" ")
        {
            "says": lambda: self.hear(word),
            "answered": lambda: self.hear(word, Keyword(word.lower())),
            "provider": lambda: self.turn(word),
            "receipt": lambda: self.receipt(word),
            "passes": lambda: self.gym.world.pass_time(timedelta(seconds=int(word))),
            "crash": lambda: self.crash(word),
            "happens": lambda: self.happen(word, is_run=True),
            "agrees": lambda: self.tell(purpose, int(days or 0), is_granted=True),
            "takes back": lambda: self.tell(purpose, int(days or 0), is_granted=False),
        }[op]()
        requests, self.requests = self.requests, []
        for request in requests:
            if request.asked.method == "POST":
                self.judge(request, was_out=was_out and word != "START", before=before)

    def hear(self, text: str, keyword: Keyword | None = None) -> None:
        """Let the contact write."""
        at = self.wrote_at = self.gym.world.now
        self.gym.hears(text, keyword=keyword)
        if text in ("STOP", "end"):
            self.is_out = True
            self.note(at, "all", is_granted=False)
        elif text == "START":
            self.is_out = False
            self.note(at, "transactional", is_granted=True)

    def tell(self, purpose: str, days: int, *, is_granted: bool) -> None:
        """Let somebody report what the contact said, days ago; an old word changes nothing."""
        at = self.gym.world.now - timedelta(days=days)
        self.note(at, purpose, is_granted=is_granted)
        facts: dict[str, Json] = {"purpose": purpose, "source": "desk", "at": at.isoformat()}
        self.report(consents.GIVEN if is_granted else consents.WITHDRAWN, facts)
        self.gym.world.run_idle()

    def note(self, at: datetime, purpose: str, *, is_granted: bool) -> None:
        self.words.append((at, len(self.words), purpose, is_granted))

    def happen(self, flow: str, *, is_run: bool) -> None:
        """Let something happen of which a flow tells unasked."""
        self.count += 1
        self.report(f"{flow}_due", {"number": str(self.count)})
        if is_run:
            self.gym.world.run_idle()

    def report(self, event: str, facts: dict[str, Json]) -> None:
        house, world = self.gym.world.house, self.gym.world
        fact = EventReported(
            event=event, facts=facts, channel="sms", inbox_id=self.gym.inbox.id, address=NUMBER
        )
        arrival = arrivals.arrival_of(
            fact,
            house.keyset,
            workspace_id=world.workspace_id,
            lane=arrivals.lane_of(house.keyset, world.workspace_id, "sms", NUMBER),
            dedupe_key=f"event:{house.next_id(world.now)}",
            received_at=world.now,
        )
        with house.engine.transaction():
            house.engine.inbox.append([arrival])

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
        answer, world = provider.answer, self.gym.world

        def kept(asked: Asked) -> Answer:
            self.requests.append(Request(asked, world.now, mode))
            return answer(asked)

        provider.answer = kept

    def receipt(self, state: str) -> None:
        """Let a receipt come for the newest message, whatever became of it."""
        newest = Message.objects.filter(author="bot").order_by("-id").first()
        if newest is not None and newest.id in self.taken:
            code = "30003" if state == "failed" else ""
            self.gym.reports(Fate(state), code=code, sid=f"SM-{newest.id}", message=newest)

    def crash(self, word: str) -> None:
        """Answer somebody, and die between the provider's answer and writing it down."""
        gym = self.gym
        if word in FLOWS:
            self.happen(word, is_run=False)
        else:
            self.wrote_at = gym.world.now
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

    def judge(
        self, request: Request, *, was_out: bool, before: list[tuple[datetime, int, str, bool]]
    ) -> None:
        """Hold one request against the promises; a word counts from somewhere in its own step."""
        form = parse_qs(request.asked.body.decode())
        [message_id] = parse_qs(urlsplit(form["StatusCallback"][0]).query)["message"]
        [text] = form["Body"]
        assert message_id not in self.taken, "sent twice"
        assert text not in self.told, "said twice"
        flow = text.split(maxsplit=1)[0]
        if request.mode in MAY_HAVE_TAKEN:
            self.taken.add(message_id)
            if flow in FLOWS:
                self.told.add(text)
        if was_out:
            assert "unsubscribed" in text, "said something after STOP"
        if flow in FLOWS:
            self.judge_unasked(request.at, FLOWS[flow], before)

    def judge_unasked(
        self, at: datetime, purpose: str, before: list[tuple[datetime, int, str, bool]]
    ) -> None:
        is_permitted = _is_permitted(before, purpose) or _is_permitted(self.words, purpose)
        assert is_permitted, f"{purpose} without consent"
        is_awake = self.wrote_at is not None and at - self.wrote_at <= AWAKE
        assert is_awake or 8 <= at.astimezone(LONDON).hour < 21, "unasked at night"


def _is_permitted(words: list[tuple[datetime, int, str, bool]], purpose: str) -> bool:
    of_it = [word for word in words if word[2] in (purpose, "all")]
    # Of two words of one moment the no counts.
    return bool(of_it) and max(of_it, key=lambda word: (word[0], not word[3]))[3]


@pytest.fixture(scope="module")
def provider() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.mark.req("C24", "P1", "P3", "P16", "P18", "DI12")
@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ops=st.lists(OPS, min_size=2, max_size=9))
# What each promise is broken by most simply, so that every run tries it.
@example(ops=[*AGREED, ("crash", "news"), ("passes", "600"), ("passes", "7200")])
@example(ops=[*AGREED, ("provider", "hangs up"), ("happens", "news"), ("passes", "7200")])
@example(ops=[*AGREED, ("provider", "busy"), ("happens", "news"), ("says", "STOP"),
              ("provider", "takes"), ("passes", "7200")])  # fmt: skip
@example(ops=[*AGREED, ("says", "STOP"), ("agrees", "promotional"), ("happens", "offer")])
@example(ops=[("says", WORDS[0]), ("happens", "news"), ("happens", "offer")])
@example(ops=[*AGREED, ("takes back", "promotional"), ("agrees", "promotional 1"),
              ("happens", "offer")])  # fmt: skip
@example(ops=[*AGREED, ("passes", "46800"), ("happens", "news"), ("passes", "46800")])
@example(ops=[*AGREED, ("passes", "46800"), ("happens", "news"),
              ("takes back", "transactional"), ("passes", "46800")])  # fmt: skip
def test_the_promises_hold_in_any_order(provider: Server, ops: list[tuple[str, str]]) -> None:
    provider.asked.clear()
    with transaction.atomic(), a_gym(provider) as gym:
        for flow, purpose in FLOWS.items():
            steps: dict[str, Json] = {
                "say": {"type": "send", "text": f"{flow} {{{{ run.number }}}}", "then": "over"},
                "over": {"type": "end"},
            }
            trigger: Json = {"on": "event", "event": f"{flow}_due"}
            head: dict[str, Json] = {
                "purpose": purpose, "channels": ["sms"], "facts": {"number": "text"},
            }  # fmt: skip
            publish(gym.world, flow, trigger, steps, **head)
        course = Course(gym=gym)
        course.turn("takes")
        for op, word in ops:
            course.take(op, word)
        transaction.set_rollback(True)
