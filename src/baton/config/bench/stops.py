"""How well hard stops are heard on a suite of messages, with every error listed.

A suite is a file with `stops`, blocks of messages by a name of the writer's choice that
must each bring a person, and `harmless`, a block of messages that must not. Lines
that the pack was taught by are left out.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from baton.core import hearing
from baton.core.pack import Pack
from baton.core.reading import ReaderPort
from baton.services.writing import documents

Row = dict[str, object]


class Suite(BaseModel):
    """Messages that must stop, by group, and messages that must not; one a line."""

    model_config = ConfigDict(extra="forbid")
    stops: dict[str, str]
    harmless: str


def load(path: Path) -> Suite:
    """Return a suite; raises InvalidDocument with every problem found."""
    return documents.parse(Suite, path.read_text("utf-8"), file=path.name)


def unseen_lines(block: str, pack: Pack) -> tuple[str, ...]:
    """Return the messages of a block that no teaching example shares by chance."""
    taught = {example.text.casefold() for example in pack.stop_examples}
    found = (line for line in map(str.strip, block.splitlines()) if line)
    return tuple(line for line in found if line.casefold() not in taught)


def measured(suite: Suite, pack: Pack, reader: ReaderPort) -> Iterator[Row]:
    """Yield each error, then the share of stops heard by group, then both totals."""
    told = {name: _found(unseen_lines(block, pack), reader) for name, block in suite.stops.items()}
    quiet = _found(unseen_lines(suite.harmless, pack), reader)
    for name, found in told.items():
        for text, kinds in found:
            if not kinds:
                yield {"missed": name, "text": text}
    for text, kinds in quiet:
        if kinds:
            yield {"false": kinds, "text": text}
    for name, found in told.items():
        yield {"group": name, **_share(found)}
    every = [one for found in told.values() for one in found]
    yield {"group": "all", **_share(every)}
    yield {"group": "harmless", **_share(quiet)}


def _found(texts: tuple[str, ...], reader: ReaderPort) -> list[tuple[str, list[str]]]:
    """Return each text with the kinds of hard stop that were found in it."""
    return [
        (text, [stop.kind.value for stop in hearing.find(reading, last_object=None)])
        for text, reading in zip(texts, reader.read_many(texts), strict=True)
    ]


def _share(found: list[tuple[str, list[str]]]) -> Row:
    stopped = sum(bool(kinds) for _, kinds in found)
    share = round(stopped / len(found), 4) if found else None
    return {"messages": len(found), "stopped": stopped, "share": share}
