"""Email out, over a real server on loopback: what it says decides what may follow."""

import base64
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from baton.channels import Letterhead, Outgoing, OutgoingFile
from baton.channels.email.adapter import SmtpEmail
from baton.channels.email.settings import EmailSettings, Security, Server, problems_with
from baton.runtime.ports import Again, Done, Outcome, Park, Refused, Unknown
from tests.support import mail_server
from tests.support.certificates import self_signed
from tests.support.mail_server import PASSWORD, USER, MailServer

MESSAGE = "0123456789abcdef0123456789abcdef"
TAG = f"{MESSAGE}.fedcba9876543210"
TRUST = ssl.create_default_context()
HEAD = Letterhead(tag=TAG, subject="Héllo, a class", sent_at=datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server.running() as running:
        yield running


def plain_server(port: int, **changes: Any) -> Server:
    given = {"host": "127.0.0.1", "port": port, "security": Security.NONE}
    return Server(**{**given, **changes})


def settings_for(port: int, **changes: Any) -> EmailSettings:
    given = {"sender": USER, "from_name": "FitLocal", "outgoing": plain_server(port)}
    return EmailSettings(**{**given, **changes})


def adapter(port: int, **changes: Any) -> SmtpEmail:
    return SmtpEmail(settings=settings_for(port, **changes), trust=TRUST, patience=0.3)


def a_message(text: str = "Do you come?\n.\n.. on Tuesday", **changes: Any) -> Outgoing:
    given = {
        "message_id": MESSAGE, "lane": "l", "text": text, "choices": (),
        "address": "anna@example.org", "letterhead": HEAD,
    }  # fmt: skip
    return Outgoing(**{**given, **changes})


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def outcome(server: MailServer, **answers: str) -> Outcome:
    server.answers = answers
    return adapter(server.port).send(a_message())


@pytest.mark.req("C1")
def test_a_message_goes_out_once_under_a_name_that_stays(server: MailServer) -> None:
    channel = adapter(server.port)
    for _again in range(2):
        assert channel.send(a_message()) == Done(receipt=MESSAGE)
    first, second = server.taken
    assert first.raw == second.raw  # a retry is the same message
    assert (first.sender, first.recipients) == (USER, ["anna@example.org"])
    mail = first.parsed
    assert mail["Message-ID"] == f"<{TAG}@fit.example>"
    assert (mail["Subject"], mail["From"]) == ("Héllo, a class", f"FitLocal <{USER}>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail
    assert body(mail, "plain") == "Do you come?\n.\n.. on Tuesday\n"
    assert "<br>.<br>" in body(mail, "html")
    assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"RCPT": "450 4.2.0 Greylisted, try again"}, Again),
        ({"MAIL": "421 4.7.0 Too many connections"}, Again),
        ({"DATA": "451 4.3.0 Not now"}, Again),
        ({"RCPT": "drop"}, Again),  # nothing of the message was said yet
        ({"RCPT": "hang"}, Again),
        ({"MAIL": "550 5.7.1 Sender not yours"}, Park),
        ({"RCPT": "554 5.7.1 <a@b>: Relay access denied"}, Park),
        ({"DATA": "drop"}, Unknown),
        ({"DATA": "hang"}, Unknown),
        ({"DATA": "220 what"}, Unknown),
    ],
)
@pytest.mark.req("DI12")
def test_what_may_follow_is_told_by_how_far_it_got(
    server: MailServer, answers: dict[str, str], expected: type[Outcome]
) -> None:
    assert isinstance(outcome(server, **answers), expected)
    assert not server.taken


