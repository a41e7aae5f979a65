"""Colleagues who are named in a note: `@sam`, by their first name or by all of it in one word."""

import re
from collections.abc import Mapping

_MENTION = re.compile(r"(?<![\w@])@(\w[\w.'-]{0,60})")


def mentioned(words: str, people: Mapping[str, str]) -> tuple[str, ...]:
    """Return who is mentioned, of people by id and name, in the order of the ids.

    A first name that several share means all of them: better one too many than nobody.
    """
    written = {_bare(found) for found in _MENTION.findall(words)}
    return tuple(user_id for user_id, name in sorted(people.items()) if written & _handles_of(name))


def _handles_of(name: str) -> set[str]:
    parts = name.split()
    return {_bare(parts[0]), _bare("".join(parts))} if parts else set()


def _bare(handle: str) -> str:
    """Return a handle as it is compared: without case, and without what ends a sentence."""
    return re.sub(r"[.'-]+", "", handle).casefold()
