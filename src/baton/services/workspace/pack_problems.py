"""What is wrong with a pack's files, each mistake at its place; `packs` puts the files together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import liquid
from liquid.exceptions import LiquidError

from baton.core.errors import InvalidInput
from baton.core.policy import Policy, with_overrides
from baton.services.workspace import library
from baton.services.workspace.pack_files import (
    ArticlePart,
    CopyFile,
    IntentPart,
    IntentsFile,
    KnowledgeFile,
    PackFile,
)
from baton.services.writing.documents import Document, Problem

MIN_EXAMPLES = 8
"""Fewer examples teach a reader the words of one person."""

COPY_KEYS = frozenset(
    {
        "handed_over",
        "handed_over_async",
        "handed_over_medical",
        "opted_out",
        "opted_in",
        "opt_in_request",
        "opt_in_confirmed",
        "opt_out_footer",
        "help",
        "greeting",
        "thanks",
        "map",
    }
)
"""What the bot says outside flows; a pack must word every one."""

_LIQUID = liquid.Environment()

Place: TypeAlias = tuple[str | int, ...]


def between(
    top: tuple[Document, PackFile],
    taught: tuple[Document, IntentsFile],
    known: tuple[Document, KnowledgeFile],
    spoken: tuple[Document, CopyFile],
    shared: tuple[IntentPart, ...],
) -> Iterator[Problem]:
    """Yield what does not fit in and between the files of a pack, each of which can be read."""
    intents = taught[1].intents
    kinds = {kind.name for kind in top[1].request_types}
    yield from of_pack(*top)
    yield from of_intents(taught[0], intents, kinds)
    yield from of_shared(*top, shared)
    yield from of_articles(known[0], known[1].articles, {one.name for one in (*intents, *shared)})
    yield from of_copy(spoken[0], spoken[1].root)


def of_pack(source: Document, top: PackFile) -> Iterator[Problem]:
    yield from repeated(source, "queues", (queue.name for queue in top.queues))
    yield from repeated(source, "request_types", (kind.name for kind in top.request_types))
    yield from repeated(
        source, "canned", (reply.short_code for reply in top.canned), key="short_code"
    )
    queues = {queue.name for queue in top.queues}
    for place, kind in enumerate(top.request_types):
        if kind.queue not in queues:
            known = ", ".join(sorted(queues))
            message = f"no queue {kind.queue!r}; the pack has {known}"
            yield source.problem(("request_types", place, "queue"), message)
    for place, name in enumerate(top.library):
        if name not in library.names():
            yield source.problem(("library", place), f"no flow {name!r} in the library")
    for place, reply in enumerate(top.canned):
        yield from _liquid_problems(source, ("canned", place, "text"), reply.text)
    try:
        with_overrides(Policy(), dict(top.policy))
    except InvalidInput as error:
        for name, why in error.fields.items():
            yield source.problem(("policy", name), why)


def of_intents(
    source: Document, intents: tuple[IntentPart, ...], request_types: set[str]
) -> Iterator[Problem]:
    yield from repeated(source, "intents", (intent.name for intent in intents))
    owners: dict[str, str] = {}
    for place, intent in enumerate(intents):
        if intent.request_type not in request_types:
            message = f"no request type {intent.request_type!r} in pack.yaml; add it there"
            yield source.problem(("intents", place, "request_type"), message)
        examples = ("intents", place, "examples")
        if len(intent.lines) < MIN_EXAMPLES:
            message = f"{len(intent.lines)} examples; write at least {MIN_EXAMPLES}, one a line"
            yield source.problem(examples, message)
        for line in intent.lines:
            owner = owners.setdefault(line.casefold(), intent.name)
            if owner != intent.name:
                yield source.problem(examples, f"{line!r} is an example of {owner!r} too")


def of_shared(source: Document, top: PackFile, shared: tuple[IntentPart, ...]) -> Iterator[Problem]:
    known = {kind.name for kind in top.request_types}
    for name in sorted({part.request_type for part in shared} - known):
        message = f"no request type {name!r}, which every pack needs; base/intents.yaml teaches it"
        yield source.problem(("request_types",), message)


def of_articles(
    source: Document, articles: tuple[ArticlePart, ...], intents: set[str]
) -> Iterator[Problem]:
    yield from repeated(source, "articles", (article.name for article in articles))
    yield from repeated(source, "articles", (a.intent for a in articles), key="intent")
    for place, article in enumerate(articles):
        here: Place = ("articles", place)
        if article.intent not in intents:
            message = f"no intent {article.intent!r} in intents.yaml; teach it there"
            yield source.problem((*here, "intent"), message)
        if bool(article.cta_label) != bool(article.cta_url):
            yield source.problem(here, "write both cta_label and cta_url, or neither")
        yield from _liquid_problems(source, (*here, "answer"), article.answer)
        yield from _liquid_problems(source, (*here, "cta_url"), article.cta_url)
        for channel, text in article.channel_answers.items():
            yield from _liquid_problems(source, (*here, "channel_answers", channel), text)


def of_copy(source: Document, copy: dict[str, str]) -> Iterator[Problem]:
    for key in sorted(COPY_KEYS - copy.keys()):
        yield source.problem((), f"the key {key!r} is missing")
    for key, text in copy.items():
        yield from _liquid_problems(source, (key,), text)


def repeated(
    source: Document, group: str, names: Iterable[str], *, key: str = "name"
) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield source.problem((group, place, key), f"{name!r} stands twice; keep one")


def _liquid_problems(source: Document, path: Place, text: str) -> Iterator[Problem]:
    try:
        _LIQUID.from_string(text)
    except LiquidError as error:
        yield source.problem(path, f"no valid Liquid: {str(error).splitlines()[0]}")
