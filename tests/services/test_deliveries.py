"""A message at its provider: sent once, and its fate told by whoever knows it, in any order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from baton.channels import ArrivingMessage, Receipt
from baton.channels.sms import twilio_codes
from baton.channels.sms.settings import TwilioSettings
from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.config.wiring import Crew
from baton.core.delivery import Delivery as Fate
from baton.core.keywords import Keyword
from baton.runtime.carrier import Errand
from baton.runtime.ports import Arrival, Done, Ended, Later, Refused
from baton.runtime.retry import RetryPolicy
from baton.services.delivery.carriage import Handed
from baton.services.delivery.outgoing import SEND_MESSAGE
from baton.services.doors import provider_hooks
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.services.workspace.standards import StandardsCache
from baton.store.models import (
    AuditEntry,
    Consent,
    Contact,
    Delivery,
    Inbox,
    Message,
    Suppression,
)
from baton.store.models.runtime import RuntimeEffect
from tests.nlu.outside.server import Answer, Server, running

SID = "SM" + "0a" * 16
NUMBER = "+447700900123"
STORY = Story.model_validate(
    {
        "story": "deliveries",
        "title": "Messages at a provider",
        "pack": "fitness",
        "people": {"mia": {"contact": "sms"}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def provider() -> Iterator[Server]:
    with running() as server:
        server.answers({"sid": SID}, status=201)
        yield server


@dataclass(kw_only=True)
class Gym:
    """A business with a number at Twilio, where Twilio is a server on this machine."""

    world: World
    inbox: Inbox
    provider: Server
    crew: Crew
    told: int = field(default=0)

    @property
    def entrance(self) -> provider_hooks.ProviderEntrance:
        house = self.world.house
        found = provider_hooks.find_entrance(
            house, StandardsCache(house), "sms", "twilio", self.inbox.token
        )
        assert found is not None
        return found

    def hears(self, text: str, *, keyword: Keyword | None = None) -> None:
        """Let somebody write to the number, and everything that follows happen."""
        self.writes(text, keyword=keyword)
        self.world.pass_time(timedelta(seconds=5))

    def writes(self, text: str, *, keyword: Keyword | None = None) -> None:
        """Let a message come in, and nothing happen yet."""
        self.told += 1
        sms = ArrivingMessage(receipt=f"in-{self.told}", sender=NUMBER, text=text, keyword=keyword)
        arrival = provider_hooks.message_arrival(self.world.house, self.entrance, sms)
        assert arrival is not None
        self._take(arrival)

    def reports(
        self,
        state: Fate,
        *,
        code: str = "",
        sid: str = SID,
        named: bool = True,
        message: Message | None = None,
    ) -> None:
        """Let Twilio tell what became of a message, by default the bot's first."""
        receipt = Receipt(
            receipt=sid,
            recipient=NUMBER,
            state=state,
            told=f"{state.value}{code}",
            message_id=(message or self.first).id if named else "",
            fault=twilio_codes.undelivered_of(int(code)).value if code else "",
            code=code,
        )
        arrival = provider_hooks.receipt_arrival(self.world.house, self.entrance, receipt)
        assert arrival is not None
        self._take(arrival)
        self.world.run_idle()

    @property
    def first(self) -> Message:
        return Message.objects.filter(author="bot").order_by("id")[0]

    @property
    def fates(self) -> list[tuple[str, str]]:
        rows = Message.objects.filter(author="bot").order_by("id")
        return list(rows.values_list("delivery", "delivery_reason"))

    @property
    def effect(self) -> RuntimeEffect:
        return RuntimeEffect.objects.get(effect_id=self.first.id)

    def _take(self, arrival: Arrival) -> None:
        with self.world.house.engine.transaction():
            self.world.house.engine.inbox.append([arrival])


@contextmanager
def a_gym(provider: Server) -> Iterator[Gym]:
    """Connect a number where the provider is a server on this machine."""
    made = founding.make(STORY)
    crew = wiring.crew_of(made.house, owner="test")
    world = replace(made, run_idle=crew.loop.run_idle)
    settings = TwilioSettings(
        account_sid="AC" + "1b" * 16, auth_token="token", sender="+15005550006", base=provider.url
    )
    wanted = Wanted(name="SMS", settings=settings)
    inbox = inboxes.connect(world.house, world.workspace_id, wanted, actor="user:u1")
    yield Gym(world=world, inbox=inbox, provider=provider, crew=crew)
    crew.close()


