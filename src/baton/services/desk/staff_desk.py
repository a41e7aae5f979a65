"""The team as its leads see and set it: who is here, what each takes, and how much (PE11, R5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from baton.core import approvals, hours, language, roles, routing
from baton.core.errors import Forbidden, InvalidInput, NotFound
from baton.core.roles import Action, Role
from baton.core.routing import Offered
from baton.flows.standing import Setting
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import User
from baton.store.queries import turns

MAX_CAPACITY = 50
MAX_REASON = 80
MAX_LANGUAGES = 20
_SERVING = tuple(role.value for role in roles.SERVING)
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One who answers: what they take, what they hold, and whether they are here."""

    id: str
    name: str
    role: str
    skills: tuple[str, ...]
    capacity: int | None
    authority: int | None  # their own limit, in whole units
    limit_minor: int  # what they may grant by themselves, by their own limit or their role's
    languages: tuple[str, ...]
    hours: str  # in words; "" where they work as long as the place is open
    is_off: bool  # their own hours are over, or have not begun
    holds: int
    is_available: bool
    is_quiet: bool  # their console gave no sign of life for so long that they count as away
    away_reason: str
    last_seen_at: datetime | None
    is_ours: bool  # not of more places than whoever looks, who may set it then


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """A queue as routing sees it now; `wait` is what a contact would be told, None for later."""

    name: str
    title: str
    waiting: int
    on_duty: int
    wait: timedelta | None
    takes: timedelta
    is_measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The whole team, and the queues that they serve."""

    members: tuple[Member, ...]
    queues: tuple[QueueState, ...]
    capacity: int
    currency: str
    own_language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants of a member.

    None as capacity is the workspace's own number, as authority that of their role, in whole
    units of the currency. `languages` are codes with commas between, `hours` a week in words.
    """

    skills: tuple[str, ...]
    capacity: int | None
    is_available: bool
    away_reason: str = ""
    authority: int | None = None
    languages: str = ""
    hours: str = ""


def show(house: House, user: User) -> Team:
    """Return the team; raises Forbidden for a role that may not read the inbox."""
    inbox.require(user, Action.READ_INBOX)
    setting = standards_cache(house).setting_of(user.workspace_id)
    now = house.clock.now()
    held = turns.held_by(user.workspace_id)
    people = User.objects.filter(
        workspace_id=user.workspace_id, is_active=True, role__in=_SERVING
    ).order_by("name", "id")
    return Team(
        members=tuple(_member(user, one, held, setting, now) for one in people),
        queues=tuple(
            _queue(name, setting, now)
            for name in [
                queue.name for queue in sorted(setting.pack.queues, key=lambda q: -q.priority)
            ]
        ),
        capacity=setting.policy.agent_capacity,
        currency=setting.policy.currency,
        own_language=setting.pack.locale,
    )


def change(house: House, user: User, member_id: str, wanted: Wanted) -> None:
    """Set what a member takes and may grant, how much, when they work, and if they are here.

    Raises Forbidden, NotFound, or InvalidInput for a queue or a number that cannot be.
    """
    inbox.require(user, Action.CONFIGURE)
    _refuse_impossible(house, user, wanted)
    authority = None if wanted.authority is None else wanted.authority * 100
    with house.engine.transaction():
        people = User.objects.filter(
            id=member_id, workspace_id=user.workspace_id, is_active=True, role__in=_SERVING
        )
        found = people.first()
        if found is None:
            raise NotFound("member", member_id)
        if not sight.may_give(user, found.locations):
            raise Forbidden("change what a colleague of more places than yours takes", user.role)
        people.update(
            skills=list(wanted.skills),
            capacity=wanted.capacity,
            authority_minor=authority,
            languages=_languages(wanted.languages),
            hours=hours.parse_week(wanted.hours),
            is_available=wanted.is_available,
            away_reason="" if wanted.is_available else wanted.away_reason,
        )
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "member_changed",
            f"user:{member_id}",
            skills=", ".join(wanted.skills),
            capacity=wanted.capacity,
            authority_minor=authority,
            languages=", ".join(_languages(wanted.languages)),
            hours=wanted.hours,
            is_available=wanted.is_available,
        )
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()


