"""Decides batches of facts: one snapshot, one reading and one set of writes for all of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from msgspec.structs import replace

from baton.core.files import PICTURES
from baton.core.keywords import Keyword
from baton.core.reading import ReaderPort, Reading
from baton.flows import signals
from baton.flows.standing import Setting
from baton.runtime.ports import Event
from baton.services import arrivals
from baton.services.bookings import holds, member_days, visits
from baton.services.conversation import (
    clocks,
    forwarding,
    held_facts,
    invitations,
    proposals,
    sampling,
    shadowing,
    tasks,
)
from baton.services.conversation.case import Case
from baton.services.conversation.conversations import Heard
from baton.services.delivery import deliveries
from baton.services.facts import (
    ApprovalDue,
    ClockDue,
    DailyCheckDue,
    DeliveryReported,
    DeliveryRetaken,
    Fact,
    HoldEnded,
    ImportDue,
    InvitationDue,
    ListenDue,
    LookDue,
    MessageReceived,
    ParcelDue,
    PauseEnded,
    RoomFreed,
    ScheduleDue,
    ScoringDue,
    SilencePassed,
    SnoozeOver,
    StaffDigestDue,
    SystemTold,
    TaskDue,
    VisitOver,
)
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.orders import parcels
from baton.services.systems import hearing, pruning
from baton.services.workspace import (
    churn_fitting,
    churn_scoring,
    daily_check,
    outside_readers,
    schedules,
    staff_digests,
)
from baton.services.workspace.standards import standards_cache
from baton.store.queries import people, turns

Told = tuple[Event, Fact]


class Turns:
    """The worker's `decide`; keeps each workspace's standards between batches."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._standards = standards_cache(house)
        self._ahead: dict[ReaderPort, dict[str, Reading]] = {}
        self._opened: dict[tuple[str, bytes], Fact] = {}

    def must_look_ahead(self) -> bool:
        """Return whether an outside reader is asked: that is never done while locks are held."""
        return outside_readers.has_any()

    def look_ahead(self, events: Sequence[Event]) -> None:
        """Read what the next batch says before its transaction keeps anybody waiting."""
        told = [(event, arrivals.fact_of(event, self._house.keyset)) for event in events]
        self._opened = {(event.lane, event.body): fact for event, fact in told}
        workspaces = {event.workspace_id for event in events}
        for workspace_id in workspaces:
            self._standards.standards_of(workspace_id)  # the reader follows
        self._ahead = {}
        _, self._ahead = self._found(told, self._standards.reader_of)
        for workspace_id in workspaces:
            outside_readers.note_standing(self._house, workspace_id)

    def decide(self, events: Sequence[Event], now: datetime) -> None:
        """Decide claimed events and write all that follows; runs inside their transaction."""
        told = [(event, self._fact_of(event)) for event in events]
        settings = self._settings_of(events)
        lanes = sorted({event.lane for event in events})
        snapshots = turns.list_lanes(lanes)
        behind = people.list_behind([lane for lane in lanes if lane not in snapshots])
        readings = self._read(told)
        ledger = Ledger(self._house, now)
        ledger.acquaintance.expect(
            (snapshot.contact.id for snapshot in snapshots.values()),
            (one.conversation.id for one in snapshots.values() if one.conversation),
        )
        deliveries.hold_told(
            [(event.workspace_id, f) for event, f in told if isinstance(f, DeliveryReported)], now
        )
        for (workspace_id, lane), of_lane in groupby(told, key=_lane_of):
            facts, snapshot = list(of_lane), snapshots.get(lane)
            if snapshot.contact.is_joined if snapshot else lane in behind:
                facts = forwarding.keep_own(ledger, facts)
            case = Case(
                ledger,
                settings[workspace_id],
                workspace_id=workspace_id,
                lane=lane,
                snapshot=snapshot,
            )
            for (kind, _place), run_of_facts in groupby(facts, key=_turn_of):
                if kind is MessageReceived:
                    _hear(case, _by_people(case, run_of_facts), readings[workspace_id])
                else:
                    for event, fact in run_of_facts:
                        _apply(case, ledger, event, fact)
            settings[workspace_id] = case.setting
        ledger.flush()

    def _fact_of(self, event: Event) -> Fact:
        # No two sealed bodies are alike, so what was opened ahead is this very fact.
        opened = self._opened.get((event.lane, event.body))
        return opened or arrivals.fact_of(event, self._house.keyset)

    def _settings_of(self, events: Sequence[Event]) -> dict[str, Setting]:
        """Return the workspaces as they are set now; their readers follow."""
        return {
            workspace_id: self._standards.setting_of(workspace_id)
            for workspace_id in {event.workspace_id for event in events}
        }

    def _read(self, told: Iterable[Told]) -> dict[str, dict[str, Reading]]:
        """Read every text of the batch in one call a reader: whole messages and their sentences.

        Readings are found by workspace and text; those that share a reader share them.
        """
        reads, found = self._found(told, self._standards.recalling_reader_of)
        return {workspace_id: found[reader] for workspace_id, reader in reads.items()}

    def _found(
        self, told: Iterable[Told], reader_of: Callable[[str], ReaderPort]
    ) -> tuple[dict[str, ReaderPort], dict[ReaderPort, dict[str, Reading]]]:
        """Return each workspace's reader, and all that each reader found."""
        wanted: dict[ReaderPort, dict[str, None]] = {}
        reads: dict[str, ReaderPort] = {}
        for event, fact in told:
            if isinstance(fact, MessageReceived):
                workspace_id = event.workspace_id
                if workspace_id not in reads:
                    reads[workspace_id] = reader_of(workspace_id)
                reader = reads[workspace_id]
                known, unread = self._ahead.get(reader, {}), wanted.setdefault(reader, {})
                for part in (fact.text, *signals.parts_of(fact.text)):
                    if part not in known:
                        unread[part] = None
        return reads, {
            reader: self._ahead.get(reader, {}) | _read_by(reader, parts)
            for reader, parts in wanted.items()
        }


