"""Typed access to a document's fields, with the path of whatever is wrong."""

from dataclasses import dataclass, field
from datetime import timedelta

from baton.core.json import Json
from baton.core.policy import parse_duration


@dataclass(slots=True)
class Fields:
    """One mapping of a flow document.

    Each getter notes a problem (path and words) and returns an empty value
    instead of raising, so that one reading of a document finds all its faults.
    """

    raw: dict[str, Json]
    path: str
    problems: dict[str, str]
    known: set[str] = field(default_factory=set)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there and not be empty."""
        value = self._get(name, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        self.problem(name, "must be a text" if value is not None else "is missing")
        return ""

    def mapping(self, name: str) -> dict[str, Json]:
        """Return a mapping that must be there."""
        value = self._get(name, None)
        if isinstance(value, dict):
            return value
        self.problem(name, "must be a mapping")
        return {}

    def items(self, name: str) -> list["Fields"]:
        """Return a list of mappings that must be there and not be empty."""
        value = self._get(name, None)
        if not isinstance(value, list) or not value:
            self.problem(name, "must be a list with at least one entry")
            return []
        found = []
        for place, entry in enumerate(value):
            path = f"{self.path}.{name}.{place}"
            if isinstance(entry, dict):
                found.append(Fields(raw=entry, path=path, problems=self.problems))
            else:
                self.problems[path] = "must be a mapping"
        return found

    def duration(self, name: str) -> timedelta | None:
        """Return a span such as "10m", or None when it is absent."""
        value = self._get(name, None)
        if value is None:
            return None
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.problem(name, str(error))
            return None

    def problem(self, name: str, words: str) -> None:
        """Note what is wrong with a field."""
        self.problems[f"{self.path}.{name}".lstrip(".")] = words

    def finish(self) -> None:
        """Note every field that nobody asked for."""
        for name in self.raw.keys() - self.known:
            self.problem(name, f"is unknown here; known are {', '.join(sorted(self.known))}")

    def _get(self, name: str, default: Json) -> Json:
        self.known.add(name)
        return self.raw.get(name, default)
