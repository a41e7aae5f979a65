"""Packs: folders of YAML in `baton/packs` become `core.pack.Pack`, checked as a whole.

A folder holds `pack.yaml` (title, locale, queues, request types, canned replies, policy,
flows of the library), `intents.yaml`, `knowledge.yaml`, `vocabulary.yaml`, `copy.yaml`, a folder
`flows` and, where it has lists of its own, `acting.yaml`. Its vocabulary is joined with
that of `packs/base`: a pack may add words, and can take none away, so the words behind
the hard stops are in every pack. The base's intents (hello, thanks, a wish for a person) are in
every pack as well, unless it words one of that name itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeAlias, TypedDict

import liquid
from liquid.exceptions import LiquidError

from baton.core.errors import InvalidInput, NotFound
from baton.core.json import Json
from baton.core.pack import (
    Article,
    CannedResponse,
    Intent,
    Pack,
    Queue,
    ReasonCode,
    RequestType,
    RetentionOffer,
    StopExample,
)
from baton.core.policy import Policy, with_overrides
from baton.core.reading import Vocabulary
from baton.services.workspace import library
from baton.services.workspace.pack_files import (
    ActingFile,
    ArticlePart,
    CopyFile,
    IntentPart,
    IntentsFile,
    KnowledgeFile,
    PackFile,
    StopsFile,
    VocabularyFile,
    lines_of,
)
from baton.services.writing import documents
from baton.services.writing.documents import Document, InvalidDocument, Problem

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

_BASE = "base"
_ACTING = "acting.yaml"
_LIQUID = liquid.Environment()
_POLICY = Policy()
_FOR_PEOPLE = frozenset({"ask_person"})

Place: TypeAlias = tuple[str | int, ...]


def list_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with Baton."""
    folders = (entry for entry in _packs_folder().iterdir() if entry.name != _BASE)
    return tuple(sorted(entry.name for entry in folders if (entry / "pack.yaml").is_file()))


@cache
def load_pack(name: str) -> Pack:
    """Return a pack of Baton's own; raises NotFound, or InvalidDocument with every problem."""
    if name not in list_packs():
        raise NotFound("pack", name)
    return read_pack(_packs_folder() / name)


def read_pack(folder: Traversable) -> Pack:
    """Read and check a pack's folder; raises InvalidDocument with every problem found."""
    source = _read(folder, "pack.yaml")
    top = documents.parse_document(PackFile, source)
    taught = _read(folder, "intents.yaml")
    own = documents.parse_document(IntentsFile, taught).intents
    intents = (*own, *_shared_intents({intent.name for intent in own}))
    known = _read(folder, "knowledge.yaml")
    articles = documents.parse_document(KnowledgeFile, known).articles
    spoken = _read(folder, "copy.yaml")
    copy = documents.parse_document(CopyFile, spoken).root
    problems = (
        *_problems_of_pack(source, top),
        *_problems_of_intents(taught, own, {kind.name for kind in top.request_types}),
        *_problems_of_shared(source, top, intents[len(own) :]),
        *_problems_of_articles(known, articles, {intent.name for intent in intents}),
        *_problems_of_copy(spoken, copy),
    )
    if problems:
        raise InvalidDocument(problems)
    return Pack(
        name=folder.name,
        title=top.title,
        locale=top.locale,
        request_types=tuple(RequestType(**part.model_dump()) for part in top.request_types),
        intents=tuple(_intent(part) for part in intents),
        articles=tuple(Article(**part.model_dump()) for part in articles),
        vocabulary=_joined_vocabulary(_packs_folder() / _BASE, folder),
        queues=tuple(Queue(**part.model_dump()) for part in top.queues),
        canned=tuple(CannedResponse(**part.model_dump()) for part in top.canned),
        copy=dict(copy),
        policy=dict(top.policy),
        flows=_flows(folder),
        library=top.library,
        stop_examples=(*_harmless(top, intents), *_stop_examples(folder)),
        **_acting(folder),
    )


def _shared_intents(known: set[str]) -> Iterator[IntentPart]:
    """Yield what anybody writes anywhere, less what a pack words itself."""
    shared = _read(_packs_folder() / _BASE, "intents.yaml")
    parts = documents.parse_document(IntentsFile, shared).intents
    return (part for part in parts if part.name not in known)


class _Acting(TypedDict):
    grant_reasons: tuple[ReasonCode, ...]
    churn_reasons: tuple[ReasonCode, ...]
    offers: tuple[RetentionOffer, ...]


def _acting(folder: Traversable) -> _Acting:
    """Return the lists that people choose from: the base's, but for those of the pack's own."""
    base = _acting_file(_packs_folder() / _BASE)
    own = _acting_file(folder) if (folder / _ACTING).is_file() else ActingFile()
    grants = own.grant_reasons or base.grant_reasons
    churns = own.churn_reasons or base.churn_reasons
    return {
        "grant_reasons": tuple(ReasonCode(**part.model_dump()) for part in grants),
        "churn_reasons": tuple(ReasonCode(**part.model_dump()) for part in churns),
        "offers": tuple(RetentionOffer(**p.model_dump()) for p in own.offers or base.offers),
    }


def _acting_file(folder: Traversable) -> ActingFile:
    source = _read(folder, _ACTING)
    parsed = documents.parse_document(ActingFile, source)
    groups = {"grant_reasons": parsed.grant_reasons, "churn_reasons": parsed.churn_reasons}
    named = {name: [one.name for one in parts] for name, parts in groups.items()}
    named["offers"] = [one.name for one in parsed.offers]
    problems = tuple(p for group in named.items() for p in _repeated(source, *group))
    if problems:
        raise InvalidDocument(problems)
    return parsed


