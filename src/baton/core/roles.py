"""What the people of a workspace may do, and up to which amount."""

from enum import StrEnum

from baton.core.policy import Policy


class Role(StrEnum):
    """A user's role; each may do all that the table below gives it, and no more."""

    AGENT = "agent"
    SENIOR = "senior"
    MANAGER = "manager"
    OPERATIONS = "operations"
    AUDITOR = "auditor"
    ENGINEER = "engineer"


class Action(StrEnum):
    """Something that needs a permission."""

    READ_INBOX = "read the inbox"
    ANSWER = "answer conversations"
    READ_TRANSCRIPT = "open transcripts"
    REVIEW = "review answers"
    TEACH = "train and change the reader"
    READ_AUDIT = "read the audit trail"
    CONFIGURE = "change settings"
    READ_REPORTS = "read reports"
    APPROVE_COPY = "approve texts"
    RUN_PILOT = "run pilots"
    ROLL_BACK = "roll flows back"


_ANSWERING = frozenset({Action.READ_INBOX, Action.ANSWER, Action.READ_TRANSCRIPT, Action.REVIEW})
_LEADING = _ANSWERING | {
    Action.TEACH,
    Action.CONFIGURE,
    Action.READ_AUDIT,
    Action.READ_REPORTS,
    Action.APPROVE_COPY,
    Action.RUN_PILOT,
}
_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.AGENT: _ANSWERING,
    Role.SENIOR: _ANSWERING | {Action.TEACH},
    Role.MANAGER: _LEADING,
    # The pilot is the manager's; taking a flow back is decided by operations (X38, PL12).
    Role.OPERATIONS: _LEADING | {Action.ROLL_BACK},
    # An auditor sees who saw what; a customer's words are not needed for that.
    Role.AUDITOR: frozenset({Action.READ_INBOX, Action.READ_AUDIT, Action.READ_REPORTS}),
    Role.ENGINEER: frozenset({Action.READ_INBOX, Action.CONFIGURE, Action.READ_REPORTS}),
}


def may(role: Role, action: Action) -> bool:
    """Return whether a role may do something."""
    return action in _ALLOWED[role]


def limit_minor(own: int | None, role: Role, policy: Policy) -> int:
    """Return the amount that one person may grant: their own limit, else that of their role."""
    return authority_minor(role, policy) if own is None else own


def authority_minor(role: Role, policy: Policy) -> int:
    """Return the amount, in minor units, that a role may grant by itself (U4)."""
    amounts = {
        Role.AGENT: policy.agent_authority_minor,
        Role.SENIOR: policy.senior_authority_minor,
        Role.MANAGER: policy.manager_authority_minor,
        Role.OPERATIONS: policy.manager_authority_minor,
    }
    return amounts.get(role, 0)
