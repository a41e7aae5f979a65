"""Who is signed in, for rooms that have no Django request."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from baton.core.roles import Role
from baton.store.models import User

VOUCHED = "sign_in_vouched"
"""A session that a provider vouched for: the second step is the provider's to ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A member of staff behind a session cookie."""

    user_id: str
    workspace_id: str
    role: Role
    is_vouched: bool


def cookie_name() -> str:
    """Return the name of the cookie that carries a session's key."""
    return settings.SESSION_COOKIE_NAME


def find_signed_in(session_key: str) -> SignedIn | None:
    """Return who a session belongs to; None when it ended or the account was closed."""
    request = HttpRequest()
    request.session = SessionStore(session_key=session_key)
    # Checks the account, and that its password is still the one it signed in with.
    user = auth.get_user(request)
    if not isinstance(user, User):
        return None
    return SignedIn(
        user_id=user.id,
        workspace_id=user.workspace_id,
        role=Role(user.role),
        is_vouched=bool(request.session.get(VOUCHED, False)),
    )
