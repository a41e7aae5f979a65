"""Email seen from outside: what a message that came tells, by whichever way it came.

A mailbox and the listener bring the same messages, sometimes both: one is known again by its
Message-ID and its sender. Answers are told by the mark of the message that they answer, which
only its reader has; everything else is known by its sender's address.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from baton.channels.email import parsing, smtp_codes
from baton.channels.email.authentication import is_disproved
from baton.channels.email.parsing import ArrivingMail
from baton.channels.email.reports import Report, ReportKind
from baton.channels.email.settings import EmailSettings
from baton.core.delivery import Delivery, Undelivered
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.delivery import attachments, letters
from baton.services.delivery.attachments import Upload
from baton.services.delivery.letters import Use
from baton.services.facts import ArrivingFile, DeliveryReported, LetterTold, MessageReceived
from baton.services.house import House
from baton.services.workspace import inboxes
from baton.services.workspace.connections import EMAIL
from baton.services.workspace.standards import standards_cache
from baton.store.models import Inbox
from baton.store.queries import letters as stored

WORDLESS = "[an email without words]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One connected mailbox."""

    inbox_id: str
    workspace_id: str
    settings: EmailSettings
    coalesce_window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a message belongs: an address's lane, and that address."""

    lane: str
    address: str
    is_from_stranger: bool = False
    is_disproved: bool = False


def list_mailboxes(house: House) -> tuple[Mailbox, ...]:
    """Return every mailbox that is connected, the oldest first."""
    rows = Inbox.objects.filter(channel=EMAIL).exclude(settings_sealed=b"").order_by("id")
    found = []
    for row in rows:
        settings = inboxes.settings_of(house, row)
        if isinstance(settings, EmailSettings):
            found.append(
                Mailbox(
                    inbox_id=row.id,
                    workspace_id=row.workspace_id,
                    settings=settings,
                    coalesce_window=standards_cache(house)
                    .standards_of(row.workspace_id)
                    .policy.coalesce_window,
                )
            )
    return tuple(found)


def find_mailbox(house: House, address: str) -> Mailbox | None:
    """Return the mailbox that mail to an address is for, None when it is for nobody here."""
    local, _, domain = address.lower().rpartition("@")
    marked = letters.find_marked(house, Use.ANSWER, local)
    for mailbox in list_mailboxes(house):
        if address.lower() == mailbox.settings.sender:
            return mailbox
        if marked and domain == mailbox.settings.reply_domain:
            return mailbox
    return None


def arrival_of(house: House, mailbox: Mailbox, raw: bytes) -> Arrival | None:
    """Return what a message tells as a fact, and keep its files.

    None for what tells nothing: our own mail, a report of nobody's message, a message known
    already, or one from nowhere.
    """
    mail = parsing.parse(raw)
    if mail.report:
        return _report_arrival(house, mailbox, mail, mail.report)
    place = _place_of(house, mailbox, mail)
    if place is None or mail.sender == mailbox.settings.sender:
        return None
    key = _key_of(house, mailbox, mail, raw, is_disproved=place.is_disproved)
    if stored.is_fact_known(mailbox.workspace_id, key):
        return None
    files = _files(house, mailbox, place, mail)
    text = attachments.words_of(mail.text or ("" if files else WORDLESS), files)
    fact = MessageReceived(
        channel=EMAIL,
        inbox_id=mailbox.inbox_id,
        address=place.address,
        text=text,
        name="" if place.is_from_stranger or place.is_disproved else mail.sender_name,
        files=files,
        letter=LetterTold(
            subject=mail.subject,
            name=mail.name,
            is_automatic=mail.is_automatic,
            is_from_stranger=place.is_from_stranger,
            is_disproved=place.is_disproved,
        ),
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=mailbox.workspace_id,
        lane=place.lane,
        dedupe_key=key,
        received_at=house.clock.now(),
        delay=mailbox.coalesce_window,
    )


def _place_of(house: House, mailbox: Mailbox, mail: ArrivingMail) -> _Place | None:
    """Return where a message belongs: to what it answers, else to its sender.

    One that is not from its sender belongs to nobody who is known: who forged it is kept
    apart, at an address that no mail goes to (RFC 2606), whatever it claims to answer.
    """
    if is_disproved(mail.checks, mail.sender, mailbox.settings.trusted_server):
        nobody = f"{mail.sender}.invalid"
        lane = arrivals.lane_of(house.keyset, mailbox.workspace_id, EMAIL, nobody)
        return _Place(lane=lane, address=nobody, is_disproved=True)
    own = (
        arrivals.lane_of(house.keyset, mailbox.workspace_id, EMAIL, mail.sender)
        if mail.sender
        else ""
    )
    marked = letters.find_marked(house, Use.ANSWER, " ".join(mail.mentions))
    told = letters.find_addressee(marked) if marked else None
    if told and told.workspace_id == mailbox.workspace_id and told.address_lane != own:
        address = letters.address_at(house, told.workspace_id, told.address_lane)
        if address:
            return _Place(lane=told.address_lane, address=address, is_from_stranger=True)
    return _Place(lane=own, address=mail.sender) if own else None


def _key_of(
    house: House, mailbox: Mailbox, mail: ArrivingMail, raw: bytes, *, is_disproved: bool
) -> str:
    """Return by what a message is known again; nobody can take another's name from them."""
    name = mail.name or hashlib.sha256(raw).hexdigest()
    whose = f"not {mail.sender}" if is_disproved else mail.sender
    told = house.keyset.fingerprint(f"mail:{mailbox.workspace_id}", f"{whose} {name}")
    return f"mail:{told}"


def _files(
    house: House, mailbox: Mailbox, place: _Place, mail: ArrivingMail
) -> tuple[ArrivingFile, ...]:
    policy = standards_cache(house).standards_of(mailbox.workspace_id).policy
    return tuple(
        attachments.keep(
            house, mailbox.workspace_id, place.lane, Upload(content=file.content, name=file.name)
        )
        for file in mail.files[: policy.attachments_per_message]
    )


def _report_arrival(
    house: House, mailbox: Mailbox, mail: ArrivingMail, report: Report
) -> Arrival | None:
    """Return what became of a message of ours; None where a report names none, or no end."""
    message_id = letters.find_marked(house, Use.ANSWER, " ".join(mail.mentions))
    told = letters.find_addressee(message_id) if message_id else None
    if message_id is None or told is None or told.workspace_id != mailbox.workspace_id:
        return None
    fate = _fate_of(report)
    if fate is None:
        return None
    state, fault = fate
    fact = DeliveryReported(
        message_id=message_id,
        receipt=message_id,
        state=state.value,
        channel=EMAIL,
        fault=fault,
        code=report.code,
    )
    return arrivals.arrival_of(
        fact,
        house.keyset,
        workspace_id=mailbox.workspace_id,
        lane=told.address_lane,
        dedupe_key=f"receipt:{mailbox.inbox_id}:{message_id}:{report.kind}",
        received_at=house.clock.now(),
    )


def _fate_of(report: Report) -> tuple[Delivery, str] | None:
    match report.kind:
        case ReportKind.FAILED if report.code.startswith("4"):
            # Given up after days of trying: about the way there, not the address.
            return Delivery.FAILED, Undelivered.NO_ROUTE.value
        case ReportKind.FAILED:
            return Delivery.FAILED, smtp_codes.undelivered_of(report.said).value
        case ReportKind.COMPLAINT:
            return Delivery.DELIVERED, Undelivered.COMPLAINED.value
        case ReportKind.DELIVERED:
            return Delivery.DELIVERED, ""
        case ReportKind.DELAYED:
            return None  # it still tries; its last word follows
