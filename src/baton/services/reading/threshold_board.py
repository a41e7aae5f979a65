"""What the confidence page shows: what holds, what came of it, and what a change would have done.

Turns are counted as they were read, not as they were decided then: a change since does
not blur the comparison.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from baton.core.confidence import Band, ConfidencePolicy, Scope, Thresholds
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.reading import thresholds
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import ThresholdChange, User
from baton.store.queries import thresholds as rows
from baton.store.queries.thresholds import Tally

WINDOW = timedelta(days=30)
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """Turns by band, and how many of all of them were handed over."""

    bands: dict[Band, int]
    handed_over: int

    @property
    def total(self) -> int:
        """How many turns there were."""
        return sum(self.bands.values())

    @property
    def escalation_rate(self) -> float | None:
        """The share that was handed over, for whatever reason; None without turns."""
        return self.handed_over / self.total if self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A scope: what holds, where that comes from, and what happened in the window.

    `source` is "own", or the scope or "pack" that it takes its thresholds from.
    """

    scope: Scope
    name: str
    title: str
    holding: Thresholds
    source: str
    is_guarded: bool
    version: int
    review_on: date | None
    is_overdue: bool
    volumes: Volumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything of one workspace, its most frequent intents first."""

    base: Thresholds
    workspace: Line
    flows: tuple[Line, ...]
    intents: tuple[Line, ...]

    @property
    def busy(self) -> tuple[Line, ...]:
        """Intents that were read in the window, or for which something is set."""
        return tuple(line for line in self.intents if line.volumes.total or line.version)

    @property
    def quiet(self) -> tuple[Line, ...]:
        """All other intents."""
        return tuple(line for line in self.intents if not (line.volumes.total or line.version))

    @property
    def overdue(self) -> tuple[Line, ...]:
        """What should have been looked at again by now."""
        return tuple(
            line for line in (self.workspace, *self.flows, *self.intents) if line.is_overdue
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change as the history shows it; `new` is None where the scope's own was taken away."""

    id: str
    scope: Scope
    name: str
    title: str
    version: int
    old: Thresholds
    new: Thresholds | None
    reason: str
    review_on: date
    at: datetime
    by: str
    is_current: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """A page of the history, newest first; `following` begins the next one, "" for none."""

    changes: tuple[Change, ...]
    following: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How many turns of the window would have gone from one band to another."""

    before: Band
    after: Band
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What a change would have done to the window's turns of its scope."""

    total: int
    before: dict[Band, int]
    after: dict[Band, int]
    moves: tuple[Move, ...]

    @property
    def moved(self) -> int:
        """How many turns would have come into another band."""
        return sum(move.count for move in self.moves)


def board(house: House, user: User) -> Board:
    """Return what holds and what happened; raises Forbidden for a role that may not configure."""
    inbox.require(user, Action.CONFIGURE)
    at = _At.now(house, user)
    tallies = at.tallies()
    names = [intent.name for intent in at.standards.pack.intents]
    intents = [at.line(Scope.INTENT, name, tallies) for name in names]
    flows = sorted({flow for flow, _version in at.standards.library.flows})
    return Board(
        base=at.policy.base,
        workspace=at.line(Scope.WORKSPACE, "", tallies),
        flows=tuple(at.line(Scope.FLOW, name, tallies) for name in flows),
        intents=tuple(sorted(intents, key=lambda line: (-line.volumes.total, line.name))),
    )


def line_of(house: House, user: User, scope: Scope, name: str) -> Line:
    """Return one scope; raises NotFound, or Forbidden for a role that may not configure."""
    inbox.require(user, Action.CONFIGURE)
    at = _At.now(house, user)
    thresholds.require_known(at.standards, scope, name)
    return at.line(scope, name, at.tallies())


def foresee(
    house: House, user: User, scope: Scope, name: str, wanted: Thresholds | None
) -> Foresight:
    """Return what a change would have done; raises as `line_of`."""
    inbox.require(user, Action.CONFIGURE)
    at = _At.now(house, user)
    thresholds.require_known(at.standards, scope, name)
    changed = at.policy.with_set(scope, name, wanted)
    moves: Counter[tuple[Band, Band]] = Counter()
    for tally in filter(at.belongs(scope, name), at.tallies()):
        moves[at.band_of(tally, at.policy), at.band_of(tally, changed)] += tally.count
    return Foresight(
        total=moves.total(),
        before={b: sum(n for (old, _), n in moves.items() if old is b) for b in Band},
        after={b: sum(n for (_, new), n in moves.items() if new is b) for b in Band},
        moves=tuple(
            Move(before=old, after=new, count=count)
            for (old, new), count in sorted(moves.items())
            if old is not new
        ),
    )


