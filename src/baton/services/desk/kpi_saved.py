"""Dashboards that somebody saved under a name, for all who read reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from baton.core import privacy
from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk.kpi_views import VIEWS
from baton.services.desk.kpi_windows import Sought
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import SavedView, User

MAX_NAME = 60
MOST = 30
_MOST_LETTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved dashboard; `query` is the rest of its address."""

    id: str
    name: str
    query: str


def list_all(user: User) -> tuple[Saved, ...]:
    """Return what was saved, by name; raises Forbidden for a role."""
    inbox.require(user, Action.READ_REPORTS)
    rows = SavedView.objects.filter(workspace_id=user.workspace_id).order_by("name")
    return tuple(Saved(id=row.id, name=row.name, query=row.query) for row in rows)


def query_of(view: str, sought: Sought) -> str:
    """Return a dashboard's address, behind the question mark."""
    parts: Mapping[str, object] = {"view": view, "days": sought.days, **sought.only}
    return urlencode(parts)


def save(house: House, user: User, name: str, view: str, sought: Sought) -> None:
    """Save a dashboard under a name, in place of the one that had it.

    Raises Forbidden for a role, InvalidInput without a name, for one dashboard too many, or
    for one that no address holds.
    """
    inbox.require(user, Action.READ_REPORTS)
    # Somebody may name a contact here; what is kept holds tokens alone.
    named = privacy.mask(name.strip(), partial(house.keyset.token, user.workspace_id))[:MAX_NAME]
    query = query_of(view, sought)
    if not named:
        raise InvalidInput({"name": "Give it a name."})
    if view not in VIEWS or len(query) > _MOST_LETTERS:
        raise InvalidInput({"name": "This cannot be saved."})
    now = house.clock.now()
    with house.engine.transaction():
        ours = SavedView.objects.filter(workspace_id=user.workspace_id)
        if not ours.filter(name=named).exists() and ours.count() >= MOST:
            raise InvalidInput({"name": f"Only {MOST} can be saved; remove one first."})
        SavedView.objects.update_or_create(
            workspace_id=user.workspace_id,
            name=named,
            defaults={"query": query, "saved_at": now, "saved_by_id": user.id},
            create_defaults={
                "id": house.next_id(now), "query": query, "saved_at": now, "saved_by_id": user.id,
            },
        )  # fmt: skip
        _note(house, user, "view_saved", named)


def remove(house: House, user: User, view_id: str) -> None:
    """Forget a saved dashboard; raises Forbidden for a role, NotFound where there is none."""
    inbox.require(user, Action.READ_REPORTS)
    with house.engine.transaction():
        row = SavedView.objects.filter(workspace_id=user.workspace_id, id=view_id).first()
        if row is None:
            raise NotFound("view", view_id)
        row.delete()
        _note(house, user, "view_removed", row.name)


def _note(house: House, user: User, action: str, name: str) -> None:
    ledger = Ledger(house, house.clock.now())
    subject = f"workspace:{user.workspace_id}"
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject, name=name)
    ledger.flush()
