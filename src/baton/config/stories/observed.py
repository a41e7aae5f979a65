"""What a story may look at: the stored rows of one contact, read as a person would read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet

from baton.config.stories.world import World
from baton.core import audit, card, roles
from baton.core.audit import Link
from baton.core.card import ContextCard
from baton.core.clocks import RESPONSES
from baton.core.escalation import Act
from baton.core.inviting import State
from baton.core.kpis import limits_of
from baton.core.resolution import Closing, verification
from baton.core.roles import Action, Role
from baton.reports import kpis
from baton.reports.slices import Slice
from baton.services import notices
from baton.services.bookings import counter
from baton.services.conversation import ratings, shadowing
from baton.services.desk import auditing
from baton.services.evidence import keeping
from baton.store.models import (
    Approval,
    AuditEntry,
    Booking,
    Breach,
    Conversation,
    Escalation,
    Handoff,
    Invitation,
    Message,
    Review,
    ShadowDraft,
    SlaClock,
    Slot,
    SurveyResponse,
    Task,
    Turn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message that reached the contact, or, with a reason, one that did not."""

    text: str
    choices: tuple[str, ...]
    reason: str
    channel: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in a world's story: its newest message, "" before the first, and the moment."""

    message_id: str
    at: datetime


class Observed:
    """One contact of a world, and what happened to them since a mark."""

    def __init__(self, world: World, who: str, *, since: Mark) -> None:
        self._world = world
        self._since = since
        self.contact = world.find_contact(who)

    @cached_property
    def conversation(self) -> Conversation | None:
        """The contact's newest conversation."""
        if self.contact is None:
            return None
        return Conversation.objects.filter(id=self.contact.conversation_id).first()

    @cached_property
    def conversations(self) -> int:
        """How many conversations the contact has had."""
        if self.contact is None:
            return 0
        return Conversation.objects.filter(contact_id=self.contact.id).count()

    @cached_property
    def messages(self) -> int:
        """How many messages of the contact are kept."""
        return self._messages().filter(author="contact").count()

    @cached_property
    def replies(self) -> tuple[Reply, ...]:
        """What has reached the contact since."""
        return tuple(map(self._reply, self._sent_since().filter(delivery="sent")))

    @cached_property
    def undelivered(self) -> Reply | None:
        """The last message since that was not to be sent."""
        last = self._sent_since().filter(delivery__in=["refused", "failed"]).last()
        return self._reply(last) if last else None

    @cached_property
    def held(self) -> Reply | None:
        """The last message that waits for its time."""
        last = self._messages().filter(delivery="held").last()
        return self._reply(last) if last else None

    @cached_property
    def in_review(self) -> bool:
        """Whether a person is still asked to look at one of the bot's answers."""
        return Review.objects.filter(conversation_id=self._id, verdict="").exists()

    @cached_property
    def resolution(self) -> str:
        """How sure the newest conversation's resolution is at this moment."""
        if self.conversation is None:
            return ""
        closing = Closing(
            resolved_at=self.conversation.resolved_at, is_confirmed=self.conversation.is_confirmed
        )
        return verification(closing, self._world.policy, now=self._world.now).value

    @cached_property
    def escalations(self) -> tuple[str, ...]:
        """Every trigger of a handoff logged in the newest conversation, by name."""
        return self._fired(Act.HAND_OVER)

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Every live flag that was raised in the newest conversation, by name."""
        return self._fired(Act.FLAG)

    def _fired(self, act: Act) -> tuple[str, ...]:
        logged = Escalation.objects.filter(conversation_id=self._id, act=act.value)
        return tuple(sorted(logged.values_list("trigger", flat=True)))

    @cached_property
    def turn(self) -> Turn | None:
        """The newest decision."""
        return Turn.objects.filter(conversation_id=self._id).order_by("id").last()

    @cached_property
    def card_text(self) -> str:
        """The newest handoff's card as it is kept, or "" without one."""
        newest = Handoff.objects.filter(conversation_id=self._id).order_by("id").last()
        if newest is None:
            return ""
        return self._world.house.keyset.unseal(newest.card_sealed, f"card:{newest.id}")

    @cached_property
    def card(self) -> ContextCard | None:
        """The newest handoff's card."""
        return card.parse_json(self.card_text) if self.card_text else None

    def clock(self, kind: str | None) -> SlaClock | None:
        """Return the newest clock of a kind; without one, the newest that an answer meets."""
        kinds = [kind] if kind else list(RESPONSES)
        found = SlaClock.objects.filter(conversation_id=self._id, kind__in=kinds)
        return found.order_by("id").last()

    @cached_property
    def breaches(self) -> tuple[str, ...]:
        """What is broken or forgotten in the newest conversation, in order of name."""
        found = Breach.objects.filter(conversation_id=self._id, ended_at=None)
        return tuple(found.order_by("reason").values_list("reason", flat=True))

    @cached_property
    def offered_to(self) -> str:
        """Who is asked to take the newest conversation now, by their name in the story."""
        asked = Invitation.objects.filter(conversation_id=self._id, state=State.OPEN.value)
        names = {user.id: name for name, user in self._world.users.items()}
        return ", ".join(names[user_id] for user_id in asked.values_list("user_id", flat=True))

    @cached_property
    def survey(self) -> SurveyResponse | None:
        """The newest question after a resolution."""
        return SurveyResponse.objects.filter(conversation_id=self._id).order_by("id").last()

    @cached_property
    def words_of_survey(self) -> str | None:
        """What the contact said of the newest question, None for nothing."""
        row = self.survey
        if row is None or not row.words_sealed:
            return None
        place = ratings.place_of_words(row.id)
        return self._world.house.keyset.unseal(bytes(row.words_sealed), place)

    @cached_property
    def draft(self) -> str:
        """What a flow in shadow would last have said to the contact, "" for nothing."""
        contact_id = self.contact.id if self.contact else ""
        talks = Conversation.objects.filter(contact_id=contact_id).values("id")
        row = ShadowDraft.objects.filter(conversation_id__in=talks).order_by("id").last()
        unseal = self._world.house.keyset.unseal
        return unseal(bytes(row.text_sealed), shadowing.purpose_of(row.id)) if row else ""

    @cached_property
    def approval(self) -> Approval | None:
        """The newest thing that was proposed in the newest conversation."""
        return Approval.objects.filter(conversation_id=self._id).order_by("id").last()

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """What people still have to do for the contact, as "queue: title"."""
        contact_id = self.contact.id if self.contact else ""
        unseal = self._world.house.keyset.unseal
        return tuple(
            f"{one.queue}: {unseal(bytes(one.title_sealed), f'task:{one.id}')}"
            for one in Task.objects.filter(contact_id=contact_id, done_at=None).order_by("id")
        )

    @cached_property
    def booking(self) -> Booking | None:
        """The contact's newest booking."""
        contact_id = self.contact.id if self.contact else ""
        return Booking.objects.filter(contact_id=contact_id).order_by("id").last()

    @property
    def _id(self) -> str:
        return self.conversation.id if self.conversation else ""

    def _messages(self) -> QuerySet[Message]:
        contact_id = self.contact.id if self.contact else ""
        return Message.objects.filter(contact_id=contact_id, is_note=False).order_by("id")

    def _sent_since(self) -> QuerySet[Message]:
        # What was held is older than the moment at which it went out.
        is_new = Q(id__gt=self._since.message_id) | Q(held_until__gt=self._since.at)
        return self._messages().filter(is_new, author__in=["bot", "agent"])

    def _reply(self, message: Message) -> Reply:
        return Reply(
            text=self._world.house.keyset.unseal(message.body_sealed, f"message:{message.id}"),
            choices=tuple(choice["key"] for choice in message.choices),
            reason=message.delivery_reason,
            channel=message.channel,
            template=message.template,
        )


