"""Feeds that are looked at: when, over which wire, and what of them has changed since.

A timer for each, in the lane of its system. Looking is an effect, outside of any decision;
what it finds changed is told as if the system had posted it, event by event.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from baton.channels import Answer, ForbiddenPlaceError, NotSentError, Request, UnclearError
from baton.channels.wire import PublicWire
from baton.connectors import UnreadableError, Watched
from baton.connectors.caldav import query
from baton.connectors.caldav.settings import CaldavSettings
from baton.connectors.files.settings import FileSettings
from baton.connectors.ics import feed
from baton.connectors.ics.feed import FeedEvent, Look
from baton.core.errors import Conflict, InvalidInput
from baton.runtime.ports import Arrival, Done, Effect, Outcome
from baton.services import arrivals, inbox
from baton.services.facts import LookDue, SystemTold
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import importing, kinds, systems
from baton.store.models import ConnectedSystem

LOOK_AT_SYSTEM = "look_at_system"

_OK, _MANIFOLD, _SAME = 200, 207, 304
_MOVED = frozenset({301, 302, 303, 307, 308})
_DENIED = frozenset({401, 403})
_MAX_ETAG = 200
_MAX_PROBLEM = 200
_PATIENCE = 20.0
_MANY = 3
_FILE = "file"
_MOST_BYTES = 20_000_000


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """Which system is looked at."""

    system_id: str


def look_now(house: House, workspace_id: str, system_id: str) -> None:
    """Have a system's feed looked at at once; raises NotFound, or Conflict where it has none."""
    system = systems.get_system(workspace_id, system_id)
    if not system.is_connected or not kinds.watched_of(systems.settings_of(house, system)):
        message = "This system has no feed to look at, or is not connected."
        raise Conflict(message)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        systems.plan_look(ledger, system, at=ledger.now)
        ledger.flush()


def decide(ledger: Ledger, fact: LookDue) -> None:
    """Have a system looked at, and plan the next look; one that is disconnected is left alone."""
    system = ConnectedSystem.objects.filter(id=fact.system_id, is_connected=True).first()
    watched = kinds.watched_of(systems.settings_of(ledger.house, system)) if system else None
    if system is None or watched is None:
        return
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=system.workspace_id,
            lane=systems.lane_of(system.id),
            kind=LOOK_AT_SYSTEM,
            intent_key=f"look:{system.id}:{fact.at.isoformat()}",
            body=msgspec.json.encode(_Order(system_id=system.id)),
            due_at=ledger.now,
            repeatable=True,
        )
    )
    systems.plan_look(ledger, system, at=ledger.now + watched.every)


def perform(house: House, effect: Effect) -> Outcome:
    """Look at a feed and tell what has changed; why it could not be read stands on its page.

    It is never tried again by itself: the next look comes soon enough.
    """
    order = msgspec.json.decode(effect.body, type=_Order)
    system = ConnectedSystem.objects.filter(id=order.system_id, is_connected=True).first()
    watched = kinds.watched_of(systems.settings_of(house, system)) if system else None
    if system is None or watched is None:
        return Done()
    try:
        answer = _fetched(watched, system.etag, house.clock.now())
        if isinstance(watched, FileSettings):
            _take_file(house, system, watched, answer)
        else:
            _keep(house, system, answer, _seen_in(house, system, watched, answer))
    except InvalidInput as refusal:
        _note_problem(house, system, "; ".join(refusal.fields.values()))
    except (NotSentError, UnclearError, UnreadableError) as error:
        _note_problem(house, system, _words_of(error))
    return Done()


def _take_file(
    house: House, system: ConnectedSystem, watched: FileSettings, answer: Answer
) -> None:
    """Import a file that has changed since the last look; raises InvalidInput."""
    mark = hashlib.sha256(answer.body).hexdigest() if answer.status == _OK else ""
    is_fresh = bool(mark) and system.seen.get(_FILE) != [mark, ""]
    if is_fresh:
        with importing.kept_upload(iter([answer.body])) as file:
            importing.begin(
                house,
                system.workspace_id,
                system.id,
                importing.path_of(file),
                name=urlsplit(watched.address).path.rpartition("/")[2] or "export",
                is_dry=False,
                actor=f"system:{system.id}",
            )
    kept = ConnectedSystem.objects.filter(id=system.id)
    kept.update(heard_at=house.clock.now(), problem="")
    if is_fresh:
        kept.update(seen={_FILE: [mark, ""]}, etag=_etag_of(answer))


