"""The inbox with many open conversations: how fast a page opens, and how soon all consoles know.

The floor of a page is the bare query: the columns of its rows by an index, sorted by nothing
that has to be worked out. Consoles are told over the real server, in a process of their own.
"""

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any

import uvicorn

from baton.config import boot
from baton.config.settings import Part

Took = dict[str, float]
"""Milliseconds by the wall and of this process's own work: other work on a machine is no fault."""

_ROUNDS = 9
_CHANGES = 5
_PAGES = ("/", "/?folder=promised", "/?folder=team", "/inbox/list?folder=queue")
_BARE = """
SELECT id, contact_id, channel, status, handled_by, assignee_id, queue, request_type, urgency,
       urgency_cause, is_flagged, needs_review, last_message_at, waiting_since
FROM store_conversation WHERE workspace_id = %s AND status = 'open'
ORDER BY last_message_at DESC LIMIT 51
"""


def main(conversations: int, consoles: int) -> None:
    """Measure, and print one JSON object."""
    boot.boot()
    boot.migrate()
    print(json.dumps(_measured(conversations, consoles)))  # noqa: T201 - the result


def _measured(conversations: int, consoles: int) -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config.bench.crowd import Crowd  # noqa: PLC0415
    from baton.store import sql  # noqa: PLC0415

    crowd = Crowd(random.Random(13))  # noqa: S311 - a measurement's own seed
    crowd.hire(consoles)
    crowd.fill(conversations)
    sql.execute("ANALYZE")
    sessions = list(crowd.sessions())
    return {
        "bench": "inbox",
        "database": connection.vendor,
        "open_conversations": conversations,
        "bare_query": _timed(lambda: sql.select(_BARE, [crowd.workspace_id])),
        "pages": {page: _page(crowd, page, sessions[0]) for page in _PAGES},
        **_told(crowd, sessions),
        "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
    }


def _page(crowd: Any, path: str, session: str) -> dict[str, object]:
    """Return how long a page takes in this process, without a network, and its statements.

    Before each look something changes, so that it is made anew; one that others have just
    looked at is told beside it.
    """
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client(raise_request_exception=True, HTTP_HOST="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = session

    def look() -> bytes:
        answer = client.get(path)
        if answer.status_code != HTTPStatus.OK:
            message = f"{path} answered {answer.status_code}"
            raise RuntimeError(message)
        return bytes(answer.content)

    spans: list[float] = []

    def timed(execute: Callable[..., Any], *asked: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            spans.append(time.perf_counter() - begun)

    crowd.take_one()
    with connection.execute_wrapper(timed):
        size = len(look())
    return {
        "anew": _timed(look, before=crowd.take_one),
        "shared": _timed(look),
        "statements": len(spans),
        "in_statements_ms": round(sum(spans) * 1_000, 1),
        "bytes": size,
    }


def _timed(look: Callable[[], object], before: Callable[[], None] = lambda: None) -> Took:
    spans, busy = [], []
    for _ in range(_ROUNDS):
        before()
        begun, cpu = time.perf_counter(), time.thread_time()
        look()
        spans.append(time.perf_counter() - begun)
        busy.append(time.thread_time() - cpu)
    return {"ms": _middle_ms(spans), "cpu_ms": _middle_ms(busy)}


def _middle_ms(spans: list[float]) -> float:
    return round(statistics.median(spans) * 1_000, 1)


def _told(crowd: Any, sessions: list[str]) -> dict[str, object]:
    """Return how long after a change was kept every console had heard of it, and had drawn it."""
    from baton.config import serving  # noqa: PLC0415

    app = serving.create_application(lambda: crowd.house, front=serving.Front(part=Part.WEB))
    told, drawn, busy = [], [], []
    with _served(app) as address, _consoles(address) as (words, answers):
        words.write(json.dumps(sessions) + "\n")
        words.flush()
        _answer(answers)
        for _ in range(_CHANGES):
            words.write("go\n")
            words.flush()
            begun, cpu = time.monotonic(), time.process_time()
            crowd.take_one()
            row = _answer(answers)
            busy.append(time.process_time() - cpu)
            told.append(max(row["told"]) - begun)
            drawn.append(max(row["drawn"]) - begun)
        words.write("end\n")
        words.flush()
    return {
        "consoles": len(sessions),
        "all_told_ms": round(statistics.median(told) * 1_000),
        "all_drawn_ms": round(statistics.median(drawn) * 1_000),
        "all_drawn_worst_ms": round(max(drawn) * 1_000),
        "server_cpu_ms_per_change": _middle_ms(busy),
    }


def _answer(answers: IO[str]) -> dict[str, Any]:
    """Return what the consoles say next; they end without a word when one of them fails."""
    line = answers.readline()
    if not line:
        message = "the consoles stopped; what they wrote says why"
        raise RuntimeError(message)
    said: dict[str, Any] = json.loads(line)
    return said


@contextmanager
def _consoles(address: str) -> Iterator[tuple[IO[str], IO[str]]]:
    with subprocess.Popen(
        [sys.executable, "-m", "baton.config.bench.consoles", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError
        try:
            yield process.stdin, process.stdout
        finally:
            process.kill()


@contextmanager
def _served(app: Any) -> Iterator[str]:
    """Serve an application on a free port of this machine and return its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none")
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        app.state.gatehouse.close_streams()
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
