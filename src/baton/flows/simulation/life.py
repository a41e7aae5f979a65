"""One person's days, from the first of a simulation to the last.

People do not meet, so each has a clock of their own; what a flow does is the sum of all.
"""

from datetime import timedelta
from functools import partial

from baton.flows.moments import next_time_of_day
from baton.flows.scene import Happened
from baton.flows.simulation import reactions
from baton.flows.simulation.affairs import Affairs
from baton.flows.simulation.dealings import Dealings
from baton.flows.simulation.diary import Diary
from baton.flows.simulation.person import Person, Stage
from baton.flows.simulation.reactions import Words
from baton.flows.simulation.tally import Tally
from baton.flows.simulation.trips import Thing
from baton.flows.trigger import WEEKDAYS, TriggerKind

_AT_ONCE = timedelta(seconds=1)


def lived(stage: Stage, number: int, tally: Tally) -> Diary:
    """Let one person live, count what happens, and return their diary."""
    return _Life(stage, number, tally).live()


class _Life:
    def __init__(self, stage: Stage, number: int, tally: Tally) -> None:
        self._person = Person(stage, number, tally)
        self._affairs = Affairs(self._person, self._tell)
        self._dealings = Dealings(self._person, self._affairs.cause)
        self._trigger = stage.world.flow.trigger

    def live(self) -> Diary:
        self._affairs.expect()
        match self._trigger.on:
            case TriggerKind.SCHEDULE:
                self._plan_round()
            case TriggerKind.SEGMENT:
                at = self._person.some_time("joins")
                self._person.plan(at, partial(self._join, TriggerKind.SEGMENT))
            case TriggerKind.MESSAGE | TriggerKind.KEYWORD:
                self._plan_words(0)
            case _:
                pass  # an event is among the affairs
        self._person.live()
        self._dealings.close()
        return self._person.diary

    def _tell(self, given: Happened, thing: Thing | None) -> None:
        self._dealings.happen(given, thing)

    def _plan_round(self) -> None:
        person = self._person
        zone = person.stage.setting.hours.zone
        at = next_time_of_day(person.now + _AT_ONCE, self._trigger.at, zone)
        person.plan(at, self._come_round)

    def _come_round(self) -> None:
        zone = self._person.stage.setting.hours.zone
        day = WEEKDAYS[self._person.now.astimezone(zone).weekday()]
        if not self._trigger.days or day in self._trigger.days:
            self._join(TriggerKind.SCHEDULE)
        self._plan_round()

    def _join(self, kind: TriggerKind) -> None:
        """Start the flow, if the person is of those that it is for."""
        flow = self._person.stage.world.flow
        if self._dealings.is_meant(flow):
            facts = self._affairs.facts_for(flow.name)
            self._dealings.start_all(kind, Happened(event=flow.name, facts=facts), None)

    def _plan_words(self, place: int) -> None:
        person = self._person
        gap = person.chance.gap(person.stage.people.writing.every, f"writes {place}")
        person.plan(person.awake(person.now + gap), partial(self._write, place))

    def _write(self, place: int) -> None:
        person = self._person
        if self._trigger.on is TriggerKind.KEYWORD:
            words = Words(text=self._trigger.keyword)
        else:
            stage = person.stage
            words = reactions.written(
                stage.people.writing, stage.setting.pack, person.chance, f"writes {place}"
            )
        self._dealings.hear(words, None)
        self._plan_words(place + 1)