def _read_by(reader: ReaderPort, parts: Iterable[str]) -> dict[str, Reading]:
    unread = tuple(parts)
    return dict(zip(unread, reader.read_many(unread), strict=True)) if unread else {}


def _lane_of(told: Told) -> tuple[str, str]:
    return (told[0].workspace_id, told[0].lane)


def _turn_of(told: Told) -> tuple[type[Fact], str]:
    """Return what tells facts of one turn from the next: words at one address are one."""
    fact = told[1]
    return type(fact), f"{fact.channel}:{fact.address}" if isinstance(fact, MessageReceived) else ""


def _by_people(case: Case, told: Iterable[Told]) -> list[Told]:
    """Return what people wrote; what machines did is noted, and asks for no turn."""
    words: list[Told] = []
    for event, fact in told:
        if isinstance(fact, MessageReceived) and fact.is_unanswered:
            case.note_automatic(_heard(event, fact))
        else:
            words.append((event, fact))
    return words


def _heard(event: Event, message: MessageReceived) -> Heard:
    return Heard(message=message, client_id=event.dedupe_key.rpartition(":")[2])


def _hear(case: Case, told: Sequence[Told], readings: dict[str, Reading]) -> None:
    heard = [_heard(event, fact) for event, fact in told if isinstance(fact, MessageReceived)]
    if not heard:
        return
    lines = [one.message.text for one in heard]
    said = signals.said_of(lines, readings, case.bands, channel=heard[0].message.channel)
    photos = (file.id for one in heard for file in one.message.files if file.kind in PICTURES)
    case.hear(heard, replace(said, answered=_answered(heard), photos=tuple(photos)))


def _answered(heard: Sequence[Heard]) -> Keyword | None:
    """Return the keyword that the provider answered, unless more was said besides it.

    An opt-out is one whatever else was said.
    """
    told = {one.message.answered for one in heard}
    if Keyword.STOP.value in told:
        return Keyword.STOP
    return Keyword(told.pop()) if len(told) == 1 and "" not in told else None


def _apply(case: Case, ledger: Ledger, event: Event, fact: Fact) -> None:
    match fact:
        case SilencePassed():  # first, since it comes by the ten thousand
            case.wake(fact)
        case ClockDue() | TaskDue() | ApprovalDue() | InvitationDue() | RoomFreed():
            _remind(case, ledger, event.lane, fact)
        case ScheduleDue() | PauseEnded() | DailyCheckDue() | ScoringDue() | StaffDigestDue():
            _apply_to_all(ledger, case.setting, event.workspace_id, fact)
        case HoldEnded() | VisitOver() | ParcelDue():
            _apply_to_thing(ledger, event.workspace_id, fact)
        case SnoozeOver():
            case.end_snooze(fact)
        case SystemTold() | DeliveryRetaken() | LookDue() | ListenDue() | ImportDue():
            hearing.decide(ledger, event, fact)
        case MessageReceived():
            pass  # heard together with its neighbours
        case _:
            case.take(fact)


def _apply_to_all(
    ledger: Ledger,
    setting: Setting,
    workspace_id: str,
    fact: ScheduleDue | PauseEnded | DailyCheckDue | ScoringDue | StaffDigestDue,
) -> None:
    match fact:
        case ScheduleDue():
            schedules.enrol(ledger, workspace_id, setting, fact)
        case PauseEnded():
            held_facts.give_back(ledger, workspace_id, setting, fact)
        case ScoringDue():
            churn_scoring.score_page(ledger, workspace_id, setting.policy, fact)
        case StaffDigestDue():
            staff_digests.look(ledger, workspace_id, setting)
        case DailyCheckDue():
            if not fact.after:  # once a day, however many pages the check has
                member_days.look(ledger, workspace_id, setting)
                churn_fitting.repeat(ledger, workspace_id)
            daily_check.check(ledger, workspace_id, setting, fact)
            sampling.draw(ledger, workspace_id)
            pruning.prune(workspace_id, ledger.now)
            shadowing.prune(workspace_id, ledger.now)


def _apply_to_thing(
    ledger: Ledger, workspace_id: str, fact: HoldEnded | VisitOver | ParcelDue
) -> None:
    match fact:
        case HoldEnded():
            holds.end(ledger, workspace_id, fact)
        case VisitOver():
            visits.end(ledger, workspace_id, fact)
        case ParcelDue():
            parcels.look(ledger, workspace_id, fact)


def _remind(
    case: Case,
    ledger: Ledger,
    lane: str,
    fact: ClockDue | TaskDue | ApprovalDue | InvitationDue | RoomFreed,
) -> None:
    match fact:
        case ClockDue():
            clocks.ring(ledger, case.setting, lane, fact)
        case TaskDue():
            tasks.ring(ledger, lane, fact)
        case ApprovalDue():
            proposals.pass_over(ledger, case.setting, lane, fact)
        case InvitationDue():
            invitations.lapse(ledger, case.setting, fact)
        case RoomFreed():
            invitations.offer_waiting(ledger, case.setting, fact.conversation_id)
