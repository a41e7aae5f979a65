"""Playbooks: read from a pack's folder and the base's, and checked."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from baton.core import playbook
from baton.core.playbook import Play
from baton.services.workspace import packs
from baton.services.writing import documents

FILE = "playbook.yaml"
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


class PlaybookFile(BaseModel):
    """The plays of a pack, in the order in which they are looked through."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plays: tuple[_PlayPart, ...]


@cache
def playbook_of(pack: str) -> tuple[Play, ...]:
    """Return the plays of a pack; raises InvalidDocument for a file that cannot be used."""
    return plays_in(packs.folder_of(pack))


def plays_in(folder: Traversable) -> tuple[Play, ...]:
    """Return the plays of a pack's folder; raises InvalidDocument."""
    base = files("baton") / "packs" / "base"
    own = _read(folder) if (folder / FILE).is_file() else ()
    return playbook.joined(_read(base), own)


def find_play(pack: str, *causes: str) -> Play | None:
    """Return what people do about the first of some causes that a pack's playbook knows."""
    return playbook.find(playbook_of(pack), *causes)


def _read(folder: Traversable) -> tuple[Play, ...]:
    file = folder / FILE
    source = documents.read(file.read_text("utf-8"), file=f"{folder.name}/{file.name}")
    parsed = documents.parse_document(PlaybookFile, source)
    return tuple(Play(**part.model_dump()) for part in parsed.plays)
