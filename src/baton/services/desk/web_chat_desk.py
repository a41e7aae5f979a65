"""Settings > Channels > a web chat: the line for a site, who may show it, and how it greets."""

from dataclasses import dataclass
from datetime import datetime

from baton.core import sites, text
from baton.core.errors import InvalidInput, NotFound
from baton.core.json import Json
from baton.core.roles import Action
from baton.flows.render import render
from baton.services import inbox as desk
from baton.services.desk import channel_desk
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import inboxes
from baton.services.workspace.standards import standards_cache
from baton.store.models import Inbox, User

MAX_NAME = 120
MAX_GREETING = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A web chat as somebody wants it; `sites` one a line, none for any site."""

    name: str
    sites: str
    greeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """A web chat as its page shows it.

    `script_line` puts it on a site; `usual_greeting` is said while `greeting` is empty. What
    was signed with the secret before is believed until `former_until`.
    """

    id: str
    name: str
    token: str
    script_line: str
    sites: tuple[str, ...]
    greeting: str
    usual_greeting: str
    last_in_at: datetime | None
    former_until: datetime | None


def get_chat(house: House, user: User, inbox_id: str) -> WebChat:
    """Return a web chat; raises Forbidden, or NotFound for any other inbox too."""
    desk.require(user, Action.CONFIGURE)
    row = _row_of(user, inbox_id)
    traffic = channel_desk.list_traffic(house, user.workspace_id).get(row.id)
    until = row.former_until
    return WebChat(
        id=row.id,
        name=row.name,
        token=row.token,
        script_line=inboxes.script_line_of(house.base_url, row.token),
        sites=tuple(row.allowed_origins),
        greeting=row.greeting,
        usual_greeting=usual_greeting(house, user),
        last_in_at=traffic.last_in_at if traffic else None,
        former_until=until if until and until > house.clock.now() else None,
    )


def usual_greeting(house: House, user: User) -> str:
    """Return what a web chat says first that has no greeting of its own."""
    standards = standards_cache(house).standards_of(user.workspace_id)
    return render(standards.pack.copy["greeting"], standards.facts)


def add_chat(house: House, user: User, wanted: Wanted) -> Inbox:
    """Open another web chat, as for a second site; raises Forbidden or InvalidInput."""
    desk.require(user, Action.CONFIGURE)
    name, origins, greeting = _judged(wanted)
    now = house.clock.now()
    with house.engine.transaction():
        row = inboxes.open_web_chat(house, user.workspace_id, name=name, now=now)
        row.allowed_origins, row.greeting = list(origins), greeting
        _keep(house, user, row, "web_chat_added")
    return row


def change_chat(house: House, user: User, inbox_id: str, wanted: Wanted) -> None:
    """Set how a web chat is called and greets, and who may show it.

    Raises Forbidden, InvalidInput or NotFound.
    """
    desk.require(user, Action.CONFIGURE)
    name, origins, greeting = _judged(wanted)
    with house.engine.transaction():
        row = _row_of(user, inbox_id)
        row.name, row.allowed_origins, row.greeting = name, list(origins), greeting
        _keep(house, user, row, "web_chat_changed")


def _keep(house: House, user: User, row: Inbox, action: str) -> None:
    row.save()
    said: dict[str, Json] = {"sites": list(row.allowed_origins), "greeting": row.greeting}
    ledger = Ledger(house, house.clock.now())
    ledger.audit(user.workspace_id, f"user:{user.id}", action, f"inbox:{row.id}", **said)
    ledger.flush()


def _row_of(user: User, inbox_id: str) -> Inbox:
    row = inboxes.get_inbox(user.workspace_id, inbox_id)
    if row.provider:
        raise NotFound("web chat", inbox_id)
    return row


def _judged(wanted: Wanted) -> tuple[str, tuple[str, ...], str]:
    """Return name, sites and greeting as they are kept; raises InvalidInput."""
    name, greeting = text.clean(wanted.name), text.clean(wanted.greeting)
    if not name or len(name) > MAX_NAME or "\n" in name:
        raise InvalidInput({"name": f"Give it a name of at most {MAX_NAME} characters."})
    if len(greeting) > MAX_GREETING:
        raise InvalidInput({"greeting": f"Keep it under {MAX_GREETING} characters."})
    return name, sites.parse_sites(wanted.sites, field="sites"), greeting
