"""What may happen: every kind of fact that comes in through the inbox, as it is written there."""

from datetime import date, datetime
from typing import Any

import msgspec


class ArrivingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message (`services.attachments` makes these).

    With a `reference` its provider still holds it under that name, and `kind` is what the
    provider says of it; without one it lies here already, as `id`.
    """

    id: str
    kind: str
    name: str = ""
    reference: str = ""


class LetterTold(msgspec.Struct, frozen=True, kw_only=True):
    """What an email says beside its words; `name` is its Message-ID (`services.letters`)."""

    subject: str = ""
    name: str = ""
    is_automatic: bool = False
    is_from_stranger: bool = False
    is_disproved: bool = False


class MessageReceived(msgspec.Struct, frozen=True, kw_only=True):
    """A contact wrote; `address` is the raw handle on the channel.

    `answered` is the keyword that the channel's provider took it for and has answered.
    `text` is never empty: for files without words it is `core.files.stand_in`.
    """

    channel: str
    inbox_id: str
    address: str
    text: str
    name: str = ""
    answered: str = ""
    files: tuple[ArrivingFile, ...] = ()
    letter: LetterTold | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether it is kept and never answered: a machine wrote it, or not who it says."""
        letter = self.letter
        return letter is not None and (letter.is_automatic or letter.is_disproved)


class DeliveryReported(msgspec.Struct, frozen=True, kw_only=True):
    """A provider tells what became of a message of ours, at once or much later.

    `message_id` is "" when only the provider's own name for it, `receipt`, is known;
    `state` is a word of `core.delivery.Delivery`, `fault` one of `core.delivery.Undelivered`.
    """

    message_id: str
    receipt: str
    state: str
    channel: str
    fault: str = ""
    code: str = ""


class WayClosed(msgspec.Struct, frozen=True, kw_only=True):
    """A message could not go on its channel, and has others left."""

    message_id: str


class ProofDue(msgspec.Struct, frozen=True, kw_only=True):
    """A message should be known to have arrived by now."""

    message_id: str


class LinkOpened(msgspec.Struct, frozen=True, kw_only=True):
    """A contact opened a short link of a message of ours; `flow` is the one that wrote it."""

    link_id: str
    message_id: str
    channel: str
    flow: str = ""


class AddressLeft(msgspec.Struct, frozen=True, kw_only=True):
    """A visitor left an address of theirs on another channel, after they were shown `wording`."""

    channel: str
    inbox_id: str
    address: str
    left_channel: str
    left: str
    wording: str


class ContactIdentified(msgspec.Struct, frozen=True, kw_only=True):
    """The business's site vouched for who a visitor is, by its signature.

    `seen_as` is the address under which their browser visited before, "" for none.
    """

    channel: str
    inbox_id: str
    address: str
    external_id: str
    name: str = ""
    membership: str = ""
    seen_as: str = ""


class SilencePassed(msgspec.Struct, frozen=True, kw_only=True):
    """A run waited long enough; `stamp` is the run's state that set the timer."""

    run_id: str
    stamp: str


class EventReported(msgspec.Struct, frozen=True, kw_only=True):
    """Another system tells what happened in a contact's world: a booking, an order (C26).

    `address` is the contact's raw handle on the channel, by which they become known when
    they were not.
    """

    event: str
    facts: dict[str, Any]  # Json: msgspec reads no alias that holds itself
    channel: str
    inbox_id: str
    address: str
    name: str = ""
    language: str = ""


class SystemTold(msgspec.Struct, frozen=True, kw_only=True):
    """A connected system told something: `body` is its JSON, `reference` its name there."""

    system_id: str
    reference: str
    body: str


class DeliveryRetaken(msgspec.Struct, frozen=True, kw_only=True):
    """A person wants what a system told to be taken again, as things stand now."""

    delivery_id: str


class LookDue(msgspec.Struct, frozen=True, kw_only=True):
    """It is time to look whether a system's feed has changed."""

    system_id: str
    at: datetime


class ListenDue(msgspec.Struct, frozen=True, kw_only=True):
    """It is time to see whether a system has been heard lately."""

    system_id: str


class ImportDue(msgspec.Struct, frozen=True, kw_only=True):
    """The next page of a file is to be taken."""

    import_id: str
    page: int


class ActionReturned(msgspec.Struct, frozen=True, kw_only=True):
    """An action that a run called came to an end; `problem` is "" when it was done."""

    run_id: str
    number: int
    result: dict[str, Any] = {}
    problem: str = ""


class RunsDue(msgspec.Struct, frozen=True, kw_only=True):
    """A flow's schedule came round for this contact, or they became one of its segment."""

    flow: str
    kind: str
    at: datetime


class EventRecalled(msgspec.Struct, frozen=True, kw_only=True):
    """What had happened while a run's flow was paused; it concerns that run alone."""

    run_id: str
    event: str
    facts: dict[str, Any]


class RestartAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A person wants a run to begin anew, in the version in force."""

    run_id: str


class PauseEnded(msgspec.Struct, frozen=True, kw_only=True):
    """A flow was resumed: what was held for its runs comes back, page by page."""

    flow: str


class ScheduleDue(msgspec.Struct, frozen=True, kw_only=True):
    """A flow's schedule came round; `after` is the last contact of the page before."""

    flow: str
    at: datetime
    after: str = ""