def _fetched(watched: Watched, etag: str, now: datetime) -> Answer:
    """Ask for a feed; raises UnreadableError for an answer that is none."""
    wire = PublicWire(patience=_PATIENCE, allows_loopback=watched.allows_loopback)
    try:
        answer = wire.ask(_request(watched, etag, now))
    finally:
        wire.close()
    if answer.status in _MOVED:
        raise UnreadableError("it has moved: put in its new address")
    if answer.status in _DENIED:
        raise UnreadableError("its server does not let us in: check user and password")
    good = (_MANIFOLD,) if isinstance(watched, CaldavSettings) else (_OK, _SAME)
    if answer.status not in good:
        raise UnreadableError(f"its server answered {answer.status}")
    return answer


def _request(watched: Watched, etag: str, now: datetime) -> Request:
    """Return how a feed is asked for, or what of a calendar its server is asked for."""
    asked = Request(
        method="GET",
        url=watched.address,
        headers={"If-None-Match": etag} if etag else {},
        user=watched.user,
        password=watched.password,
        most=_MOST_BYTES if isinstance(watched, FileSettings) else feed.MOST_BYTES,
    )
    if isinstance(watched, CaldavSettings):
        return replace(asked, method=query.METHOD, headers=query.HEADERS, body=query.body_of(now))
    return asked


def _seen_in(
    house: House, system: ConnectedSystem, watched: Watched, answer: Answer
) -> Look | None:
    """Return a feed's events, None where it says that nothing has changed."""
    if answer.status == _SAME:
        return None
    zone = inbox.zone_of(system.workspace_id)
    is_asked = isinstance(watched, CaldavSettings)
    bodies = query.calendars_of(answer.body) if is_asked else [answer.body]
    look = feed.look_of(bodies, now=house.clock.now(), zone=zone)
    if not look.names and len(system.seen) >= _MANY:
        # A server that fails often shows an empty calendar: nobody is told that all is off.
        raise UnreadableError("the feed is empty all at once")
    return look


def _keep(house: House, system: ConnectedSystem, answer: Answer, look: Look | None) -> None:
    """Tell what has changed since the last look, and remember what was seen."""
    now = house.clock.now()
    with house.engine.transaction():
        held = ConnectedSystem.objects.select_for_update().get(id=system.id)
        held.heard_at, held.problem = now, ""
        if look is not None:
            told = _changes(look, held.seen, now)
            house.engine.inbox.append([_arrival(house, held, one) for one in told])
            held.seen = _marks(look.events)
            held.etag = _etag_of(answer)
        held.save(update_fields=["heard_at", "problem", "seen", "etag"])
        ledger = Ledger(house, now)
        ledger.ring(f"workspace:{held.workspace_id}")
        ledger.flush()


def _changes(look: Look, seen: Mapping[str, list[str]], now: datetime) -> list[FeedEvent]:
    """Return the events that are new or have changed, and those that went before they began."""
    changed = [one for one in look.events if seen.get(one.reference, [""])[0] != feed.mark_of(one)]
    left = [
        feed.gone(name, now)
        for name, (_mark, starts_at) in seen.items()
        if name not in look.names and datetime.fromisoformat(starts_at) > now
    ]
    return changed + left


def _marks(events: Iterable[FeedEvent]) -> dict[str, list[str]]:
    """Return what is remembered of each event: its state, and when it begins."""
    return {
        one.reference: [feed.mark_of(one), one.starts_at.isoformat()]
        for one in events
        if one.starts_at
    }


def _arrival(house: House, system: ConnectedSystem, event: FeedEvent) -> Arrival:
    name = f"{event.reference[:24]}-{int(event.seen_at.timestamp() * 1000)}"
    body = msgspec.json.encode(event).decode()
    return arrivals.arrival_of(
        SystemTold(system_id=system.id, reference=name, body=body),
        house.keyset,
        workspace_id=system.workspace_id,
        lane=systems.lane_of(system.id),
        dedupe_key=f"system:{system.id}:{name}",
        received_at=event.seen_at,
    )


def _etag_of(answer: Answer) -> str:
    return answer.etag if len(answer.etag) <= _MAX_ETAG else ""


def _note_problem(house: House, system: ConnectedSystem, problem: str) -> None:
    ConnectedSystem.objects.filter(id=system.id).update(problem=problem[:_MAX_PROBLEM])
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.ring(f"workspace:{system.workspace_id}")
        ledger.flush()


def _words_of(error: Exception) -> str:
    if isinstance(error, ForbiddenPlaceError):
        return "its address leads to no place on the public internet"
    if isinstance(error, UnreadableError):
        return str(error)
    return f"its server could not be reached: {error}"