@pytest.fixture
def gym(db: None, provider: Server) -> Iterator[Gym]:  # noqa: ARG001 - asks for the database
    with a_gym(provider) as gym:
        yield gym


HOURS = "What time do you open?"


@pytest.mark.req("C1", "C7")
def test_an_answer_goes_out_with_its_receipt_and_its_cost(gym: Gym) -> None:
    gym.hears(HOURS)
    assert gym.fates == [("sent", "")]
    [kept] = Delivery.objects.all()
    assert (kept.receipt, kept.parts, kept.currency) == (SID, 1, "USD")
    assert kept.cost == gym.world.policy.sms_part_price
    assert (gym.effect.state, gym.effect.receipt) == ("done", SID)
    assert not gym.effect.repeatable


@pytest.mark.req("DI12")
@pytest.mark.parametrize("order", sorted(set(permutations([Fate.SENT, Fate.DELIVERED, Fate.SENT]))))
def test_receipts_in_any_order_never_lead_backwards(gym: Gym, order: tuple[Fate, ...]) -> None:
    gym.hears(HOURS)
    for state in order:
        gym.reports(state)
    assert gym.fates == [("delivered", "")]


def test_a_failure_is_told_with_its_code(gym: Gym) -> None:
    gym.hears(HOURS)
    gym.reports(Fate.FAILED, code="30003", named=False)  # found by the provider's own name
    assert gym.fates == [("failed", "unreachable")]
    assert Delivery.objects.get().code == "30003"
    assert not Suppression.objects.exists()
    assert AuditEntry.objects.filter(action="send_failed").count() == 1
    gym.reports(Fate.FAILED, code="30003")
    assert AuditEntry.objects.filter(action="send_failed").count() == 1


def test_a_failure_after_an_arrival_changes_nothing(gym: Gym) -> None:
    gym.hears(HOURS)
    gym.reports(Fate.DELIVERED)
    gym.reports(Fate.FAILED, code="30008")
    assert gym.fates == [("delivered", "")]


def test_a_receipt_of_an_earlier_try_that_failed_is_no_news(gym: Gym) -> None:
    gym.hears(HOURS)
    gym.reports(Fate.FAILED, code="30008", sid="SM" + "ff" * 16)
    assert gym.fates == [("sent", "")]


def test_a_receipt_of_nothing_that_we_sent_is_let_go(gym: Gym) -> None:
    gym.hears(HOURS)
    contact_words = Message.objects.get(author="contact")
    for message_id in ("unheard-of", contact_words.id):
        receipt = Receipt(
            receipt="SMx", recipient=NUMBER, state=Fate.READ, told="read", message_id=message_id
        )
        arrival = provider_hooks.receipt_arrival(gym.world.house, gym.entrance, receipt)
        assert arrival is not None
        gym._take(arrival)
        gym.world.run_idle()
    assert gym.fates == [("sent", "")]
    contact_words.refresh_from_db()
    assert contact_words.delivery == "received"
    assert gym.world.faults() == ()


@pytest.mark.req("C24", "P18")
def test_what_had_to_wait_for_others_is_judged_again_however_often(gym: Gym) -> None:
    house, clock = gym.world.house, gym.world.house.clock
    gym.writes(HOURS)
    assert isinstance(clock, VirtualClock)
    clock.advance(timedelta(seconds=5))
    gym.crew.worker.run_once()
    carrier = gym.crew.sender.carriers[SEND_MESSAGE]
    for _ in range(RetryPolicy().max_attempts + 1):  # a long queue for a slow provider
        effects = house.engine.outbox.claim(
            now=clock.now(), limit=1, lease=timedelta(minutes=2), owner="slow"
        )
        assert [one.attempt for one in effects] == [1]
        with house.engine.transaction():
            [errand] = carrier.prepare(effects)
        clock.advance(timedelta(seconds=6))
        assert isinstance(errand, Errand)
        handed = errand.run()
        with house.engine.transaction():
            [outcome] = carrier.conclude([(effects[0], handed)])
            ended = Ended(effect=effects[0], outcome=outcome, retry_at=clock.now())
            house.engine.outbox.settle([ended], now=clock.now())
        assert isinstance(outcome, Later)
    assert not gym.provider.asked
    assert [delivery for delivery, _ in gym.fates] == ["queued"]


