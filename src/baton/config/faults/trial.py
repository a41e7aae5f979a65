"""One seed played: its plan taken step by step, the laws held against what stands after each."""

import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.utils import OperationalError

from baton.channels import WrongSignatureError
from baton.config.faults import deeds, processes
from baton.config.faults.actors import Actor, Stage
from baton.config.faults.database import Fault, Watch
from baton.config.faults.laws import Laws
from baton.config.faults.letters import Letter, arrivals_of
from baton.config.faults.phones import Answer, Phones
from baton.config.faults.place import Place
from baton.config.faults.plan import Kind, Plan, Step
from baton.config.faults.processes import Clock, Process
from baton.runtime.ports import Arrival
from baton.runtime.trial import Failed

_PROCESSES: Final = {"server": False, "one": True, "two": True}
_A_STEP: Final = timedelta(milliseconds=1)
_SPANS: Final = tuple(
    timedelta(seconds=seconds) for seconds in (1, 1, 2, 3, 3, 8, 31, 130, 600, 3_600, 25_000)
)
_JUMPS: Final = tuple(timedelta(seconds=seconds) for seconds in (-90, -5, -1, 0, 0, 1, 5, 90))
_FAR: Final = 48  # statements and commits: about as many as a turn takes
_LASTING: Final = (Fault.DISK_FULL, Fault.LOCKED)
_AGAIN: Final = (1, 2, 2, 3, 3, 4, 8, 16)
"""How many writes fail: two or three set back a fact that was being decided."""
_REST: Final = timedelta(hours=30)  # over a night, and the morning after it
_MOST_ROUNDS: Final = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A law that does not hold; `step` is the place in the plan, its length for the end."""

    step: int
    law: str


@dataclass(slots=True, kw_only=True)
class Played:
    """What came of a seed; `told` is what happened, where that was asked for."""

    seed: int
    steps: int
    broken: Broken | None = None
    told: list[str] = field(default_factory=list)


class Trial:
    """Plays one plan in a place; `close` gives its threads back."""

    def __init__(self, place: Place, *, is_telling: bool = False) -> None:
        self._place = place
        self._is_telling = is_telling
        self.stage = Stage()
        self._actors: dict[str, tuple[str, Actor]] = {}
        for process, works in _PROCESSES.items():
            names = processes.actor_names(process, works=works)
            for name, actor in processes.actors_of(names, place.glass.adopt).items():
                self._actors[name] = (process, actor)

    def play(self, plan: Plan, *, rests: bool = True) -> Played:
        """Play a plan to the first law that is broken, or until all that it began has ended.

        Unless it `rests`, its steps alone are taken.
        """
        self._place.glass.turn()
        life = _Life(self._place, self.stage, self._actors, plan, is_telling=self._is_telling)
        with self._place.glass.watched(life.watch):
            try:
                return life.play(rests=rests)
            finally:
                life.end()

    def close(self) -> None:
        """End the threads."""
        for _, actor in self._actors.values():
            actor.close()


class _Life:
    """What becomes of the place under one plan."""

    def __init__(
        self,
        place: Place,
        stage: Stage,
        actors: dict[str, tuple[str, Actor]],
        plan: Plan,
        *,
        is_telling: bool,
    ) -> None:
        self._place, self._stage, self._actors, self._plan = place, stage, actors, plan
        self._now = place.begins_at
        self.watch = Watch(stage)
        self.phones = Phones(stage=stage, now=lambda: self._now)
        self._source = random.Random(plan.seed)  # noqa: S311 - it has to play again
        self._clocks = {
            name: Clock(lambda: self._now, timedelta(microseconds=place_))
            for place_, name in enumerate(_PROCESSES)
        }
        self._processes = {name: self._started(name) for name in _PROCESSES}
        self._jobs: list[tuple[str, Callable[[], object]]] = []
        self._past: list[Letter] = []
        self._count = 0
        self._moves = 0
        self._begun: dict[str, tuple[int, int]] = {}
        self._idle: dict[str, tuple[int, int]] = {}
        self._played = Played(seed=plan.seed, steps=0)
        self._is_telling = is_telling
        self.laws = Laws(place, self.watch, self.phones)

    def play(self, *, rests: bool) -> Played:
        """Take every step, then let all come to rest."""
        for place, step in enumerate(self._plan.steps):
            self._now += _A_STEP
            self._TAKE[step.kind](self, step)
            self._played.steps += 1
            if law := self._law():
                return self._is_broken(place, law)
        if not rests:
            return self._played
        law = self._rest() or self.laws.at_rest(self._now)
        return self._is_broken(len(self._plan.steps), law) if law else self._played

    def end(self) -> None:
        """Let every thread end what it does."""
        for _, actor in self._actors.values():
            actor.kill()

    def _is_broken(self, place: int, law: str) -> Played:
        self._tell(f"BROKEN: {law}")
        self._played.broken = Broken(step=place, law=law)
        return self._played

    def _law(self) -> str | None:
        return self.laws.broken(self._now)

    def _tell(self, words: str) -> None:
        if self._is_telling:
            self._played.told.append(f"{self._now:%a %H:%M:%S.%f}"[:-3] + f"  {words}")

    def _started(self, name: str) -> Process:
        return processes.start(
            name,
            self._place,
            self._stage,
            self.phones,
            self._clocks[name],
            seed=self._source.getrandbits(48),
            works=_PROCESSES[name],
        )

    # What a step does

    def _run(self, step: Step) -> None:
        ready = [name for name in self._actors if self._may_run(name)]
        if ready:
            self._go_on(ready[step.a % len(ready)], step.b)
        else:
            self._due(step)

    def _say(self, step: Step) -> None:
        for choice in deeds.burst_of(step.b):
            self._count += 1
            at = self._now
            letter = deeds.says(self._place, step.a, choice, number=self._count, at=at)
            self.phones.mail.append(letter)
            self._tell(f"{letter.lane} writes {letter.words!r} ({letter.key})")

    def _tells(self, step: Step) -> None:
        self._count += 1
        at = self._now
        letter = deeds.tells(self._place, step.a, step.b, number=self._count, at=at)
        self.phones.mail.append(letter)
        self._tell(f"a system tells of {letter.lane}: {letter.words} ({letter.key})")

    def _deed(self, step: Step) -> None:
        what, act = deeds.deed_of(self._place, step.a, step.b)
        process = self._processes["server"]
        self._jobs.append((what, lambda: act(process.house)))

    def _wait(self, step: Step) -> None:
        self._move(_SPANS[step.a % len(_SPANS)])

    def _due(self, step: Step) -> None:  # noqa: ARG002 - the shape of every step
        due_at = self._processes["server"].house.engine.next_due_at()
        if due_at is None or due_at <= self._now:
            self._move(timedelta(seconds=21))
        else:
            self._move(due_at - self._now)

    def _move(self, span: timedelta) -> None:
        self._now += span
        self._moves += 1
        self._tell(f"{span} later")

    def _statement(self, step: Step) -> None:
        faults = list(Fault)
        fault = faults[step.a % len(faults)]
        # A disk stays full and a row is locked for a while; all else passes.
        times = _AGAIN[(step.b >> 8) % len(_AGAIN)] if fault in _LASTING else 1
        self.watch.arm(fault, 0 if fault is Fault.LOCKED else step.b % _FAR, times)

    def _answer(self, step: Step) -> None:
        answers = list(Answer)
        self.phones.next_answers.append(answers[step.a % len(answers)])

    def _kill(self, step: Step) -> None:
        name = list(_PROCESSES)[step.a % len(_PROCESSES)]
        self._tell(f"the process {name} is killed")
        self._restart(name)

    def _clock(self, step: Step) -> None:
        name = list(_PROCESSES)[step.a % len(_PROCESSES)]
        jump = _JUMPS[step.b % len(_JUMPS)]
        clock = self._clocks[name]
        clock.off_by = jump + timedelta(microseconds=list(_PROCESSES).index(name))
        self._moves += 1
        self._tell(f"the clock of {name} is {jump.total_seconds():+.0f} s off")

    def _database(self, step: Step) -> None:  # noqa: ARG002 - the shape of every step
        self._tell("the database restarts")
        self.watch.cut(set(self._actors))

    def _flake(self, step: Step) -> None:
        if self._past:
            letter = self._past[step.a % len(self._past)]
            self.phones.mail.append(letter)
            self._tell(f"{letter.key} is delivered once more")

    def _forge(self, step: Step) -> None:
        self._count += 1
        letter = deeds.forges(step.b, number=self._count)
        self.phones.mail.append(letter)
        self._tell(f"somebody writes {letter.words!r} as {letter.lane} ({letter.key})")

    _TAKE: Final = {
        Kind.RUN: _run, Kind.SAY: _say, Kind.TELL: _tells, Kind.DEED: _deed, Kind.WAIT: _wait,
        Kind.DUE: _due, Kind.STATEMENT: _statement, Kind.ANSWER: _answer, Kind.KILL: _kill,
        Kind.CLOCK: _clock, Kind.RESTART: _database, Kind.FLAKE: _flake,
        Kind.FORGE: _forge,
    }  # fmt: skip

    # Threads

    def _may_run(self, name: str) -> bool:
        process, actor = self._actors[name]
        if actor.is_busy:
            return True
        if not _PROCESSES[process]:
            return bool(self._jobs or self.phones.mail)
        return self._idle.get(name) != (self.watch.commits, self._moves)

    def _go_on(self, name: str, choice: int) -> None:
        process, actor = self._actors[name]
        if not actor.is_busy:
            actor.begin(self._job(process, name, choice))
            self._begun[name] = self.watch.commits, self._moves
        self._stage.step(actor)
        for words in (*self.watch.told, *self.phones.told):
            self._tell(words)
        self.watch.told.clear()
        self.phones.told.clear()
        if actor.died:
            actor.died = False
            self._restart(process)
        elif not actor.is_busy:
            self._note(name, actor)

    def _note(self, name: str, actor: Actor) -> None:
        if isinstance(actor.ended, Failed):
            error = actor.ended.error
            self._tell(f"the {name} fails: {actor.ended.reason}")
            if not isinstance(error, OperationalError):
                self.laws.note(f"the {name} raised {error!r}")
        elif actor.ended == 0 and self._begun[name] == (self.watch.commits, self._moves):
            self._idle[name] = self._begun[name]

    def _job(self, process: str, name: str, choice: int) -> Callable[[], object]:
        if _PROCESSES[process]:
            self._tell(f"the {name} begins")
            return self._processes[process].turns[name.partition(" ")[0]]
        if self._jobs:
            what, job = self._jobs.pop(0)
            self._tell(what)
            return job
        count = 1 + (choice >> 20) % 2
        mail = self.phones.mail
        start = choice % len(mail)
        chosen = mail[start : start + count]
        return lambda: self._deliver(chosen)

    def _deliver(self, letters: list[Letter]) -> None:
        process = self._processes["server"]
        futures = []
        for letter in letters:
            try:
                arrivals = arrivals_of(self._place, process.house, letter)
            except WrongSignatureError:
                self._disbelieved(letter)
                continue
            told = [(one, process.recorder.record(one)) for one in arrivals]
            futures.append((letter, told))
        process.recorder.store_waiting()
        for letter, told in futures:
            if all(future.exception() is None for _, future in told):
                self._answered(letter, told)

    def _disbelieved(self, letter: Letter) -> None:
        self.phones.mail.remove(letter)
        self._tell(f"{letter.key} is not believed")
        if not letter.is_false:
            self.laws.note(f"{letter.key} was not believed")

    def _answered(self, letter: Letter, told: list[tuple[Arrival, Future[bool]]]) -> None:
        self.phones.mail.remove(letter)
        self._past.append(letter)
        for arrival, future in told:
            self.laws.answered(letter, arrival.dedupe_key, is_new=future.result())
        self._tell(f"{letter.key} is answered with success")

    def _restart(self, name: str) -> None:
        for process, actor in self._actors.values():
            if process == name:
                actor.kill()
                actor.died = False
        self._processes[name] = self._started(name)
        self._moves += 1
        self._tell(f"the process {name} starts anew")

    # The end

    def _rest(self) -> str | None:
        self.watch.disarm()
        self.phones.next_answers.clear()
        for place, clock in enumerate(self._clocks.values()):
            clock.off_by = timedelta(microseconds=place)
        self._moves += 1
        until = self._now + _REST
        for _ in range(_MOST_ROUNDS):
            ready = [name for name in self._actors if self._may_run(name)]
            self._now += _A_STEP
            if ready:
                self._go_on(ready[0], 0)
            elif self._is_over(until):
                return None
            if law := self._law():
                return law
        return "it does not come to rest"

    def _is_over(self, until: datetime) -> bool:
        due_at = self._processes["server"].house.engine.next_due_at()
        if due_at is None or max(due_at, self._now) > until:
            return True
        self._move(max(due_at - self._now, timedelta(seconds=21)))
        return False
