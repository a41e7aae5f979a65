"""What is to be done about a contact, written down where their CRM keeps them too (DI8, ON7, R14).

Written to is a connected system that takes such entries. Who is not known there, or twice, has
none: nobody is guessed, and nobody is made up. Each try looks first, so an entry whose answer was
lost is not written twice. One that is only told finds its contact by itself, and knows a message
that comes twice by its name.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec

from baton.connectors import CrmPort, Entry, UnreadableError
from baton.core import text
from baton.core.json import Json
from baton.core.records import Person
from baton.core.tidings import Tiding, Told
from baton.runtime.ports import Again, Done, Effect, Outcome, Park
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import asking, kinds, systems, tidings
from baton.services.systems.tidings import ToldCrm
from baton.store.models import ConnectedSystem, Contact, Task
from baton.store.queries import recognising
from baton.store.rows import ContactRow

TELL_CRM, NOTE_TO_CRM = "tell_crm", "note_to_crm"
NOTE = "note_in_crm"
CALL_WORD = "call"
URGENT_WORDS = ("high priority", "urgent")

_NO_CRM = "no connected system takes notes about contacts"
_UNKNOWN = "the CRM knows nobody, or several, by this contact's email and number"
_MAX_TEXT = 1_000
_MOST_PROBLEM = 200


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """Which task is told."""

    task_id: str


class _Note(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down beside a contact; `name` tells it from any other."""

    name: str
    contact_id: str
    words: str
    at: datetime


def order(ledger: Ledger, workspace_id: str, lane: str, task_id: str) -> None:
    """Have a task written into the CRM, where one is connected that takes it."""
    if find(ledger.house, workspace_id) is None:
        return
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            lane=lane,
            kind=TELL_CRM,
            intent_key=f"crm:{task_id}",
            body=msgspec.json.encode(_Order(task_id=task_id)),
            due_at=ledger.now,
            repeatable=True,
        )
    )


def takes_notes(ledger: Ledger, contact: ContactRow) -> bool:
    """Return whether a connected system writes down what is noted about contacts."""
    return ledger.acquaintance.system_of(contact.workspace_id, _taking()) is not None


def order_note(ledger: Ledger, contact: ContactRow, lane: str, words: str) -> None:
    """Have a note written beside a contact in the CRM."""
    name = ledger.next_id()
    key = f"crm:{name}"
    wanted = _Note(name=name, contact_id=contact.id, words=words[:_MAX_TEXT], at=ledger.now)
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=contact.workspace_id,
            lane=lane,
            kind=NOTE_TO_CRM,
            intent_key=key,
            body=ledger.house.keyset.seal(msgspec.json.encode(wanted).decode(), key),
            due_at=ledger.now,
            repeatable=True,
        )
    )


def perform_note(house: House, effect: Effect) -> Outcome:
    """Write a note beside a contact; nothing where the CRM does not know them, or none is left."""
    said = house.keyset.unseal(effect.body, effect.intent_key)
    wanted = msgspec.json.decode(said, type=_Note)
    system = find(house, effect.workspace_id)
    if system is None or not Contact.objects.filter(id=wanted.contact_id).exists():
        return Done()
    if not _takes(system, Tiding.NOTE):
        return Done()
    entry = Entry(text=wanted.words, mark=_mark_of(wanted.name), at=wanted.at)
    written = _write(house, effect.workspace_id, system, wanted.contact_id, entry)
    return written if isinstance(written, Again | Park) else Done()


def perform(house: House, effect: Effect) -> Outcome:
    """Write a task into the CRM; one that is done or erased meanwhile is left out."""
    found = msgspec.json.decode(effect.body, type=_Order)
    task = Task.objects.filter(id=found.task_id, done_at=None).first()
    crm = find(house, effect.workspace_id)
    if task is None or crm is None or not _takes(crm, Tiding.TASK):
        return Done()
    title = house.keyset.unseal(bytes(task.title_sealed), f"task:{task.id}")
    lowered = title.casefold()
    entry = Entry(
        text=title[:_MAX_TEXT],
        mark=_mark_of(task.id),
        at=task.created_at,
        due_at=task.due_at,
        is_urgent=any(word in lowered for word in URGENT_WORDS),
        is_call=CALL_WORD in lowered.split(),
    )
    written = _write(house, task.workspace_id, crm, task.contact_id, entry)
    if isinstance(written, Again | Park):
        return written
    _note(house, task, is_known=written)
    return Done()


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the action that writes a note of a flow beside a contact of the CRM."""

    def note(call: Call, /) -> Ended:
        said = text.clean(str(call.given.get("text", "")))[:_MAX_TEXT]
        crm = find(house, call.workspace_id)
        if crm is None or not _takes(crm, Tiding.NOTE) or not said:
            return Failed(problem=_NO_CRM if said else "there is nothing to note")
        entry = Entry(text=said, mark=_mark_of(call.key), at=house.clock.now())
        written = _write(house, call.workspace_id, crm, call.contact_id, entry)
        if isinstance(written, Again):
            return written
        if isinstance(written, Park):
            return Failed(problem=written.reason)
        return Performed(result={}) if written else Failed(problem=_UNKNOWN)

    return {NOTE: note}


def _taking() -> tuple[str, ...]:
    return tuple(kind.name for kind in kinds.KINDS.values() if kind.notes or kind.told)


def find(house: House, workspace_id: str) -> CrmPort | ToldCrm | None:
    """Return what writes into a workspace's CRM or tells it, None where none is connected."""
    system = _system_of(workspace_id)
    if system is None:
        return None
    return kinds.notes_of(systems.settings_of(house, system)) or tidings.find(house, system)


def note_problem(workspace_id: str, outcome: object) -> None:
    """Note beside a CRM that was written to why it did not take that, or that it takes again."""
    problem = outcome.reason[:_MOST_PROBLEM] if isinstance(outcome, Again | Park) else ""
    system = _system_of(workspace_id)
    if system is not None and system.problem != problem:
        ConnectedSystem.objects.filter(id=system.id).update(problem=problem)


def _system_of(workspace_id: str) -> ConnectedSystem | None:
    known = ConnectedSystem.objects.filter(workspace_id=workspace_id, is_connected=True)
    return known.filter(kind__in=_taking()).order_by("id").first()


def person_of(house: House, contact_id: str) -> Person:
    """Return by what a contact is found in a CRM: nothing, where neither is known."""
    handles = recognising.handles_of(contact_id, house.keyset.unseal)
    return Person(email=handles.get("email", ""), phone=handles.get("phone", ""))


def facts_of(person: Person) -> dict[str, Json]:
    """Return who a message is about; what is not known of them is left out."""
    known = {"email": person.email, "phone": person.phone}
    return {name: value for name, value in known.items() if value}


def _takes(crm: CrmPort | ToldCrm, about: Tiding) -> bool:
    return not isinstance(crm, ToldCrm) or crm.port.hears(about)


def _write(
    house: House, workspace_id: str, crm: CrmPort | ToldCrm, contact_id: str, entry: Entry
) -> bool | Again | Park:
    """Write an entry once; return whether its contact is known there."""
    person = person_of(house, contact_id)
    if not (person.email or person.phone):
        return False
    if isinstance(crm, ToldCrm):
        done = crm.tell(_told_of(person, entry))
        return done if isinstance(done, Again | Park) else True
    written = _written_beside(crm, person, entry)
    note_problem(workspace_id, written)
    return written


def _written_beside(crm: CrmPort, person: Person, entry: Entry) -> bool | Again | Park:
    seen = asking.answers_to({"contact": crm.find(person), "entry": crm.look(entry)})
    if isinstance(seen, Again | Park):
        return seen
    try:
        return _written(crm, seen, entry)
    except UnreadableError as error:
        return Park(reason=str(error))


def _told_of(person: Person, entry: Entry) -> Told:
    facts = {**facts_of(person), "text": entry.text}
    if entry.due_at is None:
        return Told(about=Tiding.NOTE, mark=entry.mark, at=entry.at, facts=facts)
    facts |= {
        "due_at": entry.due_at.isoformat(),
        "is_urgent": entry.is_urgent,
        "is_call": entry.is_call,
    }
    return Told(about=Tiding.TASK, mark=entry.mark, at=entry.at, facts=facts)


def _written(crm: CrmPort, seen: Mapping[str, Json], entry: Entry) -> bool | Again | Park:
    contact = crm.found(seen["contact"])
    if contact and not crm.stands(seen["entry"]):
        done = asking.answers_to({"added": crm.add(contact, entry)})
        if isinstance(done, Again | Park):
            return done
    return bool(contact)


def _note(house: House, task: Task, *, is_known: bool) -> None:
    """Note what became of it in the trail, without a word of what was written."""
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        deed = "task_told_to_crm" if is_known else "crm_knows_nobody"
        ledger.audit(task.workspace_id, "system", deed, f"task:{task.id}", queue=task.queue)
        ledger.flush()


def _mark_of(name: str) -> str:
    """Return one word by which an entry is found again."""
    return f"baton{hashlib.sha256(name.encode()).hexdigest()[:24]}"
