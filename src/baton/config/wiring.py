"""Builds the parts of a process and puts them together."""

import gc
import random
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from baton.config.clock import Clock, SystemClock
from baton.config.settings import Settings
from baton.core.errors import Conflict
from baton.core.ids import IdSource
from baton.core.pack import Pack
from baton.nlu.reader import LocalReader
from baton.runtime.carrier import Alone, ManyHands
from baton.runtime.loop import Loop
from baton.runtime.ports import INBOX, OUTBOX
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from baton.services import arrivals, installation
from baton.services import house as houses
from baton.services.bookings import member_actions
from baton.services.calls import ActionPort
from baton.services.conversation import tickets
from baton.services.conversation.actions import CALL_ACTION, ActionDesk
from baton.services.conversation.proposals import CARRY_OUT
from baton.services.conversation.rescue import Keeper
from baton.services.conversation.tickets import OPEN_TICKET
from baton.services.conversation.turns import Turns
from baton.services.delivery import attachments, carriage, staff_post, staff_push
from baton.services.delivery.attachments import DROP_FILE, FETCH_FILE
from baton.services.delivery.carriage import LOOK_UP_MESSAGE
from baton.services.delivery.fetching import Fetcher
from baton.services.delivery.lost_sends import LostSends
from baton.services.delivery.outgoing import SEND_MESSAGE
from baton.services.delivery.sending import Postman
from baton.services.delivery.switchboard import Switchboard
from baton.services.desk import carrying_out, compliance, outreach_load, weekly_post
from baton.services.desk.carrying_out import ApprovalDesk
from baton.services.evidence import harm_watch
from baton.services.evidence.keeping import Bookkeeper
from baton.services.facts import SilencePassed
from baton.services.house import House
from baton.services.orders import actions as order_actions
from baton.services.pilot.watch import Watch
from baton.services.privacy.anchoring import Anchorer
from baton.services.privacy.backing_up import Place
from baton.services.privacy.forgetting import Forgetter
from baton.services.privacy.manifest import Manifest
from baton.services.privacy.rotating import Resealer
from baton.services.privacy.word_search import WordMarker
from baton.services.returns import actions as return_actions
from baton.services.staff_calls import CALL_STAFF
from baton.services.systems import acting, asking, crm, crm_traits, laid_deeds, looking
from baton.services.systems.asking import ASK_SYSTEM
from baton.services.systems.crm import NOTE_TO_CRM, TELL_CRM
from baton.services.systems.crm_traits import TRAITS_TO_CRM
from baton.services.systems.laid_deeds import CONFIRM_THERE
from baton.services.systems.looking import LOOK_AT_SYSTEM
from baton.services.workspace import alert_hooks, churn_fitting, packs
from baton.services.workspace.alert_hooks import POST_ALERT
from baton.services.workspace.churn_fitting import FIT_CHURN
from baton.services.workspace.compliance_looks import CHECK_COMPLIANCE
from baton.services.workspace.harm_looks import LOOK_FOR_HARM
from baton.services.workspace.staff_digests import MAIL_STAFF, MAIL_WEEKLY
from baton.store.crypto import Keyset
from baton.store.keyset_file import KeyService, KeysetFile
from baton.store.runtime_store import DjangoEngine

# Providers that are asked at a time. With the sender's batch and the wire's patience, all of
# a batch has ended well within its lease, however silent its providers are.
_HANDS = 16


@lru_cache(maxsize=16)
def pack_of(name: str) -> Pack:
    """Return a pack, read once a process."""
    return packs.load_pack(name)


def reader_of(name: str) -> LocalReader:
    """Return a pack's reader, trained once a process; whoever asks meanwhile waits for it."""
    with _one_training:
        return _reader_of(name, Settings.from_environment().plain_reader)


_one_training = threading.Lock()


@lru_cache(maxsize=16)
def _reader_of(name: str, plain: bool) -> LocalReader:  # noqa: FBT001 - named in the cache
    return LocalReader(pack_of(name), plain=plain)


def taught(pack: Pack) -> LocalReader:
    """Return a reader taught by a pack, of the kind that this installation is set to."""
    return LocalReader(pack, plain=Settings.from_environment().plain_reader)


def build_house(
    keyset: Keyset, clock: Clock, *, seed: int | None = None, engine: DjangoEngine | None = None
) -> House:
    """Put a house together and install it; a seed makes its ids repeatable."""
    engine = engine or DjangoEngine()
    source = random.Random(seed) if seed is not None else secrets.SystemRandom()  # noqa: S311 - ids of stories
    house = House(
        engine=engine,
        keyset=keyset,
        clock=clock,
        ids=IdSource(source.getrandbits),
        bell=engine.bell,
        base_url=Settings.from_environment().base_url,
        pack_of=pack_of,
        reader_of=reader_of,
        train=taught,
    )
    houses.install(house)
    return house