def flow_texts_of(name: str) -> dict[str, str]:
    """Return a pack's flow documents as they are written, by file; raises NotFound."""
    if name not in list_packs():
        raise NotFound("pack", name)
    folder = _packs_folder() / name / "flows"
    files_found = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    found = {f"{name}/flows/{entry.name}": entry.read_text("utf-8") for entry in files_found}
    return dict(sorted(found.items()))


def _packs_folder() -> Traversable:
    return files("baton") / "packs"


def _read(folder: Traversable, name: str) -> Document:
    return documents.read((folder / name).read_text("utf-8"), file=f"{folder.name}/{name}")


def _intent(part: IntentPart) -> Intent:
    return Intent(
        name=part.name, request_type=part.request_type, wants=part.wants, examples=part.lines
    )


def _joined_vocabulary(*folders: Traversable) -> Vocabulary:
    words: dict[str, tuple[str, ...]] = {}
    for folder in folders:
        listed = documents.parse_document(VocabularyFile, _read(folder, "vocabulary.yaml"))
        for concept, found in listed.words.items():
            words[concept] = tuple(dict.fromkeys(words.get(concept, ()) + found))
    return Vocabulary(words=words)


def _harmless(top: PackFile, intents: Iterable[IntentPart]) -> Iterator[StopExample]:
    """Yield what the pack's own automation is taught by: it must not be heard as a hard stop."""
    for_bots = {
        kind.name
        for kind in top.request_types
        if kind.emotion < _POLICY.human_min_emotion
        and kind.complexity < _POLICY.human_min_complexity
    }
    for part in intents:
        if part.request_type in for_bots and part.name not in _FOR_PEOPLE:
            yield from (StopExample(text=line, kind="") for line in part.lines)


def _stop_examples(folder: Traversable) -> Iterator[StopExample]:
    """Yield what teaches the hard stops: the base's files and those of every trade.

    What alarms a clinic alarms a gym as well; a pack adds and takes nothing away.
    """
    base = _packs_folder() / _BASE / "hard_stops"
    names = sorted(entry.name for entry in base.iterdir() if entry.name.endswith(".yaml"))
    sources = [_read(base, name) for name in names]
    trades = {entry.name: entry for entry in _packs_folder().iterdir()} | {folder.name: folder}
    for _, trade in sorted(trades.items()):
        if (trade / "hard_stops.yaml").is_file():
            sources.append(_read(trade, "hard_stops.yaml"))
    for source in sources:
        parsed = documents.parse_document(StopsFile, source)
        for kind, part in parsed.stops.items():
            yield from (StopExample(text=line, kind=kind.value) for line in lines_of(part.for_))
            yield from (StopExample(text=line, kind="") for line in lines_of(part.against))
        yield from (StopExample(text=line, kind="") for line in lines_of(parsed.against))


def _flows(folder: Traversable) -> dict[str, Json]:
    flows = folder / "flows"
    if not flows.is_dir():
        return {}
    names = sorted(entry.name for entry in flows.iterdir() if entry.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): _read(flows, name).value for name in names}


def _problems_of_pack(source: Document, top: PackFile) -> Iterator[Problem]:
    yield from _repeated(source, "queues", (queue.name for queue in top.queues))
    yield from _repeated(source, "request_types", (kind.name for kind in top.request_types))
    yield from _repeated(
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


def _problems_of_intents(
    source: Document, intents: tuple[IntentPart, ...], request_types: set[str]
) -> Iterator[Problem]:
    yield from _repeated(source, "intents", (intent.name for intent in intents))
    owners: dict[str, str] = {}
    for place, intent in enumerate(intents):
        if intent.request_type not in request_types:
            message = f"no request type {intent.request_type!r} in pack.yaml"
            yield source.problem(("intents", place, "request_type"), message)
        examples = ("intents", place, "examples")
        if len(intent.lines) < MIN_EXAMPLES:
            message = f"{len(intent.lines)} examples; write at least {MIN_EXAMPLES}, one a line"
            yield source.problem(examples, message)
        for line in intent.lines:
            owner = owners.setdefault(line.casefold(), intent.name)
            if owner != intent.name:
                yield source.problem(examples, f"{line!r} is an example of {owner!r} too")


def _problems_of_shared(
    source: Document, top: PackFile, shared: tuple[IntentPart, ...]
) -> Iterator[Problem]:
    known = {kind.name for kind in top.request_types}
    for name in sorted({part.request_type for part in shared} - known):
        message = f"no request type {name!r}, which every pack needs; base/intents.yaml teaches it"
        yield source.problem(("request_types",), message)


def _problems_of_articles(
    source: Document, articles: tuple[ArticlePart, ...], intents: set[str]
) -> Iterator[Problem]:
    yield from _repeated(source, "articles", (article.name for article in articles))
    yield from _repeated(source, "articles", (a.intent for a in articles), key="intent")
    for place, article in enumerate(articles):
        here: Place = ("articles", place)
        if article.intent not in intents:
            message = f"no intent {article.intent!r} in intents.yaml"
            yield source.problem((*here, "intent"), message)
        if bool(article.cta_label) != bool(article.cta_url):
            yield source.problem(here, "write both cta_label and cta_url, or neither")
        yield from _liquid_problems(source, (*here, "answer"), article.answer)
        yield from _liquid_problems(source, (*here, "cta_url"), article.cta_url)


def _problems_of_copy(source: Document, copy: dict[str, str]) -> Iterator[Problem]:
    for key in sorted(COPY_KEYS - copy.keys()):
        yield source.problem((), f"the key {key!r} is missing")
    for key, text in copy.items():
        yield from _liquid_problems(source, (key,), text)


def _repeated(
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