def mark(world: World) -> Mark:
    """Return where a world stands now."""
    kept = Message.objects.filter(workspace_id=world.workspace_id).order_by("id")
    return Mark(message_id=kept.values_list("id", flat=True).last() or "", at=world.now)


def notices_of(world: World, who: str) -> tuple[str, ...]:
    """Return what a member of the staff has not seen yet, newest first."""
    shown = notices.list_for(world.users[who])
    return tuple(one.kind for one in shown if one.is_unseen)


def free_places(world: World, slot: str) -> int | None:
    """Return how many places of a slot of the story are left, None where there is none."""
    found = Slot.objects.filter(id=world.slots.get(slot, "")).first()
    return counter.free_places(found) if found else None


def audit_count(world: World, action: str) -> int:
    """Return how often something was done in a world."""
    return AuditEntry.objects.filter(workspace_id=world.workspace_id, action=action).count()


def openings_of(world: World, seen: Observed) -> list[tuple[str, str, timedelta]] | None:
    """Return who opened a contact's card or transcript and how long ago, as an auditor reads it.

    None without anybody who may read the trail.
    """
    auditor = next(
        (one for one in world.users.values() if roles.may(Role(one.role), Action.READ_AUDIT)), None
    )
    if auditor is None or seen.conversation is None:
        return None
    names = {f"user:{user.id}": name for name, user in world.users.items()}
    handoffs = Handoff.objects.filter(conversation_id=seen.conversation.id)
    subjects = [("card", f"handoff:{one.id}") for one in handoffs]
    subjects.append(("transcript", f"conversation:{seen.conversation.id}"))
    found = [
        (entry.at, names[entry.actor], what)
        for what, subject in subjects
        for entry in auditing.list_entries(
            auditor, auditing.Sought(action=f"{what}_opened", subject=subject)
        ).entries
    ]
    found.sort()
    return [(who, what, world.now - at) for at, who, what in found]


def first_break(world: World) -> int | None:
    """Return where the audit chain of a world does not hold, or None."""
    entries = AuditEntry.objects.filter(workspace_id=world.workspace_id).order_by("seq")
    return audit.first_break(_link(entry) for entry in entries)


def kpi_values(world: World) -> dict[str, float | None]:
    """Return every KPI of a world at this moment."""
    keeping.catch_up(world.house, world.workspace_id)
    limits = limits_of(world.policy, world.now)
    found = kpis.kpis_of(Slice(workspace_id=world.workspace_id), limits)
    return {name: reading.value for name, reading in found.items()}


def _link(entry: AuditEntry) -> Link:
    return Link(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        details=entry.details,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )
