"""What experiments say so far: each arm beside the control, and the contacts behind a number."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import NotFound
from baton.core.experiments import Design
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Kpi, Limits, limits_of
from baton.core.roles import Action
from baton.reports import experiments, observed
from baton.reports.experiments import Compared, Counted
from baton.reports.observed import Dealt, Observed
from baton.services import inbox, sight
from baton.services.desk import kpi_board
from baton.services.desk.experiment_subjects import is_changed, title_of
from baton.services.house import House
from baton.services.workspace import limit_trials
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Experiment, User

PAGE_SIZE = 25
MOST_SHOWN = 100
MONEY = "money"
"""What the page calls the number of what contacts paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExperiment:
    """An experiment as people read it.

    Attributes:
        dealt: contacts by arm; `compared` is empty in a list, of what has ended.
        metric: the title of what decides.
        is_changed: whether the flow's split is another by now, so that new contacts are dealt
            otherwise than those before.
    """

    design: Design
    title: str
    owner: str
    hypothesis: str
    began_at: datetime
    ended_at: datetime | None
    ended_by: str
    kept: str
    reason: str
    dealt: Mapping[str, int]
    metric: str
    compared: tuple[Compared, ...]
    days: int
    currency: str
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownContact:
    """A contact of an arm, and what came of them; `observed` is None while nothing did."""

    who: str
    dealt: Dealt
    observed: Observed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsPage:
    """A page of the contacts behind a number, the newest first; `kpi` is None for money."""

    design: Design
    kpi: Kpi | None
    rows: tuple[ShownContact, ...]
    total: int
    page: int
    pages: int
    currency: str


def list_all(house: House, user: User) -> tuple[ShownExperiment, ...]:
    """Return the newest experiments, those that run first; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    return list_in(house, user.workspace_id)


def list_in(house: House, workspace_id: str) -> tuple[ShownExperiment, ...]:
    """Return a workspace's newest experiments, those that run first."""
    kpi_board.caught_up(house, workspace_id)
    rows = Experiment.objects.filter(workspace_id=workspace_id).order_by("-id")[:MOST_SHOWN]
    in_order = sorted(rows, key=lambda row: bool(row.ended_at))
    # What has ended is counted on its own page: a list of a hundred would be slow to open.
    return tuple(_shown(house, row, is_counted=row.ended_at is None) for row in in_order)


def show(house: House, user: User, name: str) -> ShownExperiment:
    """Return one experiment; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    return show_in(house, user.workspace_id, name)


def show_in(house: House, workspace_id: str, name: str) -> ShownExperiment:
    """Return one experiment of a workspace; raises NotFound."""
    kpi_board.caught_up(house, workspace_id)
    return _shown(house, _row(workspace_id, name))


def list_contacts(  # noqa: PLR0913 - which number of which experiment, from which page on
    house: House, user: User, name: str, *, number: str, arm: str, page: int = 1
) -> ContactsPage:
    """Return the contacts behind a number of an arm: a KPI, "money", or "" for all dealt.

    Raises NotFound for no such number, or Forbidden for a role.
    """
    inbox.require(user, Action.READ_REPORTS)
    inbox.require(user, Action.READ_INBOX)
    row = _row(user.workspace_id, name)
    design = limit_trials.design_of(row)
    known = {"", MONEY, design.metric, *design.guards}
    if number not in known or arm not in [one.name for one in design.arms]:
        raise NotFound("number", f"{number} of {arm}")
    dealt, limits = _dealt(house, row, design)
    of_arm = [one for one in dealt if one.arm == arm]
    values = {one.dealt.contact_id: one for one in _values(house, row, number, of_arm, limits)}
    listed = [one for one in reversed(of_arm) if not number or one.contact_id in values]
    pages = max(-(-len(listed) // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    part = listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    met = sight.met_by(user, Contact.objects.all(), by="id")
    people = met.in_bulk([one.contact_id for one in part])
    return ContactsPage(
        design=design,
        kpi=CATALOGUE.get(number),
        rows=tuple(
            ShownContact(
                who=inbox.name_of(house, one.contact_id, bytes(people[one.contact_id].name_sealed)),
                dealt=one,
                observed=values.get(one.contact_id),
            )
            for one in part
            if one.contact_id in people
        ),
        total=len(listed),
        page=page,
        pages=pages,
        currency=_policy_currency(house, user.workspace_id),
    )


def _values(
    house: House, row: Experiment, number: str, dealt: list[Dealt], limits: Limits
) -> tuple[Observed, ...]:
    if number == MONEY:
        currency = _policy_currency(house, row.workspace_id)
        return observed.observe_money(row.workspace_id, dealt, currency, now=limits.now)
    if not number:
        return ()
    return observed.observe(row.workspace_id, CATALOGUE[number], dealt, limits)


def _shown(house: House, row: Experiment, *, is_counted: bool = True) -> ShownExperiment:
    design = limit_trials.design_of(row)
    dealt, limits = _dealt(house, row, design) if is_counted else ((), _limits(house, row))
    names = [name for name in (design.metric, *design.guards) if name in CATALOGUE]
    currency = _policy_currency(house, row.workspace_id)
    money = observed.observe_money(row.workspace_id, dealt, currency, now=limits.now)
    counted = Counted(
        dealt=Counter(one.arm for one in dealt),
        sums={
            name: observed.sums_by_arm(
                design, observed.observe(row.workspace_id, CATALOGUE[name], dealt, limits)
            )
            for name in names
        },
        money=observed.sums_by_arm(design, money),
        days=(limits.now - row.began_at).days,
    )
    people = dict(User.objects.filter(workspace_id=row.workspace_id).values_list("id", "name"))
    library = standards_cache(house).standards_of(row.workspace_id).library
    return ShownExperiment(
        design=design,
        title=title_of(library, design),
        owner=people.get(row.owner_id, ""),
        hypothesis=row.hypothesis,
        began_at=row.began_at,
        ended_at=row.ended_at,
        ended_by=people.get(row.ended_by_id or "", ""),
        kept=row.kept,
        reason=row.reason,
        dealt=counted.dealt,
        metric=CATALOGUE[design.metric].title if design.metric in CATALOGUE else design.metric,
        compared=experiments.compare(design, counted)
        if is_counted and design.metric in CATALOGUE
        else (),
        days=counted.days,
        currency=currency,
        is_changed=row.ended_at is None and is_changed(library, design),
    )


def _dealt(house: House, row: Experiment, design: Design) -> tuple[tuple[Dealt, ...], Limits]:
    limits = _limits(house, row)
    dealt = observed.list_dealt(row.workspace_id, design, since=row.began_at, until=limits.now)
    return dealt, limits


def _limits(house: House, row: Experiment) -> Limits:
    policy = standards_cache(house).standards_of(row.workspace_id).policy
    return limits_of(policy, row.ended_at or house.clock.now())


def _row(workspace_id: str, name: str) -> Experiment:
    row = Experiment.objects.filter(workspace_id=workspace_id, name=name).first()
    if row is None:
        raise NotFound("experiment", name)
    return row


def _policy_currency(house: House, workspace_id: str) -> str:
    return standards_cache(house).standards_of(workspace_id).policy.currency
