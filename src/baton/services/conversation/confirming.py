"""Asks a contact to confirm a yes that others passed on, and hears the answer (P17)."""

from collections.abc import Sequence

from baton.core.consent import Purpose
from baton.core.presend import Notice
from baton.flows.effects import SendText
from baton.flows.standing import Standing, said_to
from baton.flows.turn import Decision, Turn
from baton.services.conversation.case_file import CaseFile
from baton.services.conversation.sequel import Sequel
from baton.services.delivery import ways
from baton.services.facts import EventReported
from baton.services.people import consents, contacts, opting_in, permits
from baton.services.people.consents import Said
from baton.services.people.permits import Wish
from baton.services.workspace.connections import VOICE
from baton.store.queries import outgoing
from baton.store.rows import ConsentRow, ContactRow


def take(file: CaseFile, sequel: Sequel, contact: ContactRow, fact: EventReported) -> None:
    """Keep a permission that another system passes on; raises InvalidInput for what is none."""
    said = consents.read(fact, file.ledger.now)
    words = permits.words_of(file.ledger, contact.id, said.channel)
    told = opting_in.weigh(file.setting.policy, said, words)
    for one in told.certain:
        contact = consents.tell(file.ledger, contact, one, actor="system")
    file.keep_contact(contact)
    if any(one.channel == VOICE and one.is_granted for one in (*told.certain, *told.pending)):
        contacts.lend_number(file.ledger, contact, VOICE)
    if told.pending:
        request_id = _ask(file, sequel, contact, told.pending)
        opting_in.note(file.ledger, contact, told.pending, request_id=request_id)


def _ask(
    file: CaseFile, sequel: Sequel, contact: ContactRow, pending: Sequence[Said]
) -> str | None:
    """Ask whether it is meant, where the messages are to come; None where that cannot be."""
    channel = pending[0].channel
    if not ways.routes_along(file.ledger, contact, (channel,)):
        return None
    if asked := _asked_before(file, contact, channel):
        return asked  # one question, and one answer to it
    conversation = file.open_for_words(contact)
    standing = file.standing(contact, conversation)
    link = contacts.facts_of(file.ledger, contact, channel).preferences_url
    words = SendText(
        text=said_to(standing, file.setting, "opt_in_request", {"link": link}), channels=(channel,)
    )
    purpose = Purpose(pending[0].purpose)
    wish = Wish(purpose=purpose, is_unprompted=True, notice=Notice.OPT_IN)
    return sequel.write(conversation, words, wish).id


def _asked_before(file: CaseFile, contact: ContactRow, channel: str) -> str | None:
    waiting = opting_in.list_open(contact.id, file.setting.policy, file.ledger.now)
    stored = [one.request_id for one in waiting if one.channel == channel]
    added = [
        row.request_id
        for row in file.ledger.added_for(ConsentRow, contact.id)
        if row.channel == channel
    ]
    return next((one for one in (*added, *stored) if one), None)


def hear(file: CaseFile, contact: ContactRow, standing: Standing, words: str) -> Turn | None:
    """Return the turn of a YES that answers our question; None for any other words.

    It answers it if nothing else was said by us there since (C18).
    """
    if standing.is_opted_out or not opting_in.is_yes(words):
        return None
    waiting = [
        one
        for one in opting_in.list_open(contact.id, file.setting.policy, file.ledger.now)
        if one.channel == standing.channel and one.request_id
    ]
    last = outgoing.last_said_at(contact.id, file.address_lane) if waiting else ""
    meant = [one for one in waiting if one.request_id == last]
    if not meant:
        return None
    known = file.contact or contact
    file.keep_contact(opting_in.confirm(file.ledger, known, meant, source=opting_in.BY_ANSWER))
    return Turn(
        decision=Decision.REPLIED,
        reason="opt_in_confirmed",
        action="took YES as the confirmation of what they had agreed to",
        run=standing.run,
        reply=SendText(text=said_to(standing, file.setting, "opt_in_confirmed")),
    )