class DigestDue(msgspec.Struct, frozen=True, kw_only=True):
    """A contact's digest goes out."""

    digest: str


class DailyCheckDue(msgspec.Struct, frozen=True, kw_only=True):
    """It is time to look for forgotten handoffs; `after` is the last of the page before.

    `found` counts those of the pages before.
    """

    at: datetime
    after: str = ""
    found: int = 0


class ScoringDue(msgspec.Struct, frozen=True, kw_only=True):
    """It is time to see who may leave; `after` is the last contact of the page before.

    `worth_from` is what a contact of high value is worth, worked out with the first page.
    """

    at: datetime
    after: str = ""
    worth_from: int | None = None


class ChurnScored(msgspec.Struct, frozen=True, kw_only=True):
    """A contact came to be at risk of leaving or of high value, or is so no longer (CH5, CH6)."""

    points: int
    is_at_risk: bool
    is_high_value: bool
    signs: tuple[str, ...] = ()  # words of `core.churn.Sign`


class StaffDigestDue(msgspec.Struct, frozen=True, kw_only=True):
    """It is time to look who of the staff gets an email of what they have not seen."""

    at: datetime


class OrphanFound(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation was forgotten; `reasons` are words of `core.breaches.Reason`."""

    conversation_id: str
    reasons: tuple[str, ...]


class ClockDue(msgspec.Struct, frozen=True, kw_only=True):
    """A promise to a contact has run out."""

    clock_id: str


class InvitationDue(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to whom a conversation is offered has had their time."""

    invitation_id: str


class RoomFreed(msgspec.Struct, frozen=True, kw_only=True):
    """There may be room for a conversation that was promised an answer."""

    conversation_id: str


class TaskDue(msgspec.Struct, frozen=True, kw_only=True):
    """Something that people were given to do nears its end, or is late."""

    task_id: str


class ApprovalDue(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever was asked for an approval has not answered; `asked` is the role they have."""

    approval_id: str
    conversation_id: str
    asked: str


class HoldEnded(msgspec.Struct, frozen=True, kw_only=True):
    """A held place goes to the next; `until` is the hold that has ended."""

    booking_id: str
    activity_id: str
    until: datetime


class ParcelDue(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel is looked at without being told: it may be late, or stuck."""

    parcel_id: str
    at: datetime


class VisitOver(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who came has left: by a booking, or by a check-in without one."""

    booking_id: str = ""
    check_in_id: str = ""


class MembershipDue(msgspec.Struct, frozen=True, kw_only=True):
    """A day has come for a contact's membership: it goes on again, ends, or will end soon."""

    membership_id: str
    on: date


class SnoozeOver(msgspec.Struct, frozen=True, kw_only=True):
    """A snoozed conversation comes back."""

    conversation_id: str
    until: datetime


Fact = (
    MessageReceived
    | DeliveryReported
    | WayClosed
    | ProofDue
    | LinkOpened
    | AddressLeft
    | ContactIdentified
    | EventReported
    | SilencePassed
    | SystemTold
    | DeliveryRetaken
    | LookDue
    | ListenDue
    | ImportDue
    | ActionReturned
    | EventRecalled
    | RestartAsked
    | PauseEnded
    | RunsDue
    | ScheduleDue
    | DigestDue
    | DailyCheckDue
    | StaffDigestDue
    | ScoringDue
    | ChurnScored
    | OrphanFound
    | ClockDue
    | TaskDue
    | InvitationDue
    | RoomFreed
    | ApprovalDue
    | HoldEnded
    | ParcelDue
    | VisitOver
    | MembershipDue
    | SnoozeOver
)

Addressed = MessageReceived | ContactIdentified | EventReported | AddressLeft
"""Facts that name the address at which their contact is known."""

KINDS: dict[str, type[Fact]] = {
    "message_received": MessageReceived,
    "delivery_reported": DeliveryReported,
    "way_closed": WayClosed,
    "proof_due": ProofDue,
    "link_opened": LinkOpened,
    "address_left": AddressLeft,
    "contact_identified": ContactIdentified,
    "event_reported": EventReported,
    "system_told": SystemTold,
    "delivery_retaken": DeliveryRetaken,
    "look_due": LookDue,
    "listen_due": ListenDue,
    "import_due": ImportDue,
    "silence_passed": SilencePassed,
    "action_returned": ActionReturned,
    "event_recalled": EventRecalled,
    "restart_asked": RestartAsked,
    "pause_ended": PauseEnded,
    "runs_due": RunsDue,
    "schedule_due": ScheduleDue,
    "digest_due": DigestDue,
    "daily_check_due": DailyCheckDue,
    "staff_digest_due": StaffDigestDue,
    "scoring_due": ScoringDue,
    "churn_scored": ChurnScored,
    "orphan_found": OrphanFound,
    "clock_due": ClockDue,
    "task_due": TaskDue,
    "invitation_due": InvitationDue,
    "room_freed": RoomFreed,
    "approval_due": ApprovalDue,
    "hold_ended": HoldEnded,
    "parcel_due": ParcelDue,
    "visit_over": VisitOver,
    "membership_due": MembershipDue,
    "snooze_over": SnoozeOver,
}
