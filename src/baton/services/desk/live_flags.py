"""Live flags as people see them: what was raised while the bot talks, to step in with one click.

The monitor and the inbox read `list_live`. Stepping in is `desk.agents.accept`; who finds
that a flag was for nothing says so with `desk.escalation_verdicts`, which takes it down.
"""

from dataclasses import dataclass
from datetime import datetime

from baton.core import escalation_rules
from baton.core.hard_stops import HardStop
from baton.core.pack import Pack
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import Contact, Conversation, Escalation, User
from baton.store.queries import escalations

MAX_SHOWN = 100
_TITLES = {HardStop.PERSON.value: "Asked for a person", "stepped_in": "An agent stepped in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One flag: the rule, its title for people, what it rests on (tokenised), and since when."""

    escalation_id: str
    rule: str
    title: str
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFlag:
    """A conversation that the bot has and that people should see, with all that was raised."""

    conversation_id: str
    who: str
    about: str
    channel: str
    urgency: int
    last_message_at: datetime
    raised: tuple[Raised, ...]

    @property
    def since(self) -> datetime:
        """When the first of its flags was raised."""
        return min((one.at for one in self.raised), default=self.last_message_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFlags:
    """The conversations with the newest words, and how many there are in all."""

    shown: tuple[LiveFlag, ...]
    total: int


def list_live(house: House, user: User, *, limit: int = MAX_SHOWN) -> LiveFlags:
    """Return the flags that stand while the bot owns their conversations, newest word first.

    Three queries, whatever the number; nothing of what was said is in it but the tokenised
    evidence. Raises Forbidden for a role that may not read the inbox.
    """
    inbox.require(user, Action.READ_INBOX)
    standards = standards_cache(house).standards_of(user.workspace_id)
    flagged = escalations.flagged_live(user.workspace_id)
    found = sight.heard_by(house, user, flagged, by="id")
    rows = list(found[: min(limit, MAX_SHOWN)])
    raised = escalations.raised_on(rows)
    contacts = Contact.objects.in_bulk({row.contact_id for row in rows})
    shown = tuple(
        _shown(house, standards, row, contacts[row.contact_id], raised.get(row.id, ()))
        for row in rows
    )
    return LiveFlags(shown=shown, total=len(rows) if len(rows) < limit else found.count())


def titles_of(house: House, user: User, flags: str) -> tuple[str, ...]:
    """Return the names for people of the flags that a conversation's row has."""
    if not flags:
        return ()
    standards = standards_cache(house).standards_of(user.workspace_id)
    return tuple(title_of(standards, name) for name in flags.split(","))


def list_raised(house: House, user: User, conversation_id: str) -> tuple[Raised, ...]:
    """Return the flags that stand on one conversation, whoever has it; raises Forbidden."""
    inbox.require(user, Action.READ_INBOX)
    rows = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id)
    standards = standards_cache(house).standards_of(user.workspace_id)
    found = list(rows.exclude(flags=""))
    raised = escalations.raised_on(found).get(conversation_id, ())
    return tuple(raised_as(standards, row) for row in raised)


def raised_as(standards: Standards, row: Escalation) -> Raised:
    """Return a fired rule as people read it."""
    return Raised(
        escalation_id=row.id,
        rule=row.trigger,
        title=title_of(standards, row.trigger),
        evidence=row.evidence,
        at=row.at,
    )


def title_of(standards: Standards, rule: str) -> str:
    """Return a rule's name for people: its own title, or its key in plain words."""
    own = next((one.title for one in standards.rules if one.name == rule), "")
    built_in = escalation_rules.find_built_in(rule)
    if own or built_in:
        return own or (built_in.title if built_in else "")
    return _TITLES.get(rule, rule.replace("_", " ").capitalize())


def _shown(
    house: House,
    standards: Standards,
    row: Conversation,
    contact: Contact,
    raised: tuple[Escalation, ...],
) -> LiveFlag:
    pack: Pack = standards.pack
    return LiveFlag(
        conversation_id=row.id,
        who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)),
        about=inbox.title_of(pack, row.request_type, row.urgency_cause),
        channel=row.channel,
        urgency=row.urgency,
        last_message_at=row.last_message_at,
        raised=tuple(raised_as(standards, one) for one in raised),
    )