@pytest.mark.parametrize(
    ("said", "reason", "code"),
    [
        ("550 5.1.1 The email account that you tried to reach does not exist",
         "unknown_address", "5.1.1"),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
         "unknown_address", "5.1.10"),
        ("550 No such user here", "unknown_address", "550"),
        ("552 5.2.2 Over quota", "mailbox_full", "5.2.2"),
        ("550 5.7.1 Message rejected as spam", "blocked", "5.7.1"),
        ("554 5.4.14 Hop count exceeded", "no_route", "5.4.14"),
        ("550 Administrative prohibition", "provider_refused", "550"),
    ],
)  # fmt: skip
def test_a_no_is_final_and_says_why(server: MailServer, said: str, reason: str, code: str) -> None:
    assert outcome(server, RCPT=said) == Refused(reason=reason, code=code)


def test_a_server_that_nobody_reaches_got_nothing() -> None:
    assert isinstance(adapter(9).send(a_message()), Again)
    assert "Nothing listens" in adapter(9).check().problem
    no_name = SmtpEmail(
        settings=settings_for(25, outgoing=plain_server(25, host="nowhere.invalid")),
        trust=TRUST,
        patience=0.3,
    )
    assert "nowhere.invalid" in no_name.check().problem


def test_what_cannot_go_is_refused_without_asking() -> None:
    channel = adapter(9)
    assert channel.send(a_message("")) == Refused(reason="text_length")
    assert channel.send(a_message("x" * 50_001)) == Refused(reason="text_length")
    unusual = channel.send(a_message(address="jörg@example.org"))
    assert unusual == Refused(reason="provider_refused", code="SMTPUTF8")


@pytest.mark.req("P6")
def test_tls_is_verified_and_wrong_settings_wait_for_a_person(tmp_path: Path) -> None:
    tls = self_signed(tmp_path)
    trust = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))

    def over(server: Server, context: ssl.SSLContext | None = None) -> SmtpEmail:
        settings = settings_for(server.port, outgoing=server)
        return SmtpEmail(settings=settings, patience=2, trust=context or trust)

    with mail_server.running(tls=tls) as server:
        known = plain_server(server.port, security=Security.STARTTLS, user=USER, password=PASSWORD)
        channel = over(known)
        assert channel.check().problem == ""
        assert channel.send(a_message()) == Done(receipt=MESSAGE)
        assert server.taken[0].user == USER
        stranger = over(known, ssl.create_default_context())
        assert isinstance(stranger.send(a_message()), Again)
        assert "certificate" in stranger.check().problem
        wrong = over(plain_server(server.port, security=Security.STARTTLS, user=USER, password="x"))
        assert isinstance(wrong.send(a_message()), Park)
        assert "does not accept this user" in wrong.check().problem
        assert (
            "no TLS from the first byte"
            in over(plain_server(server.port, security=Security.TLS)).check().problem
        )
        assert len(server.taken) == 1
    with mail_server.running(tls=tls, at_once=True) as server:
        at_once = plain_server(server.port, security=Security.TLS)
        assert over(at_once).send(a_message()) == Done(receipt=MESSAGE)
    with mail_server.running() as server:
        assert isinstance(
            over(plain_server(server.port, security=Security.STARTTLS)).send(a_message()), Park
        )


@pytest.mark.req("TP10", "P18")
def test_an_unprompted_message_says_who_writes_and_is_ended_by_one_click(
    server: MailServer,
) -> None:
    head = Letterhead(
        tag=TAG, subject="Your membership", sent_at=HEAD.sent_at,
        unsubscribe_url="https://gym.example/u/token", signed_by="FitLocal, 12 Mill Lane",
    )  # fmt: skip
    text = "It ends in May.\nRenew: https://gym.example/renew?a=x&b=y\nOr <reply>."
    adapter(server.port).send(a_message(text, letterhead=head, choices=(("1", "Yes"), ("2", "No"))))
    mail = server.taken[0].parsed
    assert mail["List-Unsubscribe"] == "<https://gym.example/u/token>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, shown = body(mail, "plain"), body(mail, "html")
    assert "Reply: 1 Yes, 2 No\n\n-- \nFitLocal, 12 Mill Lane\nUnsubscribe: https://gym" in plain
    assert shown.count(">Renew</a>") == 1  # the one call to action is a button
    assert 'href="https://gym.example/renew?a=x&amp;b=y"' in shown
    assert "&lt;reply&gt;" in shown
    assert f'href="mailto:{USER}?subject=Re%3A%20Your%20membership&amp;body=1"' in shown
    assert "<script" not in shown


