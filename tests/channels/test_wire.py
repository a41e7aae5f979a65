"""The wire asks once, on connections that stand, and knows what can have left."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from baton.channels import NotSentError, Request, UnclearError
from baton.channels.wire import Wire
from tests.nlu.outside.server import Server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def a_server(
    answers: Sequence[Sequence[bytes]], closed: threading.Event | None = None
) -> Iterator[str]:
    """Answer each connection with its pieces, one a request, then close it and tell so."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for pieces in answers:
                connection, _ = listening.accept()
                with connection:
                    for piece in pieces:
                        while not connection.recv(65_536).endswith(b"x"):
                            """The body comes last."""
                        connection.sendall(piece)
                if closed:
                    closed.set()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/a"
        thread.join()


def request(url: str, **headers: str) -> Request:
    return Request(method="POST", url=url, body=b"x", headers=headers)


def test_a_connection_serves_again_while_it_stands(wire: Wire) -> None:
    with a_server([[OK, OK]]) as url:
        assert [wire.ask(request(url)).body for _ in range(2)] == [b"ok", b"ok"]


def test_a_connection_that_was_closed_meanwhile_is_not_asked(wire: Wire) -> None:
    closed = threading.Event()
    with a_server([[OK], [OK]], closed) as url:
        assert wire.ask(request(url)).status == 200
        assert closed.wait(20)
        assert wire.ask(request(url)).status == 200


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 nothing\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n",
        b"\x16\x03\x01",
        b"",
    ],
)
def test_an_answer_that_is_none_is_unclear(wire: Wire, answer: bytes) -> None:
    with a_server([[answer]]) as url, pytest.raises(UnclearError):
        wire.ask(request(url))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/a",
        "http://127.0.0.1:99999/a",
        "http:///a",
        "http://[::1/a",
        "http://\u2024\u2024/a",
        "http://127.0.0.1:9/a",
    ],
)
def test_what_leads_nowhere_has_not_left(wire: Wire, url: str) -> None:
    with pytest.raises(NotSentError):
        wire.ask(request(url))


def test_a_header_of_two_lines_does_not_leave(wire: Wire, provider: Server) -> None:
    with pytest.raises(NotSentError):
        wire.ask(request(f"{provider.url}/a", Authorization="Bearer a\r\nX-Admin: yes"))
    assert not provider.asked


def test_a_path_is_asked_for_as_it_was_meant(wire: Wire, provider: Server) -> None:
    wire.ask(request(f"{provider.url}/é b/%2F?to=%2B44&x=a b#part"))
    [asked] = provider.asked
    assert asked.path == "/%C3%A9%20b/%2F?to=%2B44&x=a%20b"
    assert asked.headers["accept-encoding"] == "identity"
