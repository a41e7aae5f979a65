"""What the people of a workspace may do, and up to which amount."""

from enum import StrEnum

from baton.core.policy import Policy


class Role(StrEnum):
    """A user's role; each may do all that the table below gives it, and no more."""

    AGENT = "agent"
    SPECIALIST = "specialist"  # answers for a queue that takes a skill
    CLINICIAN = "clinician"  # the trained staff that health matters go to (T14)
    CONCIERGE = "concierge"  # whom contacts of high value belong to
    SENIOR = "senior"
    MANAGER = "manager"
    OWNER = "owner"  # of automations: flows, copy, intents and pilots, but no conversations
    OPERATIONS = "operations"
    AUDITOR = "auditor"
    ENGINEER = "engineer"  # the technical owner
    ADMIN = "admin"  # who works here, and with which role and keys


SERVING = (
    Role.AGENT,
    Role.SPECIALIST,
    Role.CLINICIAN,
    Role.CONCIERGE,
    Role.SENIOR,
    Role.MANAGER,
)
"""The roles that conversations are routed to."""

PATH = (Role.AGENT, Role.SENIOR, Role.MANAGER)
"""Whose word money takes, in order: each may grant more than the one before (G11)."""

_RUNGS = {
    Role.AGENT: Role.AGENT,
    Role.SPECIALIST: Role.AGENT,
    Role.CLINICIAN: Role.AGENT,
    Role.CONCIERGE: Role.SENIOR,
    Role.SENIOR: Role.SENIOR,
    Role.MANAGER: Role.MANAGER,
    Role.OPERATIONS: Role.MANAGER,
}


class Action(StrEnum):
    """Something that needs a permission."""

    READ_INBOX = "read the inbox"
    ANSWER = "answer conversations"
    READ_TRANSCRIPT = "open transcripts"
    REVIEW = "review answers"
    MEND = "work through the failure log"
    TEACH = "train and change the reader"
    READ_AUDIT = "read the audit trail"
    CONFIGURE = "change settings"
    READ_REPORTS = "read reports"
    APPROVE_COPY = "approve texts"
    RUN_PILOT = "run pilots"
    ROLL_BACK = "roll flows back"
    MANAGE_ACCESS = "say who works here, and with which role and keys"
    PROTECT = "take out or erase what is known of a person"


_REVIEWING = frozenset({Action.READ_INBOX, Action.REVIEW, Action.MEND})
_ANSWERING = _REVIEWING | {Action.ANSWER, Action.READ_TRANSCRIPT}
_LEADING = _ANSWERING | {
    Action.TEACH,
    Action.CONFIGURE,
    Action.READ_AUDIT,
    Action.READ_REPORTS,
    Action.APPROVE_COPY,
    Action.RUN_PILOT,
    Action.PROTECT,
}
_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.AGENT: _ANSWERING,
    Role.SPECIALIST: _ANSWERING,
    Role.CLINICIAN: _ANSWERING,
    Role.CONCIERGE: _ANSWERING,
    Role.SENIOR: _ANSWERING | {Action.TEACH},
    Role.MANAGER: _LEADING,
    # Changing what the bot says takes its turns to judge, not who said what to whom.
    Role.OWNER: _REVIEWING
    | frozenset(
        {
            Action.TEACH,
            Action.CONFIGURE,
            Action.READ_REPORTS,
            Action.APPROVE_COPY,
            Action.RUN_PILOT,
        }
    ),
    # The pilot is the manager's; taking a flow back is decided by operations (X38, PL12).
    Role.OPERATIONS: _LEADING | {Action.ROLL_BACK},
    # An auditor sees who saw what; a customer's words are not needed for that.
    Role.AUDITOR: frozenset({Action.READ_INBOX, Action.READ_AUDIT, Action.READ_REPORTS}),
    # The failure log is read by engineers, product and agents; it holds no contact's words (PE10).
    Role.ENGINEER: frozenset(
        {Action.READ_INBOX, Action.MEND, Action.CONFIGURE, Action.READ_REPORTS}
    ),
    # Who gives out roles reads no conversation, and is seen by the auditor.
    Role.ADMIN: frozenset(
        {Action.READ_INBOX, Action.CONFIGURE, Action.READ_AUDIT, Action.MANAGE_ACCESS}
    ),
}


def may(role: Role, action: Action) -> bool:
    """Return whether a role may do something."""
    return action in _ALLOWED[role]


def limit_minor(own: int | None, role: Role, policy: Policy) -> int:
    """Return the amount that one person may grant: their own limit, else that of their role."""
    return authority_minor(role, policy) if own is None else own


def rung_of(role: Role) -> Role | None:
    """Return as whom on the path a role grants money and is asked for it, None for not at all."""
    return _RUNGS.get(role)


def authority_minor(role: Role, policy: Policy) -> int:
    """Return the amount, in minor units, that a role may grant by itself (U4)."""
    amounts = {
        Role.AGENT: policy.agent_authority_minor,
        Role.SENIOR: policy.senior_authority_minor,
        Role.MANAGER: policy.manager_authority_minor,
    }
    rung = rung_of(role)
    return amounts[rung] if rung else 0
