"""What is learned of who a contact is: by the business's site, by their own word, by their ways.

Each may make them one of a segment, and what a segment starts follows at once.
"""

from msgspec.structs import replace

from baton.flows.scene import Happened
from baton.flows.trigger import TriggerKind
from baton.services import arrivals
from baton.services.conversation import conversations
from baton.services.conversation.case_file import CaseFile
from baton.services.conversation.sequel import Sequel
from baton.services.doors import continuation, notifying
from baton.services.facts import AddressLeft, ChurnScored, ContactIdentified
from baton.services.people import churn_marks, contacts
from baton.services.workspace import schedules
from baton.services.workspace.connections import PUSH
from baton.store.queries import people
from baton.store.rows import ContactRow

_ANOTHERS = (
    "They asked to be answered at an address that another contact is known by. "
    "Nothing is sent there: ask who they are first."
)


def identify(file: CaseFile, sequel: Sequel, fact: ContactIdentified) -> None:
    """Take over what the business's own site vouched for."""
    is_new = file.contact is None
    known = file.known_contact(fact, "", is_verified=True)
    if not is_new:
        people.note_verified(file.workspace_id, file.address_lane, file.ledger.now)
    file.entrance = (fact.channel, fact.inbox_id)
    contact = contacts.renamed(file.ledger, known, fact.name)
    keyset = file.ledger.house.keyset
    file.keep_contact(
        replace(
            contact,
            is_identified=True,
            external_id=keyset.fingerprint(f"external:{file.workspace_id}", fact.external_id),
            membership=fact.membership,  # as vouched for now, also when it has lapsed
        )
    )
    subject = f"contact:{contact.id}"
    seen_as = _who_was(file, fact)
    before = {"before": f"contact:{seen_as}"} if seen_as not in ("", contact.id) else {}
    file.ledger.audit(file.workspace_id, subject, "identified", subject, **before)
    _enter_segments(file, sequel, known, file.contact or contact, fact.channel)


def note_left(file: CaseFile, fact: AddressLeft) -> None:
    """Keep an address that a visitor left to be answered at; tell people of another's."""
    contact = file.known_contact(fact, "", is_verified=False)
    if fact.left_channel == PUSH:
        file.keep_contact(notifying.take(file.ledger, contact, fact))
    elif not continuation.take(file.ledger, contact, fact) and file.conversation:
        conversations.add_note(file.ledger, file.conversation, _ANOTHERS)
    file.ledger.ring(f"workspace:{file.workspace_id}")


def take_score(file: CaseFile, sequel: Sequel, fact: ChurnScored) -> None:
    """Mark a contact as the daily scoring found them, and start what follows from it."""
    known = file.contact
    if known is not None:
        file.keep_contact(churn_marks.marked(file.ledger, known, fact))
        channel, _inbox, _lane = people.entrance_of(known.id)
        _enter_segments(file, sequel, known, file.contact or known, channel)


def _who_was(file: CaseFile, fact: ContactIdentified) -> str:
    """Return as whom a browser was known before somebody signed in there, "" for nobody.

    It is noted and never acted on: whether they are the same is for a person to say.
    """
    if not fact.seen_as:
        return ""
    keyset = file.ledger.house.keyset
    lane = arrivals.lane_of(keyset, file.workspace_id, fact.channel, fact.seen_as)
    return people.contact_at(file.workspace_id, lane)


def _enter_segments(
    file: CaseFile, sequel: Sequel, before: ContactRow, now: ContactRow, channel: str
) -> None:
    """Start the flows of the segments that a contact has just become one of."""
    for flow, _version in file.setting.library.started_by(TriggerKind.SEGMENT):
        was, is_now = (
            schedules.belongs(file.ledger, contact, channel, flow, file.setting)
            for contact in (before, now)
        )
        if is_now and not was:
            sequel.start_all(TriggerKind.SEGMENT, Happened(event=flow.name))
