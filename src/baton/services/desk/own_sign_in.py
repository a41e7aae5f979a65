"""How a member of staff signs in themselves: the second step, and where they are signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from baton.core.errors import NotFound
from baton.core.json import Json
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

_PROOFS = ("totp", "webauthn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in."""

    id: int
    browser: str  # in words, as "Firefox on Linux"
    address: str
    since: datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A credential that one of a person's devices keeps."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody signs in; `codes_left` is None where there are no recovery codes."""

    has_app: bool
    codes_left: int | None
    is_asked_for: bool  # the workspace asks this role for a second step
    passkeys: tuple[Passkey, ...]
    sessions: tuple[Session, ...]

    @property
    def is_proven(self) -> bool:
        """Whether more than the password is asked of whoever signs in."""
        return self.has_app or bool(self.passkeys)


def show(house: House, user: User, session_key: str) -> Standing:
    """Return how a person signs in, as seen from one of their own sessions."""
    found = list(Authenticator.objects.filter(user=user).order_by("id"))
    kept = {one.type: one for one in found}
    codes = kept.get("recovery_codes")
    return Standing(
        has_app="totp" in kept,
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
        is_asked_for=_is_asked_for(house, user),
        passkeys=tuple(
            Passkey(id=one.pk, name=str(one), made_at=one.created_at, used_at=one.last_used_at)
            for one in found
            if one.type == "webauthn"
        ),
        sessions=tuple(
            Session(
                id=one.id,
                browser=browser_of(one.user_agent),
                address=one.ip,
                since=one.created_at,
                is_this=one.session_key == session_key,
            )
            for one in UserSession.objects.purge_and_list(user)
        ),
    )


def lacks_second_step(house: House, user: User) -> bool:
    """Return whether the workspace asks a person for a second step that they have not set up."""
    if not _is_asked_for(house, user):
        return False
    return not Authenticator.objects.filter(user=user, type__in=_PROOFS).exists()


def end_session(house: House, user: User, session_id: int) -> None:
    """Sign a person out of one of their own browsers; raises NotFound for anybody else's."""
    found = UserSession.objects.filter(id=session_id, user=user).first()
    if found is None:
        raise NotFound("session", str(session_id))
    with house.engine.transaction():
        _end(found)
        _note(house, user, "session_ended", ended=1)


def end_others(house: House, user: User, session_key: str) -> int:
    """Sign a person out everywhere but here; return how many browsers that were."""
    others = [
        one for one in UserSession.objects.filter(user=user) if one.session_key != session_key
    ]
    with house.engine.transaction():
        for one in others:
            _end(one)
        _note(house, user, "session_ended", ended=len(others))
    return len(others)


def end_all(house: House, user: User, *, by: User) -> None:
    """Sign a person out everywhere, because a colleague closed or changed their way in."""
    found = list(UserSession.objects.filter(user=user))
    with house.engine.transaction():
        for one in found:
            _end(one)
        _note(house, user, "session_ended", ended=len(found), by=f"user:{by.id}")


def note(house: House, user: User, action: str, **details: Json) -> None:
    """Write into the audit trail what a person did about their own way in."""
    with house.engine.transaction():
        _note(house, user, action, **details)


def browser_of(agent: str) -> str:
    """Return a browser and its system in words, from what it calls itself."""
    # The order counts: each of them also calls itself what stands behind it.
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
    browsers |= {"Safari": "Safari"}
    systems |= {"Mac OS": "macOS", "Linux": "Linux"}
    browser = next((name for sign, name in browsers.items() if sign in agent), "A browser")
    system = next((f" on {name}" for sign, name in systems.items() if sign in agent), "")
    return browser + system


def _is_asked_for(house: House, user: User) -> bool:
    # Asked at every page: what else of it goes by the standards as last asked for, knows of a
    # change too, in a process that only serves pages.
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    return user.role in policy.two_step_roles.split(",")


def _end(session: UserSession) -> None:
    SessionStore().delete(session.session_key)
    session.delete()


def _note(house: House, user: User, action: str, **details: Json) -> None:
    ledger = Ledger(house, house.clock.now())
    ledger.audit(user.workspace_id, f"user:{user.id}", action, f"user:{user.id}", **details)
    ledger.flush()
