"""The processes of the system: one that serves, two that work, each as it is wired in earnest."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from baton.config import wiring
from baton.config.faults.actors import Actor, Stage
from baton.config.faults.database import engine_of
from baton.config.faults.phones import Phones
from baton.config.faults.place import Place, Remembering
from baton.core.reading import ReaderPort
from baton.nlu.reader import LocalReader
from baton.runtime.carrier import Alone, OneHand
from baton.runtime.recorder import Recorder
from baton.services.delivery import carriage
from baton.services.delivery.carriage import LOOK_UP_MESSAGE
from baton.services.delivery.lost_sends import LostSends
from baton.services.delivery.outgoing import SEND_MESSAGE
from baton.services.delivery.sending import Postman
from baton.services.house import House
from baton.services.workspace.standards import standards_cache

_BATCH = 20
_READERS: dict[str, ReaderPort] = {}


@dataclass(slots=True)
class Clock:
    """A process's clock: the world's time, and how far it is off."""

    world: Callable[[], datetime]
    off_by: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the time as this process has it."""
        return self.world() + self.off_by


@dataclass(slots=True, kw_only=True)
class Process:
    """One process: its house, its clock, and the threads that run in it."""

    name: str
    house: House
    clock: Clock
    recorder: Recorder
    turns: dict[str, Callable[[], object]] = field(default_factory=dict)
    idle_at: dict[str, tuple[int, datetime]] = field(default_factory=dict)


def start(  # noqa: PLR0913 - what tells a process from any other
    name: str, place: Place, stage: Stage, phones: Phones, clock: Clock, *, seed: int, works: bool
) -> Process:
    """Start a process: nothing of an earlier one of its name is left but what the database has."""
    source = random.Random(seed)  # noqa: S311 - it has to play again
    house = replace(
        wiring.build_house(place.keyset, clock, seed=seed, engine=engine_of(stage)),
        reader_of=_reader_of,
    )
    standards_cache(house).begin_with(place.standards)
    process = Process(name=name, house=house, clock=clock, recorder=Recorder(house.engine))
    if works:
        process.turns = _turns_of(name, house, phones, source.random)
    return process


def _turns_of(
    name: str, house: House, phones: Phones, spread: Callable[[], float]
) -> dict[str, Callable[[], object]]:
    """Return what each thread of a worker does, in the order of the loops."""
    crew = wiring.crew_of(house, owner=name, batch=_BATCH)
    worker = replace(crew.worker, random=spread)
    carriers = {**crew.sender.carriers, SEND_MESSAGE: Postman(house=house, channels=phones)}
    sender = replace(crew.sender, carriers=carriers, random=spread, hands=OneHand())
    asks = {
        **crew.asker.carriers,
        LOOK_UP_MESSAGE: Alone(perform=partial(carriage.look_up, house, phones)),
    }
    asker = replace(crew.asker, carriers=asks, random=spread, hands=OneHand())
    lost_sends = LostSends(house=house, channels=phones)

    def asking() -> int:
        return asker.run_once() + lost_sends.run_once()

    return {"worker": worker.run_once, "sender": sender.run_once, "asker": asking}


def _reader_of(name: str) -> ReaderPort:
    """Return a reader of words alone, one a process: how well it reads is no matter here."""
    if name not in _READERS:
        _READERS[name] = Remembering(LocalReader(wiring.pack_of(name), plain=True))
    return _READERS[name]


def actor_names(process: str, *, works: bool) -> tuple[str, ...]:
    """Return the names of a process's threads."""
    return (
        tuple(f"{kind} {process}" for kind in ("worker", "sender", "asker"))
        if works
        else (process,)
    )


def actors_of(names: tuple[str, ...], on_start: Callable[[], None]) -> dict[str, Actor]:
    """Start a thread for each name."""
    return {name: Actor(name, on_start) for name in names}