def install(settings: Settings, *, is_restoring: bool = False) -> House:
    """Build this process's house from its settings, on the machine's clock.

    Raises Conflict when the keyset in its home is not that of its database, and when a restore
    was broken off: the database would do again what it does not know to be done.
    """
    if _unfinished_restore(settings).exists() and not is_restoring:
        message = (
            "A restore was broken off before its database was safe to start. Run baton restore "
            "--over again, with the same backup."
        )
        raise Conflict(message)
    packs.look_in(settings.own_packs)
    clock = SystemClock()
    keyset = installation.open_keyset(keyset_file(settings), now=clock.now())
    return build_house(keyset, clock)


def keyset_file(settings: Settings) -> KeysetFile:
    """Return where an installation keeps its keys, behind its key service if it has one."""
    service = KeyService(command=settings.key_command) if settings.key_command else None
    return KeysetFile(path=settings.home / "keyset.json", service=service)


@contextmanager
def restoring(settings: Settings) -> Iterator[Place]:
    """Keep every other start away until a backup is put back and safe to start.

    The mark stays when it is broken off, but for a refusal that changed nothing.
    """
    mark = _unfinished_restore(settings)
    mark.touch()
    try:
        yield place_of(settings)
    except Conflict:
        mark.unlink()
        raise
    mark.unlink()


def _unfinished_restore(settings: Settings) -> Path:
    return settings.home / "restore-unfinished"


def manifest(settings: Settings) -> Manifest:
    """Return where it is noted who was erased."""
    return Manifest(path=settings.home / "erased.jsonl")


def anchors(settings: Settings) -> Path:
    """Return where it is noted how far the audit trails came."""
    return settings.home / "audit-anchors.jsonl"


def place_of(settings: Settings) -> Place:
    """Return what of an installation is backed up besides its database."""
    return Place(erased=manifest(settings), anchors=anchors(settings), packs=settings.own_packs)


def settle() -> None:
    """Tell the garbage collector that what was loaded stays, and to look less often.

    Packs and readers live as long as the process, and a batch drops its many small
    values without cycles, so searching either often is work for nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """The worker and the senders of one process.

    `loop` lets them take turns in one thread, for stories and tests on a virtual clock;
    `deciding`, `sending` and `asking` are for a thread each, so that what people send waits
    for no long batch, and no message for a provider that hangs while it is asked for a file.
    """

    worker: Worker
    sender: Sender
    second_sender: Sender
    asker: Sender
    lost_sends: LostSends
    bookkeeper: Bookkeeper
    resealer: Resealer
    forgetter: Forgetter
    anchorer: Anchorer
    word_marker: WordMarker
    watch: Watch
    loop: Loop
    channels: Switchboard
    hands: tuple[ManyHands, ...]

    def close(self) -> None:
        """Give threads and connections to providers back."""
        for hands in self.hands:
            hands.close()
        self.channels.close()

    @property
    def loops(self) -> dict[str, Loop]:
        """Every loop that has a thread of its own, by what it does."""
        return {"worker": self.deciding, "sender": self.sending, "asker": self.asking}

    @property
    def loops_of_worker(self) -> dict[str, Loop]:
        """The loops of a process that does nothing but work, on a database for several writers.

        Two of them decide and two send: one goes on while the other waits for the database. A
        server has one of each, since it answers people besides.
        """
        second = replace(self.sending, turns=(self.second_sender.run_once,))
        return {**self.loops, "second worker": self.deciding, "second sender": second}

    @property
    def deciding(self) -> Loop:
        """The worker's own loop."""
        return replace(self.loop, turns=(self.worker.run_once,), boxes=(INBOX,))

    @property
    def sending(self) -> Loop:
        """The sender's own loop."""
        kinds = tuple(self.sender.carriers)
        return replace(self.loop, turns=(self.sender.run_once,), boxes=(OUTBOX,), kinds=kinds)

    @property
    def asking(self) -> Loop:
        """The asker's own loop; it looks once a second and is rung by no message."""
        turns = (
            self.asker.run_once,
            self.lost_sends.run_once,
            self.bookkeeper.run_once,
            self.watch.run_once,
            self.resealer.run_once,
            self.forgetter.run_once,
            self.anchorer.run_once,
            self.word_marker.run_once,
        )
        return replace(self.loop, turns=turns, boxes=())


# What is asked of providers besides, at a time: so many files are held in memory at once, each
# within its workspace's limit. A file may take two requests, each as long as the wire waits,
# and look-ups go one after the other: a batch of these ends within the lease.
_ASKING_HANDS = 4

