"""The library as use cases: what each flow takes to have, and what people ask that it is for."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from baton.core import assessment
from baton.core.assessment import Template
from baton.services.workspace import library
from baton.services.workspace.pack_files import Name, Text
from baton.services.writing import documents

FAQ = "faq_triage"
"""Serves what has one right answer and no flow of its own."""

_Days = Annotated[float, Field(gt=0)]


class UseCasePart(BaseModel):
    """A flow of the library in the file: days of work where the contract names them, and asks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: tuple[_Days, _Days] | None = None
    asks: tuple[Text, ...]


class UseCasesFile(RootModel[dict[Name, UseCasePart]]):
    """The file."""


@dataclass(frozen=True, slots=True)
class Known:
    """A use case with the questions that it settles."""

    template: Template
    asks: tuple[str, ...]


@cache
def list_known() -> tuple[Known, ...]:
    """Return the use cases that past conversations can speak for (packs/base/use_cases.yaml)."""
    place = files("baton") / "packs" / "base" / "use_cases.yaml"
    source = documents.read(place.read_text("utf-8"), file="base/use_cases.yaml")
    told = documents.parse_document(UseCasesFile, source).root
    return tuple(_known(name, part) for name, part in told.items())


def faq() -> Template:
    """Return the use case of questions with one right answer."""
    return next(known.template for known in list_known() if known.template.name == FAQ)


def _known(name: str, part: UseCasePart) -> Known:
    found = library.load_template(name)
    connects = len(found.needs.events) + len(found.needs.actions)
    charter = found.flow.charter
    return Known(
        Template(
            name=name,
            title=found.flow.title,
            connects=connects,
            days=part.days or assessment.days_of(connects),
            metric=charter.metric,
            axes=charter.triage,
        ),
        part.asks,
    )
