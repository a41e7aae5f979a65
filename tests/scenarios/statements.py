"""Which statements a story has its database run.

PostgreSQL plays as many stories as it takes to run every statement of them all. The others, twice
as many, would tell it nothing that it was not told already.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection

_LEFT_OUT = Path(__file__).with_name("left_out_on_postgresql.txt")
_LIST = re.compile(r"(\(%s\)|%s)(, ?\1)+")
_SAVEPOINT = re.compile(r"(SAVEPOINT )\S+")


def left_out() -> frozenset[str]:
    """Return the names of the stories that PostgreSQL does not play."""
    return frozenset(_LEFT_OUT.read_text("utf-8").split())


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Collect what the database is asked meanwhile: each statement once, however long its lists."""
    said: set[str] = set()

    def note(execute: Callable[..., object], sql: str, *rest: Any) -> object:
        said.add(_shape_of(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield said


@lru_cache(maxsize=4096)
def _shape_of(sql: str) -> str:
    return _SAVEPOINT.sub(r"\1", _LIST.sub("%s", _LIST.sub("%s", sql)))
