"""Macros: written by who configures, run by agents with one click, undone where that goes.

A run is one transaction: all of it happens, or nothing. What was sent or noted stays; a tag,
a queue and a snooze are taken back, as long as nobody did anything to the conversation since.
"""

from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from baton.core import macros, text
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.macros import Choices, Ending
from baton.core.macros import Macro as MacroWords
from baton.core.ownership import Owner
from baton.core.roles import Action
from baton.flows import render
from baton.services import inbox
from baton.services.desk import agents, desks, passing_on, replies
from baton.services.desk.agents import RESOLUTION_CODES
from baton.services.desk.desks import Desk
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people.contacts import marks_of
from baton.services.workspace import editions
from baton.store.models import Assignment, Macro, MacroRun, User


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyMacro:
    """A macro as an agent is offered it: its texts are filled in for the contact."""

    id: str
    title: str
    does: MacroWords
    reply: str


def choices_of(house: House, user: User) -> Choices:
    """Return what the endings of a workspace's macros may name."""
    queues = inbox.pack_of(house, user.workspace_id).queues
    return Choices(
        queues=[one.name for one in queues], snoozes=inbox.SNOOZES, codes=RESOLUTION_CODES
    )


def list_macros(user: User) -> tuple[tuple[str, MacroWords], ...]:
    """Return the macros of a workspace with their ids, by title."""
    inbox.require(user, Action.READ_INBOX)
    found = Macro.objects.filter(workspace_id=user.workspace_id, removed_at=None)
    return tuple((one.id, _words_of(one)) for one in found.order_by("title", "id"))


def list_ready(house: House, user: User, conversation_id: str) -> tuple[ReadyMacro, ...]:
    """Return the macros that can be run in a conversation, filled in for its contact."""
    known = list_macros(user)
    if not known:
        return ()
    facts = replies.facts_for(house, user, conversation_id)
    return tuple(_ready(macro_id, one, facts) for macro_id, one in known)


def _ready(macro_id: str, does: MacroWords, facts: dict[str, Json]) -> ReadyMacro:
    """Return a macro filled in; of one that cannot be, running it tells why."""
    try:
        words = render.render(does.reply, facts)
    except InvalidInput:
        words = does.reply
    return ReadyMacro(id=macro_id, title=does.title, does=does, reply=words)


def save(house: House, user: User, macro: MacroWords, macro_id: str = "") -> str:
    """Write a macro, new or in place of another; return its id. Raises InvalidInput."""
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        editions.lock(user.workspace_id)  # of two who take one name, the second is told
        macro = _checked(house, user, macro, macro_id)
        ledger = Ledger(house, house.clock.now())
        row = _find(user, macro_id) if macro_id else None
        if row is None:
            row = Macro(id=ledger.next_id(), workspace_id=user.workspace_id)
        for name in ("name", "title", "tag", "note", "reply", "ending_value"):
            setattr(row, name, getattr(macro, name))
        row.ending = macro.ending.value
        row.saved_at, row.saved_by_id = ledger.now, user.id
        row.save(force_insert=not macro_id)
        _note(ledger, user, "macro_saved", row)
    return row.id


def remove(house: House, user: User, macro_id: str) -> None:
    """Take a macro away from agents."""
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row = _find(user, macro_id)
        Macro.objects.filter(id=row.id).update(removed_at=ledger.now)
        _note(ledger, user, "macro_removed", row)


def run(house: House, user: User, conversation_id: str, macro_id: str) -> None:
    """Do everything that a macro does in an own conversation, or nothing of it."""
    row = _find(user, macro_id)
    facts = replies.facts_for(house, user, conversation_id)
    with house.engine.transaction():
        before = _begin(house, user, conversation_id, row)
        if row.note:
            agents.note(house, user, conversation_id, render.render(row.note, facts))
        if row.reply:
            agents.reply(house, user, conversation_id, render.render(row.reply, facts))
        _end(house, user, conversation_id, row)
        now = house.clock.now()
        MacroRun.objects.create(
            id=house.next_id(now),
            workspace_id=user.workspace_id,
            macro_id=row.id,
            conversation_id=conversation_id,
            user_id=user.id,
            before=before,
            at=now,
        )


def find_undoable(user: User, conversation_id: str) -> str:
    """Return the id of a person's own last run here that something can be taken back of, or ""."""
    last = MacroRun.objects.filter(
        conversation_id=conversation_id, workspace_id=user.workspace_id
    ).order_by("-at").first()  # fmt: skip
    if last is None or last.undone_at or last.user_id != user.id or not last.before:
        return ""
    return last.id


