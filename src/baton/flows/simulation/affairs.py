"""The matters in a person's life: they begin, take their course, and a flow may change it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from baton.core.json import Json
from baton.flows.scene import Happened
from baton.flows.simulation import world
from baton.flows.simulation.diary import Who
from baton.flows.simulation.people import Later, Matter
from baton.flows.simulation.person import Person
from baton.flows.simulation.trips import Thing

Hear = Callable[[Happened, Thing | None], None]
"""What is told of everything that happens."""


class Affairs:
    """Everything that happens to one person; whoever wants to know is told by `tell`."""

    def __init__(self, person: Person, tell: Hear) -> None:
        self._person = person
        self._tell = tell

    def expect(self) -> None:
        """Plan the first of every kind of matter."""
        for matter in self._person.stage.world.matters:
            self._plan(matter, 0)

    def cause(self, event: str, thing: Thing | None) -> None:
        """Let an event happen that a person or an action brought about, with what it changes."""
        later = _later_of(event, thing)
        if thing and later and (later.moves or later.is_last):
            thing.version += 1  # nothing that was planned for it comes true as it was planned
            if later.moves:
                purpose = f"{thing.key}:{thing.version}:moves"
                self._set_time(thing, thing.due_at + self._person.chance.span(later.moves, purpose))
            if not later.is_last:
                self._plan_course(thing)
        self._occur(event, thing)

    def facts_for(self, about: str) -> dict[str, Json]:
        """Return facts for something that belongs to no matter."""
        number, facts = self._person.next_number(), self._person.stage.world.facts
        made = self._person.maker.made_up(facts, f"{about}:{number}", number)
        now = self._person.now
        return made | world.times_of(facts, now) | world.past_times_of(facts, now)

    def _plan(self, matter: Matter, place: int) -> None:
        person, purpose = self._person, f"{matter.name}:{place}"
        at = (
            person.some_time(purpose)
            if matter.is_once
            else person.now + person.chance.gap(matter.every, purpose)
        )
        person.plan(person.awake(at), partial(self._begin, matter, place))

    def _begin(self, matter: Matter, place: int) -> None:
        person, key = self._person, f"{matter.name}:{place}"
        facts, due_at = person.stage.world.facts, self._due_at(matter, key)
        made = person.maker.made_up(facts, key, person.next_number())
        made |= world.times_of(facts, due_at) | world.past_times_of(facts, person.now)
        thing = Thing(matter=matter, key=key, due_at=due_at, facts=made)
        self._plan_course(thing)
        if not matter.is_once:
            self._plan(matter, place + 1)
        self._occur(matter.begins, thing)

    def _due_at(self, matter: Matter, key: str) -> datetime:
        person, (least, _most) = self._person, matter.ahead
        ahead = person.chance.span(matter.ahead, f"{key}:ahead")
        if not ahead:
            return person.now
        place = person.chance.place(f"{key}:hour")
        hours = person.stage.setting.hours
        return world.opened(person.now + least, person.now + ahead, hours, place)

    def _plan_course(self, thing: Thing) -> None:
        person = self._person
        key = f"{thing.key}:{thing.version}"
        course = world.course_of(thing.matter, key, thing.due_at, person.now, person.chance)
        for one in course:
            person.plan(one.at, partial(self._follow, thing, thing.version, one.event, one.due_at))

    def _follow(self, thing: Thing, version: int, event: str, due_at: datetime) -> None:
        if version == thing.version:
            self._set_time(thing, due_at)
            self._occur(event, thing)

    def _set_time(self, thing: Thing, due_at: datetime) -> None:
        if due_at - thing.due_at != timedelta(0):
            thing.due_at = due_at
            facts = self._person.stage.world.facts
            thing.facts = thing.facts | world.times_of(facts, due_at)

    def _occur(self, event: str, thing: Thing | None) -> None:
        person = self._person
        person.tally.events[event] += 1
        person.note(Who.WORLD, event.replace("_", " "))
        if thing:
            facts = thing.facts = thing.facts | world.past_times_of(
                person.stage.world.facts, person.now, event
            )
        else:
            facts = self.facts_for(event)
        self._tell(Happened(event=event, facts=facts), thing)


def _later_of(event: str, thing: Thing | None) -> Later | None:
    known = thing.matter.later if thing else ()
    return next((one for one in known if one.event == event), None)
