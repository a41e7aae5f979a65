"""Settings > Alerts: the address that is told of harm, and what was found lately."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core import web_address
from baton.core.roles import Action
from baton.services import inbox
from baton.services.evidence import harm_watch
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import alert_hooks
from baton.store.models import AuditEntry, User

_LATELY = timedelta(days=90)
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HookLine:
    """The address that is told, and how that went."""

    url: str
    host: str
    told_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """A harm that was found and told."""

    at: datetime
    details: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Where alerts go beside the console and mail, and those of 90 days, the newest first."""

    hook: HookLine | None
    found: tuple[FoundLine, ...]


def show(house: House, user: User) -> Board:
    """Return how alerts stand; raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    row = alert_hooks.find(user.workspace_id)
    told = AuditEntry.objects.filter(
        workspace_id=user.workspace_id,
        action=harm_watch.FOUND,
        at__gt=house.clock.now() - _LATELY,
    ).order_by("-seq")[:_MOST]
    return Board(
        hook=HookLine(
            url=row.url,
            host=web_address.host_of(row.url),
            told_at=row.told_at,
            problem=row.problem,
        )
        if row
        else None,
        found=tuple(
            FoundLine(at=one.at, details=str(json.loads(one.details)["details"])) for one in told
        ),
    )


def connect(house: House, user: User, url: str) -> str:
    """Have alerts told to an address; return its secret, which is shown once."""
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        secret = alert_hooks.connect(ledger, user, url.strip())
        ledger.flush()
    return secret


def disconnect(house: House, user: User) -> None:
    """Tell no address any more; raises NotFound where none is told."""
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        alert_hooks.disconnect(ledger, user)
        ledger.flush()
