"""A contact's conversation while it is simulated: who owns it, and what was said so far.

It does in memory what the services do with rows: the same counters move by the same turns.
"""

from dataclasses import dataclass
from datetime import datetime

from baton.core.json import Json
from baton.core.ownership import Move, Owner, next_owner
from baton.core.policy import Policy
from baton.core.routing import Offered
from baton.flows import signals
from baton.flows import turn as turns
from baton.flows.effects import Answered, CountFailure, Effect, Resolve
from baton.flows.run import RunState
from baton.flows.signals import Signals
from baton.flows.standing import Standing
from baton.flows.turn import Decision, Turn


@dataclass(slots=True, kw_only=True)
class Talk:
    """A conversation as it stands; `contact` is what texts and conditions may say of them.

    `handed` counts the handoffs, so that a person ends the one that they took.
    """

    channel: str
    draw: str
    contact: dict[str, Json]
    owner: Owner = Owner.BOT
    is_opted_out: bool = False
    is_resolved: bool = False
    request_type: str = ""
    failed_attempts: int = 0
    negative_turns: int = 0
    bot_turns: int = 0
    is_answered: bool = False
    last_reply_hash: str = ""
    handed: int = 0
    spoke_at: datetime | None = None
    wrote_at: datetime | None = None

    def standing(self, run: RunState | None) -> Standing:
        """Return what a turn may know of the conversation."""
        return Standing(
            owner=self.owner,
            is_opted_out=self.is_opted_out,
            is_resolved=self.is_resolved,
            request_type=self.request_type,
            failed_attempts=self.failed_attempts,
            negative_turns=self.negative_turns,
            bot_turns=self.bot_turns,
            is_answered=self.is_answered,
            last_reply_hash=self.last_reply_hash,
            channel=self.channel,
            run=run,
            contact=self.contact,
            draw=self.draw,
        )

    def open_for(self, now: datetime, policy: Policy) -> None:
        """Begin a new conversation, if the last one is over or was left long ago."""
        is_stale = self.spoke_at is not None and now - self.spoke_at > policy.recontact_window
        if self.owner is Owner.BOT and (self.is_resolved or is_stale):
            self._begin()
        self.spoke_at = now

    def mark(self, turn: Turn, heard: Signals | None, policy: Policy) -> None:
        """Take over what a turn says about the conversation."""
        if heard is not None:
            is_negative = heard.sentiment <= policy.mild_sentiment
            self.negative_turns = self.negative_turns + 1 if is_negative else 0
            if heard.kind and not heard.means(*signals.SMALL_TALK, signals.NOT_HELPFUL):
                self.request_type = heard.kind.name
        if turn.decision in (Decision.OPTED_OUT, Decision.OPTED_IN):
            self.is_opted_out = turn.decision is Decision.OPTED_OUT
        for effect in turn.effects:
            self._apply(effect)
        if turn.handoff and self.owner is Owner.BOT:
            is_offered = isinstance(turn.handoff.routing, Offered)
            self.owner = next_owner(self.owner, Move.OFFER if is_offered else Move.PROMISE)
            self.is_resolved = False
            self.handed += 1

    def say(self, turn: Turn, *, is_prompted: bool) -> None:
        """Note that the bot spoke; a reminder is no round of a loop."""
        if turn.reply:
            self.bot_turns += is_prompted
            self.last_reply_hash = turns.reply_hash(turn.reply.text)

    def resolve(self) -> None:
        """Let a person settle the matter; the next one starts with the bot."""
        self.owner = next_owner(self.owner, Move.RESOLVE)
        self.is_resolved = True

    def _apply(self, effect: Effect) -> None:
        match effect:
            case CountFailure():
                self.failed_attempts, self.is_answered = self.failed_attempts + 1, False
            case Answered():
                self.is_answered = True
            case Resolve():
                self.is_resolved = True
            case _:
                pass

    def _begin(self) -> None:
        self.is_resolved = self.is_answered = False
        self.request_type = self.last_reply_hash = ""
        self.failed_attempts = self.negative_turns = self.bot_turns = 0