@pytest.mark.req("C7", "DI12")
def test_a_receipt_that_comes_before_the_answer_is_kept_and_the_price_with_it(gym: Gym) -> None:
    house, clock = gym.world.house, gym.world.house.clock
    gym.writes(HOURS)
    assert isinstance(clock, VirtualClock)
    clock.advance(timedelta(seconds=5))
    gym.crew.worker.run_once()
    effects = house.engine.outbox.claim(
        now=clock.now(), limit=1, lease=timedelta(minutes=2), owner="slow"
    )
    carrier = gym.crew.sender.carriers[SEND_MESSAGE]
    with house.engine.transaction():
        [errand] = carrier.prepare(effects)
    assert isinstance(errand, Errand)
    handed = errand.run()
    gym.reports(Fate.DELIVERED)
    with house.engine.transaction():
        [outcome] = carrier.conclude([(effects[0], handed)])
    assert outcome == Done(receipt=SID)
    assert gym.fates == [("delivered", "")]
    [kept] = Delivery.objects.all()
    assert (kept.receipt, kept.cost) == (SID, gym.world.policy.sms_part_price)


@pytest.mark.req("DI12")
def test_a_refusal_does_not_undo_the_receipt_of_what_arrived(gym: Gym) -> None:
    house, clock = gym.world.house, gym.world.house.clock
    gym.writes(HOURS)
    assert isinstance(clock, VirtualClock)
    clock.advance(timedelta(seconds=5))
    gym.crew.worker.run_once()
    effects = house.engine.outbox.claim(
        now=clock.now(), limit=1, lease=timedelta(minutes=2), owner="slow"
    )
    carrier = gym.crew.sender.carriers[SEND_MESSAGE]
    with house.engine.transaction():
        [errand] = carrier.prepare(effects)
    assert isinstance(errand, Errand)
    handed = errand.run()
    assert isinstance(handed, Handed)
    gym.reports(Fate.DELIVERED)
    refused = replace(handed, outcome=Refused(reason="provider_refused"))
    with house.engine.transaction():
        [outcome] = carrier.conclude([(effects[0], refused)])
    assert outcome == Done(receipt=SID)
    assert gym.fates == [("delivered", "")]


# -- unknown ---------------------------------------------------------------------------


def hangs_up(gym: Gym) -> None:
    gym.provider.answer = lambda _asked: Answer(hangs_up=True)


@pytest.mark.req("C24", "P18")
def test_what_was_being_sent_when_its_sender_died_is_unclear_and_not_sent_for_ever(
    gym: Gym,
) -> None:
    house, clock = gym.world.house, gym.world.house.clock
    gym.writes(HOURS)
    assert isinstance(clock, VirtualClock)
    clock.advance(timedelta(seconds=5))
    gym.crew.worker.run_once()
    effects = house.engine.outbox.claim(
        now=clock.now(), limit=1, lease=timedelta(minutes=2), owner="dies"
    )
    with house.engine.transaction():
        gym.crew.sender.carriers[SEND_MESSAGE].prepare(effects)
    assert gym.fates == [("sending", "")]
    gym.world.pass_time(timedelta(minutes=3))
    assert gym.fates == [("unknown", "no_answer")]
    assert gym.provider.asked == []
    gym.world.pass_time(timedelta(minutes=3))
    assert {asked.method for asked in gym.provider.asked} == {"GET"}  # it is looked up


def test_an_unanswered_send_is_unknown_and_never_repeated(gym: Gym) -> None:
    hangs_up(gym)
    gym.hears(HOURS)
    assert gym.fates == [("unknown", "no_answer")]
    gym.world.pass_time(timedelta(minutes=5))
    assert gym.effect.state == "unknown"
    assert [asked.method for asked in gym.provider.asked].count("POST") == 1


