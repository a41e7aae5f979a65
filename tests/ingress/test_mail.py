"""Email through the whole house: written to, answered, bounced, ended."""

import asyncio
import html
import queue
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import msgspec
import pytest
from django.db import connection
from httpx import Client

from baton.channels.email import parsing
from baton.channels.email.settings import EmailSettings, Security, Server
from baton.ingress.gatehouse import Gatehouse
from baton.ingress.mail_door import DoorSettings, open_door
from baton.services.delivery import letters
from baton.services.delivery.letters import Use
from baton.services.desk import channel_desk
from baton.services.doors import mailing
from baton.services.doors.mail_poll import MailPoll
from baton.services.doors.mailing import Mailbox
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.store.models import (
    Attachment,
    Consent,
    Contact,
    Conversation,
    Letter,
    MailPlace,
    Message,
    Suppression,
)
from tests.ingress.installation import Installation
from tests.support import imap_server, mail_server
from tests.support.certificates import self_signed
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


@pytest.mark.req("DI4")
def test_who_forges_a_sender_is_kept_apart_and_answered_by_nobody(
    gym: Installation, mailbox: Mailbox, server: MailServer
) -> None:
    deliver(gym, mailbox, written("What time do you open on Saturday?"))
    checking = replace(
        mailbox, settings=msgspec.structs.replace(mailbox.settings, trusted_server="mx.fit.example")
    )
    failed = "mx.fit.example; dmarc=fail header.from=example.org"
    forged = answer_to(server.taken[0], "STOP", Authentication_Results=failed)
    assert deliver(gym, checking, forged)
    assert len(server.taken) == 1
    assert not Contact.objects.exclude(opted_out="").exists()
    [letter] = Letter.objects.filter(is_disproved=True)
    assert letter.conversation_id != Conversation.objects.earliest("id").id
    passed = "mx.fit.example; dmarc=pass header.from=example.org"
    deliver(gym, checking, written("And on Sunday?", Authentication_Results=passed))
    assert (Contact.objects.count(), len(server.taken)) == (2, 2)
    # A forgery that comes first under the name of the real message does not stand in its way.
    real = written("Hm", Authentication_Results=passed)
    forgery = written("Hm", Authentication_Results=failed)
    forgery.replace_header("Message-ID", real["Message-ID"])
    assert deliver(gym, checking, forgery)
    assert deliver(gym, checking, real)


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


@pytest.mark.req("C1")
def test_a_mailbox_is_looked_into_every_few_seconds(
    gym: Installation, mailbox: Mailbox, server: MailServer, tmp_path: Path
) -> None:
    with imap_server.running(self_signed(tmp_path)) as box:
        settings = msgspec.structs.replace(
            mailbox.settings,
            incoming=Server(
                host="127.0.0.1", port=box.port, security=Security.NONE,
                user=imap_server.USER, password=imap_server.PASSWORD,
            ),
        )  # fmt: skip
        wanted = Wanted(name="Mail", settings=settings, inbox_id=mailbox.inbox_id)
        inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")
        polls = [MailPoll(house=gym.house, owner=owner) for owner in ("one", "two")]

        def look() -> int:
            gym.pass_time(15)
            return sum(poll.run_once() for poll in polls)

        box.put(written("of years ago").as_bytes())
        assert look() == 0
        box.put(written("What time do you open on Saturday?").as_bytes())
        assert [poll.run_once() for poll in polls] == [0, 0]  # not yet
        assert look() == 1
        assert look() == 0
        gym.step()
        assert len(server.taken) == 1
        assert box.flags() == [False, True]
    look()
    problem = MailPlace.objects.get()
    assert "Nothing listens" in problem.problem
    lines = channel_desk.list_lines(gym.house, gym.workspace.id)
    assert [line.problem for line in lines] == ["", problem.problem]
    since = problem.problem_at
    look()
    assert MailPlace.objects.get().problem_at == since


