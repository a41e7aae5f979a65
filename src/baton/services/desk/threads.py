"""One conversation as a person reads it: how it stands, what the bot tried, what was said.

What was said is only read by somebody who opened the transcript, which the
audit chain holds (P10); a look lasts for a working day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from baton.core import urgency
from baton.core.clocks import Clock
from baton.core.delivery import GO_AGAIN
from baton.core.errors import InvalidInput, NotFound
from baton.core.json import Json
from baton.core.policy import guards
from baton.core.roles import Action
from baton.core.urgency import Urgency
from baton.flows import render
from baton.services import inbox
from baton.services.delivery import attachments, letters
from baton.services.delivery.attachments import ShownFile
from baton.services.delivery.letters import ShownLetter
from baton.services.desk import guarding, replies
from baton.services.house import House
from baton.services.knowledge import article_uses
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    ArticleUse,
    AuditEntry,
    CannedResponse,
    Contact,
    Conversation,
    Handoff,
    Intake,
    Message,
    Turn,
    User,
)
from baton.store.queries import clocks, links

_A_LOOK_LASTS = timedelta(hours=8)
# A conversation longer than this is read from its newest words on.
MAX_ENTRIES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a conversation stands: who has it, since when, on which clock."""

    id: str
    contact_id: str
    who: str
    is_identified: bool
    membership: str
    language: str
    channel: str
    status: str
    handled_by: str
    assignee_id: str | None
    assignee_name: str
    about: str
    needs: tuple[str, ...]
    queue: str
    queue_title: str
    is_flagged: bool
    flags: str
    needs_review: bool
    is_opted_out: bool
    has_intake: bool
    recontacts: int
    first_message_at: datetime
    last_message_at: datetime
    waiting_since: datetime | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    resolution_code: str
    urgency: Urgency
    clocks: tuple[Clock, ...]
    handoff_id: str
    is_guarded: bool
    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One entry of the decision log (H2); `articles` names those that it answered with."""

    turn_id: str
    at: datetime
    decision: str
    action: str
    reason: str
    flow: str
    step: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One message or note of a transcript.

    One that `is_instead` went in place of another; one that `may_go_again` did not arrive,
    as far as anybody knows, and no other has gone in its place. `clicks` is how often its
    short links were opened.
    """

    id: str
    at: datetime
    author: str
    name: str
    is_note: bool
    channel: str
    is_instead: bool
    may_go_again: bool
    clicks: int
    text: str
    choices: tuple[str, ...]
    delivery: str
    delivery_reason: str
    held_until: datetime | None
    files: tuple[ShownFile, ...] = ()
    letter: ShownLetter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A saved reply, filled in for one conversation."""

    short_code: str
    text: str


def get_standing(house: House, user: User, conversation_id: str) -> Standing:
    """Return how a conversation stands; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    theirs = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    intakes = Intake.objects.filter(conversation_id=OuterRef("id"))
    found = theirs.annotate(has_intake=Exists(intakes)).first()
    if found is None:
        raise NotFound("conversation", conversation_id)
    guarding.refuse_closed(house, user, found.queue, found.assignee_id, found.contact_id)
    contact = Contact.objects.get(id=found.contact_id)
    standards = standards_cache(house).last_of(user.workspace_id)
    pack = standards.pack
    handoffs = Handoff.objects.filter(conversation_id=found.id).order_by("-offered_at")
    running = tuple(one.clock for one in clocks.list_running(found.id))
    return Standing(
        id=found.id,
        contact_id=contact.id,
        who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)),
        is_identified=contact.is_identified,
        membership=contact.membership,
        language=contact.language,
        channel=found.channel,
        status=found.status,
        handled_by=found.handled_by,
        assignee_id=found.assignee_id,
        assignee_name=_names({found.assignee_id}).get(found.assignee_id or "", ""),
        about=inbox.title_of(pack, found.request_type, found.urgency_cause),
        needs=kind.needs if (kind := pack.request_type(found.request_type)) else (),
        queue=found.queue,
        queue_title=inbox.queue_title_of(pack, found.queue),
        is_flagged=found.is_flagged,
        flags=found.flags,
        needs_review=found.needs_review,
        is_opted_out=found.channel in contact.opted_out.split(","),
        has_intake=found.has_intake,
        recontacts=found.recontacts,
        first_message_at=found.first_message_at,
        last_message_at=found.last_message_at,
        waiting_since=found.waiting_since,
        snoozed_until=found.snoozed_until,
        resolved_at=found.resolved_at,
        resolution_code=found.resolution_code,
        urgency=_urgency_now(house, found, running),
        clocks=running,
        handoff_id=handoffs.values_list("id", flat=True).first() or "",
        is_guarded=guards(standards.policy, found.queue),
        pack=pack.name,
    )


