"""Looks through the runs that wait in a flow: page by page, and by the names of who is in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from baton.core import ids
from baton.core.roles import Action
from baton.flows.document import Library
from baton.services import inbox
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Run, User
from baton.store.queries import flows
from baton.store.queries.flows import RunsWanted

PAGE = 25
LOOKED_AT = 5_000
"""Runs that one page looks through for a name, each of which has to be unsealed."""

_CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run that waits; `inside` is the flow that it goes through right now, "" for its own.

    One that is not `is_usable` waits for ever: this Baton cannot read its version.
    """

    id: str
    contact: str
    who: str
    flow: str
    version: int
    step: str
    inside: str
    inside_version: int
    awaits: str
    since: datetime
    is_usable: bool
    wakes_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """A page of runs; `following` is where the next begins, "" for none.

    `looked_at` counts the names that were looked through for it, where the search stopped
    before the page was full: older runs are left, which the next page looks through.
    """

    runs: tuple[RunLine, ...]
    following: str
    looked_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The ids of a page's runs; the rest as in `RunPage`."""

    ids: Sequence[str]
    following: str
    looked_at: int = 0


def list_runs(  # noqa: PLR0913 - what is looked for, and which page
    house: House,
    user: User,
    name: str,
    *,
    version: int | None = None,
    step: str = "",
    who: str = "",
    before: str = "",
) -> RunPage:
    """Return the runs that wait in a flow, and its own that go through another.

    The last begun come first, and `before` tells behind which run the page begins, so that
    none is left out or comes twice while they move on. `who` is a part of a contact's name,
    or a contact's or a run's id. Names are sealed: a page looks through `LOOKED_AT` of them
    and tells whether runs are left. Raises Forbidden for a role.
    """
    inbox.require(user, Action.READ_INBOX)
    sought = who.strip()
    wanted = RunsWanted(
        workspace_id=user.workspace_id,
        flow=name,
        version=version,
        step=step,
        about=sought if _is_id(sought) else "",
        locations=tuple(user.locations),
    )
    is_name = bool(sought) and not wanted.about
    found = _by_name(house, wanted, sought, before) if is_name else _next(wanted, before)
    rows = flows.runs_of(found.ids)
    names = _names_of(house, [run.contact_id for run in rows])
    wakes = flows.wakes_at(user.workspace_id, found.ids)
    library = standards_cache(house).standards_of(user.workspace_id).library
    lines = (_line(run, names.get(run.contact_id, ""), library) for run in rows)
    return RunPage(
        runs=tuple(replace(one, wakes_at=wakes.get(one.id)) for one in lines),
        following=found.following,
        looked_at=found.looked_at,
    )


def _is_id(sought: str) -> bool:
    return len(sought) == ids.LENGTH and set(sought) <= set("0123456789abcdef")


def _next(wanted: RunsWanted, before: str) -> _Found:
    found = [run for run, _contact in flows.runs_in(wanted, before=before, limit=PAGE + 1)]
    return _Found(ids=found[:PAGE], following=found[PAGE - 1] if len(found) > PAGE else "")


def _by_name(house: House, wanted: RunsWanted, sought: str, before: str) -> _Found:
    found: list[str] = []
    looked_at, last, meant = 0, "", sought.casefold()
    for run_id, who in _named(house, wanted, before):
        if looked_at == LOOKED_AT:
            return _Found(ids=found, following=last, looked_at=looked_at)
        looked_at, last = looked_at + 1, run_id
        if meant in who.casefold():
            if len(found) == PAGE:
                return _Found(ids=found, following=found[-1])
            found.append(run_id)
    return _Found(ids=found, following="")


def _named(house: House, wanted: RunsWanted, before: str) -> Iterator[tuple[str, str]]:
    """Yield the runs with the names of their contacts, read as far as they are asked for."""
    while chunk := flows.runs_in(wanted, before=before, limit=_CHUNK):
        names = _names_of(house, [contact for _run, contact in chunk])
        for run_id, contact in chunk:
            yield run_id, names.get(contact, "")
        before = chunk[-1][0]


def _names_of(house: House, contact_ids: Sequence[str]) -> dict[str, str]:
    found = Contact.objects.filter(id__in=set(contact_ids)).values_list("id", "name_sealed")
    return {one: inbox.name_of(house, one, bytes(sealed)) for one, sealed in found}


def _line(run: Run, who: str, library: Library) -> RunLine:
    is_usable = library.at(run.flow, run.version) is not None
    if run.inside:
        is_usable = is_usable and library.at(run.inside, run.inside_version) is not None
    return RunLine(
        id=run.id,
        contact=run.contact_id,
        who=who,
        flow=run.flow,
        version=run.version,
        step=run.step,
        inside=run.inside,
        inside_version=run.inside_version,
        awaits=run.awaits,
        since=run.updated_at,
        is_usable=is_usable,
    )