def listed(gym: Gym, *, sid: str = SID, to_us: bool = False, body: str = "") -> None:
    """Let Twilio list one message, with the words of the bot's own."""
    sealed = gym.first.body_sealed
    text = body or gym.world.house.keyset.unseal(sealed, f"message:{gym.first.id}")
    direction = "inbound" if to_us else "outbound-api"
    gym.provider.answers({"messages": [{"sid": sid, "body": text, "direction": direction}]})


def test_a_provider_that_knows_the_message_settles_it(gym: Gym) -> None:
    hangs_up(gym)
    gym.hears(HOURS)
    listed(gym)
    gym.world.pass_time(timedelta(minutes=3))
    assert gym.fates == [("sent", "")]
    assert (gym.effect.state, gym.effect.receipt) == ("done", SID)
    [look] = [asked for asked in gym.provider.asked if asked.method == "GET"]
    assert "To=%2B447700900123" in look.path


@pytest.mark.parametrize("other", [{"to_us": True}, {"body": "Something else"}])
def test_a_provider_that_does_not_know_it_leaves_it_to_people(
    gym: Gym, other: dict[str, Any]
) -> None:
    hangs_up(gym)
    gym.hears(HOURS)
    listed(gym, **other)
    gym.world.pass_time(timedelta(minutes=3))
    assert gym.fates == [("unknown", "not_found")]
    assert gym.effect.state == "unknown"
    gym.reports(Fate.DELIVERED)  # and yet it came
    assert gym.fates == [("delivered", "")]


def test_an_earlier_message_with_the_same_words_is_not_taken_for_it(gym: Gym) -> None:
    gym.hears(HOURS)
    hangs_up(gym)
    gym.hears(HOURS)
    listed(gym)  # the first one, whose receipt is known
    gym.world.pass_time(timedelta(minutes=3))
    assert gym.fates[:2] == [("sent", ""), ("unknown", "not_found")]


def test_a_provider_that_cannot_be_asked_is_asked_later(gym: Gym) -> None:
    hangs_up(gym)
    gym.hears(HOURS)
    gym.world.pass_time(timedelta(minutes=3))
    assert gym.fates == [("unknown", "no_answer")]
    listed(gym)
    gym.world.pass_time(timedelta(minutes=10))
    assert gym.fates[0] == ("sent", "")


@pytest.mark.parametrize(
    ("state", "code", "effect"), [(Fate.DELIVERED, "", "done"), (Fate.FAILED, "30005", "refused")]
)
def test_a_receipt_settles_what_was_unknown(gym: Gym, state: Fate, code: str, effect: str) -> None:
    hangs_up(gym)
    gym.hears(HOURS)
    gym.reports(state, code=code)
    assert [fate for fate, _reason in gym.fates] == [state.value]
    assert gym.effect.state == effect
    assert len(gym.provider.asked) == 1


def test_a_message_that_was_sent_before_a_crash_is_not_sent_again(gym: Gym) -> None:
    gym.hears(HOURS)
    assert isinstance(gym.world.clock, VirtualClock)
    RuntimeEffect.objects.update(state="claimed", claimed_until=gym.world.now, owner="dead")
    gym.world.pass_time(timedelta(minutes=10))
    assert gym.effect.state == "unknown"
    assert len(gym.provider.asked) == 1
    gym.reports(Fate.SENT)
    assert gym.effect.state == "done"


# -- later, and for ever ---------------------------------------------------------------


@pytest.mark.req("C19")
def test_a_busy_provider_is_asked_again_later(gym: Gym) -> None:
    gym.provider.answers({}, status=429, Retry_After="60")
    gym.hears(HOURS)
    assert gym.fates == [("queued", "provider_busy")]
    gym.provider.answers({"sid": SID}, status=201)
    gym.world.pass_time(timedelta(seconds=50))
    assert len(gym.provider.asked) == 1
    gym.world.pass_time(timedelta(seconds=20))
    assert gym.fates == [("sent", "")]
    assert len(gym.provider.asked) == 2


def test_wrong_settings_park_the_message_until_they_are_mended(gym: Gym) -> None:
    gym.provider.answers({"code": 20003}, status=401)
    gym.hears(HOURS)
    assert gym.fates == [("failed", "channel_settings")]
    assert gym.effect.state == "parked"
    assert "auth token" in gym.effect.reason
    gym.provider.answers({"sid": SID}, status=201)
    outbox = gym.world.house.engine.outbox
    with gym.world.house.engine.transaction():
        outbox.redrive([gym.first.id], now=gym.world.now)
    gym.world.run_idle()
    assert gym.fates == [("sent", "")]


