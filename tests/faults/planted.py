"""Mistakes of the kinds that such systems were shipped with, each put into the real code.

The simulation is worth something as long as it finds every one of them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from baton.channels.whatsapp import hooks
from baton.core import ownership, presend
from baton.core.clocks import Kind
from baton.core.delivery import Delivery
from baton.core.presend import Allowed
from baton.runtime.ports import NEVER_STORED, Again, Event, Outcome, Timer, Unknown
from baton.runtime.recorder import Recorder
from baton.runtime.sender import Sender
from baton.runtime.trial import Failed
from baton.services.bookings import counter
from baton.services.conversation import clocks
from baton.services.delivery import deliveries
from baton.services.delivery.fates import Fates
from baton.services.delivery.lost_sends import LostSends
from baton.services.doors import provider_hooks
from baton.services.ledger import Ledger
from baton.services.people import permits
from baton.services.privacy import clearing
from baton.store.models import Address
from baton.store.personal import HOLDINGS
from baton.store.runtime_store import inbox as inboxes
from baton.store.runtime_store import outbox as outboxes
from baton.store.runtime_store import timers as timer_store

Plant = Callable[[pytest.MonkeyPatch], None]


def dedupe_removed(patch: pytest.MonkeyPatch) -> None:
    """A webhook that comes again is taken for a new one."""
    real = provider_hooks.message_arrival

    def arrival(*told: Any) -> Any:
        found = real(*told)
        return found and replace(found, dedupe_key=f"{found.received_at}:{found.dedupe_key}")

    patch.setattr(provider_hooks, "message_arrival", arrival)


def policy_skipped(patch: pytest.MonkeyPatch) -> None:
    """The policy is not asked again as a message leaves."""
    patch.setattr(permits, "ask_again", lambda *_, **__: Allowed())


def stop_not_asked_at_sending(patch: pytest.MonkeyPatch) -> None:
    """STOP stops what is planned after it, and not what waits already."""
    real = presend._is_opted_out
    rules = tuple((rule, reason) for rule, reason in presend._OF_ALL if rule is not real)
    patch.setattr(presend, "_OF_ALL", rules)


def timer_lost(patch: pytest.MonkeyPatch) -> None:
    """Of the timers of one transaction the last one is forgotten."""
    real = timer_store.DjangoTimers.put

    def put(self: timer_store.DjangoTimers, timers: Sequence[Timer]) -> None:
        real(self, timers[:-1] if len(timers) > 1 else timers)

    patch.setattr(timer_store.DjangoTimers, "put", put)


def timer_forgotten_as_it_fires(patch: pytest.MonkeyPatch) -> None:
    """A timer is taken off before its fact is stored."""
    patch.setattr(timer_store.DjangoTimers, "_fire", lambda _self, _due: None)


def bot_speaks_over_people(patch: pytest.MonkeyPatch) -> None:
    """The bot answers whoever owns the conversation."""
    patch.setattr(ownership, "may_bot_speak", lambda _owner: True)
    patch.setattr(presend, "may_bot_speak", lambda _owner: True)


def claim_not_asked_for(patch: pytest.MonkeyPatch) -> None:
    """A sender begins what its claim does not hold any more."""
    patch.setattr(outboxes.DjangoOutbox, "held", lambda _self, effects: tuple(effects))
    patch.setattr(Sender, "_run", lambda _self, errand, _deadline: errand.run())


def silence_tried_again(patch: pytest.MonkeyPatch) -> None:
    """A provider that did not answer is asked once more."""
    real = deliveries.settle

    def settle(house: Any, fates: Any, answered: Any) -> list[Outcome]:
        return [
            Again(reason="no answer") if isinstance(one, Unknown) else one
            for one in real(house, fates, answered)
        ]

    patch.setattr(deliveries, "settle", settle)


def sending_not_written_down(patch: pytest.MonkeyPatch) -> None:
    """That a message is on its way is not written down before it is."""
    real = Fates.note

    def note(self: Fates, row: Any, delivery: Delivery, reason: str = "") -> None:
        if delivery is not Delivery.SENDING:
            real(self, row, delivery, reason)

    patch.setattr(Fates, "note", note)


def receipts_go_back(patch: pytest.MonkeyPatch) -> None:
    """The newest receipt stands, whatever was known before."""
    patch.setattr(deliveries, "further", lambda _known, told: told)


def newest_words_first(patch: pytest.MonkeyPatch) -> None:
    """Of a burst the newest words are decided first."""
    real = inboxes._claimable
    patch.setattr(inboxes, "_claimable", lambda rows: reversed(tuple(real(rows))))


def fact_not_completed(patch: pytest.MonkeyPatch) -> None:
    """Of the facts decided together the last one stays in the queue."""
    real = inboxes.DjangoInbox.complete

    def complete(self: inboxes.DjangoInbox, seqs: Sequence[int]) -> None:
        stored = [seq for seq in seqs if seq != NEVER_STORED]
        real(self, stored[:-1] if len(stored) > 1 else stored)

    patch.setattr(inboxes.DjangoInbox, "complete", complete)


def answered_before_it_is_kept(patch: pytest.MonkeyPatch) -> None:
    """A webhook is answered with success although storing it failed."""
    real = Recorder._append

    def append(self: Recorder, arrivals: Any) -> Any:
        outcome = real(self, arrivals)
        return tuple(True for _ in arrivals) if isinstance(outcome, Failed) else outcome

    patch.setattr(Recorder, "_append", append)


def handoff_without_clock(patch: pytest.MonkeyPatch) -> None:
    """Whoever is handed over outside of the first answer's clock waits without one."""
    real = clocks.start

    def start(ledger: Any, setting: Any, conversation: Any, kind: Any) -> None:
        if kind is Kind.RESOLUTION:
            real(ledger, setting, conversation, kind)

    patch.setattr(clocks, "start", start)


