"""The providers and the network: they fail, repeat, overtake and lie, and remember the truth."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from baton.channels import ChannelPort, Outgoing, Receipt
from baton.channels.webchat.adapter import WebChat
from baton.config.faults import letters
from baton.config.faults.actors import Died, Stage
from baton.config.faults.letters import Letter
from baton.core import sms, whatsapp
from baton.core.delivery import Delivery, Undelivered
from baton.runtime.ports import Again, Done, Outcome, Refused, Unknown
from baton.services.delivery.outgoing import OWN_CHANNEL

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
class Taken:
    """A message that the provider delivered; `step` is when."""

    message_id: str
    address: str
    text: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Phones:
    """Providers of SMS, WhatsApp and mail, and Baton's own chat beside them.

    Attributes:
        taken: what it delivered, in order.
        asked: how often it was asked to send each message.
        mail: what is on its way to our webhooks.
        next_answers: what it will do with the next messages.
        told: what it did wrong since somebody asked, in words.
    """

    stage: Stage
    now: Callable[[], datetime]
    taken: list[Taken] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    mail: list[Letter] = field(default_factory=list)
    next_answers: list[Answer] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _own: WebChat = field(default_factory=WebChat)
    _receipts: dict[str, str] = field(default_factory=dict)  # message -> receipt

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:  # noqa: ARG002 - one of each
        """Return the transport of an inbox; only a provider of SMS can be asked what it took."""
        if channel == OWN_CHANNEL:
            return self._own
        way = AskedWay if channel == "sms" else Way
        return way(name=channel, phones=self)

    def send(self, channel: str, outgoing: Outgoing) -> Outcome:
        """Take a message, or do with it what was foreseen; anything may happen meanwhile."""
        self.stage.pause()
        answer = self.next_answers.pop(0) if self.next_answers else None
        if answer is not None:
            self.told.append(f"the provider {answer.value}")
        if answer is None or answer in _TAKES:
            self._take(channel, outgoing)
            self.stage.pause()
        return self._said(channel, outgoing, answer)

    def look_up(self, outgoing: Outgoing) -> tuple[str, ...] | None:
        """Return the receipts of what it delivered of this text to this address."""
        self.stage.pause()
        found = [
            self._receipts[one.message_id]
            for one in self.taken
            if (one.address, one.text) == (outgoing.address, outgoing.text)
        ]
        return tuple(reversed(found))

    def _take(self, channel: str, outgoing: Outgoing) -> None:
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
        self._tell(channel, outgoing, receipt, (Delivery.SENT, Delivery.DELIVERED))

    def _said(self, channel: str, outgoing: Outgoing, answer: Answer | None) -> Outcome:
        match answer:
            case Answer.BUSY:
                return Again(reason="busy", after=_BUSY)
            case Answer.LOST | Answer.SILENT:
                return Unknown(reason="no answer")
            case Answer.REFUSES | Answer.LIES_REFUSED:
                return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code="30008")
            case Answer.LIES_TAKEN:
                receipt = f"SX{len(self.told):06}"
                self._tell(channel, outgoing, receipt, (Delivery.FAILED,))
                return Done(receipt=receipt)
            case Answer.DIES_BEFORE | Answer.DIES_AFTER:
                actor = self.stage.actor
                if actor is not None:
                    actor.is_doomed = True
                raise Died
            case None:
                return Done(receipt=self._receipts[outgoing.message_id])

    def _tell(
        self, channel: str, outgoing: Outgoing, receipt: str, states: Sequence[Delivery]
    ) -> None:
        if channel == "email":
            return  # a mail server tells nothing of what it took
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
                letters.receipt(
                    told, lane=outgoing.lane, message_id=outgoing.message_id, channel=channel
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One channel's provider, as an inbox uses it."""

    name: str
    phones: Phones
    is_outside: bool = True

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:
        """Return the text as a phone shows it."""
        render = whatsapp.render if self.name == "whatsapp" else sms.render
        return render(text, choices)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Take a message, or do with it what was foreseen."""
        return self.phones.send(self.name, outgoing)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWay(Way):
    """One whose provider can be asked."""

    def look_up(self, outgoing: Outgoing) -> tuple[str, ...] | None:
        """Return the receipts of what it delivered of this text to this address."""
        return self.phones.look_up(outgoing)
