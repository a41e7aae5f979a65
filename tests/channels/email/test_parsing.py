"""Email as it comes: what real clients and servers write, and what nobody should."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.channels.email import parsing, plaintext, reply
from baton.channels.email.parsing import UNREADABLE, ArrivingMail, parse
from baton.channels.email.reports import ReportKind
from baton.core import text as texts

MAILS = Path(__file__).parent / "mails"
MARK = "0123456789abcdef0123456789abcdef.fedcba9876543210"


def mail(name: str) -> ArrivingMail:
    return parse((MAILS / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    ("name", "sender", "subject", "text"),
    [
        ("gmail-reply", "anna@gmail.example", "Re: Your class on Tuesday",
         "Yes, Tuesday is fine 👍"),
        ("outlook-reply", "anna@corp.example", "RE: Your membership",
         "Please cancel it \u2013 I\u2019m moving away."),
        ("outlook-german", "joerg@firma.example", "AW: Termin",
         "Können wir verschieben?\n\nMit freundlichen Grüßen\nJörg"),
        ("apple-mail", "anna@icloud.example", "Re: Hello", "Ok!"),
        ("inline-answers", "anna@example.org", "Re: Questions", "Yes, I do.\nTwo of us."),
        ("html-only", "anna@example.org", "Question",
         "When do you open on Saturday?\n\n- yoga\n- pool & sauna"),
        ("japanese", "yamada@example.jp", "予約の変更", "予約を変更したいです。"),
        ("subject-alone", "anna@example.org", "STOP", "STOP"),
        ("wrong-charset", "anna@example.org", "café", "Un café s'il vous plaît"),
    ],
)  # fmt: skip
@pytest.mark.req("C1")
def test_what_people_write(name: str, sender: str, subject: str, text: str) -> None:
    read = mail(name)
    assert (read.sender, read.subject, read.text) == (sender, subject, text)
    assert not read.is_automatic
    assert read.report is None
    assert read.name
    assert "hello@fit.example" in read.recipients


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("Am Mo., 2. März 2026 um 10:00 Uhr schrieb FitLocal <a@b.example>:", "Ja"),
        ("El lun, 2 mar 2026 a las 10:00, FitLocal (<a@b.example>) escribió:", "Ja"),
        ("Le lun. 2 mars 2026 à 10:00, FitLocal <a@b.example> a écrit :", "Ja"),
        ("Em seg., 2 de mar. de 2026 às 10:00, FitLocal <a@b.example> escreveu:", "Ja"),
        ("Op ma 2 mrt 2026 om 10:00 schreef FitLocal <a@b.example>:", "Ja"),
        ("2026-03-02 10:00 GMT, FitLocal wrote:", "Ja"),
        ("On Mon, 2 Mar 2026 at 10:00, FitLocal Riverside\n<a@b.example>\nwrote:", "Ja"),
        ("I wrote to you on Monday:", None),  # a person's own words
    ],
)
def test_what_stands_above_a_quotation_goes_with_it(above: str, expected: str | None) -> None:
    cut = reply.cut(f"Ja\n{above}\n\n> Kommen Sie?\n> 1 Ja, 2 Nein\n")
    assert cut == (expected or f"Ja\n{above}")


@pytest.mark.parametrize(
    "text",
    [
        "Can you send my regards to the trainer? On Monday I wrote to you.",
        "From: Monday on I am away.\nTo: whom may I give my locker?",
        "> only a quotation",
        "--\nlooks like a signature and nothing else",
        "I read:\n- one\n-- \n",
    ],
)
def test_no_word_of_a_person_is_lost(text: str) -> None:
    assert reply.cut(text).splitlines()[0] == text.strip().splitlines()[0]


def test_files_come_with_their_names_and_logos_stay_out() -> None:
    read = mail("attachments")
    assert read.text == "Here it is."
    assert [(file.name, file.content) for file in read.files] == [
        ("Résumé.pdf", b"%PDF-1.4\n"),
        ("notes.txt", b"A note."),
    ]


@pytest.mark.parametrize("name", ["out-of-office", "newsletter", "bounce-postfix", "bounce-exim"])
def test_machines_are_known_as_such(name: str) -> None:
    assert mail(name).is_automatic


def test_an_answer_names_the_message_that_it_answers() -> None:
    assert mail("gmail-reply").mentions == (MARK,)
    assert mail("out-of-office").mentions == (MARK,)
    assert mail("out-of-office").report is None


@pytest.mark.parametrize(
    ("name", "kind", "code", "said"),
    [
        ("bounce-postfix", ReportKind.FAILED, "5.1.1", "User unknown"),
        ("bounce-exchange", ReportKind.FAILED, "5.2.2", "mailbox full"),
        ("bounce-exim", ReportKind.FAILED, "", "No such user"),
        ("bounce-delayed", ReportKind.DELAYED, "4.4.1", ""),
        ("complaint", ReportKind.COMPLAINT, "", ""),
    ],
)
def test_servers_tell_what_became_of_a_message(
    name: str, kind: ReportKind, code: str, said: str
) -> None:
    read = mail(name)
    assert read.report is not None
    assert (read.report.kind, read.report.code) == (kind, code)
    assert said in read.report.said
    assert MARK in read.mentions


NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2_000)
)
HOSTILE = {
    "nothing": b"",
    "noise": bytes(range(256)) * 200,
    "nested": b"From: a@example.org\r\n" + NESTED,
    "messages": b"From: a@example.org\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
    "a huge header": b"From: a@example.org\r\nX: " + b"y" * 5_000_000 + b"\r\n\r\nhi",
    "many headers": b"From: a@example.org\r\n" + b"X: y\r\n" * 300_000 + b"\r\nhi",
    "many recipients": b"To: " + b"a@example.org, " * 200_000 + b"\r\n\r\nhi",
    "encoded words": b"Subject: " + b"=?utf-8?q?=?=" * 50_000 + b"\r\n\r\nhi",
    "one endless line": b"From: a@example.org\r\n\r\n" + b"On " * 500_000,
    "many quotes": b"From: a@example.org\r\n\r\n" + b"On Monday x wrote:\n> a\n" * 50_000,
    "open tags": b"Content-Type: text/html\r\n\r\n" + b"<a " * 100_000 + b"<!--" * 100_000,
    "hidden tags": b"Content-Type: text/html\r\n\r\n" + b"<style>" * 60_000,
    "broken base64": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A=\xff" * 100_000,
    "a slow charset": b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 100_000,
    "no charset": b"Content-Type: text/plain; charset=zlib\r\n\r\nhi",
    "comments in comments": b"From: " + b"(" * 3_900 + b"\r\nTo: " + b"(" * 3_900 + b"\r\n\r\nhi",
    "a name of no charset": b"Content-Type: a/b; name*=utf-8\x00''%41\r\n\r\nhi",
    "a name in too many parts": b"Content-Disposition: a; filename*"
    + b"9" * 5_000
    + b"=a\r\n\r\nhi",
    "a name twice": b"Content-Disposition: a; filename*=a; filename*0*=b\r\n\r\nhi",
    "a message of odd bytes": (
        b"Content-Type: message/rfc822\r\n\r\n"
        b"Content-Type: multipart/mixed; boundary=\xff\r\n\r\n--\xff\r\n\r\n\xff\r\n"
    ),
    "endless parameters": (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
        b"Content-Type: multipart/mixed" + b";" * 20_000_000 + b"\r\n\r\nhi\r\n--a--\r\n"
    ),
    "much": b"From: a@example.org\r\n\r\n" + b"x" * (parsing.MAX_BYTES + 1),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_mail_is_bounded(raw: bytes) -> None:
    assert_bounded(parse(raw))


def assert_bounded(read: ArrivingMail) -> None:
    assert len(read.text) <= texts.MAX_MESSAGE_CHARACTERS
    assert not read.text or texts.problem_with(read.text) is None
    assert len(read.subject) <= 200
    assert "\n" not in read.subject + read.sender_name
    assert len(read.files) <= 20
    assert len(read.mentions) <= 50


def test_what_is_nested_beyond_reason_is_told_with_its_sender() -> None:
    read = parse(HOSTILE["nested"])
    assert (read.sender, read.text) == ("a@example.org", UNREADABLE)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    assert_bounded(parse(raw))


PIECES = st.sampled_from([path.read_bytes() for path in sorted(MAILS.glob("*.eml"))])


@settings(max_examples=60)
@given(PIECES, st.integers(0, 2_000), st.binary(max_size=20), st.integers(0, 50))
def test_broken_real_mail_is_read(whole: bytes, at: int, noise: bytes, lost: int) -> None:
    assert_bounded(parse(whole[:at] + noise + whole[at + lost :]))


@given(st.text(alphabet="<>/!-ab liqp&;# \n", max_size=200))
def test_any_html_is_read(source: str) -> None:
    assert "<script" not in plaintext.text_of(source)
