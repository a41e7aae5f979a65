"""Saved replies and macros' texts: written by who configures, checked, filled in for a contact."""

from dataclasses import dataclass

from baton.core import macros, text
from baton.core.errors import InvalidInput, NotFound
from baton.core.json import Json
from baton.core.roles import Action
from baton.flows import render
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import CannedResponse, Contact, Conversation, User

_NAMED, _NAMELESS = "Mia", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A saved reply as it is kept."""

    id: str
    short_code: str
    text: str


def facts_for(house: House, user: User, conversation_id: str) -> dict[str, Json]:
    """Return what a text may fill in for the contact of a conversation."""
    found = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id).first()
    contact = found and Contact.objects.filter(id=found.contact_id).first()
    sealed = bytes(contact.name_sealed) if contact else b""
    name = inbox.name_of(house, contact.id, sealed) if contact and sealed else ""
    return _facts(house, user, name)


def previews_of(house: House, user: User, words: str) -> tuple[str, str]:
    """Return a text as a contact with a name reads it, and as one without.

    Raises InvalidInput for one that cannot be filled in.
    """
    named, nameless = (_facts(house, user, name) for name in (_NAMED, _NAMELESS))
    return render.render(words, named), render.render(words, nameless)


def check(words: str) -> str:
    """Return what is wrong with a text that people are to read, "" when nothing is."""
    if problem := text.problem_with(words):
        return problem
    if mistake := render.find_mistake(words):
        return mistake.words
    named = ((one.path, one.has_default) for one in render.mentions_in(words))
    return macros.problem_with_names(named)


def check_filled(house: House, user: User, words: str) -> str:
    """Return what is wrong with a text, "" when any contact can read it.

    What is valid Liquid may still fail with what stands in it, as a name that is divided.
    """
    if problem := check(words):
        return problem
    try:
        previews_of(house, user, words)
    except InvalidInput as error:
        return "; ".join(error.fields.values())
    return ""


def list_canned(user: User) -> tuple[Canned, ...]:
    """Return the saved replies of a workspace, by short code."""
    inbox.require(user, Action.READ_INBOX)
    found = CannedResponse.objects.filter(workspace_id=user.workspace_id).order_by("short_code")
    return tuple(Canned(id=one.id, short_code=one.short_code, text=one.text) for one in found)


def save_canned(house: House, user: User, short_code: str, words: str) -> None:
    """Write a saved reply, new or in place of the one of its code; raises InvalidInput."""
    inbox.require(user, Action.CONFIGURE)
    words = text.clean(words)
    problems: dict[str, str] = {}
    if not macros.is_name(short_code):
        problems["short_code"] = "write small letters, digits and _, as in refund_done"
    if problem := check_filled(house, user, words):
        problems["text"] = problem
    if problems:
        raise InvalidInput(problems)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        known = CannedResponse.objects.filter(workspace_id=user.workspace_id)
        if not known.filter(short_code=short_code).update(text=words):
            CannedResponse.objects.create(
                id=ledger.next_id(),
                workspace_id=user.workspace_id,
                short_code=short_code,
                text=words,
            )
        _note(ledger, user, "canned_saved", short_code)


def remove_canned(house: House, user: User, short_code: str) -> None:
    """Remove a saved reply; raises NotFound."""
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        known = CannedResponse.objects.filter(workspace_id=user.workspace_id, short_code=short_code)
        if not known.delete()[0]:
            raise NotFound("saved reply", short_code)
        _note(ledger, user, "canned_removed", short_code)


def _note(ledger: Ledger, user: User, action: str, short_code: str) -> None:
    subject = f"canned:{short_code}"
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject)
    ledger.flush()


def _facts(house: House, user: User, contact_name: str) -> dict[str, Json]:
    return {
        **standards_cache(house).standards_of(user.workspace_id).facts,
        "agent": {"name": user.name},
        "contact": {"name": contact_name},
    }
