"""Under the glass: the state of one conversation and the decisions that led to it."""

from dataclasses import dataclass

from baton.core import sms, whatsapp
from baton.services import inbox
from baton.services.delivery import letters
from baton.services.house import House
from baton.services.workspace import connections
from baton.store.models import Contact, Conversation, Message, Run, Turn, User
from baton.store.queries import outgoing
from baton.web.words import REASONS

_TURNS = 8
_MESSAGES = 100
NOTIFICATION = "shown as a notification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One turn of the bot: what it read, what it did and why."""

    at: str
    intent: str
    confidence: float | None
    sentiment: float
    decision: str
    reason: str
    action: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """A conversation as a tester wants to see it."""

    conversation: str
    owner: str
    status: str
    assignee: str
    queue: str
    request_type: str
    triage: str
    axes: dict[str, int | None]
    failed_attempts: int
    bot_turns: int
    needs_review: bool
    step: str
    turns: tuple[Decided, ...]


def find_glass(workspace_id: str, lane: str) -> Glass | None:
    """Return the newest conversation of a contact, or None before their first word."""
    contact = Contact.objects.filter(workspace_id=workspace_id, lane=lane).first()
    if contact is None or contact.conversation_id is None:
        return None
    conversation = Conversation.objects.get(id=contact.conversation_id)
    return Glass(
        conversation=conversation.id,
        owner=conversation.handled_by,
        status=conversation.status,
        assignee=_name_of(conversation.assignee_id),
        queue=conversation.queue,
        request_type=conversation.request_type,
        triage=conversation.triage,
        axes={
            "complexity": conversation.complexity,
            "emotion": conversation.emotion,
            "per week": conversation.frequency,
            "value": conversation.value,
        },
        failed_attempts=conversation.failed_attempts,
        bot_turns=conversation.bot_turns,
        needs_review=conversation.needs_review,
        step=_step_of(conversation.run_id),
        turns=_turns_of(conversation.id),
    )


def marks_of(house: House, conversation_id: str, channel: str) -> dict[str, str]:
    """Return what a channel makes of the messages of a conversation, by message.

    On SMS how each travels; of an email its subject; beside the web chat what was a
    notification; on WhatsApp what went as a template, and
    how long the contact's last word keeps the window open.
    """
    rows = Message.objects.filter(conversation_id=conversation_id, is_note=False)
    newest = list(rows.order_by("-id")[:_MESSAGES])
    match channel:
        case connections.SMS:
            return {row.id: _size_of(house, row) for row in newest}
        case connections.WHATSAPP:
            marks = {row.id: f"template {row.template}" for row in newest if row.template}
            last = next((row for row in newest if row.author == "contact"), None)
            return marks | ({last.id: _window_of(house, last)} if last else {})
        case connections.EMAIL:
            return _subjects_of(house, [row.id for row in newest if row.author != "contact"])
        case _:  # the web chat, whose visitor may have allowed notifications
            return {row.id: NOTIFICATION for row in newest if row.channel == connections.PUSH}


def _window_of(house: House, row: Message) -> str:
    until = row.created_at + whatsapp.WINDOW
    if until <= house.clock.now():
        return "window shut: approved templates alone"
    local = until.astimezone(inbox.zone_of(row.workspace_id))
    return f"window open until {local:%d %b, %H:%M}"


def _subjects_of(house: House, message_ids: list[str]) -> dict[str, str]:
    rows = outgoing.list_outgoing(message_ids) if message_ids else {}
    heads = {row.message_id: letters.letterhead_of(house, row) for row in rows.values()}
    return {name: f"Subject: {head.subject}" for name, head in heads.items() if head}


def _size_of(house: House, row: Message) -> str:
    text = house.keyset.unseal(row.body_sealed, f"message:{row.id}")
    choices = [(str(choice["key"]), str(choice["label"])) for choice in row.choices]
    size = sms.size_of(sms.render(text, choices))
    parts = "1 part" if size.parts == 1 else f"{size.parts} parts"
    return f"{parts} · {size.length} signs, {size.alphabet}"


def _turns_of(conversation_id: str) -> tuple[Decided, ...]:
    newest = Turn.objects.filter(conversation_id=conversation_id).order_by("-id")[:_TURNS]
    return tuple(
        Decided(
            at=turn.at.isoformat(),
            intent=turn.intent,
            confidence=turn.confidence,
            sentiment=turn.sentiment,
            decision=turn.decision,
            reason=REASONS.get(turn.reason, turn.reason),
            action=turn.action,
            step=f"{turn.flow}.{turn.step}" if turn.flow else "",
        )
        for turn in newest
    )


def _step_of(run_id: str | None) -> str:
    run = Run.objects.filter(id=run_id).first() if run_id else None
    return f"{run.flow} v{run.version}: {run.step} ({run.status})" if run else ""


def _name_of(user_id: str | None) -> str:
    user = User.objects.filter(id=user_id).first() if user_id else None
    return user.name if user else ""
