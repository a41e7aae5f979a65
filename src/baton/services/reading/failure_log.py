"""Writes the failure log: logged with a root cause, given to somebody, mended by a change (FL1)."""

from dataclasses import dataclass
from functools import partial

from baton.core import failures, privacy
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.escalation import Act
from baton.core.roles import Action
from baton.services import inbox, notices, sight
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import AuditEntry, Conversation, Escalation, Failure, Turn, User

MAX_WORDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A failure as somebody tells it; `escalation_id` is "" where nothing was handed over."""

    conversation_id: str
    cause: str
    words: str
    owner_id: str
    escalation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What mended it: a change of the audit trail by its place, or None for one elsewhere."""

    words: str
    seq: int | None = None


def log(house: House, user: User, told: Told) -> str:
    """Log a failure, due in a week, and tell who is to mend it; return its id.

    Raises InvalidInput, NotFound, or Forbidden for a role that may not mend.
    """
    inbox.require(user, Action.MEND)
    cause = failures.checked_cause(told.cause)
    words = _words(house, user, told.words)
    owner = _colleague(user, told.owner_id)
    talk = Conversation.objects.filter(
        id=told.conversation_id, workspace_id=user.workspace_id
    ).first()
    if talk is None:
        raise NotFound("conversation", told.conversation_id)
    if talk.id not in sight.heard_among(house, user, [talk.id]):
        raise Forbidden("open what is another's", user.role)
    fired = _escalation(user, told)
    turn = _turn_of(talk, fired)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row = Failure.objects.create(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            conversation_id=talk.id,
            flow=turn.flow if turn else "",
            version=turn.version if turn else 0,
            rule=fired.trigger if fired else "",
            cause=cause,
            words=words,
            is_handed=_is_handed(talk),
            owner_id=owner.id,
            logged_by_id=user.id,
            logged_at=ledger.now,
            due_at=ledger.now + failures.FIX_WITHIN,
        )
        _tell_owner(ledger, user, row)
        _audit(ledger, user, row, "failure_logged", cause=cause, owner=f"user:{owner.id}")
        ledger.flush()
    return row.id


def give(house: House, user: User, failure_id: str, owner_id: str) -> None:
    """Let somebody else mend it; its day stays. Raises as `log`, and Conflict once it is fixed."""
    inbox.require(user, Action.MEND)
    owner = _colleague(user, owner_id)
    with house.engine.transaction():
        ledger, row = Ledger(house, house.clock.now()), _open(user, failure_id)
        row.owner_id = owner.id
        row.save(update_fields=["owner_id"])
        _tell_owner(ledger, user, row)
        _audit(ledger, user, row, "failure_given", owner=f"user:{owner.id}")
        ledger.flush()


def fix(house: House, user: User, failure_id: str, mended: Mended) -> None:
    """Say what mended it, with the change that did; raises as `give`."""
    inbox.require(user, Action.MEND)
    words = _words(house, user, mended.words)
    if not words:
        raise InvalidInput({"words": "Say in a few words what was mended."})
    if mended.seq is not None and find_change(user.workspace_id, mended.seq) is None:
        raise InvalidInput({"change": "Choose one of the changes, or none of them."})
    with house.engine.transaction():
        ledger, row = Ledger(house, house.clock.now()), _open(user, failure_id)
        row.fixed_at, row.fixed_by_id = ledger.now, user.id
        row.fix_words, row.fix_seq = words, mended.seq
        row.save(update_fields=["fixed_at", "fixed_by_id", "fix_words", "fix_seq"])
        _audit(ledger, user, row, "failure_fixed", change=mended.seq or 0, reason=words)
        ledger.flush()


def reopen(house: House, user: User, failure_id: str) -> None:
    """Put a failure back that was not mended after all; raises Conflict for an open one."""
    inbox.require(user, Action.MEND)
    with house.engine.transaction():
        ledger, row = Ledger(house, house.clock.now()), _held(user, failure_id)
        if row.fixed_at is None:
            message = "It is open already."
            raise Conflict(message)
        Failure.objects.filter(id=row.id).update(fixed_at=None, fixed_by_id=None, fix_seq=None)
        _audit(ledger, user, row, "failure_reopened")
        ledger.flush()


def find_change(workspace_id: str, seq: int) -> AuditEntry | None:
    """Return an entry of the trail that tells of a change of the automation; None for another."""
    return AuditEntry.objects.filter(
        workspace_id=workspace_id, seq=seq, action__in=failures.CHANGES
    ).first()


def _tell_owner(ledger: Ledger, user: User, row: Failure) -> None:
    if row.owner_id == user.id:
        return
    notices.tell(
        ledger,
        user.workspace_id,
        [row.owner_id],
        notices.Kind.FAILURE_GIVEN,
        details=f"{row.cause.replace('_', ' ')}, {row.flow or 'no flow'}",
        conversation_id=row.conversation_id,
    )


def _audit(ledger: Ledger, user: User, row: Failure, action: str, **details: str | int) -> None:
    subject = f"conversation:{row.conversation_id}"
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject, failure=row.id, **details)
    ledger.ring(f"workspace:{user.workspace_id}")


def _open(user: User, failure_id: str) -> Failure:
    row = _held(user, failure_id)
    if row.fixed_at is not None:
        message = "It is mended already; put it back first."
        raise Conflict(message)
    return row


def _held(user: User, failure_id: str) -> Failure:
    rows = Failure.objects.select_for_update().filter(workspace_id=user.workspace_id)
    row = rows.filter(id=failure_id).first()
    if row is None:
        raise NotFound("failure", failure_id)
    return row


def _escalation(user: User, told: Told) -> Escalation | None:
    if not told.escalation_id:
        return None
    found = Escalation.objects.filter(
        id=told.escalation_id,
        workspace_id=user.workspace_id,
        conversation_id=told.conversation_id,
    ).first()
    if found is None:
        raise NotFound("escalation", told.escalation_id)
    return found


def _turn_of(talk: Conversation, fired: Escalation | None) -> Turn | None:
    """Return the last turn of the bot in a flow before people were called, or of all.

    What came after, as the question how it was, is not where it failed.
    """
    turns = Turn.objects.filter(conversation_id=talk.id).exclude(flow="").order_by("id")
    called = (
        fired
        or Escalation.objects.filter(conversation_id=talk.id, act=Act.HAND_OVER.value)
        .order_by("at", "id")
        .first()
    )
    before = turns.filter(at__lte=called.at).last() if called else None
    return before or turns.last()


def _is_handed(talk: Conversation) -> bool:
    return Escalation.objects.filter(conversation_id=talk.id, act=Act.HAND_OVER.value).exists()


def _colleague(user: User, owner_id: str) -> User:
    rows = User.objects.filter(workspace_id=user.workspace_id, is_active=True)
    found = rows.filter(id=owner_id or user.id).first()
    if found is None:
        raise InvalidInput({"owner": "Choose somebody of the team."})
    return found


def _words(house: House, user: User, words: str) -> str:
    words = words.strip()
    if len(words) > MAX_WORDS:
        raise InvalidInput({"words": f"Write at most {MAX_WORDS} characters."})
    # Somebody may quote a contact here; what is kept holds tokens alone.
    return privacy.mask(words, partial(house.keyset.token, user.workspace_id))[:MAX_WORDS]
