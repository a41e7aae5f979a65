"""In any order of customers, agents, timers and crashes, a conversation has exactly one owner.

One reply a turn, no handoff without a clock, and no word of the bot while a person owns it.
What is judged is what stands in the database, by a model of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from baton.config import wiring
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.errors import Conflict, InvalidInput
from baton.core.undoing import Act
from baton.runtime.ports import Event
from baton.services.desk import agents, offers, passing_on, undoing
from baton.store.models import (
    Assignment,
    Conversation,
    Handoff,
    Invitation,
    Message,
    SlaClock,
    Turn,
    User,
)

STORY = Story.model_validate(
    {
        "story": "owners",
        "title": "Two agents, one contact, anything in any order",
        "pack": "fitness",
        "policy": {"offering_queues": "general,billing,retention,clinical"},
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "sam": {"user": "agent", "skills": ["billing", "retention", "clinical"]},
            "kim": {"user": "agent", "skills": ["billing"]},
        },
        "steps": [{"passes": "1s"}],
    }
)
PERSON, ALARM = "Can I talk to a human?", "I have chest pain and cannot breathe"
WORDS = ("What time do you open?", "qwertz uiop", PERSON, ALARM, "I want my money back", "thanks")


class Died(BaseException):
    """The process died, so that nothing in Baton may catch it: its transaction is lost."""


@dataclass(slots=True)
class Life:
    """One contact's life, and the acts of two agents on it."""

    world: World
    dies: int = 0

    def say(self, *words: str) -> None:
        self.world.say(Says(who="mia", text=words))

    def act(self, who: str, deed: Callable[[User, str], object]) -> None:
        """Let an agent try; what is not allowed is refused, and changes nothing."""
        found = Conversation.objects.order_by("id").last()
        if found is None:
            return
        try:
            deed(self.world.users[who], found.id)
        except (Conflict, InvalidInput):
            return
        self.world.run_idle()


def deeds_of(life: Life) -> dict[str, Callable[[User, str], object]]:
    house, users = life.world.house, life.world.users
    other = {users["sam"].id: users["kim"].id, users["kim"].id: users["sam"].id}
    hour = timedelta(hours=1)
    plain: dict[str, Callable[[User, str], object]] = {
        "accept": lambda user, id_: agents.accept(house, user, id_),
        "reply": lambda user, id_: agents.reply(house, user, id_, "I am on it."),
        "return": lambda user, id_: agents.return_to_bot(house, user, id_),
        "pass": lambda user, id_: offers.decline(house, user, id_),
        "undo": lambda user, id_: undoing.undo(house, user, id_),
    }
    undoable: dict[str, tuple[Act, Callable[[User, str], object]]] = {
        "release": (Act.RELEASE, lambda user, id_: agents.release(house, user, id_)),
        "transfer": (
            Act.TRANSFER, lambda user, id_: passing_on.transfer(house, user, id_, other[user.id])
        ),
        "move": (
            Act.TRANSFER, lambda user, id_: passing_on.move_to_queue(house, user, id_, "billing")
        ),
        "resolve": (Act.RESOLVE, lambda user, id_: agents.resolve(house, user, id_, "answered")),
        "snooze": (
            Act.SNOOZE, lambda user, id_: agents.snooze(house, user, id_, house.clock.now() + hour)
        ),
    }  # fmt: skip

    def remembered(act: Act, deed: Callable[[User, str], object], user: User, id_: str) -> None:
        with undoing.remembering(house, user, id_, act):
            deed(user, id_)

    return plain | {name: partial(remembered, *found) for name, found in undoable.items()}


_ACTS = (
    *("accept", "reply", "release", "transfer", "move", "return", "resolve", "snooze"),
    *("pass", "undo"),
)
_SAY = st.tuples(st.just("say"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=2))
_ACT = st.tuples(st.sampled_from(_ACTS), st.sampled_from(["sam", "kim"]))
_DEEDS = st.one_of(
    _SAY,
    st.tuples(st.just("accept"), st.sampled_from(["sam", "kim"])),
    st.tuples(st.sampled_from(["pass", "undo"]), st.sampled_from(["sam", "kim"])),
    _ACT,
    _ACT,
    st.tuples(st.just("wait"), st.sampled_from([1, 11, 61, 60 * 30, 60 * 80])),
    st.tuples(st.just("crash"), st.integers(1, 2)),
)


@pytest.mark.django_db
@pytest.mark.req("H11", "H20", "E20", "R1")
@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(_DEEDS, min_size=2, max_size=14))
# What each law is broken by most simply, so that every run tries it.
@example(deeds=[("say", [PERSON]), ("say", [WORDS[0]]), ("accept", "sam"), ("say", [WORDS[0]])])
@example(deeds=[("crash", 2), ("say", [PERSON]), ("crash", 1), ("say", [ALARM])])
@example(deeds=[("say", [WORDS[0]]), ("accept", "sam"), ("transfer", "sam"), ("move", "kim"),
                ("wait", 4800), ("accept", "kim"), ("return", "kim"),
                ("say", [WORDS[0]])])  # fmt: skip