def audit_row_skipped(patch: pytest.MonkeyPatch) -> None:
    """An agent takes a conversation, and nobody writes down that they did."""
    real = Ledger.audit

    def audit(
        self: Ledger, workspace_id: str, actor: str, action: str, subject: str, **details: Any
    ) -> None:
        if action != "accepted":
            real(self, workspace_id, actor, action, subject, **details)

    patch.setattr(Ledger, "audit", audit)


def what_was_not_begun_is_left(patch: pytest.MonkeyPatch) -> None:
    """A message whose sender died before it began is left to a person (found by seed 0)."""
    patch.setattr(LostSends, "_put_back", lambda _self, _now: 0)


def failed_fact_goes_to_the_back(patch: pytest.MonkeyPatch) -> None:
    """A fact that could not be decided is tried again behind those that came after it."""

    def postpone(self: inboxes.DjangoInbox, event: Event, *, until: datetime, reason: str) -> None:
        self._database.execute(
            "UPDATE runtime_event SET seq = (SELECT max(seq) + 1 FROM runtime_event), due_at = %s,"
            " failures = failures + 1, reason = %s WHERE seq = %s",
            until,
            reason,
            event.seq,
        )

    patch.setattr(inboxes.DjangoInbox, "postpone", postpone)


def signature_not_asked(patch: pytest.MonkeyPatch) -> None:
    """Whoever knows the address of a webhook is taken for Meta."""
    real = hooks.read

    def read(body: bytes, *, signature: str, app_secret: str, phone_number_id: str) -> hooks.News:
        signature = hooks.sign(body, app_secret)
        return real(
            body, signature=signature, app_secret=app_secret, phone_number_id=phone_number_id
        )

    patch.setattr(hooks, "read", read)


def refusal_undoes_receipts(patch: pytest.MonkeyPatch) -> None:
    """A provider's no stands, whatever its receipts have told (found by seed 43)."""
    patch.setattr(deliveries, "_TAKEN", ())


def room_not_counted(patch: pytest.MonkeyPatch) -> None:
    """A place is given without a look at whether there is one."""
    patch.setattr(counter, "free_places", lambda *_, **__: 1)


def address_left_behind(patch: pytest.MonkeyPatch) -> None:
    """Whoever is erased keeps their address."""
    kept = tuple(one for one in HOLDINGS if one.model is not Address)
    patch.setattr(clearing, "HOLDINGS", kept)


PLANTED: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        dedupe_removed,
        policy_skipped,
        stop_not_asked_at_sending,
        timer_lost,
        timer_forgotten_as_it_fires,
        bot_speaks_over_people,
        claim_not_asked_for,
        silence_tried_again,
        sending_not_written_down,
        receipts_go_back,
        newest_words_first,
        fact_not_completed,
        answered_before_it_is_kept,
        handoff_without_clock,
        audit_row_skipped,
        what_was_not_begun_is_left,
        failed_fact_goes_to_the_back,
        signature_not_asked,
        refusal_undoes_receipts,
        room_not_counted,
        address_left_behind,
    )
}
