"""In any order of words, consents, events, failures and time, the promises of sending hold.

Nothing after STOP but its confirmation, nothing twice, nothing promotional without consent,
nothing unasked at night. What is judged is what a receiver got, by a model of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from baton.channels import ChannelPort, Outgoing
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.json import Json
from baton.runtime.carrier import Alone
from baton.runtime.loop import Loop
from baton.runtime.ports import Again, Done, Outcome
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from baton.services.conversation.turns import Turns
from baton.services.delivery.outgoing import SEND_MESSAGE
from baton.services.delivery.sending import Postman
from baton.services.desk import compliance
from baton.services.evidence import harm_watch
from baton.services.workspace.compliance_looks import CHECK_COMPLIANCE
from baton.services.workspace.harm_looks import LOOK_FOR_HARM
from baton.store.models import Contact, Message
from tests.services.test_events import publish

STORY = Story.model_validate(
    {
        "story": "any-order",
        "title": "Anything, in any order",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat", "name": "Mia"}},
        "steps": [{"passes": "1s"}],
    }
)
LONDON = ZoneInfo("Europe/London")
AWAKE = timedelta(minutes=30)
FLOWS = {"news": "transactional", "offer": "promotional"}


@dataclass(slots=True)
class Phone:
    """The receiver: knows a message by its id, and fails as it is told to."""

    name = "webchat"
    is_outside = False
    judge: Callable[[str], None]
    failures: list[str]
    seen: dict[str, str] = field(default_factory=dict)

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:  # noqa: ARG002 - the only one
        """Stand for every channel there is."""
        return self

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:  # noqa: ARG002
        return text

    def send(self, outgoing: Outgoing) -> Outcome:
        failure = self.failures.pop() if self.failures else ""
        if failure == "busy":
            return Again(reason="busy")
        if outgoing.message_id not in self.seen:
            self.judge(outgoing.text)
            self.seen[outgoing.message_id] = outgoing.text
        if failure == "dies":
            raise ConnectionResetError  # it went, and nobody heard that it did
        return Done(receipt=outgoing.message_id)


@dataclass(slots=True)
class Life:
    """What happens to one contact, and what may reach them by a model of its own."""

    world: World
    is_stopped: bool = False
    wrote_at: datetime | None = None
    said: list[tuple[datetime, bool]] = field(default_factory=list)  # of promotions
    count: int = 0
    wrongs: list[str] = field(default_factory=list)

    def judge(self, text: str) -> None:
        """Note what is wrong with a message that gets through; a sender would swallow a raise."""
        is_confirmation = "unsubscribed" in text or "subscribed again" in text
        if self.is_stopped or "webchat" in Contact.objects.get().opted_out:
            self.expect(is_confirmation, f"{text!r} after STOP")
        flow = text.split(maxsplit=1)[0]
        if flow not in FLOWS:
            return
        now = self.world.now
        is_awake = self.wrote_at is not None and now - self.wrote_at <= AWAKE
        is_day = 8 <= now.astimezone(LONDON).hour < 21
        self.expect(is_day or is_awake, f"{text!r} at {now.astimezone(LONDON)}")
        if flow == "offer":
            newest = max(self.said, default=None, key=lambda word: (word[0], not word[1]))
            self.expect(newest is not None and newest[1], f"{text!r} without consent")

    def expect(self, is_right: bool, wrong: str) -> None:  # noqa: FBT001 - as an assertion
        if not is_right:
            self.wrongs.append(wrong)

    def write(self, text: str) -> None:
        self.wrote_at = self.world.now + AWAKE  # until it is decided, nothing is judged by it
        self.world.say(Says(who="mia", text=(text,)))
        self.wrote_at = self.world.now
        if text == "STOP":
            self.is_stopped = True
            self.said.append((self.world.now, False))
        elif text == "START":
            self.is_stopped = False

    def tell(self, purpose: str, *, is_granted: bool, days_ago: int) -> None:
        at = self.world.now - timedelta(days=days_ago)
        self.said.append((at, is_granted))
        event = "consent_given" if is_granted else "consent_withdrawn"
        if purpose == "all" and not is_granted:
            self.is_stopped = True
        facts: dict[str, Json] = {"purpose": purpose, "source": "desk", "at": at.isoformat()}
        self.world.report("mia", event, facts)

    def happen(self, flow: str) -> None:
        self.count += 1
        self.world.report("mia", f"{flow}_due", {"number": f"{self.count}"})

    def wait(self, minutes: int) -> None:
        self.world.pass_time(timedelta(minutes=minutes))


_DEEDS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["STOP", "START", "What time do you open?"])),
    st.tuples(
        st.just("tell"),
        st.sampled_from(["promotional", "promotional", "all"]),
        st.booleans(),
        st.integers(0, 3),
    ),
    st.tuples(st.just("happen"), st.sampled_from(sorted(FLOWS))),
    st.tuples(st.just("happen"), st.sampled_from(sorted(FLOWS))),
    st.tuples(st.just("wait"), st.sampled_from([1, 29, 31, 120, 420, 780])),
)


@pytest.mark.django_db
@pytest.mark.req("C24", "P1", "P16", "P18", "G21", "G52")
@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    deeds=st.builds(
        lambda hour, deeds: [("wait", 60 * hour), *deeds],
        st.sampled_from([0, 10, 13, 20]),  # a day begins at 10:00
        st.lists(_DEEDS, min_size=2, max_size=12),
    ),
    failures=st.lists(st.sampled_from(["", "", "busy", "dies"]), max_size=12),
)
# What each promise is broken by most simply, so that every run tries it.
@example(deeds=[("wait", 780), ("happen", "news")], failures=["busy"])
@example(deeds=[("wait", 780), ("happen", "news"), ("write", "STOP")], failures=[])
@example(deeds=[("happen", "news"), ("wait", 1), ("happen", "news")], failures=["dies", "dies"])
@example(deeds=[("tell", "promotional", False, 0), ("tell", "promotional", True, 1),
                ("happen", "offer")], failures=[])  # fmt: skip
@example(deeds=[("tell", "promotional", True, 0), ("write", "STOP"), ("write", "START"),
                ("happen", "offer")], failures=[])  # fmt: skip
def test_in_any_order(deeds: list[tuple[object, ...]], failures: list[str]) -> None:
    with taken_back():
        life = Life(world=founding.make(STORY))
        phone = Phone(judge=life.judge, failures=failures)
        life.world = with_phone(life.world, phone)
        for flow, purpose in FLOWS.items():
            text = f"{flow} {{{{ run.number }}}}"
            steps: dict[str, Json] = {
                "say": {"type": "send", "text": text, "then": "over"},
                "over": {"type": "end"},
            }
            trigger: Json = {"on": "event", "event": f"{flow}_due"}
            publish(life.world, flow, trigger, steps, purpose=purpose, facts={"number": "text"})
        for deed in deeds:
            _do(life, deed)
        life.wait(2 * 24 * 60)
        assert life.wrongs == []
        told = [text for text in phone.seen.values() if text.split(maxsplit=1)[0] in FLOWS]
        assert len(told) == len(set(told))  # nothing twice
        fates = set(Message.objects.filter(author="bot").values_list("delivery", flat=True))
        assert fates <= {"sent", "refused"}  # and nothing lost: each went, or says why not


def _do(life: Life, deed: tuple[object, ...]) -> None:
    match deed:
        case ("write", str(text)):
            life.write(text)
        case ("tell", str(purpose), bool(is_granted), int(days)):
            life.tell(purpose, is_granted=is_granted, days_ago=days)
        case ("happen", str(flow)):
            life.happen(flow)
        case ("wait", int(minutes)):
            life.wait(minutes)
        case _:
            raise AssertionError(deed)


def with_phone(world: World, phone: Phone) -> World:
    """Return the world with a receiver of the test's own at the end of its channel."""
    house, retry = world.house, RetryPolicy()
    postman = Postman(house=house, channels=phone)
    worker = Worker(
        engine=house.engine, decide=Turns(house).decide, clock=house.clock, retry=retry,
        random=lambda: 0.5, batch=50,
    )  # fmt: skip
    sender = Sender(
        engine=house.engine, clock=house.clock, retry=retry, random=lambda: 0.5, owner="test",
        carriers={
            SEND_MESSAGE: postman,
            CHECK_COMPLIANCE: Alone(perform=partial(compliance.perform, house)),
            LOOK_FOR_HARM: Alone(perform=partial(harm_watch.perform, house)),
        },
    )  # fmt: skip
    loop = Loop(engine=house.engine, clock=house.clock, turns=(worker.run_once, sender.run_once))
    return replace(world, run_idle=loop.run_idle)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
