"""What winning back brought, and the contacts behind each number."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.roles import Action
from baton.reports import winback
from baton.reports.winback import Churn, Tried, Winback
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store import copies
from baton.store.models import Contact, User

WINDOWS = (28, 90, 365)
DEFAULT_DAYS = 90
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which contacts are listed; `variant` "" is any, `is_back` asks for who came back."""

    days: int = DEFAULT_DAYS
    variant: str = ""
    is_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTried:
    """One contact of a round, in words."""

    who: str
    row: Tried


@dataclass(frozen=True, slots=True, kw_only=True)
class WinbackReport:
    """The numbers of a window, and a page of the contacts that are sought."""

    counted: Winback
    offer_cost_minor: int
    budget_minor: int
    currency: str
    rows: tuple[ShownTried, ...]
    count: int
    page: int
    pages: int
    since: datetime
    churn: Churn
    churn_before: Churn


def show(house: House, user: User, sought: Sought, *, page: int = 1) -> WinbackReport:
    """Return the report; raises Forbidden for a role that reads no reports."""
    inbox.require(user, Action.READ_REPORTS)
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    now = house.clock.now()
    since = now - timedelta(days=sought.days)
    with copies.reading():
        everybody = winback.list_tried(user.workspace_id, since=since)
    met = sight.met_among(user, (one.contact_id for one in everybody))
    tried = [one for one in everybody if one.contact_id in met]
    wanted = [one for one in tried if _fits(one, sought)]
    places = sight.places_of(user)
    pages = max(-(-len(wanted) // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    shown = wanted[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    people = Contact.objects.in_bulk([one.contact_id for one in shown])
    return WinbackReport(
        counted=winback.count(tried, offer_cost_minor=policy.offer_cost_minor),
        offer_cost_minor=policy.offer_cost_minor,
        budget_minor=policy.offer_budget_minor,
        currency=policy.currency,
        rows=tuple(
            ShownTried(
                who=inbox.name_of(house, one.contact_id, bytes(people[one.contact_id].name_sealed)),
                row=one,
            )
            for one in shown
            if one.contact_id in people
        ),
        count=len(wanted),
        page=page,
        pages=pages,
        since=since,
        churn=winback.churn_of(user.workspace_id, begins=now - winback.LATER, places=places),
        churn_before=winback.churn_of(
            user.workspace_id, begins=now - 2 * winback.LATER, places=places
        ),
    )


def _fits(one: Tried, sought: Sought) -> bool:
    return sought.variant in ("", one.variant) and (one.is_back or not sought.is_back)
