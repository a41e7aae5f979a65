"""What was set aside, where people see it: tried again, or settled by who knows (invariant 1).

A fact that could not be decided and an effect that could not be done are tried again when
a person says so. An effect of which nobody can say whether it took place is never
repeated: a person who looked it up says what came of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from baton.core import privacy
from baton.core.errors import Conflict, NotFound
from baton.core.roles import Action
from baton.runtime.ports import Done, Refused
from baton.services import inbox, sight
from baton.services.conversation import actions, proposals
from baton.services.delivery import outgoing
from baton.services.desk import carrying_out
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Contact, User
from baton.store.queries import outgoing as messages
from baton.store.runtime_store import parked
from baton.store.runtime_store.parked import ParkedRow

NOT_SENT = "a person found that it did not take place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One thing that was set aside, without a word that anybody wrote.

    `name` is how people name it ("fact-12", "effect-7"); `contact_id` and
    `conversation_id` are "" for somebody who is not known.
    """

    name: str
    kind: str
    is_unknown: bool
    since: datetime
    tries: int
    reason: str
    contact_id: str
    conversation_id: str
    who: str


def count(user: User) -> int:
    """Return how much is set aside of what a person sees of their workspace."""
    return parked.count(user.workspace_id, sight.places_of(user))


def show(house: House, user: User) -> tuple[Parked, ...]:
    """Return what is set aside; raises Forbidden for a role that may not change settings."""
    inbox.require(user, Action.CONFIGURE)
    every = list_parked(house, user.workspace_id)
    met = sight.met_among(user, (one.contact_id for one in every if one.contact_id))
    return tuple(one for one in every if not one.contact_id or one.contact_id in met)


def list_parked(house: House, workspace_id: str) -> tuple[Parked, ...]:
    """Return what is set aside in a workspace, facts first, oldest first."""
    rows = parked.list_parked(workspace_id)
    lanes = {row.lane for row in rows}
    found = Contact.objects.filter(workspace_id=workspace_id, lane__in=lanes)
    contacts = {contact.lane: contact for contact in found}
    return tuple(_shown(house, row, contacts.get(row.lane)) for row in rows)


def try_again(house: House, user: User, names: Sequence[str]) -> int:
    """Put things back for a person, all of them when none is named; see `redrive`."""
    if user.locations:
        shown = {one.name: one for one in show(house, user)}
        _refuse_hidden(names, shown)
        names = names or [one.name for one in shown.values() if not one.is_unknown]
        if not names:
            return 0
    inbox.require(user, Action.CONFIGURE)
    return redrive(house, user.workspace_id, names, actor=f"user:{user.id}")


def settle(house: House, user: User, name: str, *, took_place: bool) -> None:
    """Settle an effect in doubt for a person; see `resolve`."""
    inbox.require(user, Action.CONFIGURE)
    if user.locations:
        _refuse_hidden([name], {one.name for one in show(house, user)})
    resolve(house, user.workspace_id, name, took_place=took_place, actor=f"user:{user.id}")


def _refuse_hidden(names: Sequence[str], shown: Collection[str]) -> None:
    """Raise NotFound for what is set aside for a contact of another place."""
    for name in names:
        if name not in shown:
            raise NotFound("parked thing", name)


def redrive(house: House, workspace_id: str, names: Sequence[str], *, actor: str) -> int:
    """Put what was named back, due now, or all that may be; return how many there were.

    Raises NotFound for what is not set aside, and Conflict for an effect in doubt:
    repeating it might do it twice.
    """
    with house.engine.transaction():
        rows = parked.list_parked(workspace_id)
        chosen = [_find(rows, name) for name in names] or [r for r in rows if not r.is_unknown]
        if doubtful := [row for row in chosen if row.is_unknown]:
            message = f"{_name_of(doubtful[0])} may have taken place: say first whether it did."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        for row in chosen:
            subject = _subject_of(row)
            ledger.audit(workspace_id, actor, "redriven", subject, kind=row.kind, tries=row.tries)
        house.engine.inbox.redrive([r.seq for r in chosen if r.is_fact], now=ledger.now)
        effects = [row.effect_id for row in chosen if not row.is_fact]
        house.engine.outbox.redrive(effects, now=ledger.now)
        ledger.ring(f"workspace:{workspace_id}")
        ledger.flush()
    return len(chosen)


def resolve(house: House, workspace_id: str, name: str, *, took_place: bool, actor: str) -> None:
    """Settle an effect in doubt as done or as not done, and tell what waited for it.

    Raises NotFound for what is not set aside, and Conflict for what is not in doubt.
    """
    with house.engine.transaction():
        row = _find(parked.list_parked(workspace_id), name)
        if not row.is_unknown:
            message = f"{name} is in no doubt: it did not take place. Try it again instead."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        outcome = Done() if took_place else Refused(reason=NOT_SENT)
        house.engine.outbox.resolve_unknown(row.effect_id, outcome, now=ledger.now)
        _tell(house, row, took_place=took_place)
        how = "took_place" if took_place else "did_not"
        subject = _subject_of(row)
        ledger.audit(workspace_id, actor, "settled", subject, kind=row.kind, outcome=how)
        ledger.ring(f"workspace:{workspace_id}", f"lane:{row.lane}")
        ledger.flush()


def _tell(house: House, row: ParkedRow, *, took_place: bool) -> None:
    """Let a message's bubble, or the run that called an action, know what came of it."""
    if row.kind == outgoing.SEND_MESSAGE:
        delivery, reason = ("sent", "") if took_place else ("failed", "not_sent")
        messages.mark([row.effect_id], delivery, reason)
    elif row.kind == actions.CALL_ACTION:
        actions.tell_end(house, row, problem="" if took_place else NOT_SENT)
    elif row.kind == proposals.CARRY_OUT:
        carrying_out.settle(house, row, problem="" if took_place else NOT_SENT)


def _find(rows: Sequence[ParkedRow], name: str) -> ParkedRow:
    for row in rows:
        if _name_of(row) == name:
            return row
    raise NotFound("parked thing", name)


def _name_of(row: ParkedRow) -> str:
    return f"{'fact' if row.is_fact else 'effect'}-{row.seq}"


def _subject_of(row: ParkedRow) -> str:
    return f"fact:{row.seq}" if row.is_fact else f"effect:{row.effect_id}"


def _shown(house: House, row: ParkedRow, contact: Contact | None) -> Parked:
    tokenise = partial(house.keyset.token, row.workspace_id)
    return Parked(
        name=_name_of(row),
        kind=row.kind,
        is_unknown=row.is_unknown,
        since=row.since,
        tries=row.tries,
        reason=privacy.mask(row.reason, tokenise),
        contact_id=contact.id if contact else "",
        conversation_id=(contact.conversation_id or "") if contact else "",
        who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)) if contact else "",
    )
