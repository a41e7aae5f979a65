"""A mailbox over IMAP, on a real server: what is new, once, and marked when it is stored."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baton.channels.email import imap, parsing
from baton.channels.email.imap import Mailbox, Place
from baton.channels.email.session import NoSessionError
from baton.channels.email.settings import Security, Server
from baton.config.clock import SystemClock
from tests.support import imap_server
from tests.support.certificates import self_signed
from tests.support.imap_server import PASSWORD, USER, ImapServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ImapServer]:
    with imap_server.running(self_signed(tmp_path)) as running:
        yield running


def mailbox(
    server: ImapServer,
    folder_of_trust: Path,
    *,
    password: str = PASSWORD,
    folder: str = "INBOX",
    security: Security = Security.STARTTLS,
) -> Mailbox:
    return Mailbox(
        server=Server(
            host="127.0.0.1", port=server.port, security=security, user=USER, password=password
        ),
        folder=folder,
        trust=ssl.create_default_context(cafile=str(folder_of_trust / "server.pem")),
        patience=5,
    )


def read(box: Mailbox, since: Place | None, take: Callable[[bytes], None]) -> Place:
    """Read with the day on which the server itself dates what comes in."""
    return box.read_new(since, take, today=SystemClock().now().date())


def a_mail(number: int) -> bytes:
    return b"From: anna@example.org\r\nSubject: %d\r\n\r\nHello\r\n" % number


@pytest.mark.req("C1", "DI12")
def test_what_is_new_is_read_once_and_marked_when_it_is_stored(
    server: ImapServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(server, tmp_path)
    server.put(a_mail(0))
    begun = read(box, None, lambda _raw: pytest.fail("of years ago"))
    for number in (1, 2, 3):
        server.put(a_mail(number))
    taken: list[bytes] = []

    def take(raw: bytes) -> None:
        if len(taken) == 2:
            raise OSError  # the database has gone
        taken.append(raw)

    with pytest.raises(NoSessionError):
        read(box, begun, take)
    assert server.flags() == [False, True, True, False]
    place = read(box, begun, taken.append)  # again: whoever takes them knows the first two
    assert taken == [a_mail(1), a_mail(2), a_mail(1), a_mail(2), a_mail(3)]
    assert server.flags() == [False, True, True, True]
    assert read(box, place, lambda _raw: pytest.fail("nothing is new")) == place

    # Another folder under the old name: what is unread there, and no more.
    taken.clear()
    read(box, Place(validity=place.validity + 1, last=99), taken.append)
    assert taken == [a_mail(0)]

    # More than a look takes waits for the next, and too large a message is told by its head.
    monkeypatch.setattr(imap, "BATCH", 1)
    monkeypatch.setattr(parsing, "MAX_BYTES", 100)
    server.put(a_mail(4) + b"x" * 200)
    server.put(a_mail(5))
    taken.clear()
    later = read(box, place, taken.append)
    assert b"Subject: 4" in taken[0]
    assert b"too large" in taken[0]
    assert b"xxx" not in taken[0]
    read(box, later, taken.append)
    assert taken[1:] == [a_mail(5)]


@pytest.mark.req("P6")
def test_what_is_wrong_is_told_in_plain_words(server: ImapServer, tmp_path: Path) -> None:
    assert mailbox(server, tmp_path).find_problem() == ""
    wrong = mailbox(server, tmp_path, password="x").find_problem()
    assert wrong == "127.0.0.1 does not accept this user with this password."
    assert "no folder “Nope”" in mailbox(server, tmp_path, folder="Nope").find_problem()
    at_once = mailbox(server, tmp_path, security=Security.TLS).find_problem()
    assert "no TLS from the first byte" in at_once
    assert "Nothing listens" in mailbox(ImapServer(port=9), tmp_path).find_problem()
    untrusted = mailbox(server, tmp_path)
    stranger = Mailbox(
        server=untrusted.server, folder="INBOX", trust=ssl.create_default_context(), patience=5
    )
    assert "certificate" in stranger.find_problem()