def _urgency_now(house: House, row: Conversation, running: tuple[Clock, ...]) -> Urgency:
    """Return the score that the inbox shows: it grows as the clock that is due first runs out."""
    stored = Urgency(score=row.urgency, cause=row.urgency_cause)
    going = [clock for clock in running if clock.paused_at is None]
    if not going:
        return stored
    first = min(going, key=lambda clock: clock.due_at)
    return urgency.with_clock(
        stored, started_at=first.started_at, due_at=first.due_at, now=house.clock.now()
    )


def list_decisions(user: User, conversation_id: str) -> tuple[Decided, ...]:
    """Return what the bot decided in a conversation, oldest first."""
    inbox.require(user, Action.READ_INBOX)
    newest = Turn.objects.filter(
        conversation_id=conversation_id, workspace_id=user.workspace_id
    ).order_by("-id")[:MAX_ENTRIES]
    given: dict[str, tuple[str, ...]] = {}
    for turn_id, article in ArticleUse.objects.filter(
        conversation_id=conversation_id, outcome=article_uses.GIVEN
    ).values_list("turn_id", "article"):
        given[turn_id] = (*given.get(turn_id, ()), article)
    return tuple(
        Decided(
            turn_id=turn.id,
            at=turn.at,
            decision=turn.decision,
            action=turn.action,
            reason=turn.reason,
            flow=turn.flow,
            step=turn.step,
            articles=given.get(turn.id, ()),
        )
        for turn in reversed(newest)
    )


def has_opened(house: House, user: User, conversation_id: str) -> bool:
    """Return whether this person opened this transcript a while ago, and it may still be read.

    The audit chain holds the opening; a queue that guards its transcripts closes it again.
    """
    if guarding.is_guarded(house, user.workspace_id, conversation_id):
        return False
    return AuditEntry.objects.filter(
        workspace_id=user.workspace_id,
        subject=f"conversation:{conversation_id}",
        action="transcript_opened",
        actor=f"user:{user.id}",
        at__gt=house.clock.now() - _A_LOOK_LASTS,
    ).exists()


def list_messages(house: House, user: User, conversation_id: str) -> tuple[Written, ...]:
    """Return the words of a conversation, oldest first.

    Raises Forbidden for a role that may not read them, NotFound unless this
    person opened the transcript: without an entry in the chain there is none to read.
    """
    inbox.require(user, Action.READ_TRANSCRIPT)
    if not has_opened(house, user, conversation_id):
        raise NotFound("opened transcript", conversation_id)
    newest = list(
        Message.objects.filter(
            conversation_id=conversation_id, workspace_id=user.workspace_id
        ).order_by("-id")[:MAX_ENTRIES]
    )
    names = _names(message.user_id for message in newest)
    opened = links.clicks_of([message.id for message in newest])
    replaced = {message.instead_of_id for message in newest}
    sent = attachments.list_of(house, [message.id for message in newest])
    heads = letters.shown_of(house, [message.id for message in newest])
    return tuple(
        Written(
            id=message.id,
            at=message.created_at,
            author=message.author,
            name=names.get(message.user_id or "", ""),
            is_note=message.is_note,
            channel=message.channel,
            is_instead=message.instead_of_id is not None,
            may_go_again=message.delivery in GO_AGAIN
            and message.author != "contact"
            and message.id not in replaced,
            clicks=opened.get(message.id, 0),
            text=attachments.words_beside(
                house.keyset.unseal(message.body_sealed, f"message:{message.id}"),
                sent.get(message.id, ()),
            ),
            files=sent.get(message.id, ()),
            letter=heads.get(message.id),
            choices=tuple(str(choice["label"]) for choice in message.choices),
            delivery=message.delivery,
            delivery_reason=message.delivery_reason,
            held_until=message.held_until,
        )
        for message in reversed(newest)
    )


def list_canned(house: House, user: User, conversation_id: str) -> tuple[Canned, ...]:
    """Return the saved replies, filled in; one that cannot be filled in here is left out."""
    facts = replies.facts_for(house, user, conversation_id)
    saved = CannedResponse.objects.filter(workspace_id=user.workspace_id).order_by("short_code")
    filled = ((canned.short_code, _filled(canned.text, facts)) for canned in saved)
    return tuple(Canned(short_code=code, text=words) for code, words in filled if words)


def _filled(template: str, facts: dict[str, Json]) -> str:
    try:
        return render.render(template, facts)
    except InvalidInput:
        return ""


def _names(user_ids: Iterable[str | None]) -> dict[str, str]:
    wanted = {user_id for user_id in user_ids if user_id}
    if not wanted:
        return {}
    return dict(User.objects.filter(id__in=wanted).values_list("id", "name"))