def list_changes(
    house: House, user: User, *, scope: Scope | None = None, name: str = "", before: str = ""
) -> ChangePage:
    """Return changes, newest first, of one scope or of all; raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    at = _At.now(house, user)
    found = ThresholdChange.objects.filter(workspace_id=user.workspace_id)
    if scope is not None:
        found = found.filter(scope=scope.value, name=name)
    if before:
        found = found.filter(id__lt=before)
    page = list(found.order_by("-id")[: PAGE_SIZE + 1])
    shown = page[:PAGE_SIZE]
    people = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    return ChangePage(
        changes=tuple(at.change(row, people.get(row.changed_by_id, "")) for row in shown),
        following=shown[-1].id if len(page) > PAGE_SIZE else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """A workspace at one moment."""

    standards: Standards
    workspace_id: str
    moment: datetime
    current: dict[tuple[str, str], ThresholdChange]

    @classmethod
    def now(cls, house: House, user: User) -> "_At":
        current = rows.newest_changes(user.workspace_id)
        return cls(
            standards=standards_cache(house).standards_of(user.workspace_id),
            workspace_id=user.workspace_id,
            moment=house.clock.now(),
            current={(row.scope, row.name): row for row in current},
        )

    @property
    def policy(self) -> ConfidencePolicy:
        return self.standards.confidence

    @property
    def today(self) -> date:
        return self.moment.astimezone(self.standards.hours.zone).date()

    def tallies(self) -> tuple[Tally, ...]:
        return rows.tally_turns(
            self.workspace_id, since=self.moment - WINDOW, until=self.moment + timedelta(seconds=1)
        )

    def flow_of(self, tally: Tally) -> str:
        """Return the flow whose thresholds a turn was read by; one without any began anew."""
        answering = self.standards.library.answering
        return tally.flow or (answering[0].name if answering else "")

    def band_of(self, tally: Tally, policy: ConfidencePolicy) -> Band:
        return policy.in_flow(self.flow_of(tally)).band_of(tally.intent, tally.confidence)

    def belongs(self, scope: Scope, name: str) -> Callable[[Tally], bool]:
        match scope:
            case Scope.WORKSPACE:
                return lambda _tally: True
            case Scope.FLOW:
                return lambda tally: self.flow_of(tally) == name
            case Scope.INTENT:
                return lambda tally: tally.intent == name

    def line(self, scope: Scope, name: str, tallies: Iterable[Tally]) -> Line:
        row = self.current.get((scope.value, name))
        return Line(
            scope=scope,
            name=name,
            title=self.title_of(scope, name),
            holding=self.policy.holding(scope, name),
            source=self._source_of(scope, name),
            is_guarded=scope is Scope.INTENT and name in self.policy.guarded,
            version=row.version if row else 0,
            review_on=row.review_on if row else None,
            is_overdue=row is not None and row.review_on <= self.today,
            volumes=self._volumes(filter(self.belongs(scope, name), tallies)),
        )

    def title_of(self, scope: Scope, name: str) -> str:
        if scope is Scope.WORKSPACE:
            return "Everywhere"
        if scope is Scope.INTENT:
            return name.replace("_", " ").capitalize()
        titles = {key: flow.title for (key, _), flow in self.standards.library.flows.items()}
        return titles.get(name, name)

    def change(self, row: ThresholdChange, by: str) -> Change:
        scope = Scope(row.scope)
        newest = self.current.get((row.scope, row.name))
        is_current = newest is not None and newest.id == row.id
        return Change(
            id=row.id,
            scope=scope,
            name=row.name,
            title=self.title_of(scope, row.name),
            version=row.version,
            old=Thresholds(answer=row.old_answer, floor=row.old_floor),
            new=rows.set_by(row),
            reason=row.reason,
            review_on=row.review_on,
            at=row.changed_at,
            by=by,
            is_current=is_current,
            is_overdue=is_current and row.review_on <= self.today,
        )

    def _source_of(self, scope: Scope, name: str) -> str:
        if self.policy.own(scope, name):
            return "own"
        if scope is not Scope.WORKSPACE and self.policy.workspace:
            return "workspace"
        return "pack"

    def _volumes(self, tallies: Iterable[Tally]) -> Volumes:
        bands = dict.fromkeys(Band, 0)
        handed_over = 0
        for tally in tallies:
            bands[self.band_of(tally, self.policy)] += tally.count
            handed_over += tally.count * tally.is_handed_over
        return Volumes(bands=bands, handed_over=handed_over)
