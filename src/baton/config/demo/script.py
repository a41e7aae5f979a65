"""What the demo's people say and do, read from the pack's `demo.yaml`."""

import random
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from baton.core.roles import Role
from baton.services.workspace.workspaces import Place
from baton.services.writing import documents

PASSWORD = "let-me-look-around"  # noqa: S105 - of invented people, on a demo's own database


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlacePart(_Part):
    """The demo's only location."""

    name: str
    address: str
    phone: str
    map_url: str
    timezone: str
    week: dict[str, list[list[str]]]

    def as_place(self) -> Place:
        """Return the place as services take it."""
        return Place(**self.model_dump())


class Colleague(_Part):
    """Someone who works there."""

    email: str
    name: str
    role: Role
    skills: tuple[str, ...]


class Talk(_Part):
    """What one contact writes, and how people end it if it reaches them."""

    share: int
    says: tuple[str, ...]
    ends: str = ""
    answer: str = ""


class DemoScript(_Part):
    """The whole demo of a pack."""

    business: str
    place: PlacePart
    staff: tuple[Colleague, ...]
    names: tuple[str, ...]
    talks: tuple[Talk, ...]

    def any_talk(self, source: random.Random) -> Talk:
        """Choose a talk by its share."""
        return source.choices(self.talks, weights=[talk.share for talk in self.talks])[0]


def load(pack: str) -> DemoScript:
    """Read a pack's demo; raises InvalidDocument with the place of every fault."""
    path = files("baton") / "packs" / pack / "demo.yaml"
    return documents.parse(DemoScript, path.read_text(encoding="utf-8"), file=str(path))
