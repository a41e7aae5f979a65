"""The list of contacts, searched without a raw identifier being kept for it.

A number or a mailbox is found by its fingerprint on each channel, an identity of the
business's site by its own. Names are sealed: a page opens so many of them, the newest first,
and the next one looks further, until all were looked through.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from baton.channels.email import addresses
from baton.channels.sms import numbers
from baton.core import text
from baton.core.roles import Action
from baton.services import arrivals, inbox
from baton.services.house import House
from baton.services.people.contacts import BY_NUMBER
from baton.store.models import Address, AuditEntry, Contact, Inbox, User, VaultEntry
from baton.store.queries import contacts as listed
from baton.store.queries.contacts import PAGE_SIZE, Listed, Permits, Wish

NAMES_A_PAGE = 10_000
"""How many names a page opens at most: about a tenth of a second's work."""
MAX_SEARCH = 120
_SHORTEST_ENDING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One contact of the list."""

    row: Listed
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the list; `following` is where the next begins, "" for none.

    `looks_further` says that the next page looks through names that no page has opened yet.
    """

    lines: tuple[Line, ...]
    following: str
    looks_further: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Somebody who may be the same person, and why: for a person to say."""

    contact_id: str
    who: str
    why: str  # number, identity or browser


def list_page(  # noqa: PLR0913 - a list is told by these
    house: House,
    user: User,
    *,
    words: str = "",
    channel: str = "",
    permits: Permits = Permits.ANYTHING,
    before: str = "",
) -> Page:
    """Return a page of contacts; raises Forbidden for a role that may not read the inbox."""
    inbox.require(user, Action.READ_INBOX)
    wish = Wish(
        workspace_id=user.workspace_id,
        channel=channel,
        permits=permits,
        before=before,
        locations=tuple(user.locations),
    )
    if words.strip():
        return _searched(house, wish, words)
    rows = listed.list_page(wish)
    shown = rows[:PAGE_SIZE]
    return Page(lines=_lines(house, shown), following=shown[-1].id if len(rows) > PAGE_SIZE else "")


def _lines(house: House, rows: Sequence[Listed]) -> tuple[Line, ...]:
    return tuple(Line(row=row, who=inbox.name_of(house, row.id, row.name_sealed)) for row in rows)


def list_alike(house: House, contact: Contact) -> tuple[Likeness, ...]:
    """Return who may be the same person as a contact; nobody is merged by it (G59)."""
    found: dict[str, str] = {}
    lanes = {lane for raw in _handles_of(house, contact) for lane in _lanes_of(house, contact, raw)}
    known = Address.objects.filter(workspace_id=contact.workspace_id, lane__in=lanes)
    for contact_id in known.values_list("contact_id", flat=True):
        found.setdefault(contact_id, "number")
    if contact.external_id:
        same = Contact.objects.filter(
            workspace_id=contact.workspace_id, external_id=contact.external_id, merged_into_id=None
        )
        for contact_id in same.values_list("id", flat=True):
            found.setdefault(contact_id, "identity")
    for contact_id in _seen_before(contact):
        found.setdefault(contact_id, "browser")
    found.pop(contact.id, None)
    names = Contact.objects.filter(id__in=found, merged_into_id=None).order_by("id")
    return tuple(
        Likeness(
            contact_id=one.id,
            who=inbox.name_of(house, one.id, bytes(one.name_sealed)),
            why=found[one.id],
        )
        for one in names
    )


def _searched(house: House, wish: Wish, words: str) -> Page:
    """Return who is found: by a mark on the first page, then by name, as far as one page looks."""
    wanted = text.bare(words[:MAX_SEARCH]).lstrip("#…")
    marked = _marked(house, wish.workspace_id, words.strip()[:MAX_SEARCH], wanted)
    names = listed.list_names(wish, NAMES_A_PAGE)
    named: list[str] = []
    following = names[-1][0] if len(names) == NAMES_A_PAGE else ""
    for contact_id, sealed in names:
        if wanted not in house.keyset.unseal(sealed, f"contact.name:{contact_id}").casefold():
            continue
        if len(named) == PAGE_SIZE:
            following = named[-1]
            break
        named.append(contact_id)
    by_mark = () if wish.before else listed.list_page(replace(wish, ids=marked))[:PAGE_SIZE]
    by_name = listed.list_page(replace(wish, ids=tuple(one for one in named if one not in marked)))
    return Page(
        lines=_lines(house, (*by_mark, *by_name)),
        following=following,
        looks_further=bool(following) and len(named) < PAGE_SIZE,
    )


def _marked(house: House, workspace_id: str, words: str, wanted: str) -> tuple[str, ...]:
    """Return who has this number, mailbox or identity, or an id that ends so."""
    is_ending = wanted.isalnum() and wanted.isascii() and len(wanted) >= _SHORTEST_ENDING
    return listed.find_by_mark(
        workspace_id,
        lanes=_lanes(house, workspace_id, words, _region_of(workspace_id)),
        external_id=house.keyset.fingerprint(f"external:{workspace_id}", words),
        ending=wanted if is_ending else "-",
    )[:PAGE_SIZE]


def _region_of(workspace_id: str) -> str:
    """Return the country of the workspace's own number, in which people write others."""
    inboxes = Inbox.objects.filter(workspace_id=workspace_id, channel__in=BY_NUMBER)
    sender = inboxes.exclude(sender="").order_by("id").values_list("sender", flat=True).first()
    return numbers.region_of(sender or "")


def _handles_of(house: House, contact: Contact) -> tuple[str, ...]:
    channels = (*BY_NUMBER, "email")
    known = Address.objects.filter(contact_id=contact.id, channel__in=channels)
    sealed = VaultEntry.objects.filter(
        workspace_id=contact.workspace_id, token__in=list(known.values_list("token", flat=True))
    )
    return tuple(
        house.keyset.unseal(bytes(value), f"vault:{contact.workspace_id}:{token}")
        for token, value in sealed.values_list("token", "value_sealed")
    )


def _lanes_of(house: House, contact: Contact, raw: str) -> tuple[str, ...]:
    return _lanes(house, contact.workspace_id, raw, "")


def _lanes(house: House, workspace_id: str, raw: str, region: str) -> tuple[str, ...]:
    """Return where facts of a number or a mailbox arrive, on each channel that has such."""
    if number := numbers.parse_number(raw, region):
        told = [(channel, number) for channel in BY_NUMBER]
    elif mailbox := addresses.parse_address(raw):
        told = [("email", mailbox)]
    else:
        return ()
    return tuple(
        arrivals.lane_of(house.keyset, workspace_id, channel, address) for channel, address in told
    )


def _seen_before(contact: Contact) -> tuple[str, ...]:
    """Return as whom the browsers went about in which this contact signed in to the site."""
    told = AuditEntry.objects.filter(
        workspace_id=contact.workspace_id, subject=f"contact:{contact.id}", action="identified"
    )
    noted = (
        json.loads(details).get("before", "") for details in told.values_list("details", flat=True)
    )
    return tuple(before.removeprefix("contact:") for before in noted if before)
