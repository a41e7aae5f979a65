"""Where a canary may have got to: logs of every level, the database's file, packed files."""

import base64
import io
import logging
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from baton.config.logs import JsonLines, Lines


@contextmanager
def every_word_logged() -> Iterator[io.StringIO]:
    """Write what every logger says, of every level, in both ways that a server writes it."""
    written = io.StringIO()
    handlers = [logging.StreamHandler(written) for _ in range(2)]
    handlers[0].setFormatter(Lines())
    handlers[1].setFormatter(JsonLines())
    root = logging.getLogger()
    all_of_them = [root, *map(logging.getLogger, list(root.manager.loggerDict))]
    before = [(one, one.level) for one in all_of_them]
    for one in all_of_them:
        one.setLevel(logging.DEBUG)
    root.handlers += handlers
    try:
        logging.getLogger("baton").debug("from here on")
        yield written
    finally:
        for handler in handlers:
            root.removeHandler(handler)
        for one, level in before:
            one.setLevel(level)


class Kept:
    """The database of the test, which lies in memory, as a backup takes it."""

    is_empty = False

    def __init__(self) -> None:
        self.image: bytes = connection.connection.serialize()

    def size(self) -> int:
        return len(self.image)

    def take(self, target: Path, told: Callable[[int, int], None]) -> None:
        target.write_bytes(self.image)
        told(1, 1)

    def put(self, source: Path, now: datetime) -> str:
        raise NotImplementedError


def addresses() -> Iterator[URLPattern]:
    waiting = deque(get_resolver().url_patterns)
    while waiting:
        one = waiting.popleft()
        if isinstance(one, URLResolver):
            waiting.extend(one.url_patterns)
        else:
            yield one


def unpacked(body: bytes) -> bytes:
    """Return a file with what is packed inside it, as in a PDF, behind it."""
    parts = [body]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL):
        with suppress(zlib.error, ValueError):
            parts.append(zlib.decompress(base64.a85decode(packed.strip(), adobe=False)))
        with suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"\n".join(parts)
