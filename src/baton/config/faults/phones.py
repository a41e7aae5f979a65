"""The provider and the network: they fail, repeat, overtake and lie, and remember the truth."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from baton.channels import ArrivingMessage, ChannelPort, Outgoing, Receipt
from baton.channels.webchat.adapter import WebChat
from baton.config.faults.actors import Died, Stage
from baton.core import sms
from baton.core.delivery import Delivery, Undelivered
from baton.runtime.ports import Again, Arrival, Done, Outcome, Refused, Unknown
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.house import House

_BUSY = timedelta(seconds=5)


class Answer(StrEnum):
    """What the provider does with a message, other than taking it and saying so."""

    BUSY = "is busy (429)"
    LOST = "is silent, and took nothing"
    SILENT = "is silent, and took it"
    REFUSES = "refuses it"
    LIES_REFUSED = "took it, and says that it did not"
    LIES_TAKEN = "says that it took it, and did not"
    DIES_BEFORE = "never hears of it: the sender dies"
    DIES_AFTER = "took it, and the sender dies"


_TAKES = (Answer.SILENT, Answer.LIES_REFUSED, Answer.DIES_AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something on its way to our webhooks: built once it arrives, as a fact of the inbox.

    `key` is the sender's own name for it, `words` what it says, for people; one that `is_said`
    is a contact's.
    """

    key: str
    words: str
    lane: str
    told: ArrivingMessage | Receipt | Callable[[House], Arrival]
    is_said: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that the provider delivered; `step` is when."""

    message_id: str
    address: str
    text: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Phones:
    """A provider of SMS, and Baton's own chat beside it.

    Attributes:
        taken: what it delivered, in order.
        asked: how often it was asked to send each message.
        mail: what is on its way to our webhooks.
        next_answers: what it will do with the next messages.
        told: what it did wrong since somebody asked, in words.
    """

    stage: Stage
    now: Callable[[], datetime]
    name: str = "sms"
    is_outside: bool = True
    taken: list[Taken] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    mail: list[Letter] = field(default_factory=list)
    next_answers: list[Answer] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _own: WebChat = field(default_factory=WebChat)
    _receipts: dict[str, str] = field(default_factory=dict)  # message -> receipt

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:  # noqa: ARG002 - there is one
        """Return the transport of an inbox."""
        return self._own if channel == OWN_CHANNEL else self

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a phone shows it."""
        return sms.render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Take a message, or do with it what was foreseen; anything may happen meanwhile."""
        self.stage.pause()
        answer = self.next_answers.pop(0) if self.next_answers else None
        if answer is not None:
            self.told.append(f"the provider {answer.value}")
        if answer is None or answer in _TAKES:
            self._take(outgoing)
            self.stage.pause()
        return self._said(outgoing, answer)

    def look_up(self, outgoing: Outgoing) -> tuple[str, ...] | None:
        """Return the receipts of what it delivered of this text to this address."""
        self.stage.pause()
        found = [
            self._receipts[one.message_id]
            for one in self.taken
            if (one.address, one.text) == (outgoing.address, outgoing.text)
        ]
        return tuple(reversed(found))

    def _take(self, outgoing: Outgoing) -> None:
        receipt = f"SM{len(self.taken):06}"
        self._receipts[outgoing.message_id] = receipt
        self.counts[outgoing.message_id] += 1
        self.taken.append(
            Taken(
                message_id=outgoing.message_id,
                address=outgoing.address,
                text=outgoing.text,
                at=self.now(),
            )
        )
        self._tell(outgoing, receipt, (Delivery.SENT, Delivery.DELIVERED))

    def _said(self, outgoing: Outgoing, answer: Answer | None) -> Outcome:
        match answer:
            case Answer.BUSY:
                return Again(reason="busy", after=_BUSY)
            case Answer.LOST | Answer.SILENT:
                return Unknown(reason="no answer")
            case Answer.REFUSES | Answer.LIES_REFUSED:
                return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code="30008")
            case Answer.LIES_TAKEN:
                receipt = f"SX{len(self.told):06}"
                self._tell(outgoing, receipt, (Delivery.FAILED,))
                return Done(receipt=receipt)
            case Answer.DIES_BEFORE | Answer.DIES_AFTER:
                actor = self.stage.actor
                if actor is not None:
                    actor.is_doomed = True
                raise Died
            case None:
                return Done(receipt=self._receipts[outgoing.message_id])

    def _tell(self, outgoing: Outgoing, receipt: str, states: Sequence[Delivery]) -> None:
        for state in states:
            failed = state is Delivery.FAILED
            told = Receipt(
                receipt=receipt,
                recipient=outgoing.address,
                state=state,
                told=state.value,
                fault=Undelivered.UNREACHABLE.value if failed else "",
                code="30003" if failed else "",
            )
            self.mail.append(
                Letter(
                    key=f"{receipt}:{state.value}",
                    words=state.value,
                    lane=outgoing.lane,
                    told=told,
                )
            )
