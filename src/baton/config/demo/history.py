"""Days that have been: real turns of the real engine, on a clock that starts in the past."""

import dataclasses
import random
from datetime import datetime, timedelta
from functools import partial

from baton.channels.sandbox.settings import SandboxSettings
from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.config.demo import bookings, buyers, script, weeks
from baton.config.demo.buyers import Buyers, Heard
from baton.config.demo.script import DemoScript, Talk, Unfinished
from baton.config.demo.shop import Shop
from baton.config.wiring import Crew
from baton.core.json import Json
from baton.core.retention import Outcome, Wish
from baton.core.roles import Role
from baton.core.survey import CSAT
from baton.services import arrivals, notices
from baton.services import house as houses
from baton.services.delivery import outgoing
from baton.services.desk import agents, approvals, baselines, macro_desk, retaining, rule_desk
from baton.services.desk.kpi_windows import DEFAULT_DAYS, Sought
from baton.services.desk.retaining import Told
from baton.services.facts import ContactIdentified, MessageReceived
from baton.services.house import House
from baton.services.people import meeting
from baton.services.pilot import rollouts
from baton.services.workspace import inboxes, workspaces
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Conversation, Inbox, SurveyResponse, User, Workspace

_DAYS = 3
_WEEK = timedelta(days=7)
_ASKED_AFTER = timedelta(minutes=4)  # by then the one question was put
_EVE = timedelta(days=1)  # whoever came on the day before is asked within the history
_EVE_BUYERS = 8
_SALES_SHARE = 0.5  # of the talks: so many orders
_VISITS_SHARE = 0.3  # and visits of buyers
_TALKS = 60
_OPENS, _CLOSES = 8, 19
_LAST_HOUR = timedelta(minutes=50)
_SETTLING = timedelta(minutes=20)  # as long as a talk and its settling take at most
_LEFT_OPEN = 6
_BUYERS_WAIT = timedelta(hours=5)
_CAUGHT_UP = "I have everything here and settle it today. You hear from me as soon as it is done."
_NO_OFFER = "none"
_NUMBER = "+15005550006"  # nobody's: Twilio keeps it for tests
_PLAYED = (("sms", "SMS"), ("whatsapp", "WhatsApp"), ("email", "Email"))
_UNFINISHED = timedelta(minutes=6)  # before the present the last talks begin
_RULES_REVIEWED = timedelta(days=90)
_EVENT_SHARE = 0.5  # of the talks: so many bookings and new members


def ensure(house: House, *, seed: int, pack: str, before: int) -> dict[str, Json]:
    """Make the demo workspace of a pack and its history, unless there is a workspace already.

    Its last days are full; `before` are the quieter weeks in front of them.
    """
    if known := Workspace.objects.order_by("created_at").first():
        return {"workspace": known.name, "made": False}
    told = script.load(pack)
    now = house.clock.now()
    clock = VirtualClock(now - timedelta(days=_DAYS) - _EVE - before * _WEEK)
    past = dataclasses.replace(house, clock=clock)
    houses.install(past)
    workspace = workspaces.create(
        past,
        name=told.business,
        pack_name=pack,
        is_supervised=False,  # a business that has been at work for a while
        place=told.place.as_place(),
        # A demo's visitor should not have to wait ten minutes for the one question.
        policy={
            "csat_delay": "20s",
            "idle_after_answer": "2m",
            "agent_capacity": 12,
            "wage_hour_minor": 24_00,
        },
    )
    for name in told.library:
        workspaces.start_from(past, workspace.id, name, now=clock.now())
    for colleague in told.staff:
        workspaces.create_user(
            past,
            workspace.id,
            email=colleague.email,
            name=colleague.name,
            role=colleague.role,
            password=script.PASSWORD,
            skills=colleague.skills,
        )
    _furnish(past, told, workspace.id)
    for channel, name in _PLAYED:
        sender = told.email if channel == "email" else _NUMBER
        settings = SandboxSettings(channel=channel, sender=sender)
        wanted = Wanted(name=f"{name} (phone lab)", settings=settings)
        inboxes.connect(past, workspace.id, wanted, actor="system")
    if told.bookings:
        bookings.set_up(past, workspace.id, told.bookings, before=before)
    _Past(past, clock, told, workspace.id, seed).live_until(now, before=before)
    houses.install(house)
    return {
        "workspace": workspace.name,
        "made": True,
        "conversations": Conversation.objects.filter(workspace_id=workspace.id).count(),
    }