# Providers are away for hours at times: the last of these tries is about five and a half hours
# after the first. A fact that cannot be decided has no such hope.
_AN_OUTAGE = RetryPolicy(max_attempts=32)


_NO_SYSTEM: Mapping[str, ActionPort] = {}


def crew_of(
    house: House,
    *,
    owner: str,
    batch: int = 200,
    actions: Mapping[str, ActionPort] = _NO_SYSTEM,
    grants: Mapping[str, ActionPort] = _NO_SYSTEM,
) -> Crew:
    """Return a crew that decides and sends for a house.

    `actions` are what connected systems offer to flows, before what we offer ourselves;
    `grants` is what carries out approvals, before what we do ourselves.
    """
    ours = {
        **acting.offered_by(house),
        **crm.offered_by(house),
        **order_actions.offered_by(house),
        **member_actions.offered_by(house),
        **return_actions.offered_by(house),
        **outreach_load.offered_by(house),
    }
    spread = random.random
    turns = Turns(house)
    worker = Worker(
        engine=house.engine,
        decide=turns.decide,
        look_ahead=turns.look_ahead,
        must_look=turns.must_look_ahead,
        keeper=Keeper(house),
        clock=house.clock,
        retry=RetryPolicy(),
        random=spread,
        at_once=(arrivals.name_of(SilencePassed),),  # by its stamp, a run hears each once
        batch=batch,
    )
    channels = Switchboard(house)
    hands, more_hands, asking_hands = ManyHands(_HANDS), ManyHands(_HANDS), ManyHands(_ASKING_HANDS)
    sender = Sender(
        engine=house.engine,
        carriers={
            SEND_MESSAGE: Postman(house=house, channels=channels),
            CALL_ACTION: Alone(
                perform=ActionDesk(house=house, offered={**ours, **actions}).perform
            ),
            CARRY_OUT: Alone(
                perform=ApprovalDesk(
                    house=house, offered={**carrying_out.offered_by(house), **grants}
                ).perform
            ),
            DROP_FILE: Alone(perform=partial(attachments.drop, house)),
        },
        clock=house.clock,
        retry=_AN_OUTAGE,
        random=spread,
        owner=owner,
        hands=hands,
    )
    asker = replace(
        sender,
        carriers={
            FETCH_FILE: Fetcher(house=house, channels=channels),
            MAIL_WEEKLY: Alone(perform=partial(weekly_post.deliver, house, channels)),
            CALL_STAFF: Alone(perform=partial(staff_push.perform, house)),
            MAIL_STAFF: Alone(perform=partial(staff_post.deliver, house, channels)),
            CHECK_COMPLIANCE: Alone(perform=partial(compliance.perform, house)),
            LOOK_FOR_HARM: Alone(perform=partial(harm_watch.perform, house)),
            POST_ALERT: Alone(perform=partial(alert_hooks.perform, house)),
            LOOK_AT_SYSTEM: Alone(perform=partial(looking.perform, house)),
            ASK_SYSTEM: Alone(perform=partial(asking.perform, house)),
            TELL_CRM: Alone(perform=partial(crm.perform, house)),
            CONFIRM_THERE: Alone(perform=partial(laid_deeds.perform, house)),
            NOTE_TO_CRM: Alone(perform=partial(crm.perform_note, house)),
            TRAITS_TO_CRM: Alone(perform=partial(crm_traits.perform, house)),
            OPEN_TICKET: Alone(perform=partial(tickets.perform, house)),
            FIT_CHURN: Alone(perform=partial(churn_fitting.perform, house)),
            LOOK_UP_MESSAGE: Alone(perform=partial(carriage.look_up, house, channels)),
        },
        hands=asking_hands,
        batch=_ASKING_HANDS,
    )
    lost_sends = LostSends(house=house, channels=channels)
    in_turn = (worker.run_once, sender.run_once, asker.run_once, lost_sends.run_once)
    return Crew(
        worker=worker,
        sender=sender,
        second_sender=replace(sender, hands=more_hands),
        asker=asker,
        lost_sends=lost_sends,
        bookkeeper=Bookkeeper(house=house),
        resealer=Resealer(house=house, owner=owner),
        forgetter=Forgetter(
            house=house, manifest=manifest(Settings.from_environment()), owner=owner
        ),
        word_marker=WordMarker(house=house),
        anchorer=Anchorer(house=house, path=anchors(Settings.from_environment())),
        watch=Watch(house=house),
        loop=Loop(engine=house.engine, clock=house.clock, turns=in_turn),
        channels=channels,
        hands=(hands, more_hands, asking_hands),
    )


def hearing_others(house: House) -> AbstractContextManager[None]:
    """Hear the rings of other processes on the same database."""
    engine = house.engine
    return engine.listening() if isinstance(engine, DjangoEngine) else nullcontext()
