"""What passes between Baton and one person: runs begin and go on, words are heard and said.

Every decision is the interpreter's own (`flows.turn`), and every message is asked of the
rules of sending (`core.presend`); here is only what the services do around them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from baton.core.consent import Purpose
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.ownership import Owner
from baton.core.presend import Allowed, Deferred, Notice
from baton.flows import outreach, signals, unprompted
from baton.flows import turn as turns
from baton.flows.document import Flow
from baton.flows.effects import CallAction, Effect, SendText, SetTimer
from baton.flows.scene import ActionEnded, Happened, Input, TimeUp
from baton.flows.signals import Signals
from baton.flows.simulation import prompts, reactions, tracing, trips, world
from baton.flows.simulation.diary import Who
from baton.flows.simulation.keeping import Keeper
from baton.flows.simulation.person import Person
from baton.flows.simulation.post import Post
from baton.flows.simulation.reactions import Words
from baton.flows.simulation.talk import Talk
from baton.flows.simulation.tally import Marks
from baton.flows.simulation.trips import Thing, Trip
from baton.flows.standing import scene_of
from baton.flows.steps.do import Do
from baton.flows.trigger import TriggerKind
from baton.flows.turn import Decision, Turn

Cause = Callable[[str, Thing | None], None]
"""Lets an event happen to a matter, or to none."""

_AT_ONCE = timedelta(seconds=1)
_LEAD = timedelta(days=1)  # of a time that an action finds, such as the next free slot
_WEBCHAT = ("webchat",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """A turn whose words go: whether they answer somebody, and whether nobody asked for them."""

    turn: Turn
    is_prompted: bool
    is_unprompted: bool


class Dealings:
    """One person's runs and conversation; `cause` lets an event happen in their life."""

    def __init__(self, person: Person, cause: Cause) -> None:
        self._person = person
        self._cause = cause
        self._setting = person.stage.setting
        channel = person.channel_of(person.stage.world.flow.channels or _WEBCHAT)
        self._talk = Talk(
            channel=channel, draw=person.chance.contact, contact=person.introduced(channel)
        )
        self._post = Post(person, self._talk)
        self._keeper = Keeper(person, self._talk, self._say_digest)
        self._trips: list[Trip] = []
        self._known: list[Trip] = []
        self._at_once: list[Marks] = []
        self._attached: Trip | None = None

    # -- things that happen ------------------------------------------------------------

    def happen(self, given: Happened, thing: Thing | None) -> None:
        """Let what happened move the runs that wait for it, and start those that it starts."""
        library = self._setting.library
        for trip in tuple(self._trips):
            if trips.waits_for(trip, given.event, library):
                self._go_on(trip, given)
        if given.event == self._person.stage.world.flow.trigger.event:
            self.start_all(TriggerKind.EVENT, given, thing)

    def start_all(self, kind: TriggerKind, given: Happened, thing: Thing | None) -> None:
        """Start every live flow that something which happened starts."""
        scene = scene_of(self._talk.standing(None), self._setting, self._person.now)
        for flow, version in outreach.starting(self._setting.library, kind, given, scene):
            self._start(flow, version, given, thing)

    def is_meant(self, flow: Flow) -> bool:
        """Return whether the person is of the segment that a flow is for."""
        scene = scene_of(self._talk.standing(None), self._setting, self._person.now)
        return replace(scene, names=flow.names).holds(flow.trigger.segment)

    def hear(self, words: Words, about: Trip | None) -> None:
        """Let the person say something; `about` is the run whose message made them."""
        person, said = self._person, words.said
        self._talk.open_for(person.now, self._setting.policy)
        self._talk.wrote_at = person.now
        person.note(Who.CONTACT, words.text, self._talk.channel)
        trip = self._addressed(words)
        state = trip.state if trip else None
        bands = self._setting.bands_in(state.flow if state else "")
        heard = signals.read(said, state, self._talk.request_type, self._setting.pack, bands)
        turn = turns.decide(said, heard, self._talk.standing(state), self._setting, now=person.now)
        person.tally.inbound[prompts.kind_of(heard, words)] += 1
        if about:
            prompts.mark_reply(about, words)
        if trip:
            prompts.mark_answer(trip, turn, words)
        if turn.steps and (turn.is_beside or trip is None):
            trip = self._begin_answer(turn)
            self._carry_out(trip, turn, None, heard)
        else:
            self._carry_out(trip, turn, said, heard)
        if about and turn.handoff:
            about.marks.was_handed_over = True
        elif turn.handoff and trip is None and self._takes_words:
            # The flow is for these words, and people took them before a run could begin.
            self._at_once.append(Marks(was_sent=True, was_handed_over=True))

    def act(self, event: str, about: Trip) -> None:
        """Let the person do what a run waits for."""
        if about.state is not None:
            about.marks.has_confirmed |= prompts.confirms(about, event)
            self._cause(event, about.thing)

    def close(self) -> None:
        """Count the runs that still wait, and what was true of all of them."""
        tally = self._person.tally
        for trip in self._trips:
            if trip.state is not None:
                tally.waiting[trip.state.flow, trip.state.step] += 1
        flow = self._person.stage.world.flow
        own = [*self._at_once, *(trip.marks for trip in self._known if trip.flow is flow)]
        for marks in own:
            tally.close_run(marks)
        tally.close_contact(own, has_opted_out=self._talk.is_opted_out)

    @property
    def _takes_words(self) -> bool:
        return self._person.stage.world.flow.trigger.on is TriggerKind.MESSAGE

    # -- runs --------------------------------------------------------------------------

    def _start(self, flow: Flow, version: int, given: Happened, thing: Thing | None) -> None:
        refused = self._person.tally.not_started
        if not self._talk.channel:
            refused["no_channel"] += 1
            return
        try:
            subject = outreach.subject_of(flow, outreach.facts_of(flow, given.facts))
        except InvalidInput as error:
            refused[f"event_refused: {', '.join(sorted(error.fields))}"] += 1
            return
        if not outreach.may_start(flow, subject, [trip.underway for trip in self._trips]):
            refused["enough_runs"] += 1
            return
        standing = self._talk.standing(None)
        turn = unprompted.begin(flow, version, given, standing, self._setting, now=self._person.now)
        self._carry_out(self._begin_trip(flow, version, subject, thing), turn, None, None)

    def _begin_answer(self, turn: Turn) -> Trip:
        """Begin the run of the flow that took the words."""
        flow = self._setting.library.flows[turn.flow, turn.version]
        return self._begin_trip(flow, turn.version, "", None)

    def _begin_trip(self, flow: Flow, version: int, subject: str, thing: Thing | None) -> Trip:
        person = self._person
        trip = Trip(
            key=f"run {len(self._known)}", flow=flow, version=version, subject=subject, thing=thing
        )
        self._trips.append(trip)
        self._known.append(trip)
        person.tally.started[flow.name] += 1
        person.note(Who.FLOW, "a run begins", flow.name)
        goal, habits = flow.goal, person.stage.people.habits
        is_own = goal is not None and goal.event in person.stage.world.own_events
        if goal and is_own and person.chance.happens(habits.reaches_goal, f"{trip.key}:goal"):
            after = person.chance.span(habits.goal_after, f"{trip.key}:goal after")
            person.plan(person.awake(person.now + after), partial(self.act, goal.event, trip))
        return trip

    def _go_on(self, trip: Trip, given: Input) -> None:
        """Let a waiting run take something that nobody said."""
        if trip.state is None:
            return
        standing, now = self._talk.standing(trip.state), self._person.now
        if isinstance(given, TimeUp) and trip.is_prompted:
            self._carry_out(trip, unprompted.wake(standing, self._setting, now=now), given, None)
        elif turn := unprompted.go_on(given, standing, self._setting, now=now):
            self._carry_out(trip, turn, given, None)

    def _wake(self, trip: Trip, serial: int) -> None:
        if trip.serial == serial:
            self._go_on(trip, TimeUp())

    def _return(self, trip: Trip, number: int, action: str) -> None:
        """Tell a run what came of its action, and the world what the action changed."""
        person = self._person
        fails = person.chance.happens(person.stage.people.fails, f"{trip.key}:{number}:fails")
        outcome = "failed" if fails else "done"
        person.tally.actions[action, outcome] += 1
        person.note(Who.SYSTEM, f"{action.replace('_', ' ')}: {outcome}")
        caused = person.stage.people.caused.get(action)
        if caused and not fails:
            person.plan(person.now + _AT_ONCE, partial(self._cause, caused, trip.thing))
        problem = "did not work" if fails else ""
        result = {} if fails else self._result_of(trip, number)
        self._go_on(trip, ActionEnded(number=number, result=result, problem=problem))

    def _result_of(self, trip: Trip, number: int) -> dict[str, Json]:
        step = prompts.step_of(trip, self._setting.library)
        if not isinstance(step, Do):
            return {}
        person = self._person
        purpose = f"{trip.key}:{number}"
        made = person.maker.made_up(step.saved, purpose, person.next_number())
        place = person.chance.place(f"{purpose}:hour")
        due_at = person.now + _LEAD
        due_at = world.opened(due_at, due_at, self._setting.hours, place)
        return made | world.times_of(step.saved, due_at)

    def _addressed(self, words: Words) -> Trip | None:
        waiting = trips.asked(self._trips)
        last = self._attached.state if self._attached else None
        states = [trip.state for trip in waiting if trip.state is not None]
        chosen = signals.addressed(words.said, states, last)
        return next((one for one in waiting if one.state is chosen), self._attached)

    # -- what follows from a turn ------------------------------------------------------

    def _carry_out(
        self, trip: Trip | None, turn: Turn, given: Input | None, heard: Signals | None
    ) -> None:
        """Take over a turn: the run, the conversation, the reply and whatever else it asks."""
        is_prompted = heard is not None or trip is None or trip.is_prompted
        if trip:
            self._take_over(trip, turn, given)
        self._talk.mark(turn, heard, self._setting.policy)
        if turn.handoff:
            self._hand_over(turn, trip)
        if turn.reply:
            is_unprompted = heard is None and bool(trip and trip.flow.trigger.is_unprompted)
            telling = _Telling(turn=turn, is_prompted=is_prompted, is_unprompted=is_unprompted)
            self._say(turn.reply, trip, telling)
        for effect in turn.effects:
            self._apply(effect, trip)

    def _take_over(self, trip: Trip, turn: Turn, given: Input | None) -> None:
        tracing.follow(trip, turn, given, self._setting.library, self._person.tally)
        if turn.run is trip.state and not turn.steps:
            return  # it waits on as it was
        trip.state = turn.run
        trip.serial += 1
        if trip.state is None:
            self._trips.remove(trip)
        if trip.state is not None and (trip.takes_words or trip.is_prompted):
            self._attach(trip)
        elif self._attached is trip:
            self._attached = None
        wake = next((e.after for e in turn.effects if isinstance(e, SetTimer)), None)
        if trip.state is not None and wake is not None:
            self._person.plan(self._person.now + wake, partial(self._wake, trip, trip.serial))

    def _attach(self, trip: Trip) -> None:
        """Let a run be the one that takes any words; one that only words had started ends."""
        displaced = self._attached
        self._attached = trip
        if displaced and displaced is not trip and displaced.state and displaced.is_prompted:
            tracing.displace(displaced, self._person.tally)
            displaced.state = None
            displaced.serial += 1
            self._trips.remove(displaced)

    def _hand_over(self, turn: Turn, trip: Trip | None) -> None:
        person = self._person
        if turn.handoff is None:
            return
        escalate = turn.handoff.escalate
        person.tally.escalated[escalate.reason.value, escalate.trigger] += 1
        person.note(Who.FLOW, f"handed over: {escalate.trigger.replace('_', ' ')}")
        if trip:
            trip.marks.was_handed_over = True
        purpose = f"handoff {self._talk.handed}"
        after = person.chance.span(person.stage.people.resolves, purpose)
        person.plan(person.now + after, partial(self._resolve, self._talk.handed))

    def _resolve(self, handed: int) -> None:
        if self._talk.handed == handed and self._talk.owner is not Owner.BOT:
            self._talk.resolve()
            self._person.note(Who.PERSON, "settled the matter")

    def _say_digest(self, text: str) -> None:
        purpose = self._person.stage.world.flow.charter.purpose
        verdict = self._post.send(SendText(text=text), purpose, None, is_unprompted=True)
        if isinstance(verdict, Deferred):
            self._person.plan(verdict.until, partial(self._say_digest, text))

    def _say(self, reply: SendText, trip: Trip | None, telling: _Telling) -> None:
        notice = _notice_of(telling.turn)
        purpose = trip.flow.charter.purpose if trip else Purpose.SERVICE
        verdict = self._post.send(reply, purpose, notice, is_unprompted=telling.is_unprompted)
        if isinstance(verdict, Deferred):
            self._person.plan(verdict.until, partial(self._say, reply, trip, telling))
        if not isinstance(verdict, Allowed):
            return
        self._talk.say(telling.turn, is_prompted=telling.is_prompted)
        if trip:
            trip.marks.was_sent = True
            trip.spoke_at = self._post.sent
            prompts.mark_prompt(trip)
            if notice is None:
                self._await_reaction(trip)

    def _await_reaction(self, trip: Trip) -> None:
        person = self._person
        prompt = prompts.prompt_of(trip, self._setting.library, person.stage.world.own_events)
        reaction = reactions.react(
            prompt,
            person.stage.people.habits,
            self._setting.pack,
            person.chance,
            f"message {self._post.sent}",
        )
        if reaction is None:
            return
        at = person.awake(person.now + reaction.after)
        if reaction.words:
            person.plan(at, partial(self.hear, reaction.words, trip))
        else:
            person.plan(at, partial(self.act, reaction.event, trip))

    def _apply(self, effect: Effect, trip: Trip | None) -> None:
        if isinstance(effect, CallAction) and trip:
            person = self._person
            purpose = f"{trip.key}:{effect.number}:takes"
            at = person.now + person.chance.span(person.stage.people.takes, purpose)
            person.plan(at, partial(self._return, trip, effect.number, effect.action))
        else:
            self._keeper.keep(effect, trip)


def _notice_of(turn: Turn) -> Notice | None:
    if turn.decision in (Decision.OPTED_OUT, Decision.OPTED_IN):
        return Notice.CONSENT
    return Notice.HANDOVER if turn.handoff else None
