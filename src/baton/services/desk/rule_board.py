"""What the page of escalation rules shows: what holds, how right it was, and what fired."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from baton.core import escalation_rules
from baton.core.errors import InvalidInput, NotFound
from baton.core.escalation import Act, Verdict
from baton.core.escalation_rules import BuiltIn, EscalationRule, Limit
from baton.core.hard_stops import HANDLING, HardStop
from baton.core.policy import Policy
from baton.core.roles import Action
from baton.reports import escalations as readings
from baton.reports.escalations import RuleReading
from baton.services import inbox, sight
from baton.services.desk import live_flags
from baton.services.house import House
from baton.services.workspace.escalation_rules import rule_of
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import Escalation, EscalationRuleVersion, MissedEscalation, User
from baton.store.queries import escalations

WINDOWS = (7, 28, 90)
DEFAULT_DAYS = 28
PAGE_SIZE = 25
PARTS = ("fired", "right", "noisy", "missed")
"""The numbers of a rule that open their rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A rule as the board lists it; `conditions` tells in words when it fires.

    `version` is 0 and the days are None where nobody set anything; a hard stop has no version
    at all.
    """

    name: str
    title: str
    act: Act
    conditions: tuple[str, ...]
    queue: str
    urgency: int
    version: int
    review_on: date | None
    is_overdue: bool
    reading: RuleReading
    may_be_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything that escalates in a workspace, and what fired that is a flow's own."""

    days: int
    stops: tuple[Line, ...]
    built_in: tuple[Line, ...]
    own: tuple[Line, ...]
    off: tuple[Line, ...]
    others: tuple[Line, ...]

    @property
    def overdue(self) -> tuple[Line, ...]:
        """Rules that should have been looked at again by now."""
        return tuple(line for line in (*self.built_in, *self.own) if line.is_overdue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a rule as its history shows it."""

    number: int
    conditions: tuple[str, ...]
    is_on: bool
    reason: str
    review_on: date
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredRow:
    """One time that a rule fired; `evidence` is tokenised, `verdict` "" until somebody looked."""

    escalation_id: str
    conversation_id: str
    at: datetime
    version: int
    act: str
    evidence: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredPage:
    """The rows behind a number of the board, newest first."""

    title: str
    rows: tuple[FiredRow, ...]
    total: int
    page: int
    pages: int


def board(house: House, user: User, *, days: int = DEFAULT_DAYS) -> Board:
    """Return every rule with what came of it; raises Forbidden for a role without reports."""
    inbox.require(user, Action.READ_REPORTS)
    return board_of(house, user.workspace_id, days=days, places=sight.places_of(user))


def board_of(house: House, workspace_id: str, *, days: int, places: tuple[str, ...] = ()) -> Board:
    """Return the board of a workspace, or of some places; raises InvalidInput for no window."""
    if days not in WINDOWS:
        raise InvalidInput({"days": f"choose one of {', '.join(map(str, WINDOWS))}"})
    at = _At.now(house, workspace_id, days=days, places=places)
    own = [line for name, line in at.own_lines() if at.versions[name].is_on]
    off = [line for name, line in at.own_lines() if not at.versions[name].is_on]
    stops = tuple(at.stop_line(stop) for stop in HardStop)
    built_in = tuple(at.built_in_line(rule) for rule in escalation_rules.BUILT_IN)
    named = {line.name for line in (*stops, *built_in, *own, *off)}
    return Board(
        days=days,
        stops=stops,
        built_in=built_in,
        own=tuple(own),
        off=tuple(off),
        others=tuple(at.other_line(name) for name in sorted(at.readings) if name not in named),
    )


def line_of(house: House, user: User, name: str) -> Line:
    """Return one rule of the workspace's own, or a built-in one; raises NotFound."""
    inbox.require(user, Action.CONFIGURE)
    places = sight.places_of(user)
    at = _At.now(house, user.workspace_id, days=DEFAULT_DAYS, places=places)
    if built_in := escalation_rules.find_built_in(name):
        return at.built_in_line(built_in)
    if name not in at.versions:
        raise NotFound("rule", name)
    return dict(at.own_lines())[name]


def list_versions(house: House, user: User, name: str) -> tuple[Version, ...]:
    """Return the versions of a rule, newest first; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    standards = standards_cache(house).standards_of(user.workspace_id)
    rows = EscalationRuleVersion.objects.filter(workspace_id=user.workspace_id, name=name)
    people = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    return tuple(
        Version(
            number=row.version,
            conditions=_conditions(row, standards.policy),
            is_on=row.is_on,
            reason=row.reason,
            review_on=row.review_on,
            at=row.changed_at,
            by=people.get(row.changed_by_id, ""),
        )
        for row in rows.order_by("-version")
    )


def list_fired(  # noqa: PLR0913 - a number and its page are told by these
    house: House, user: User, *, rule: str, part: str, days: int, page: int = 1
) -> FiredPage:
    """Return the rows behind a number; raises Forbidden for a role, InvalidInput for no number."""
    inbox.require(user, Action.READ_REPORTS)
    if part not in PARTS:
        raise InvalidInput({"part": f"choose one of {', '.join(PARTS)}"})
    at = _At.now(house, user.workspace_id, days=days, places=sight.places_of(user))
    reading = at.readings.get(rule, RuleReading(rule=rule))
    ids = tuple(reversed({
        "fired": reading.fired, "right": reading.right, "noisy": reading.noisy,
        "missed": reading.missed,
    }[part]))  # fmt: skip
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    wanted = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    rows = _missed_rows(wanted) if part == "missed" else fired_rows(wanted)
    heard = sight.heard_among(house, user, (one.conversation_id for one in rows))
    return FiredPage(
        title=live_flags.title_of(at.standards, rule),
        rows=tuple(one for one in rows if one.conversation_id in heard),
        total=len(ids),
        page=page,
        pages=pages,
    )


def fired_rows(ids: Iterable[str]) -> tuple[FiredRow, ...]:
    """Return escalations as rows, in the order of their ids given."""
    ids = tuple(ids)
    found = Escalation.objects.in_bulk(ids)
    return tuple(fired_row(found[id_]) for id_ in ids if id_ in found)


def fired_row(row: Escalation) -> FiredRow:
    """Return an escalation as a row."""
    return FiredRow(
        escalation_id=row.id,
        conversation_id=row.conversation_id,
        at=row.at,
        version=row.version,
        act=row.act,
        evidence=row.evidence,
        verdict=Verdict.NOISY.value if row.verdict == Verdict.MISREAD else row.verdict,
    )


def _missed_rows(ids: tuple[str, ...]) -> tuple[FiredRow, ...]:
    found = MissedEscalation.objects.in_bulk(ids)
    return tuple(
        FiredRow(
            escalation_id="",
            conversation_id=found[id_].conversation_id,
            at=found[id_].noted_at,
            version=0,
            act="",
            evidence="",
            verdict="missed",
        )
        for id_ in ids
        if id_ in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """A workspace's rules at one moment."""

    standards: Standards
    today: date
    versions: dict[str, EscalationRuleVersion]
    readings: dict[str, RuleReading]

    @classmethod
    def now(cls, house: House, workspace_id: str, *, days: int, places: tuple[str, ...]) -> "_At":
        standards = standards_cache(house).standards_of(workspace_id)
        now = house.clock.now()
        return cls(
            standards=standards,
            today=now.astimezone(standards.hours.zone).date(),
            versions={row.name: row for row in escalations.newest_versions(workspace_id)},
            readings=readings.read_rules(
                workspace_id,
                since=now - timedelta(days=days),
                until=now + timedelta(seconds=1),
                places=places,
            ),
        )

    def reading(self, name: str) -> RuleReading:
        return self.readings.get(name, RuleReading(rule=name))

    def stop_line(self, stop: HardStop) -> Line:
        handling = HANDLING[stop]
        return Line(
            name=stop.value,
            title=live_flags.title_of(self.standards, stop.value),
            act=Act.HAND_OVER,
            conditions=(),
            queue=self.standards.pack.queue(handling.queue).title,
            urgency=handling.severity,
            version=0,
            review_on=None,
            is_overdue=False,
            reading=self.reading(stop.value),
        )

    def built_in_line(self, rule: BuiltIn) -> Line:
        row = self.versions.get(rule.name)
        return Line(
            name=rule.name,
            title=rule.title,
            act=rule.act,
            conditions=(rule.about, *_limits(rule.limits, self.standards.policy)),
            queue="",
            urgency=0,
            version=row.version if row else 0,
            review_on=row.review_on if row else None,
            is_overdue=row is not None and row.review_on <= self.today,
            reading=self.reading(rule.name),
            may_be_set=bool(rule.limits),
        )

    def own_lines(self) -> Iterable[tuple[str, Line]]:
        for name, row in self.versions.items():
            if escalation_rules.find_built_in(name) is None:
                yield name, self._own_line(row)

    def _own_line(self, row: EscalationRuleVersion) -> Line:
        rule = rule_of(row)
        return Line(
            name=row.name,
            title=row.title,
            act=rule.act,
            conditions=conditions_of(rule, self.standards.policy.currency),
            queue=self.standards.pack.queue(rule.queue).title if rule.queue else "",
            urgency=rule.urgency,
            version=row.version,
            review_on=row.review_on,
            is_overdue=row.is_on and row.review_on <= self.today,
            reading=self.reading(row.name),
            may_be_set=True,
        )

    def other_line(self, name: str) -> Line:
        return Line(
            name=name,
            title=live_flags.title_of(self.standards, name),
            act=Act.HAND_OVER,
            conditions=(),
            queue="",
            urgency=0,
            version=0,
            review_on=None,
            is_overdue=False,
            reading=self.reading(name),
        )


def conditions_of(rule: EscalationRule, currency: str) -> tuple[str, ...]:
    """Return in words when a rule fires; all of it must hold."""
    said: list[str] = []
    if rule.words:
        said.append("says " + " or ".join(f"“{word}”" for word in rule.words))
    for label, names in (("means", rule.intents), ("is about", rule.request_types)):
        if names:
            said.append(f"{label} " + " or ".join(name.replace("_", " ") for name in names))
    if rule.memberships:
        said.append("is a member of " + " or ".join(rule.memberships))
    if rule.sentiment_at_most is not None:
        said.append(f"sentiment is {rule.sentiment_at_most:g} or lower")
    if rule.value_at_least is not None:
        said.append(f"a sum of {rule.value_at_least / 100:.2f} {currency} or more")
    if rule.when:
        said.append(rule.when)
    return tuple(said)


def _conditions(row: EscalationRuleVersion, policy: Policy) -> tuple[str, ...]:
    if built_in := escalation_rules.find_built_in(row.name):
        limits = row.document["limits"]
        return tuple(f"{one.label} {limits[one.field]:g}" for one in built_in.limits)
    return conditions_of(rule_of(row), policy.currency)


def _limits(limits: Iterable[Limit], policy: Policy) -> tuple[str, ...]:
    return tuple(f"{limit.label} {getattr(policy, limit.field):g}" for limit in limits)
