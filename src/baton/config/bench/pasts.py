"""A year of conversations by a seed: what was said and done in each, as it is folded."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.services.evidence.folding import Deed, Had, HandoffTold, Marked, Past, TurnTold

_FLOWS = tuple((f"flow_{number:02d}", number % 3 + 1) for number in range(14))
_CHANNELS = ("whatsapp", "whatsapp", "webchat", "sms", "email")
_QUEUES = ("general", "billing", "bookings", "complaints")
_REASONS = ("requested", "frustrated", "low_confidence", "policy", "stepped_in")
_LOCATIONS = ("north", "south", "harbour")
_SEGMENTS = ("high_value", "at_risk", "member", "member", "other")
PACK = "fitness"
_AGENTS = 40
_INTENTS = 24
A_YEAR = timedelta(days=365)
EVENTS_EACH = 10.49
"""So many events a conversation takes on the average, as it is made here."""
_SHARES = {
    "begun by the bot": 0.1,
    "said to be settled": 0.3,
    "handed over": 0.3,
    "not answered": 0.1,
    "card seen": 0.9,
    "said again": 0.1,
    "asked": 0.6,
    "marked": 0.4,
    "back": 0.08,
}
_MARKS = (0.0, 25.0, 50.0, 75.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A conversation and how many events it took: so many entries the trail has of it."""

    past: Past
    events: int


class Pasts:
    """Conversations in the order in which they began, up to a moment."""

    def __init__(self, workspace_id: str, inbox_id: str, until: datetime, *, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a measurement's own seed
        self._workspace_id = workspace_id
        self._inbox_id = inbox_id
        self._until = until
        self._first = 0

    def some(self, conversations: int, *, over: timedelta = A_YEAR) -> Iterator[Told]:
        """Return so many more conversations, evenly over a while; the last are not over yet."""
        for number in range(conversations):
            began = self._until - over * ((conversations - number) / conversations)
            yield self._one(self._first + number, began)
        self._first += conversations

    def _one(self, number: int, began: datetime) -> Told:
        chance = self._chance
        past = Past(
            id=f"c{number:030d}",
            workspace_id=self._workspace_id,
            began_at=began,
            channel=chance.choice(_CHANNELS),
            inbox_id=self._inbox_id,
            intent=f"intent_{chance.randrange(_INTENTS):02d}",
            triage=chance.choice(("automate", "hybrid", "human")),
            opened_by="bot" if self._is("begun by the bot") else "contact",
            is_confirmed=self._is("said to be settled"),
            location_id=chance.choice(_LOCATIONS),
            segment=chance.choice(_SEGMENTS),
            pack=PACK,
        )
        at = self._talk(past, began)
        by = "bot"
        if self._is("handed over"):
            at, by = self._hand_over(past, at), f"user:{chance.randrange(_AGENTS):032d}"
        if at + timedelta(minutes=1) < self._until:
            past.deeds.append(Deed(seq=1, at=at, action="resolved", actor=by, code="answered"))
            at = self._after(past, at)
        said = 1 + len(past.turns)
        done = len(past.deeds) + len(past.answers) + 2 * len(past.marks)
        return Told(past=past, events=said + done + len(past.turns) + 3 * len(past.handoffs))

    def _is(self, what: str) -> bool:
        return self._chance.random() < _SHARES[what]

    def _talk(self, past: Past, at: datetime) -> datetime:
        flow, version = self._chance.choice(_FLOWS)
        for place in range(self._chance.randrange(1, 4)):
            at += timedelta(seconds=self._chance.randrange(5, 120))
            past.answers.append(at)
            past.turns.append(
                TurnTold(
                    id=f"t{past.id[3:]}{place:02d}",
                    at=at,
                    flow=flow,
                    version=version,
                    step=f"step_{place}",
                    is_unanswered=self._is("not answered"),
                )
            )
        return at

    def _hand_over(self, past: Past, at: datetime) -> datetime:
        chance = self._chance
        taken = at + timedelta(seconds=chance.randrange(10, 3_000))
        ended = taken + timedelta(seconds=chance.randrange(60, 2_400))
        past.handoffs.append(
            HandoffTold(
                id=f"h{past.id[1:]}",
                offered_at=at,
                ended_at=ended,
                state="resolved",
                reason=chance.choice(_REASONS),
                queue=chance.choice(_QUEUES),
                is_card_seen=self._is("card seen"),
                is_restated=self._is("said again"),
            )
        )
        user = f"{chance.randrange(_AGENTS):032d}"
        past.had.append(Had(f"a{past.id[1:]}", f"h{past.id[1:]}", user, taken, ended))
        past.answers.append(taken)
        return ended

    def _after(self, past: Past, at: datetime) -> datetime:
        chance = self._chance
        if self._is("asked"):
            asked = at + timedelta(seconds=30)
            answered = asked + timedelta(minutes=chance.randrange(1, 3_000))
            is_told = self._is("marked") and answered < self._until
            score = chance.choice(_MARKS) if is_told else None
            past.marks.append(
                Marked(f"m{past.id[1:]}", asked, answered if is_told else None, score)
            )
        back = at + timedelta(minutes=chance.randrange(30, 4_000))
        if self._is("back") and back < self._until:
            past.deeds.append(Deed(seq=2, at=back, action="reopened", actor="contact:x"))
        return at
