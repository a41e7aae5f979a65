"""Macros: what agents do often, done with one click; checked when they are written.

The parts come in one order: tag, note, reply, and how it ends. What stands in a text is
checked here by its names alone; whether it is valid Liquid is the renderer's business.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_TITLE = 60
MAX_MACROS = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

NAMES = frozenset(
    {
        ("business", "name"),
        ("location", "name"),
        ("location", "address"),
        ("location", "phone"),
        ("location", "map_url"),
        ("location", "hours"),
        ("agent", "name"),
        ("contact", "name"),
    }
)
"""What a text may fill in."""

MAY_BE_MISSING = frozenset({("contact", "name")})
"""What not every contact has, so that a text needs a default for it."""


class Ending(StrEnum):
    """What becomes of the conversation."""

    KEEP = ""
    QUEUE = "queue"
    SNOOZE = "snooze"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """One macro; `ending_value` is a queue, a span to snooze for, or a resolution code."""

    name: str
    title: str
    tag: str = ""
    note: str = ""
    reply: str = ""
    ending: Ending = Ending.KEEP
    ending_value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What an ending may name."""

    queues: Collection[str]
    snoozes: Collection[str]
    codes: Collection[str]

    def of(self, ending: Ending) -> Collection[str]:
        """Return what an ending of this kind may name."""
        match ending:
            case Ending.QUEUE:
                return self.queues
            case Ending.SNOOZE:
                return self.snoozes
            case Ending.RESOLVE:
                return self.codes
            case Ending.KEEP:
                return ("",)


def problems_with(macro: Macro, choices: Choices) -> dict[str, str]:
    """Return what is wrong with a macro but for its texts, by field."""
    problems: dict[str, str] = {}
    if not is_name(macro.name):
        problems["name"] = "write small letters, digits and _, as in late_delivery"
    if not 0 < len(macro.title) <= MAX_TITLE:
        problems["title"] = f"write 1 to {MAX_TITLE} characters"
    if macro.tag and not is_name(macro.tag):
        problems["tag"] = "write small letters, digits and _"
    if macro.ending_value not in choices.of(macro.ending):
        problems["ending"] = "choose how it ends from the list"
    if not (macro.tag or macro.note or macro.reply or macro.ending):
        problems["title"] = "it does nothing yet: give it a text, a tag or an ending"
    return problems


def is_name(written: str) -> bool:
    """Return whether something can name a macro or a saved reply."""
    return _NAME.fullmatch(written) is not None


def problem_with_names(named: Iterable[tuple[tuple[str, ...], bool]]) -> str:
    """Return what is wrong with the names that a text fills in, "" when nothing is.

    `named` are the names with whether the text has a default for each.
    """
    for path, has_default in named:
        written = ".".join(path)
        if path not in NAMES:
            known = ", ".join(sorted(".".join(one) for one in NAMES))
            return f"there is no {written}; there are {known}"
        if path in MAY_BE_MISSING and not has_default:
            return f"not everybody has one: write {{{{ {written} | default: 'there' }}}}"
    return ""