def test_an_answer_joins_its_thread_and_no_header_can_be_smuggled_in(server: MailServer) -> None:
    answers = tuple(f"{number:040}@mail.example" for number in range(40))
    head = Letterhead(
        tag=TAG, subject="Re: hi\r\nBcc: all@example.org", sent_at=HEAD.sent_at, answers=answers,
        is_automatic=False,
    )  # fmt: skip
    channel = adapter(server.port, reply_domain="reply.fit.example", from_name='A "B"\r\nX: y')
    channel.send(a_message(letterhead=head))
    mail = server.taken[0].parsed
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert mail["In-Reply-To"] == f"<{answers[-1]}>"
    references = str(mail["References"]).split()
    assert (references[0], references[-1]) == (f"<{answers[0]}>", f"<{answers[-1]}>")
    assert "Auto-Submitted" not in mail
    assert f"reply+{TAG}@reply.fit.example" in mail["Reply-To"]
    assert server.taken[0].sender == f"reply+{TAG}@reply.fit.example"
    assert max(len(line) for line in server.taken[0].raw.split(b"\r\n")) < 998


def test_a_signature_verifies_and_one_flipped_byte_breaks_it(server: MailServer) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    record = base64.b64encode(
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    settings = settings_for(server.port, dkim_selector="baton1", dkim_key=pem)
    assert problems_with(settings) == {}
    assert SmtpEmail(settings=settings, trust=TRUST).send(a_message()) == Done(receipt=MESSAGE)

    def told(name: bytes, timeout: int = 5) -> bytes:  # noqa: ARG001 - dkim's own form
        assert name == b"baton1._domainkey.fit.example."
        return b"v=DKIM1; k=rsa; p=" + record

    raw = server.taken[0].raw
    assert dkim.verify(raw, dnsfunc=told)
    assert not dkim.verify(raw.replace(b"Tuesday", b"Monday!"), dnsfunc=told)


def test_files_go_along_and_each_try_is_the_same_message(server: MailServer) -> None:
    channel = adapter(server.port)
    assert channel.carries("application/pdf", 1_000)
    assert not channel.carries("video/mp4", 16_000_000)
    file = OutgoingFile(name="Résumé.pdf", media_type="application/pdf", content=b"%PDF-" * 9)
    for _again in range(2):
        channel.send(a_message(files=(file,)))
    first, second = server.taken
    assert first.raw == second.raw
    [part] = first.parsed.iter_attachments()
    assert part.get_filename() == "Résumé.pdf"
    assert part.get_content() == file.content
    assert body(first.parsed, "plain").startswith("Do you come?")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("sender", {"sender": "Hello@Fit.example"}),
        ("sender", {"sender": "jörg@fit.example"}),
        ("smtp_security", {"outgoing": plain_server(25, host="mail.example.com")}),
        ("smtp_host", {"outgoing": Server(host="https://mail", port=25)}),
        ("smtp_port", {"outgoing": Server(host="mail.example.com", port=0)}),
        ("imap_password", {"incoming": Server(host="mail.example.com", port=993, user="u")}),
        ("reply_domain", {"reply_domain": "a@b"}),
        ("dkim_key", {"dkim_selector": "s", "dkim_key": "-----BEGIN"}),
        ("dkim_selector", {"dkim_key": "k"}),
        ("folder", {"folder": "A\r\nB"}),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_told_by_field(
    field: str, changes: dict[str, Any]
) -> None:
    assert list(problems_with(settings_for(25, **changes))) == [field]