def note_sign_of_life(house: House, user: User) -> None:
    """Remember that a person's console is open; at most once a minute."""
    now = house.clock.now()
    if user.last_seen_at is None or now - user.last_seen_at >= _SEEN_EVERY:
        with house.engine.transaction():
            User.objects.filter(id=user.id).update(last_seen_at=now)


def _refuse_impossible(house: House, user: User, wanted: Wanted) -> None:
    problems: dict[str, str] = {}
    known = [queue.name for queue in inbox.pack_of(house, user.workspace_id).queues]
    if unknown := [name for name in wanted.skills if name not in known]:
        problems["skills"] = f"no queue {unknown[0]!r}; there are {', '.join(known)}"
    if wanted.capacity is not None and not 0 <= wanted.capacity <= MAX_CAPACITY:
        problems["capacity"] = f"choose 0 to {MAX_CAPACITY}, or leave it empty"
    most = approvals.MAX_AMOUNT_MINOR // 100
    if wanted.authority is not None and not 0 <= wanted.authority <= most:
        problems["authority"] = f"choose 0 to {most:,}, or leave it empty"
    given = [one for one in wanted.languages.split(",") if one.strip()]
    if len(given) > MAX_LANGUAGES or any(language.parse(one) is None for one in given):
        problems["languages"] = "write codes with commas between, as es, fr"
    try:
        hours.parse_week(wanted.hours)
    except InvalidInput as error:
        problems |= error.fields
    if len(wanted.away_reason) > MAX_REASON:
        problems["away_reason"] = f"at most {MAX_REASON} characters"
    if problems:
        raise InvalidInput(problems)


def _languages(given: str) -> list[str]:
    """Return the languages that were written, each once and spelt alike."""
    spelt = (language.parse(one) for one in given.split(",") if one.strip())
    return list(dict.fromkeys(one for one in spelt if one))


def _is_off(one: User, zone: tzinfo, now: datetime) -> bool:
    return bool(one.hours) and not hours.parse_hours(one.hours, zone=str(zone)).is_open(now)


def _member(user: User, one: User, held: dict[str, int], setting: Setting, now: datetime) -> Member:
    policy = setting.policy
    is_quiet = one.last_seen_at is not None and now - one.last_seen_at > policy.away_after
    return Member(
        id=one.id,
        name=one.name,
        role=one.role,
        skills=_names(one.skills),
        capacity=one.capacity,
        authority=None if one.authority_minor is None else one.authority_minor // 100,
        limit_minor=roles.limit_minor(one.authority_minor, Role(one.role), policy),
        languages=tuple(one.languages),
        hours=hours.render_hours(one.hours) if one.hours else "",
        is_off=_is_off(one, setting.hours.zone, now),
        holds=held.get(one.id, 0),
        is_available=one.is_available,
        is_quiet=is_quiet,
        away_reason=one.away_reason,
        last_seen_at=one.last_seen_at,
        is_ours=sight.may_give(user, one.locations),
    )


def _names(skills: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in skills if name != routing.GENERAL)


def _queue(name: str, setting: Setting, now: datetime) -> QueueState:
    queue, staffing = setting.pack.queue(name), setting.staffing
    routed = routing.decide(queue, staffing, setting.hours, setting.policy, now=now)
    return QueueState(
        name=name,
        title=queue.title,
        waiting=staffing.waiting.get(name, 0),
        on_duty=sum(agent.serves(name) for agent in staffing.agents),
        wait=routed.expected_wait if isinstance(routed, Offered) else None,
        takes=staffing.handle_times.get(name, setting.policy.handle_time),
        is_measured=name in staffing.handle_times,
    )