def undo(house: House, user: User, run_id: str) -> None:
    """Take back what a run tagged, queued or snoozed; Conflict when a colleague has it since."""
    found = MacroRun.objects.filter(id=run_id, workspace_id=user.workspace_id).first()
    if found is None or find_undoable(user, found.conversation_id) != run_id:
        raise NotFound("run", run_id)
    with house.engine.transaction():
        if "queue" in found.before:
            with desks.at_desk(house, user, found.conversation_id) as desk:
                _refuse_if_gone_on(desk, found)
            agents.accept(house, user, found.conversation_id)
        elif found.before.get("ending") == Ending.SNOOZE:
            agents.wake(house, user, found.conversation_id)
        with desks.at_desk(house, user, found.conversation_id) as desk:
            desks.refuse_unless_own(desk)
            if tag := str(found.before.get("tag", "")):
                _mark(desk, tag, is_on=False)
            if "queue" in found.before:
                _move_back(desk, str(found.before["queue"]))
            desk.ledger.audit(
                user.workspace_id, desk.actor, "macro_undone", desk.subject, macro=found.macro_id
            )
        MacroRun.objects.filter(id=run_id).update(undone_at=house.clock.now())


def _checked(house: House, user: User, macro: MacroWords, macro_id: str) -> MacroWords:
    macro = MacroWords(
        name=macro.name,
        title=text.clean(macro.title),
        tag=macro.tag,
        note=text.clean(macro.note),
        reply=text.clean(macro.reply),
        ending=macro.ending,
        ending_value=macro.ending_value,
    )
    problems = macros.problems_with(macro, choices_of(house, user))
    for name, words in (("note", macro.note), ("reply", macro.reply)):
        if words and (problem := replies.check_filled(house, user, words)):
            problems[name] = problem
    others = Macro.objects.filter(workspace_id=user.workspace_id, removed_at=None)
    if others.filter(name=macro.name).exclude(id=macro_id).exists():
        problems["name"] = "there is one of this name already"
    elif not macro_id and others.count() >= macros.MAX_MACROS:
        problems["name"] = f"there are {macros.MAX_MACROS} already; remove one first"
    if problems:
        raise InvalidInput(problems)
    return macro


def _begin(house: House, user: User, conversation_id: str, row: Macro) -> dict[str, Json]:
    """Tag, and return what was before of all that can be taken back."""
    before: dict[str, Json] = {}
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        if row.tag and _mark(desk, row.tag, is_on=True):
            before["tag"] = row.tag
        if row.ending == Ending.QUEUE:
            before["queue"] = desk.conversation.queue
        elif row.ending == Ending.SNOOZE:
            before["ending"] = row.ending
        desk.ledger.audit(user.workspace_id, desk.actor, "macro_run", desk.subject, macro=row.name)
    return before


def _end(house: House, user: User, conversation_id: str, row: Macro) -> None:
    match Ending(row.ending):
        case Ending.QUEUE:
            passing_on.move_to_queue(house, user, conversation_id, row.ending_value)
        case Ending.SNOOZE:
            zone = inbox.zone_of(user.workspace_id)
            until = inbox.next_wake(row.ending_value, zone, now=house.clock.now())
            agents.snooze(house, user, conversation_id, until)
        case Ending.RESOLVE:
            agents.resolve(house, user, conversation_id, row.ending_value)
        case Ending.KEEP:
            pass


def _refuse_if_gone_on(desk: Desk, found: MacroRun) -> None:
    """Raise Conflict when somebody has had it since, or the bot has it again (invariant 4)."""
    had = Assignment.objects.filter(conversation_id=found.conversation_id, id__gt=found.id)
    if desk.conversation.handled_by == Owner.BOT or had.exists():
        message = "It has gone on since, so the macro cannot be taken back."
        raise Conflict(message)


def _move_back(desk: Desk, queue: str) -> None:
    """Let it be of the queue that it was of, so that it is put back there."""
    desk.ledger.keep(replace(desk.conversation, queue=queue))
    desks.move_handoff(desk, queue=queue)


def _mark(desk: Desk, tag: str, *, is_on: bool) -> bool:
    """Tag the contact or take the tag away; return whether that changed anything."""
    contact = desk.snapshot.contact
    marks = marks_of(contact)
    if (tag in marks.tags) is is_on:
        return False
    kept = tuple(one for one in marks.tags if one != tag)
    marks = replace(marks, tags=(*kept, tag) if is_on else kept)
    desk.ledger.keep(replace(contact, marks=msgspec.json.encode(marks).decode()))
    return True


def _find(user: User, macro_id: str) -> Macro:
    row = Macro.objects.filter(id=macro_id, workspace_id=user.workspace_id, removed_at=None).first()
    if row is None:
        raise NotFound("macro", macro_id)
    return row


def _words_of(row: Macro) -> MacroWords:
    return MacroWords(
        name=row.name,
        title=row.title,
        tag=row.tag,
        note=row.note,
        reply=row.reply,
        ending=Ending(row.ending),
        ending_value=row.ending_value,
    )


def _note(ledger: Ledger, user: User, action: str, row: Macro) -> None:
    ledger.audit(user.workspace_id, f"user:{user.id}", action, f"macro:{row.id}", name=row.name)
    ledger.flush()
