"""One invented person: their luck, their clock, and what is counted and noted of them."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.consent import Purpose
from baton.core.json import Json
from baton.flows.moments import next_time_of_day
from baton.flows.simulation.chance import Chance
from baton.flows.simulation.diary import Diary, Who
from baton.flows.simulation.people import People
from baton.flows.simulation.tally import Tally
from baton.flows.simulation.world import Maker, World
from baton.flows.standing import Setting

_HIGH = 5.0  # a score above every limit that flows commonly ask for
_PER_PERSON = 10_000  # things in one life, so that no two people have one of the same number


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all people of a simulation share; they live from `begins_at` until `ends_at`."""

    world: World
    setting: Setting
    people: People
    seed: int
    begins_at: datetime
    ends_at: datetime


class Person:
    """Somebody with a queue of what is still to come for them."""

    def __init__(self, stage: Stage, number: int, tally: Tally) -> None:
        self.stage = stage
        self.tally = tally
        self.number = number
        self.now = stage.begins_at
        self.chance = Chance(stage.seed, f"contact {number}")
        self.maker = Maker(people=stage.people, chance=self.chance, words=stage.world.words)
        self.name = self._one_of("name", "Contact")
        self.diary = Diary(number, self.name)
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._planned = self._things = 0

    def plan(self, at: datetime, happen: Callable[[], None]) -> None:
        """Let something happen at a moment; of two at the same, the one planned first."""
        self._planned += 1
        heapq.heappush(self._queue, (at, self._planned, happen))

    def live(self) -> None:
        """Let everything happen that is planned until the end, and what comes of it."""
        while self._queue:
            at, _order, happen = heapq.heappop(self._queue)
            if at >= self.stage.ends_at:
                break
            self.now = at
            happen()

    def next_number(self) -> int:
        """Return a number that nothing else in any life has."""
        self._things += 1
        return self.number * _PER_PERSON + self._things

    def some_time(self, purpose: str) -> datetime:
        """Return any moment of the simulation."""
        whole = self.stage.ends_at - self.stage.begins_at
        return self.stage.begins_at + self.chance.span((timedelta(0), whole), purpose)

    def awake(self, at: datetime) -> datetime:
        """Return a moment, or the next morning when it lies in the night."""
        habits, zone = self.stage.people.habits, self.stage.setting.hours.zone
        clock = f"{at.astimezone(zone):%H:%M}"
        if habits.awake_from <= clock <= habits.awake_until:
            return at
        return next_time_of_day(at, habits.awake_from, zone) + timedelta(minutes=at.minute)

    def channel_of(self, wanted: tuple[str, ...]) -> str:
        """Return the first of some channels on which they can be reached, "" for none."""
        reach = self.stage.people.channels
        fitting = (one for one in wanted if self.chance.happens(reach[one], f"has {one}"))
        return next(fitting, "")

    def introduced(self, channel: str) -> dict[str, Json]:
        """Return what texts and conditions may say of them."""
        world, likely = self.stage.world, self.stage.people.tagged
        tags = [one for one in world.tags if self.chance.happens(likely, f"tag {one}")]
        scores = {
            one: _HIGH if self.chance.happens(likely, f"score {one}") else 0.0
            for one in world.scores
        }
        return {
            "name": self.name,
            "first_name": self.name,
            "membership": self._one_of("membership", ""),
            "channel": channel,
            "language": "",
            "is_identified": True,
            "preferences_url": "https://example.org/preferences",
            "tags": [*tags],
            "offers": [],
            "asked_at": [],
            "consents": [*self._consents()],
            "scores": {**scores},
        }

    def note(self, who: Who, text: str, where: str = "") -> None:
        """Write a line into their diary."""
        self.diary.note(self.now, who, text, where)

    def _consents(self) -> tuple[str, ...]:
        """Return the purposes for which they may be written to."""
        wants_offers = self.chance.happens(self.stage.people.consents, "consents")
        needed = (Purpose.TRANSACTIONAL.value, Purpose.SERVICE.value)
        return (*needed, Purpose.PROMOTIONAL.value) if wants_offers else needed

    def _one_of(self, what: str, otherwise: str) -> str:
        known = self.stage.people.words.get(what, ())
        return self.chance.one_of(known, what) if known else otherwise
