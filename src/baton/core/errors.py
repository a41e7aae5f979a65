"""What goes wrong in Baton, as one small tree.

    BatonError
    ├── NotFound       the thing named does not exist in this workspace
    ├── Conflict       somebody else changed it first, or it is in another state
    ├── Forbidden      the caller's role does not allow it
    └── InvalidInput   a value was refused; `fields` says which and why

Each has a stable `code` and named details; none knows an HTTP status or a
text for users, which belong to the room that talks to the user.
"""

from collections.abc import Mapping
from typing import ClassVar


class BatonError(Exception):
    """The root: anything that Baton itself refuses or cannot do."""

    code: ClassVar[str] = "error"


class NotFound(BatonError):  # noqa: N818 - the tree reads as the outcome, not as "...Error"
    """The thing named does not exist in this workspace."""

    code = "not_found"

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"no {kind} {name!r}")


class Conflict(BatonError):  # noqa: N818 - see NotFound
    """The thing is no longer in the state that the caller believed."""

    code = "conflict"

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class Forbidden(BatonError):  # noqa: N818 - see NotFound
    """The caller's role does not allow this."""

    code = "forbidden"

    def __init__(self, action: str, role: str) -> None:
        self.action = action
        self.role = role
        super().__init__(f"the role {role!r} may not {action}")


class InvalidInput(BatonError):  # noqa: N818 - see NotFound
    """A value was refused; `fields` maps each field to what must change."""

    code = "invalid_input"

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(f"{name}: {why}" for name, why in self.fields.items()))
