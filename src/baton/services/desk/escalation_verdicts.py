"""Right, noisy or missed, in one click from a conversation: what tunes the rules (E12, E15)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from baton.core import escalation_rules
from baton.core.errors import InvalidInput, NotFound
from baton.core.escalation import Verdict
from baton.core.hard_stops import HardStop
from baton.core.roles import Action
from baton.services import inbox
from baton.services.conversation import escalations, sampling
from baton.services.desk import live_flags
from baton.services.desk.rule_board import FiredRow, fired_row
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import Conversation, Escalation, MissedEscalation, User

GIVEN = (Verdict.RIGHT, Verdict.NOISY, Verdict.MISROUTED, Verdict.UNTAUGHT)
"""What people may say in one click."""

MAX_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A rule that fired in a conversation, with its name for people."""

    title: str
    is_up: bool
    row: FiredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Missable:
    """A rule that may be noted as missed in a conversation."""

    name: str
    title: str
    is_noted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfConversation:
    """What fired in a conversation, newest first, and what could be noted as missed."""

    fired: tuple[Fired, ...]
    missable: tuple[Missable, ...]

    @property
    def noted(self) -> tuple[Missable, ...]:
        """What people found to be missed."""
        return tuple(one for one in self.missable if one.is_noted)


def list_of(house: House, user: User, conversation_id: str) -> OfConversation:
    """Return what fired in a conversation; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    return shown_in(house, user, conversation_id, _conversation(user, conversation_id).flags)


def shown_in(house: House, user: User, conversation_id: str, flags: str) -> OfConversation:
    """Return what fired in a conversation of the user's workspace on which these flags stand."""
    standards = standards_cache(house).standards_of(user.workspace_id)
    rows = Escalation.objects.filter(
        conversation_id=conversation_id, workspace_id=user.workspace_id
    ).order_by("-at", "-id")
    notes = MissedEscalation.objects.filter(conversation_id=conversation_id)
    noted = set(notes.values_list("rule", flat=True))
    up = set(flags.split(","))
    return OfConversation(
        fired=tuple(
            Fired(
                title=live_flags.title_of(standards, row.trigger),
                is_up=row.trigger in up and row.act == "flag",
                row=fired_row(row),
            )
            for row in rows[:MAX_SHOWN]
        ),
        missable=tuple(
            Missable(
                name=name,
                title=live_flags.title_of(standards, name),
                is_noted=name in noted,
            )
            for name in dict.fromkeys((*_rules_of(standards), *sorted(noted)))
        ),
    )


def judge(house: House, user: User, escalation_id: str, verdict: str) -> str:
    """Say right or noisy of a rule that fired; the same word again takes it back.

    Returns what holds now, "" for none. Raises InvalidInput, NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    if verdict not in {one.value for one in GIVEN}:
        raise InvalidInput({"verdict": f"choose one of {', '.join(one.value for one in GIVEN)}"})
    found = Escalation.objects.filter(id=escalation_id, workspace_id=user.workspace_id).first()
    if found is None:
        raise NotFound("escalation", escalation_id)
    with _in_lane(house, user, found.conversation_id) as ledger:
        found.refresh_from_db()
        kept = escalations.judge(ledger, found, Verdict(verdict), user.id)
        sampling.ask_what_was_meant(ledger, found, is_asked=kept == Verdict.UNTAUGHT)
        return kept


def note_missed(house: House, user: User, conversation_id: str, rule: str) -> bool:
    """Note that a rule should have fired here; again, and it is taken back.

    Returns whether it is noted now. Raises InvalidInput for an unknown rule, NotFound, or
    Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    known = _conversation(user, conversation_id)
    standards = standards_cache(house).standards_of(user.workspace_id)
    notes = MissedEscalation.objects.filter(conversation_id=conversation_id, rule=rule)
    if rule not in _rules_of(standards) and not notes.exists():
        raise InvalidInput({"rule": "choose one of the rules that are in force"})
    with _in_lane(house, user, conversation_id) as ledger:
        return escalations.note_missed(ledger, known, rule, user.id)


def _rules_of(standards: Standards) -> tuple[str, ...]:
    own = (rule.name for rule in standards.rules)
    built_in = (rule.name for rule in escalation_rules.BUILT_IN)
    return (*own, *(stop.value for stop in HardStop), *built_in)


def _conversation(user: User, conversation_id: str) -> Conversation:
    rows = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    found = rows.first()
    if found is None:
        raise NotFound("conversation", conversation_id)
    return found


@contextmanager
def _in_lane(house: House, user: User, conversation_id: str) -> Iterator[Ledger]:
    """Write in one transaction that holds the conversation's lane."""
    lane = _conversation(user, conversation_id).lane
    with house.engine.transaction():
        house.engine.lock_lane(user.workspace_id, lane)
        ledger = Ledger(house, house.clock.now())
        yield ledger
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()