@example(deeds=[("say", [PERSON]), ("accept", "sam"), ("snooze", "sam"), ("transfer", "sam"),
                ("wait", 61), ("resolve", "kim"), ("wait", 11), ("say", [PERSON])])  # fmt: skip
@example(deeds=[("say", [PERSON]), ("wait", 1), ("accept", "sam"), ("resolve", "sam"),
                ("undo", "sam"), ("say", [WORDS[0]]), ("transfer", "sam"), ("undo", "sam"),
                ("release", "sam"), ("undo", "sam"), ("wait", 61)])  # fmt: skip
@example(deeds=[("say", [PERSON]), ("pass", "sam"), ("pass", "kim"), ("crash", 2),
                ("say", [ALARM]), ("wait", 1), ("accept", "kim"), ("snooze", "kim"),
                ("undo", "kim"), ("move", "kim"), ("undo", "kim"), ("return", "kim")])  # fmt: skip
def test_one_owner_in_any_order(deeds: list[tuple[str, object]]) -> None:
    with taken_back():
        life = Life(world=founding.make(STORY))
        life.world = dying(life)
        acts = deeds_of(life)
        for name, given_ in deeds:
            match name, given_:
                case "say", list(words):
                    life.say(*words)
                case "wait", int(minutes):
                    life.world.pass_time(timedelta(minutes=minutes))
                case "crash", int(times):
                    life.dies = times
                case _, str(who):
                    life.act(who, acts[name])
                case _:
                    raise AssertionError(name)
            judge_now()
            judge_offers(life.world.house.clock.now())
        life.world.pass_time(timedelta(days=4))
        judge_now()
        judge_words()
        assert life.world.faults() == ()


def judge_now() -> None:
    """Hold how every conversation stands against the laws of ownership."""
    for one in Conversation.objects.all():
        assert one.handled_by in ("bot", "queue", "agent", "async")
        assert (one.handled_by == "agent") is (one.assignee_id is not None)
        running = Assignment.objects.filter(conversation_id=one.id, ended_at=None)
        assert list(running.values_list("user_id", flat=True)) == (
            [one.assignee_id] if one.assignee_id else []
        )
        stretches = Handoff.objects.filter(conversation_id=one.id, ended_at=None)
        assert stretches.count() == (one.handled_by != "bot")
        clocks = SlaClock.objects.filter(conversation_id=one.id, met_at=None, stopped_at=None)
        if one.handled_by != "bot":
            assert one.handed_over_at is not None
            assert one.human_ended_at is None
            assert clocks.exists()
        if one.handled_by in ("queue", "async"):
            assert clocks.exclude(kind="resolution").exists()


def judge_offers(now: datetime) -> None:
    """Hold whom conversations are offered to: one at a time, never for longer than was said."""
    asked = Invitation.objects.filter(state="open")
    assert not asked.filter(until__lt=now).exists()
    for one in asked:
        assert asked.filter(conversation_id=one.conversation_id).count() == 1
        waits = Conversation.objects.get(id=one.conversation_id).handled_by in ("queue", "async")
        taken = Assignment.objects.filter(conversation_id=one.conversation_id, id__gt=one.id)
        assert waits or not taken.filter(user_id=one.user_id, ended_at=None).exists()


def judge_words() -> None:
    """Hold all that the bot said against who had the conversation then."""
    for one in Conversation.objects.all():
        said = Message.objects.filter(conversation_id=one.id, author="bot", is_note=False)
        moments = list(said.exclude(delivery="refused").values_list("created_at", flat=True))
        stretches = Handoff.objects.filter(conversation_id=one.id).order_by("offered_at")
        ends = list(stretches.values_list("offered_at", "ended_at"))
        for began, ended in ends:
            inside = [at for at in moments if began < at and (ended is None or at < ended)]
            assert inside == []
        for (_, ended), (began, _) in pairwise(ends):
            assert ended is not None  # a stretch ends before the next begins
            assert ended <= began
        heard = Turn.objects.filter(conversation_id=one.id).exclude(decision="silent")
        asked = set(
            Message.objects.filter(conversation_id=one.id, author="contact").values_list(
                "created_at", flat=True
            )
        )
        for at in heard.filter(at__in=asked).values_list("at", flat=True):
            assert moments.count(at) == 1


def dying(life: Life) -> World:
    """Return the world with a worker that dies, as often as it is told, when all is decided."""
    crew = wiring.crew_of(life.world.house, owner="test")
    decide = crew.worker.decide

    def decided(events: Sequence[Event], now: datetime) -> None:
        decide(events, now)
        if life.dies:
            life.dies -= 1
            raise Died

    def run_idle() -> int:
        while True:
            try:
                return crew.loop.run_idle()
            except Died:
                continue  # another process takes over

    crew.worker.decide = decided
    return replace(life.world, run_idle=run_idle)


@contextmanager
def taken_back() -> Iterator[None]:
    """Leave the database as it was: each example begins with an empty one."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
