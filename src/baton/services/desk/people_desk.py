"""Who works here: accounts, their roles, and the link by which somebody sets a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.roles import Role
from baton.services import inbox, sight
from baton.services.desk import limits, own_sign_in
from baton.services.desk.limits import Change, checked_reason
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import authority, workspaces
from baton.services.workspace.standards import standards_cache
from baton.store.models import User
from baton.store.queries import turns

MAX_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One account, and how its owner gets in."""

    id: str
    name: str
    email: str
    role: str
    locations: tuple[str, ...]
    is_active: bool
    is_you: bool
    has_second_step: bool
    has_password: bool
    sessions: int
    signed_in_at: datetime | None


def list_people(user: User) -> tuple[Person, ...]:
    """Return every account, those in use first; raises Forbidden."""
    authority.require_manage_access(user)
    found = list(User.objects.filter(workspace_id=user.workspace_id))
    proven = set(
        Authenticator.objects.filter(user__in=found)
        .exclude(type="recovery_codes")
        .values_list("user_id", flat=True)
    )
    open_at = list(UserSession.objects.filter(user__in=found).values_list("user_id", flat=True))
    people = [
        Person(
            id=one.id,
            name=one.name,
            email=one.email,
            role=one.role,
            locations=tuple(one.locations),
            is_active=one.is_active,
            is_you=one.id == user.id,
            has_second_step=one.id in proven,
            has_password=one.has_usable_password(),
            sessions=open_at.count(one.id),
            signed_in_at=one.last_login,
        )
        for one in found
    ]
    return tuple(sorted(people, key=lambda one: (not one.is_active, one.name.casefold(), one.id)))


def add(house: House, user: User, *, name: str, email: str, role: str) -> str:
    """Make an account without a password; return its id. Raises Forbidden, InvalidInput."""
    authority.require_manage_access(user)
    if problems := problems_with(name, email):
        raise InvalidInput(problems)
    wanted = _role(role)
    made = workspaces.create_user(
        house,
        user.workspace_id,
        email=email.strip(),
        name=name.strip(),
        role=wanted,
        password=None,
        # Who works for some places lets others into no more.
        locations=sight.places_of(user),
        by=f"user:{user.id}",
    )
    return made.id


def problems_with(name: str, email: str) -> dict[str, str]:
    """Return why nobody can be called so, or be written to there; by field."""
    problems = {}
    if not name.strip() or len(name.strip()) > MAX_NAME:
        problems["name"] = "Write the name that colleagues and customers see."
    try:
        validate_email(email.strip())
    except ValidationError:
        problems["email"] = "Write an e-mail address, as maya@example.com."
    return problems


def problems_with_password(password: str, member: User) -> dict[str, str]:
    """Return why a person's password is too weak, by field."""
    try:
        validate_password(password, member)
    except ValidationError as refusal:
        return {"password": " ".join(refusal.messages)}
    return {}


def link_of(house: House, user: User, member_id: str) -> str:
    """Return a link, good for three days and once, by which somebody sets a password."""
    member = _member(user, member_id)
    if not member.is_active:
        raise Conflict("This account is closed. Open it again first.")
    _note(house, user, member, "password_link_made")
    return f"{house.base_url}/welcome/{member.id}/{default_token_generator.make_token(member)}"


def change_role(house: House, user: User, member_id: str, role: str, reason: str) -> None:
    """Give a colleague another role, with the reason; nobody changes their own (P10, GV8)."""
    member, wanted, reason = _other(user, member_id), _role(role), checked_reason(reason)
    if wanted.value == member.role:
        return
    _set(house, user, member, "role_changed", reason, role=wanted.value)


def change_locations(
    house: House, user: User, member_id: str, wanted: Sequence[str], reason: str
) -> None:
    """Say for which locations a colleague works; none is all of them (P10).

    They meet contacts of these and of no one place: in lists, offers, cards and transcripts.
    """
    member, reason = _other(user, member_id), checked_reason(reason)
    known = dict(inbox.list_locations(user))
    if unknown := set(wanted) - set(known):
        raise InvalidInput({"locations": f"There is no place {min(unknown)!r}."})
    if not sight.may_give(user, wanted):
        raise InvalidInput({"locations": "Choose of the places that you work for yourself."})
    _set(house, user, member, "locations_changed", reason, locations=[*sorted(set(wanted))])


