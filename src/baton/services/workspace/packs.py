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
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypedDict, TypeVar

from pydantic import BaseModel

from baton.core.errors import NotFound
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
from baton.core.policy import Policy
from baton.core.reading import Vocabulary
from baton.services.workspace import pack_problems
from baton.services.workspace.pack_files import (
    ActingFile,
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

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWords:
    """What of a source teaches the hard stops, and the role that answers for it.

    Attributes:
        source: a pack's name, or `base`.
        owner: the role.
        words: how many words and phrases its vocabulary lists.
        stopping, harmless: how many messages are taught as a stop, and as none.
    """

    source: str
    owner: str
    words: int
    stopping: int
    harmless: int


_BASE = "base"
_ACTING = "acting.yaml"
_STOPS = "hard_stops.yaml"
_VOCABULARY = "vocabulary.yaml"
_POLICY = Policy()
_FOR_PEOPLE = frozenset({"ask_person"})

_own_folders: list[Traversable] = []
"""Where an installation keeps packs of its own, told once at its start."""


def look_in(folder: Traversable) -> None:
    """Know the packs of a folder too; those that come with Baton keep their names."""
    if folder not in _own_folders:
        _own_folders.append(folder)


def list_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with Baton, and of the installation's own."""
    return tuple(sorted(_known()))


def folder_of(name: str) -> Traversable:
    """Return a pack's folder; raises NotFound."""
    try:
        return _known()[name]
    except KeyError:
        raise NotFound("pack", name) from None


@cache
def load_pack(name: str) -> Pack:
    """Return a pack by its name; raises NotFound, or InvalidDocument with every problem."""
    return read_pack(folder_of(name))


def _known() -> dict[str, Traversable]:
    """Return every pack's folder by its name."""
    found: dict[str, Traversable] = {}
    for place in (*_own_folders, _packs_folder()):
        for entry in place.iterdir() if place.is_dir() else ():
            if entry.name != _BASE and (entry / "pack.yaml").is_file():
                found[entry.name] = entry
    return found


def read_pack(folder: Traversable) -> Pack:
    """Read and check a pack's folder; raises InvalidDocument with every problem found."""
    found: list[Problem] = []
    top = _parsed(PackFile, folder, "pack.yaml", found)
    taught = _parsed(IntentsFile, folder, "intents.yaml", found)
    known = _parsed(KnowledgeFile, folder, "knowledge.yaml", found)
    spoken = _parsed(CopyFile, folder, "copy.yaml", found)
    _parsed(VocabularyFile, folder, _VOCABULARY, found)
    for model, name in ((StopsFile, _STOPS), (ActingFile, _ACTING)):
        if (folder / name).is_file():
            _parsed(model, folder, name, found)
    if top is None or taught is None or known is None or spoken is None or found:
        raise InvalidDocument(tuple(found))
    shared = tuple(_shared_intents({intent.name for intent in taught[1].intents}))
    if problems := tuple(pack_problems.between(top, taught, known, spoken, shared)):
        raise InvalidDocument(problems)
    return _put_together(folder, top[1], (*taught[1].intents, *shared), known[1], spoken[1])


def _parsed(
    model: type[Model], folder: Traversable, name: str, found: list[Problem]
) -> tuple[Document, Model] | None:
    """Return a file with what it says; None with its problems added to those that were found."""
    try:
        source = _read(folder, name)
        return source, documents.parse_document(model, source)
    except InvalidDocument as refused:
        found += refused.problems
        return None


def _put_together(
    folder: Traversable,
    top: PackFile,
    intents: tuple[IntentPart, ...],
    known: KnowledgeFile,
    spoken: CopyFile,
) -> Pack:
    return Pack(
        name=folder.name,
        title=top.title,
        locale=top.locale,
        request_types=tuple(RequestType(**part.model_dump()) for part in top.request_types),
        intents=tuple(_intent(part) for part in intents),
        articles=tuple(Article(**part.model_dump()) for part in known.articles),
        vocabulary=_joined_vocabulary(_packs_folder() / _BASE, folder),
        queues=tuple(Queue(**part.model_dump()) for part in top.queues),
        canned=tuple(CannedResponse(**part.model_dump()) for part in top.canned),
        copy=dict(spoken.root),
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
    problems = tuple(p for group in named.items() for p in pack_problems.repeated(source, *group))
    if problems:
        raise InvalidDocument(problems)
    return parsed


def flow_texts_of(name: str) -> dict[str, str]:
    """Return a pack's flow documents as they are written, by file; raises NotFound."""
    return flow_texts_in(folder_of(name))


def flow_texts_in(folder: Traversable) -> dict[str, str]:
    """Return the flow documents of a pack's folder as they are written, by file."""
    flows = folder / "flows"
    entries = flows.iterdir() if flows.is_dir() else ()
    kept = [entry for entry in entries if entry.name.endswith(".yaml")]
    texts = {f"{folder.name}/flows/{entry.name}": entry.read_text("utf-8") for entry in kept}
    return dict(sorted(texts.items()))


def _packs_folder() -> Traversable:
    return files("baton") / "packs"


def _read(folder: Traversable, name: str) -> Document:
    """Read a file; raises InvalidDocument also where it is missing or no text."""
    file = f"{folder.name}/{name}"
    try:
        text = (folder / name).read_text("utf-8")
    except FileNotFoundError:
        raise documents.refused(file, "there is no such file; copy it from another pack") from None
    except UnicodeDecodeError as error:
        raise documents.refused(file, "no text in UTF-8; save it as that") from error
    return documents.read(text, file=file)


def _intent(part: IntentPart) -> Intent:
    return Intent(
        name=part.name, request_type=part.request_type, wants=part.wants, examples=part.lines
    )


def _joined_vocabulary(*folders: Traversable) -> Vocabulary:
    words: dict[str, tuple[str, ...]] = {}
    for folder in folders:
        listed = documents.parse_document(VocabularyFile, _read(folder, _VOCABULARY))
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
            yield from (StopExample(text=line, kind="") for line in part.harmless)


def _stop_examples(folder: Traversable) -> Iterator[StopExample]:
    """Yield what teaches the hard stops: the base's files and those of every trade.

    What alarms a clinic alarms a gym as well; a pack adds and takes nothing away.
    """
    yield from _stops_of_baton()
    if _has_stops(folder):
        known = set(_stops_of_baton())
        yield from (one for one in _stops_in(_read(folder, _STOPS)) if one not in known)


@cache
def stop_words_of(name: str) -> tuple[StopWords, ...]:
    """Return what teaches a pack's hard stops, by source and owner; raises NotFound.

    The words are the base's and the pack's own; the messages are also those of every trade.
    """
    own = folder_of(name)
    folders = {folder.name: folder for folder in (*_trades(), own)}
    counts: dict[tuple[str, str], Counter[str]] = {}
    for source in (
        *_base_stops(),
        *(_read(one, _STOPS) for one in folders.values() if _has_stops(one)),
    ):
        parsed, place = documents.parse_document(StopsFile, source), source.file.partition("/")[0]
        held = counts.setdefault(
            (_BASE if place == "hard_stops" else place, parsed.owner), Counter()
        )
        for example in _stops_in(source):
            held["stopping" if example.kind else "harmless"] += 1
    for folder in (_packs_folder() / _BASE, own):
        listed = documents.parse_document(VocabularyFile, _read(folder, _VOCABULARY))
        held = counts.setdefault((folder.name, listed.owner), Counter())
        held["words"] += sum(map(len, listed.words.values()))
    return tuple(
        StopWords(
            source=source,
            owner=owner,
            words=held["words"],
            stopping=held["stopping"],
            harmless=held["harmless"],
        )
        for (source, owner), held in sorted(counts.items(), key=lambda one: one[0][0] != _BASE)
    )


def _has_stops(folder: Traversable) -> bool:
    return (folder / _STOPS).is_file()


def _trades() -> list[Traversable]:
    """Return the folders of Baton's own packs, and of the base."""
    return sorted(_packs_folder().iterdir(), key=lambda entry: entry.name)


def _base_stops() -> Iterator[Document]:
    base = _packs_folder() / _BASE / "hard_stops"
    names = sorted(entry.name for entry in base.iterdir() if entry.name.endswith(".yaml"))
    return (_read(base, name) for name in names)


@cache
def _stops_of_baton() -> tuple[StopExample, ...]:
    """Return what the base and every trade of Baton's teach: much, and the same for each pack."""
    trades = (_read(trade, _STOPS) for trade in _trades() if _has_stops(trade))
    return tuple(example for source in (*_base_stops(), *trades) for example in _stops_in(source))


def _stops_in(source: Document) -> Iterator[StopExample]:
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
