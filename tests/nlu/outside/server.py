"""A real server on this machine that answers as it is told, and keeps what it was asked."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"

    @property
    def json(self) -> dict[str, object]:
        value: dict[str, object] = json.loads(self.body)
        return value


@dataclass(slots=True, kw_only=True)
class Answer:
    """What to answer: after `held` is set, and with a `pause` in seconds before each piece."""

    status: int = 200
    pieces: tuple[bytes, ...] = (b"{}",)
    headers: dict[str, str] = field(default_factory=dict)
    held: threading.Event | None = None
    pause: float = 0.0
    hangs_up: bool = False


@dataclass(slots=True)
class Server:
    """A server that runs."""

    url: str
    asked: list[Asked]
    answer: Callable[[Asked], Answer]
    released: threading.Event

    def answers(self, value: object, status: int = 200, **headers: str) -> None:
        """Answer everything with a JSON value, or with bytes as they are."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.answer = lambda _asked: Answer(status=status, pieces=(body,), headers=headers)

    def reads(self, told: dict[str, list[tuple[str, float]]]) -> None:
        """Answer as docs/outside-nlu.md says, with intents by text."""

        def answer(asked: Asked) -> Answer:
            readings = [
                {"intents": [{"name": n, "confidence": c} for n, c in told.get(str(text), [])]}
                for text in texts_of(asked)
            ]
            return Answer(pieces=(json.dumps({"readings": readings}).encode(),))

        self.answer = answer

    def waits(self) -> None:
        """Answer nothing until the test ends."""
        self.answer = lambda _asked: Answer(held=self.released)

    def hangs_up(self) -> None:
        """Close the line in place of an answer."""
        self.answer = lambda _asked: Answer(hangs_up=True)


def texts_of(asked: Asked) -> list[str]:
    texts = asked.json["texts"]
    assert isinstance(texts, list)
    return texts


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # as many as senders have hands: who is turned away tries again late

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: those who ask hang up in the middle, and that is the test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(path=self.path, headers=headers, body=body, method=self.command)
        self.told.asked.append(asked)
        answer = self.told.answer(asked)
        if answer.held:
            answer.held.wait(20)
        if answer.hangs_up:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(sum(map(len, answer.pieces))))
        self.end_headers()
        for piece in answer.pieces:
            if answer.pause:
                self.told.released.wait(answer.pause)
            self.wfile.write(piece)

    do_GET = do_OPTIONS = do_PATCH = do_PUT = do_REPORT = do_POST  # noqa: N815 - http.server's names

    @override
    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server on a free port."""
    server = Server("", [], lambda _asked: Answer(), threading.Event())
    handler = type("Handler", (_Handler,), {"told": server})
    listening = _Quiet(("127.0.0.1", 0), handler)
    if context:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), name="outside")
    thread.start()
    scheme = "https" if context else "http"
    server.url = f"{scheme}://127.0.0.1:{listening.server_address[1]}"
    try:
        yield server
    finally:
        server.released.set()
        listening.shutdown()
        listening.server_close()
        thread.join()