def close(house: House, user: User, member_id: str, reason: str) -> None:
    """Close an account and end its sessions; what it did stays in the trail.

    Raises Conflict while conversations wait in its hands: pass them on first.
    """
    member, reason = _other(user, member_id), checked_reason(reason)
    if held := turns.held_by(user.workspace_id).get(member.id, 0):
        raise Conflict(f"{member.name} holds {held} conversations. Pass them on first.")
    _set(house, user, member, "account_closed", reason, is_active=False)
    own_sign_in.end_all(house, member, by=user)


def reopen(house: House, user: User, member_id: str, reason: str) -> None:
    """Let somebody in again whose account was closed, with the reason."""
    member = _other(user, member_id)
    _set(house, user, member, "account_opened", checked_reason(reason), is_active=True)


def forget_second_step(house: House, user: User, member_id: str, reason: str) -> None:
    """Take away the second step of somebody who lost their telephone, and sign them out."""
    member, reason = _other(user, member_id), checked_reason(reason)
    with house.engine.transaction():
        Authenticator.objects.filter(user=member).delete()
    _note(house, user, member, "second_step_removed", reason=reason)
    own_sign_in.end_all(house, member, by=user)


def asked_roles(house: House, user: User) -> tuple[frozenset[str], int]:
    """Return which roles need a second step, and the revision of the settings that say so."""
    authority.require_manage_access(user)
    standards = standards_cache(house).standards_of(user.workspace_id)
    return frozenset(standards.policy.two_step_roles.split(",")) - {""}, standards.revision


def ask_second_step(
    house: House, user: User, wanted: Sequence[str], *, reason: str, seen: int
) -> None:
    """Say which roles need a second step; who lacks it is led to set it up before anything else.

    Raises Forbidden, InvalidInput, and Conflict when a colleague changed something since `seen`.
    """
    authority.require_manage_access(user)
    given = {"two_step_roles": ",".join(_role(one).value for one in wanted)}
    changed = Change(given=given, action="second_step_asked", reason=reason, seen=seen)
    limits.change(house, user, changed, lambda _policy: None)


def find_invited(member_id: str, token: str) -> User | None:
    """Return whose link this is, None when it was used, is too old, or never was one."""
    member = User.objects.filter(id=member_id, is_active=True).first()
    return member if member and default_token_generator.check_token(member, token) else None


def set_password(house: House, member: User, password: str) -> None:
    """Set the password of whoever came by a link; raises InvalidInput for a weak one."""
    if problems := problems_with_password(password, member):
        raise InvalidInput(problems)
    member.set_password(password)
    with house.engine.transaction():
        member.save(update_fields=["password"])
    _note(house, member, member, "password_set")


def _member(user: User, member_id: str) -> User:
    authority.require_manage_access(user)
    found = User.objects.filter(id=member_id, workspace_id=user.workspace_id).first()
    if found is None:
        raise NotFound("member", member_id)
    if not sight.may_give(user, found.locations):
        raise Forbidden("change an account that is open to more places than yours", user.role)
    return found


def _other(user: User, member_id: str) -> User:
    member = _member(user, member_id)
    if member.id == user.id:
        raise Conflict("Nobody changes their own account here. Ask a colleague.")
    return member


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise InvalidInput({"role": "Choose one of the roles."}) from None


def _set(house: House, user: User, member: User, action: str, reason: str, **changes: Json) -> None:
    before: dict[str, Json] = {f"{name}_before": getattr(member, name) for name in changes}
    with house.engine.transaction():
        User.objects.filter(id=member.id).update(**changes)
    _note(house, user, member, action, reason=reason, **before, **changes)


def _note(house: House, user: User, member: User, action: str, **details: Json) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(user.workspace_id, f"user:{user.id}", action, f"user:{member.id}", **details)
        ledger.flush()
