"""What a rule would have done to the last conversations, before anybody puts it into force.

Past turns are asked as they were read then; a contact's membership and marks are today's.
Nothing of what was said leaves here but the evidence, tokenised.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from baton.core import escalation_rules, privacy
from baton.core.confidence import Band
from baton.core.escalation_rules import EscalationRule
from baton.core.policy import Policy
from baton.core.roles import Action
from baton.flows import rules
from baton.flows.rules import Sight
from baton.nlu import entities
from baton.nlu import text as read_text
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import contacts
from baton.services.workspace.standards import Standards, standards_cache
from baton.store.models import Conversation, Message, Turn, User
from baton.store.queries import turns as snapshots

LAST = 200
"""Conversations that a rule is tried on, those with the newest words."""

MAX_SHOWN = 25
_SILENT = "silent"
_HANDED_OVER = "handed_over"
_MAX_MESSAGES = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A turn in which the rule would have fired; `was_handed_over` says what happened then."""

    conversation_id: str
    at: datetime
    evidence: str
    was_handed_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a trial: the newest hits, of how many, in what."""

    conversations: int
    turns: int
    fired: int
    fired_in: int
    handed_over_anyway: int
    shown: tuple[Hit, ...]
    before: int | None = None
    """How often the limits of today fire; None for a rule of the workspace's own."""


def try_rule(house: House, user: User, rule: EscalationRule, *, last: int = LAST) -> Tried:
    """Return what a rule would have done; raises Forbidden for a role that may not configure."""
    inbox.require(user, Action.CONFIGURE)
    past = _Past.of(house, user.workspace_id, last)
    hits = [
        past.hit(turn, match.evidence)
        for turn in past.turns
        for match in rules.find_matches((rule,), past.sight_of(turn))
    ]
    return _tried(past, hits)


def try_limits(
    house: House, user: User, name: str, limits: Mapping[str, float], *, last: int = LAST
) -> Tried:
    """Return what other limits of a built-in rule would have done; raises as `try_rule`."""
    inbox.require(user, Action.CONFIGURE)
    past = _Past.of(house, user.workspace_id, last)
    now = past.standards.policy
    before = _limit_hits(past, name, now)
    hits = _limit_hits(past, name, escalation_rules.with_limits(now, limits))
    return _tried(past, hits, before=len(before))


def _tried(past: "_Past", hits: Sequence[Hit], before: int | None = None) -> Tried:
    newest = sorted(hits, key=lambda hit: hit.at, reverse=True)
    return Tried(
        conversations=len(past.conversations),
        turns=len(past.turns),
        fired=len(hits),
        fired_in=len({hit.conversation_id for hit in hits}),
        handed_over_anyway=sum(hit.was_handed_over for hit in hits),
        shown=tuple(newest[:MAX_SHOWN]),
        before=before,
    )


def _limit_hits(past: "_Past", name: str, policy: Policy) -> list[Hit]:
    found: Iterable[tuple[Turn, str]]
    match name:
        case "sentiment":
            found = (
                (turn, f"sentiment {turn.sentiment:.2f}")
                for turn in past.turns
                if turn.sentiment <= policy.strong_sentiment
            )
        case "failed_attempts":
            found = past.nth(policy.max_failed_attempts, "not understood", is_unanswered=True)
        case _:
            found = past.nth(policy.max_bot_turns, "bot replies", is_unanswered=False)
    return [past.hit(turn, evidence) for turn, evidence in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """The last conversations: their turns in order, and what was said in each."""

    standards: Standards
    conversations: Mapping[str, Conversation]
    turns: tuple[Turn, ...]
    said: Mapping[tuple[str, datetime], str]
    people: Mapping[str, contacts.ContactFacts]
    house: House

    @classmethod
    def of(cls, house: House, workspace_id: str, last: int) -> "_Past":
        newest = Conversation.objects.filter(workspace_id=workspace_id, opened_by="contact")
        rows = {row.id: row for row in newest.order_by("-last_message_at", "-id")[:last]}
        decided = Turn.objects.filter(conversation_id__in=rows).exclude(decision=_SILENT)
        return cls(
            standards=standards_cache(house).standards_of(workspace_id),
            conversations=rows,
            turns=tuple(decided.order_by("id")),
            said=_said_in(house, rows),
            people=_people_of(house, rows.values()),
            house=house,
        )

    def nth(self, number: int, words: str, *, is_unanswered: bool) -> Iterable[tuple[Turn, str]]:
        """Yield the turn of each conversation in which a count is reached."""
        counts: dict[str, int] = defaultdict(int)
        for turn in self.turns:
            counts[turn.conversation_id] += turn.is_unanswered or not is_unanswered
            if counts[turn.conversation_id] == number and turn.is_unanswered >= is_unanswered:
                yield turn, f"{number} {words}"

    def sight_of(self, turn: Turn) -> Sight:
        row = self.conversations[turn.conversation_id]
        text = self.said.get((turn.conversation_id, turn.at), "")
        pack = self.standards.pack
        bands = self.standards.confidence.in_flow(turn.flow)
        is_clear = turn.confidence is not None and (
            bands.band_of(turn.intent, turn.confidence) is not Band.FAILED
        )
        intent = pack.intent(turn.intent) if is_clear else None
        return Sight(
            text=text,
            intent=intent.name if intent else "",
            request_type=intent.request_type if intent else row.request_type,
            sentiment=turn.sentiment,
            value=_sum_in(text, self.standards),
            flow=turn.flow,
            failed_attempts=row.failed_attempts,
            recontacts=row.recontacts,
            contact=self.people.get(row.contact_id, {}),
            now=turn.at,
        )

    def hit(self, turn: Turn, evidence: str) -> Hit:
        tokenise = partial(self.house.keyset.token, turn.workspace_id)
        return Hit(
            conversation_id=turn.conversation_id,
            at=turn.at,
            evidence=privacy.mask(evidence, tokenise),
            was_handed_over=turn.decision == _HANDED_OVER,
        )


def _said_in(house: House, conversations: Iterable[str]) -> dict[tuple[str, datetime], str]:
    """Return what contacts said, by conversation and moment: a burst is one turn."""
    found = Message.objects.filter(conversation_id__in=list(conversations), author="contact")
    said: dict[tuple[str, datetime], list[str]] = defaultdict(list)
    for row in found.order_by("-id")[:_MAX_MESSAGES]:
        words = house.keyset.unseal(row.body_sealed, f"message:{row.id}")
        said[row.conversation_id, row.created_at].append(words)
    return {place: "\n".join(reversed(words)) for place, words in said.items()}


def _people_of(
    house: House, conversations: Iterable[Conversation]
) -> dict[str, contacts.ContactFacts]:
    ledger = Ledger(house, house.clock.now())  # only asked for its moment: nothing is written
    channels = {row.contact_id: row.channel for row in conversations}
    lanes = sorted({row.lane for row in conversations})
    known = (snapshot.contact for snapshot in snapshots.list_lanes(lanes).values())
    return {
        contact.id: contacts.facts_of(ledger, contact, channels.get(contact.id, ""))
        for contact in known
    }


def _sum_in(text: str, standards: Standards) -> int:
    """Return the highest sum that was said, read as the reader reads it."""
    found = entities.find(read_text.clean(text), now=None, known=None, locale=standards.pack.locale)
    return rules.sum_of(found, standards.policy.currency)
