"""How an answer of an intake is called wherever its words may not stand (X36, H16)."""

import re

_NAME = re.compile(r"\[intake:([a-z][a-z0-9_]{0,59})\]")


def name_of(question: str) -> str:
    """Return what stands for the answer to a question."""
    return f"[intake:{question}]"


def question_in(value: object) -> str:
    """Return whose answer a value stands for, "" for any other value."""
    found = _NAME.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else ""