def _furnish(house: House, told: DemoScript, workspace_id: str) -> None:
    """Let the manager do what a team has done after a while: macros, rules, a rollout."""
    boss = User.objects.get(workspace_id=workspace_id, role=Role.MANAGER.value)
    for macro in told.macros:
        macro_desk.save(house, boss, macro.as_macro())
    review_on = house.clock.now().date() + _RULES_REVIEWED
    for rule in told.rules:
        rule_desk.change(house, boss, rule.as_wish(review_on=review_on))
    for one in told.rollouts:
        rollouts.begin(house, boss, one.flow, one.as_beginning())


class _Past:
    """Plays talks one after the other, and lets the staff answer them."""

    def __init__(
        self,
        house: House,
        clock: VirtualClock,
        told: DemoScript,
        workspace_id: str,
        seed: int,
    ) -> None:
        self._house = house
        self._clock = clock
        self._told = told
        self._workspace_id = workspace_id
        self._random = random.Random(seed)  # noqa: S311 - play, no secret
        self._crew: Crew = wiring.crew_of(house, owner="demo")
        mine = Inbox.objects.filter(workspace_id=workspace_id)
        self._inbox = mine.get(channel=outgoing.OWN_CHANNEL)
        self._inbox_of = dict(mine.values_list("channel", "id"))
        self._staff = list(
            User.objects.filter(workspace_id=workspace_id, role__in=["agent", "senior"]).order_by(
                "role"
            )
        )
        self._count = 0
        # Draws of their own: what is sold changes nothing in who talks about what.
        traded = random.Random(seed + 1)  # noqa: S311 - play, no secret
        self._traded = traded
        self._shop = Shop(house, told.shop, workspace_id, traded) if told.shop else None
        self._buyers = Buyers(
            house,
            workspace_id,
            mine.get(channel=buyers.CHANNEL).id,
            names=told.names[::-1],
            said=told.shop.said if told.shop else (),
            record=self._record,
            source=traded,
        )

    def live_until(self, now: datetime, *, before: int) -> None:
        """Play talks at working hours until the present, after so many quieter weeks."""
        self._live_quietly(before)
        self._open_shop(now - timedelta(days=_DAYS))
        for moment in self._moments(now - _LAST_HOUR - _SETTLING):
            self._pass_until(moment)
            self._play(self._told.any_talk(self._random), is_settled=True)
            if self._random.random() < _EVENT_SHARE:
                self._happen()
            self._trade()
            bookings.mark_over(self._house, self._workspace_id, self._staff[0], self._random)
        self._pass_until(now - _LAST_HOUR)
        for one in User.objects.filter(workspace_id=self._workspace_id):
            notices.see_all(self._house, one)  # they were at work: what is new is of the last hour
        for place, talk in enumerate(self._left_open(), start=1):
            # Counted from the present, which nothing that is played may overtake.
            self._pass_until(now - _LAST_HOUR + place * _LAST_HOUR / (_LEFT_OPEN + 2))
            self._play(talk, is_settled=False)
        self._pass_until(now - _UNFINISHED)
        for begun in self._told.unfinished:
            self._begin(begun)
        self._pass_until(now)
        if self._told.bookings:
            bookings.fill_one(self._house, self._workspace_id, self._told.bookings, self._met)
        self._crew.loop.run_idle()

    def _live_quietly(self, before: int) -> None:
        """Play earlier weeks, and keep them as what the last days are held against."""
        if not before:
            return
        begin = self._clock.now()
        for visit in weeks.plan(self._told, begin=begin, weeks=before, source=self._random):
            self._pass_until(visit.at)
            if visit.number % 3 == 0:
                self._happen()
            address = self._play(visit.talk, is_settled=True, visit=visit)
            self._pass_until(self._clock.now() + _ASKED_AFTER)
            lane = self._lane(address, visit.channel)
            asked = SurveyResponse.objects.filter(
                conversation_id__in=Conversation.objects.filter(lane=lane).values("id"),
                kind=CSAT.kind,
                answered_at=None,
            )
            if asked.exists():
                weeks.mark(self._random, partial(self._say, address, channel=visit.channel))
            bookings.mark_over(self._house, self._workspace_id, self._staff[0], self._random)
        self._pass_until(begin + before * _WEEK)
        boss = User.objects.get(workspace_id=self._workspace_id, role=Role.MANAGER.value)
        sought = Sought(days=DEFAULT_DAYS)
        baselines.keep_window(self._house, boss, sought, "The weeks before the last changes.")

    def _open_shop(self, until: datetime) -> None:
        """Let the first buyers come, for the second time, on the day before the history."""
        begin = self._clock.now()
        for place in range(_EVE_BUYERS if self._shop else 0):
            self._pass_until(begin + (until - begin) * place / _EVE_BUYERS)
            buyer = self._buyers.any_buyer()
            if self._shop:
                self._shop.sell(buyer)
            self._buyers.visit(buyer, number=2)
        self._pass_until(until)

    def _trade(self) -> None:
        """Let things be sold, sent, brought and sent back, and buyers say what they think."""
        if self._shop is None:
            return
        if self._traded.random() < _SALES_SHARE:
            self._shop.sell(self._buyers.any_buyer())
        if self._traded.random() < _VISITS_SHARE:
            self._buyers.visit(self._buyers.any_buyer(), number=3)
        run_idle = self._crew.loop.run_idle
        run_idle()
        self._shop.go_on(run_idle)
        self._shop.take_back(run_idle)
        self._shop.look_after(self._staff[-1], run_idle)
        self._buyers.answer()
        self._catch_up()

    def _catch_up(self) -> None:
        """Let the staff answer buyers who have waited for a while."""
        since = self._clock.now() - _BUYERS_WAIT
        waiting = Conversation.objects.filter(
            workspace_id=self._workspace_id,
            handled_by="queue",
            status="open",
            handed_over_at__lt=since,
        )
        for found in waiting.order_by("id"):
            agent = self._traded.choice(self._staff)
            agents.accept(self._house, agent, found.id)
            agents.open_card(self._house, agent, found.id)
            agents.reply(self._house, agent, found.id, _CAUGHT_UP)
            agents.resolve(self._house, agent, found.id, "answered")
            self._crew.loop.run_idle()

    def _begin(self, begun: Unfinished) -> None:
        """Play a talk that is still under way; an agent has it who asks for something."""
        address = self._play(Talk(share=0, says=begun.says), is_settled=False)
        if begun.asks is None:
            return
        found = Conversation.objects.get(lane=self._lane(address))
        agents.accept(self._house, self._staff[0], found.id)
        agents.open_card(self._house, self._staff[0], found.id)
        agents.reply(self._house, self._staff[0], found.id, begun.answer)
        approvals.propose(self._house, self._staff[0], found.id, begun.asks.as_proposal())

    def _moments(self, until: datetime) -> list[datetime]:
        begin = self._clock.now()
        spans = [self._random.random() * (until - begin) for _ in range(_TALKS * 2)]
        moments = sorted(begin + span for span in spans)
        at_work = [moment for moment in moments if _OPENS <= moment.hour < _CLOSES]
        return [*at_work[-_TALKS:], until]

    def _left_open(self) -> list[Talk]:
        """Choose what still waits for the demo's visitor: matters for people, each another."""
        for_people = [talk for talk in self._told.talks if talk.ends]
        return self._random.sample(for_people, min(_LEFT_OPEN, len(for_people)))

    def _play(self, talk: Talk, *, is_settled: bool, visit: weeks.Visit | None = None) -> str:
        """Let somebody talk, and return their address."""
        self._count += 1
        address = weeks.address_of(visit) if visit else f"demo-{self._count}"
        channel = visit.channel if visit else outgoing.OWN_CHANNEL
        name = self._told.names[self._count % len(self._told.names)]
        membership = self._random.choice(("", *self._told.memberships))
        if membership and channel == outgoing.OWN_CHANNEL:
            self._record(
                address,
                ContactIdentified(
                    channel="webchat",
                    inbox_id=self._inbox.id,
                    address=address,
                    external_id=f"member-{self._count}",
                    name=name,
                    membership=membership,
                ),
            )
        for text in talk.says:
            self._say(address, text, channel=channel, name=name)
            self._pass_until(self._clock.now() + timedelta(seconds=self._random.randint(8, 50)))
        if is_settled and talk.ends:
            self._settle(address, talk, channel)
        return address

    def _say(self, address: str, text: str, *, channel: str, name: str = "") -> None:
        inbox_id = self._inbox_of[channel]
        self._record(
            address,
            MessageReceived(
                channel=channel, inbox_id=inbox_id, address=address, text=text, name=name
            ),
        )

    def _happen(self) -> None:
        """Let somebody book a class, or begin as a member."""
        if self._told.bookings is None:
            return
        bookings.any_happening(
            self._house, self._workspace_id, self._told.bookings, self._met(), self._random
        )
        self._crew.loop.run_idle()

    def _met(self) -> str:
        """Return somebody new to the business."""
        self._count += 1
        return meeting.meet(
            self._house,
            self._workspace_id,
            channel="webchat",
            inbox_id=self._inbox.id,
            address=f"demo-{self._count}",
            name=self._told.names[self._count % len(self._told.names)],
            actor="system",
        )

    def _keep_or_lose(self, agent: User, conversation_id: str, code: str) -> None:
        """Write down what came of a talk with somebody who wanted to leave."""
        panel = retaining.show(self._house, agent, conversation_id)
        if panel is None or not panel.is_wanted:
            return
        is_kept = code == "retained"
        told = Told(
            wish=Wish.CANCEL,
            churn_reason=self._random.choice(panel.churn_reasons).name,
            offer=next(one.name for one in panel.offers if (one.name != _NO_OFFER) is is_kept),
            outcome=Outcome.SAVED if is_kept else Outcome.UNDECIDED,
        )
        retaining.write_down(self._house, agent, conversation_id, told)

    def _settle(self, address: str, talk: Talk, channel: str) -> None:
        lane = self._lane(address, channel)
        found = Conversation.objects.filter(lane=lane).exclude(handled_by="bot").first()
        if found is None:
            return
        agent = self._random.choice(self._staff)
        self._pass_until(self._clock.now() + timedelta(minutes=self._random.randint(1, 9)))
        agents.accept(self._house, agent, found.id)
        agents.open_card(self._house, agent, found.id)
        agents.reply(self._house, agent, found.id, talk.answer)
        self._pass_until(self._clock.now() + timedelta(minutes=self._random.randint(1, 5)))
        self._keep_or_lose(agent, found.id, talk.ends)
        agents.resolve(self._house, agent, found.id, talk.ends)
        self._pass_until(self._clock.now() + timedelta(seconds=30))
        if self._random.random() < 0.6:  # noqa: PLR2004 - most people answer the one question
            mark = str(self._random.choice((3, 4, 4, 5, 5, 5)))
            self._say(address, mark, channel=channel)

    def _record(self, address: str, fact: Heard) -> None:
        self._count += 1
        now = self._clock.now()
        arrival = arrivals.arrival_of(
            fact,
            self._house.keyset,
            workspace_id=self._workspace_id,
            lane=self._lane(address, fact.channel),
            dedupe_key=f"demo:{address}:{self._count}",
            received_at=now,
        )
        with self._house.engine.transaction():
            self._house.engine.inbox.append([arrival])
        self._crew.loop.run_idle()

    def _lane(self, address: str, channel: str = outgoing.OWN_CHANNEL) -> str:
        return arrivals.lane_of(self._house.keyset, self._workspace_id, channel, address)

    def _pass_until(self, moment: datetime) -> None:
        """Let time pass, with every timer fired at its own moment."""
        while (due := self._house.engine.next_due_at()) and due <= moment:
            self._clock.move_to(due)
            self._crew.loop.run_idle()
        self._clock.move_to(moment)
