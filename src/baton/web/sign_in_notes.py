"""What of signing in goes into the audit trail.

allauth tells of it by signals alone, so they are heard here; what is noted is decided by the
one table below.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as second_step
from allauth.mfa.models import Authenticator

from baton.store.models import User

_SIGNALS = {
    "signed_in": account.user_logged_in,
    "signed_out": account.user_logged_out,
    "second_step_added": second_step.authenticator_added,
    "second_step_removed": second_step.authenticator_removed,
    "second_step_renewed": second_step.authenticator_reset,
    "second_step_used": second_step.authenticator_used,
    "second_step_failed": second_step.authentication_failed,
}


def listen() -> None:
    """Hear what allauth tells from now on."""
    for action, signal in _SIGNALS.items():
        signal.connect(_note_of(action), weak=False, dispatch_uid=f"baton:{action}")


def _note_of(action: str) -> Any:
    def note(user: object = None, authenticator: Authenticator | None = None, **_: object) -> None:
        if not isinstance(user, User):  # somebody whose session had ended signs out
            return
        # Every command of the command line makes the apps ready, and few ask for the services.
        from baton.services import house as houses  # noqa: PLC0415
        from baton.services.desk import own_sign_in  # noqa: PLC0415

        details = {"kind": str(authenticator.type)} if authenticator else {}
        own_sign_in.note(houses.current(), user, action, **details)

    return note
