"""Playbooks: read from a pack's folder and the base's, and checked."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from baton.core import playbook
from baton.core.playbook import Play
from baton.services.writing import documents

_FILE = "playbook.yaml"
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
_Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
_Said = Annotated[str, Field(min_length=1, max_length=300)]
_Line = Annotated[str, Field(min_length=1, max_length=200)]


class _PlayPart(BaseModel):
    """A play as a file writes it; short enough for one look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name
    title: Annotated[str, Field(min_length=1, max_length=60)]
    when: Annotated[tuple[_Name, ...], Field(min_length=1)]
    steps: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=6)]
    say: _Said
    say_in: dict[_Language, _Said] = Field(default_factory=dict)
    never: _Line


class _PlaybookFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    plays: tuple[_PlayPart, ...]


@cache
def playbook_of(pack: str) -> tuple[Play, ...]:
    """Return the plays of a pack; raises InvalidDocument for a file that cannot be used."""
    packs = files("baton") / "packs"
    own = packs / pack / _FILE
    return playbook.joined(_read(packs / "base" / _FILE), _read(own) if own.is_file() else ())


def find_play(pack: str, *causes: str) -> Play | None:
    """Return what people do about the first of some causes that a pack's playbook knows."""
    return playbook.find(playbook_of(pack), *causes)


def _read(file: Traversable) -> tuple[Play, ...]:
    source = documents.read(file.read_text("utf-8"), file=f"playbook/{file.name}")
    parsed = documents.parse_document(_PlaybookFile, source)
    return tuple(Play(**part.model_dump()) for part in parsed.plays)
