"""Runs as rows: a state sealed and opened, its wake-up set, its end.

A contact may have several runs that wait: a reminder for each booking, and the questions
at the front desk. One of them is *attached* to the conversation: the one that spoke last
and may take any words. The others wait for their time, their event, or for the very reply
that they asked for.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from baton.core.consent import Purpose
from baton.flows import run
from baton.flows.document import Library
from baton.flows.outreach import Underway
from baton.flows.run import RunState
from baton.flows.scene import Awaits
from baton.services import arrivals
from baton.services.facts import SilencePassed
from baton.services.ledger import Ledger
from baton.store.rows import ConversationRow, RunRow

WAITING = "waiting"
ENDED = "ended"
STOPPED = "stopped"
FOR_REPLIES = frozenset({Awaits.CHOICE.value, Awaits.REPLY.value, Awaits.RATING.value})
"""What a run waits for that asked the contact something."""

LEFT = FOR_REPLIES | {Awaits.ACTION.value}
"""What the contact still expects something of: an answer to be heard, or an action to end."""
_FOR_WORDS = frozenset({Awaits.MESSAGE.value, *FOR_REPLIES})


class Runs:
    """One contact's waiting runs, as they change during a batch."""

    def __init__(
        self, ledger: Ledger, library: Library, rows: Iterable[RunRow], attached_id: str | None
    ) -> None:
        self._ledger = ledger
        self._library = library
        self._rows = {row.id: row for row in rows}
        self._attached_id = attached_id
        self._states: dict[str, tuple[RunRow, RunState]] = {}

    @property
    def attached(self) -> RunRow | None:
        """The run that spoke last in the conversation, if it waits."""
        return self._rows.get(self._attached_id or "")

    def turn_to(self, run_id: str | None) -> None:
        """Take the run that spoke last at another of the contact's addresses."""
        self._attached_id = run_id

    @property
    def waiting(self) -> tuple[RunRow, ...]:
        """Every run that waits, the newest change first."""
        return tuple(self._rows.values())

    @property
    def underway(self) -> tuple[Underway, ...]:
        """The waiting runs as far as starting another one is concerned."""
        return tuple(Underway(flow=row.flow, subject=row.subject) for row in self._rows.values())

    def find(self, run_id: str) -> RunRow | None:
        """Return a waiting run; None when it ended or moved to another contact."""
        return self._rows.get(run_id)

    def state_of(self, row: RunRow | None) -> RunState | None:
        """Return a run's state, opened once however often it is asked for."""
        if row is None:
            return None
        known = self._states.get(row.id)
        if known is None or known[0] is not row:
            known = self._states[row.id] = (row, open_state(self._ledger, row))
        return known[1]

    def asked(self) -> tuple[tuple[RunRow, RunState], ...]:
        """Return the runs beside the attached one that wait for a certain reply."""
        return tuple(
            (row, state)
            for row in self._rows.values()
            if row.awaits in FOR_REPLIES
            and not row.is_shadow
            and row.id != self._attached_id
            and (state := self.state_of(row))
        )

    def waiting_for(self, event: str) -> tuple[RunRow, ...]:
        """Return the runs that an event may move, by their step or by their goal."""
        return tuple(row for row in self._rows.values() if f",{event}," in row.events)

    def attach(self, row: RunRow | None) -> None:
        """Let a run be the one that takes any words; what stood there waits on, or ends.

        A run that only words had started has nothing to wait for once another one speaks,
        unless it waits for what becomes of an action.
        """
        displaced = self.attached
        is_displaced = displaced is not None and (row is None or displaced.id != row.id)
        if displaced is not None and is_displaced and not outlasts_talk(displaced):
            self.end(displaced)
        self._attached_id = row.id if row else None

    def keep(
        self,
        known: RunRow | None,
        conversation: ConversationRow,
        state: RunState,
        *,
        subject: str = "",
        is_shadow: bool = False,
    ) -> RunRow:
        """Keep a run's new state, in its own row or in a new one; return the row."""
        row = save(
            self._ledger,
            self._library,
            known,
            conversation,
            state,
            subject=subject,
            is_shadow=is_shadow,
        )
        self._rows = {row.id: row, **{key: r for key, r in self._rows.items() if key != row.id}}
        self._states[row.id] = (row, state)
        return row

    def end(self, row: RunRow, status: str = ENDED) -> None:
        """End a run, by itself or because a person "stopped" it."""
        end(self._ledger, row, status)
        self._rows.pop(row.id, None)
        if self._attached_id == row.id:
            self._attached_id = None

    def is_of_need(self, row: RunRow) -> bool:
        """Return whether a run is about something that the contact has, ordered or asked for."""
        flow = self._library.at(row.flow, row.version)
        is_owed = row.awaits == Awaits.ACTION.value
        return is_owed or (flow is not None and flow.charter.purpose is Purpose.TRANSACTIONAL)


