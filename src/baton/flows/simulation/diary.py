"""One contact's time line: what happened to them, what they were told and what they said."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Who(StrEnum):
    """Whose doing a line of the diary is."""

    WORLD = "happens"
    BOT = "bot"
    CONTACT = "contact"
    PERSON = "person"
    SYSTEM = "system"
    HELD = "held back"
    FLOW = "flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: when, whose doing, what, and where in a flow or on which channel."""

    at: datetime
    who: Who
    text: str
    where: str = ""


@dataclass(slots=True)
class Diary:
    """A contact's lines in the order of time."""

    number: int
    name: str
    lines: list[Line] = field(default_factory=list)

    def note(self, at: datetime, who: Who, text: str, where: str = "") -> None:
        """Add a line."""
        self.lines.append(Line(at=at, who=who, text=text, where=where))