def test_a_dead_number_is_written_to_once(gym: Gym) -> None:
    gym.provider.answers({"code": 21211}, status=400)
    gym.hears(HOURS)
    assert gym.fates == [("failed", "unknown_number")]
    assert Suppression.objects.get(lifted_at=None).reason == "unknown_number"
    assert AuditEntry.objects.filter(action="suppressed").count() == 1


def test_nothing_goes_to_a_suppressed_address_until_it_writes(gym: Gym) -> None:
    gym.writes(HOURS)
    assert isinstance(gym.world.clock, VirtualClock)
    gym.world.clock.advance(timedelta(seconds=5))
    gym.crew.worker.run_once()
    barred(gym, actor="system")
    gym.world.run_idle()
    assert gym.fates == [("refused", "suppressed")]
    assert not gym.provider.asked
    gym.hears("Do you have a pool?")  # whoever writes from it is there
    assert not Suppression.objects.filter(lifted_at=None).exists()
    assert gym.fates[-1] == ("sent", "")


def test_what_a_person_barred_stays_barred_when_somebody_writes(gym: Gym) -> None:
    gym.hears(HOURS)
    barred(gym, actor="user:robin")
    gym.hears("Do you have a pool?")
    assert gym.fates[-1] == ("refused", "suppressed")


def barred(gym: Gym, *, actor: str) -> None:
    contact = Contact.objects.get()
    Suppression.objects.create(
        id="0" * 32, workspace_id=contact.workspace_id, contact_id=contact.id, channel="sms",
        reason="unknown_number", actor=actor, at=gym.world.now,
    )  # fmt: skip


# -- opt-outs at the provider ----------------------------------------------------------


@pytest.mark.req("C24", "P18")
def test_who_unsubscribed_at_the_provider_has_opted_out_here(gym: Gym) -> None:
    gym.provider.answers({"code": 21610}, status=400)
    gym.hears(HOURS)
    assert gym.fates == [("failed", "unsubscribed")]
    assert Contact.objects.get().opted_out == "sms"
    [given] = Consent.objects.filter(is_granted=False)
    assert (given.channel, given.purpose, given.source) == (
        "sms", "all", "the provider: unsubscribed",
    )  # fmt: skip


@pytest.mark.req("C24", "P18")
@pytest.mark.parametrize("word", ["STOP", "Basta", "cancel"])
def test_a_stop_that_the_provider_confirmed_is_not_confirmed_again(gym: Gym, word: str) -> None:
    gym.hears(word, keyword=Keyword.STOP)
    assert Contact.objects.get().opted_out == "sms"
    assert gym.fates == []
    gym.hears("START", keyword=Keyword.START)
    assert Contact.objects.get().opted_out == ""
    assert gym.fates == []
    gym.hears("HELP", keyword=Keyword.HELP)
    gym.hears("START", keyword=Keyword.START)
    assert gym.fates == []
    assert not gym.provider.asked


@pytest.mark.req("C24")
@pytest.mark.parametrize("word", ["STOP", "end", "Quit", "ARRET"])
def test_a_stop_that_nobody_confirmed_is_confirmed_once(gym: Gym, word: str) -> None:
    gym.hears(word)
    gym.hears(word)
    assert gym.fates == [("sent", "")]
    assert Contact.objects.get().opted_out == "sms"


def test_a_bare_cancel_is_no_opt_out(gym: Gym) -> None:
    gym.hears("cancel")
    assert Contact.objects.get().opted_out == ""


def test_a_provider_that_is_silent_keeps_what_it_was_not_asked_to_take(gym: Gym) -> None:
    hangs_up(gym)
    for text in (HOURS, "Do you have a pool?", "Where can I park?", "Do you have a sauna?"):
        gym.hears(text)
    assert gym.fates == [("unknown", "no_answer")] * 3 + [("queued", "provider_busy")]
    assert [asked.method for asked in gym.provider.asked].count("POST") == 3
    gym.provider.answers({"sid": SID}, status=201)
    gym.world.pass_time(timedelta(minutes=2))
    assert gym.fates[-1] == ("sent", "")