@pytest.mark.req("C1", "P6")
@pytest.mark.usefixtures("mailbox")
def test_mail_comes_straight_from_other_servers(
    gym: Installation, server: MailServer, tmp_path: Path
) -> None:
    door = DoorSettings(host="127.0.0.1", port=0, tls=self_signed(tmp_path))
    trust = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    question = written("What time do you open on Saturday?")
    with standing(gym, door) as port, smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
        session.starttls(context=trust)
        assert session.send_message(question) == {}
        assert session.send_message(question) == {}  # a server that tries again
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            session.sendmail(ANNA, ["someone@elsewhere.example"], b"Subject: relay\r\n\r\nhi")
        huge = b"Subject: x\r\n\r\n" + b"x" * (parsing.MAX_BYTES + 1)
        with pytest.raises(smtplib.SMTPException):
            session.sendmail(ANNA, [USER], huge)
    gym.step()
    assert [one.recipients for one in server.taken] == [[ANNA]]
    # A bounce comes from nobody, to the address that names its message.
    known = str(server.taken[0].parsed["Reply-To"]).split("<")[1].rstrip(">")
    told = b"From: mailer-daemon@mx.example\r\n\r\n550 5.1.1 User unknown"
    with standing(gym, door) as port, smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
        session.sendmail("", [known], told)
    gym.step()
    assert Message.objects.get(author="bot").delivery_reason == "unknown_address"


@pytest.mark.usefixtures("mailbox")
def test_who_sends_mail_comes_again_when_the_database_is_away(gym: Installation) -> None:
    door = DoorSettings(host="127.0.0.1", port=0)
    with standing(gym, door) as port, smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
        session.ehlo()
        session.mail(ANNA)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE store_inbox RENAME TO away")
        try:
            code, said = session.rcpt(USER)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE away RENAME TO store_inbox")
        assert (code, b"away" in said, b"inbox" in said) == (451, False, False)
        assert session.rcpt(USER)[0] == 250


def test_nobody_holds_all_lines_of_the_door(gym: Installation) -> None:
    door = DoorSettings(host="127.0.0.1", port=0)
    with standing(gym, door) as port, ExitStack() as lines:
        heard = []
        for _line in range(21):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            heard.append(line.recv(3))
        assert heard == [b"220"] * 20 + [b""]


@contextmanager
def standing(gym: Installation, door: DoorSettings) -> Iterator[int]:
    """Open the door as the server does, in a loop of its own."""
    ports: queue.Queue[int] = queue.Queue()

    async def stand(stop: asyncio.Event) -> None:
        gatehouse = Gatehouse(gym.house)
        gatehouse.open()
        async with open_door(gatehouse, door) as port:
            ports.put(port)
            await stop.wait()
        await asyncio.to_thread(gatehouse.close)

    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(stand(stop),))
    thread.start()
    try:
        yield ports.get(timeout=5)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@pytest.mark.req("P1", "P18")
def test_one_click_ends_all_email(
    gym: Installation, mailbox: Mailbox, server: MailServer, client: Client
) -> None:
    deliver(gym, mailbox, written("What time do you open on Saturday?"))
    sent = Message.objects.get(author="bot")
    link = letters.unsubscribe_url_of(gym.house, sent.id).removeprefix(gym.house.base_url)
    shown = client.get(link)
    assert "Unsubscribe from all email" in shown.text
    assert f"{html.escape(gym.workspace.name)} sends you no more email" in shown.text
    assert "script" not in shown.headers["content-security-policy"]
    gym.step()
    assert not Consent.objects.filter(is_granted=False).exists()  # a look ends nothing
    for _again in range(2):
        answer = client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    gym.step()
    ended = Consent.objects.get(is_granted=False)
    assert (ended.channel, ended.purpose, ended.evidence) == ("email", "all", sent.id)
    assert ended.source == "one click in the mail program"
    assert Contact.objects.get().opted_out == "email"
    answer_mark = letters.mark(gym.house, Use.ANSWER, sent.id)  # seen in every quoted answer
    for other in (answer_mark, f"{'0' * 32}.{'0' * 16}", "x", link[3:-1]):
        assert client.get(f"/u/{other}").status_code == 404
        assert client.post(f"/u/{other}").status_code == 404
    deliver(gym, mailbox, written("What are your prices?"))
    assert len(server.taken) == 1  # nothing after it
    deliver(gym, mailbox, written("START"))
    assert Contact.objects.get().opted_out == ""
