"""Email through the whole house: written to, answered, bounced, ended."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from baton.channels.email.settings import EmailSettings, Security, Server
from baton.services import inboxes, mailing
from baton.services.inboxes import Wanted
from baton.services.mailing import Mailbox
from baton.store.models import Attachment, Contact, Conversation, Letter, Message, Suppression
from tests.ingress.installation import Installation
from tests.support import mail_server
from tests.support.mail_server import USER, MailServer, Taken

ANNA = "anna@example.org"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server.running() as running:
        yield running


@pytest.fixture
def mailbox(gym: Installation, server: MailServer) -> Mailbox:
    outgoing = Server(host="127.0.0.1", port=server.port, security=Security.NONE)
    settings = EmailSettings(
        sender=USER, from_name="FitLocal", outgoing=outgoing, reply_domain="reply.fit.example"
    )
    wanted = Wanted(name="Mail", settings=settings)
    inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")
    [mailbox] = mailing.list_mailboxes(gym.house)
    return mailbox


def written(
    text: str, *, sender: str = ANNA, subject: str = "Opening hours", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Anna Smith <{sender}>", USER, subject
    mail["Message-ID"] = make_msgid(domain="example.org")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def deliver(gym: Installation, mailbox: Mailbox, mail: EmailMessage | bytes) -> bool:
    """Let a message come in, and all that follows happen; return whether it was news."""
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    arrival = mailing.arrival_of(gym.house, mailbox, raw)
    is_news = arrival is not None and gym.house.engine.inbox.append([arrival]) == (True,)
    gym.step()
    return is_news


def answer_to(taken: Taken, text: str, **changes: str) -> EmailMessage:
    return written(text, **{"In_Reply_To": str(taken.parsed["Message-ID"]), **changes})


def bounce_of(taken: Taken, status: str, action: str = "failed") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: hello@fit.example\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "Message-ID: <b@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="A"\r\n\r\n'
        "--A\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n\r\n--A\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {taken.parsed['Message-ID']}\r\n\r\nhi\r\n--A--\r\n"
    ).encode()


@pytest.mark.req("C1", "DI12")
def test_a_question_is_answered_in_its_thread_and_once(
    gym: Installation, mailbox: Mailbox, server: MailServer
) -> None:
    question = written("What time do you open on Saturday?\n\n-- \nAnna\n")
    assert deliver(gym, mailbox, question)
    assert not deliver(gym, mailbox, question)  # by another way, or again
    [reply] = server.taken
    assert reply.recipients == [ANNA]
    mail = reply.parsed
    assert mail["Subject"] == "Re: Opening hours"
    assert mail["In-Reply-To"] == question["Message-ID"]
    assert mail["Auto-Submitted"] == "auto-replied"
    assert "List-Unsubscribe" not in mail  # they asked
    assert Message.objects.get(author="contact").delivery == "received"
    assert Message.objects.get(author="bot").delivery == "sent"
    deliver(gym, mailbox, answer_to(reply, "Thanks! And on Sunday?", subject="Re: Opening hours"))
    assert (Contact.objects.count(), Conversation.objects.count()) == (1, 1)
    assert server.taken[1].parsed["Subject"] == "Re: Opening hours"  # one Re: alone
    assert not deliver(gym, mailbox, written("hello me", sender=USER))  # our own mail


def test_who_answers_from_another_address_is_heard_where_it_belongs(
    gym: Installation, mailbox: Mailbox, server: MailServer
) -> None:
    deliver(gym, mailbox, written("What time do you open on Saturday?"))
    work = "a.smith@work.example"
    deliver(gym, mailbox, answer_to(server.taken[0], "Which classes are there?", sender=work))
    assert Contact.objects.count() == 1
    assert Letter.objects.filter(is_from_stranger=True).count() == 1
    assert server.taken[1].recipients == [ANNA]  # who was written to before
    # A mark that nobody was sent is a guess: its writer is a contact of their own.
    forged = f"<{'0' * 32}.{'0' * 16}@fit.example>"
    deliver(gym, mailbox, written("hi, what are your hours?", sender=work, In_Reply_To=forged))
    assert Contact.objects.count() == 2


@pytest.mark.req("C1")
def test_machines_are_kept_and_never_answered(
    gym: Installation, mailbox: Mailbox, server: MailServer
) -> None:
    deliver(gym, mailbox, written("What time do you open on Saturday?"))
    [reply] = server.taken
    away = answer_to(reply, "I am away. STOP", Auto_Submitted="auto-replied")
    assert deliver(gym, mailbox, away)
    news = written("Buy now", sender="news@shop.example", Precedence="bulk", List_Id="<x>")
    assert deliver(gym, mailbox, news)
    assert len(server.taken) == 1
    assert Letter.objects.filter(is_automatic=True).count() == 2
    assert Message.objects.filter(author="contact").count() == 3
    assert not Contact.objects.exclude(opted_out="").exists()  # a machine's STOP is none


@pytest.mark.req("P18")
@pytest.mark.parametrize(
    ("told", "fate"),
    [
        (("5.1.1", "failed"), ("failed", "unknown_address")),
        (("5.2.2", "failed"), ("failed", "mailbox_full")),
        (("4.4.7", "failed"), ("failed", "no_route")),
        (("4.4.1", "delayed"), ("sent", "")),
        (("2.0.0", "delivered"), ("delivered", "")),
    ],
)
def test_a_bounce_tells_of_its_message(
    gym: Installation,
    mailbox: Mailbox,
    server: MailServer,
    told: tuple[str, str],
    fate: tuple[str, str],
) -> None:
    deliver(gym, mailbox, written("What time do you open on Saturday?"))
    for _again in range(2):
        deliver(gym, mailbox, bounce_of(server.taken[0], *told))
    sent = Message.objects.get(author="bot")
    assert (sent.delivery, sent.delivery_reason) == fate
    is_hard = fate[1] == "unknown_address"
    assert Suppression.objects.filter(lifted_at=None).exists() is is_hard
    assert len(server.taken) == 1  # no bounce is answered
    deliver(gym, mailbox, written("Are you there? What are the prices?"))
    assert not Suppression.objects.filter(lifted_at=None).exists()  # the address works


def test_files_are_kept_with_the_message(gym: Installation, mailbox: Mailbox) -> None:
    mail = written("Here is the form.")
    mail.add_attachment(
        b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="pdf", filename="f.pdf"
    )
    mail.add_attachment(b"MZ\x90\x00" * 9, maintype="image", subtype="png", filename="photo.png")
    deliver(gym, mailbox, mail)
    message = Message.objects.get(author="contact")
    states = dict(Attachment.objects.filter(message_id=message.id).values_list("state", "kind"))
    assert "kept" in states
    assert "refused" in states  # a program is no picture


def test_mail_to_nobody_here_is_known(
    gym: Installation, mailbox: Mailbox, server: MailServer
) -> None:
    deliver(gym, mailbox, written("What time do you open on Saturday?"))
    known = str(server.taken[0].parsed["Reply-To"]).split("<")[1].rstrip(">")
    assert mailing.find_mailbox(gym.house, USER.upper()) == mailbox
    assert mailing.find_mailbox(gym.house, known) == mailbox
    guessed = f"reply+{'0' * 32}.{'0' * 16}@reply.fit.example"
    elsewhere = known.replace("reply.fit", "fit")
    for stranger in ("x@fit.example", elsewhere, guessed, "", "reply+@reply.fit.example"):
        assert mailing.find_mailbox(gym.house, stranger) is None