def outlasts_talk(row: RunRow) -> bool:
    """Return whether a run waits on when the talk goes elsewhere, or a person takes it over.

    One that called an action has yet to tell what came of it.
    """
    return row.is_proactive or row.awaits == Awaits.ACTION.value


def takes_words(row: RunRow) -> bool:
    """Return whether a run waits for the contact to write."""
    return row.awaits in _FOR_WORDS


def open_state(ledger: Ledger, row: RunRow) -> RunState:
    """Return the state that a run was saved in."""
    return run.parse_json(ledger.house.keyset.unseal(row.state_sealed, f"run:{row.id}"))


def save(  # noqa: PLR0913 - a run's row is made of these
    ledger: Ledger,
    library: Library,
    known: RunRow | None,
    conversation: ConversationRow,
    state: RunState,
    *,
    subject: str = "",
    is_shadow: bool = False,
) -> RunRow:
    """Write a run's new state into the ledger; return its row."""
    run_id = known.id if known else ledger.next_id()
    sealed = ledger.house.keyset.seal(run.render_json(state), f"run:{run_id}")
    events = events_of(library, state)
    root = state.root
    inside, inside_version = (state.flow, state.version) if state.callers else ("", 0)
    if known:
        row = replace(
            known,
            conversation_id=conversation.id,
            version=root.version,
            step=state.step,
            inside=inside,
            inside_version=inside_version,
            awaits=state.waiting.awaits.value,
            events=events,
            state_sealed=sealed,
            updated_at=ledger.now,
        )
    else:
        flow = library.at(root.flow, root.version)
        row = RunRow(
            id=run_id,
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            flow=root.flow,
            version=root.version,
            step=state.step,
            inside=inside,
            inside_version=inside_version,
            subject=subject_key(ledger, conversation.workspace_id, subject),
            is_proactive=flow is not None and flow.trigger.is_proactive,
            is_shadow=is_shadow,
            awaits=state.waiting.awaits.value,
            events=events,
            status=WAITING,
            state_sealed=sealed,
            started_at=ledger.now,
            updated_at=ledger.now,
        )
    ledger.keep(row)
    return row


def subject_key(ledger: Ledger, workspace_id: str, subject: str) -> str:
    """Return what stands for a subject in a run's row: a keyed hash, since it may be a number."""
    return ledger.house.keyset.fingerprint(f"run:{workspace_id}", subject)[:64] if subject else ""


def set_wake(ledger: Ledger, row: RunRow, lane: str, after: timedelta | None) -> None:
    """Wake a run after a silence; None lets it wait for words or events alone."""
    key = f"run:{row.id}"
    if after is None:
        ledger.cancel_timer(row.workspace_id, key)
        return
    ledger.set_timer(
        arrivals.timer_of(
            SilencePassed(run_id=row.id, stamp=stamp(row)),
            ledger.house.keyset,
            workspace_id=row.workspace_id,
            lane=lane,
            key=key,
            due_at=_moment_after(ledger.now, after),
        )
    )


@lru_cache(maxsize=1_024)
def _moment_after(now: datetime, after: timedelta) -> datetime:
    """Return a moment, one and the same for all runs of a batch, so that it is spelled once."""
    return now + after


def end(ledger: Ledger, row: RunRow, status: str = ENDED) -> None:
    """End a run; nothing wakes it any more."""
    ledger.keep(replace(row, status=status, updated_at=ledger.now))
    ledger.cancel_timer(row.workspace_id, f"run:{row.id}")


def stamp(row: RunRow) -> str:
    """Return what tells this state of a run from every other, so that no old timer wakes it."""
    return f"{row.step}@{_spelled(row.updated_at)}"


@lru_cache(maxsize=1_024)
def _spelled(at: datetime) -> str:
    return at.isoformat()  # asked for each run of a batch, and of one moment


def events_of(library: Library, state: RunState) -> str:
    """Return the events that a waiting run is looked up by: its step's, and its goals'."""
    names = [*state.waiting.events]
    places = [(state.flow, state.version), *[(c.flow, c.version) for c in state.callers]]
    for flow, version in places:
        found = library.at(flow, version)
        if found and found.goal:
            names.append(found.goal.event)
    return f",{','.join(dict.fromkeys(names))}," if names else ""
