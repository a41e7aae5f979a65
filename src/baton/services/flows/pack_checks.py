"""A pack's folder checked as people write it: every fault with its file, line and column.

What keeps a pack from being used is an error. The warnings are what a whole pack has
besides, and what its people would miss: a card for each hard matter, no answer where a
person must decide.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable

from baton.core import playbook
from baton.core.escalation import AT_RISK, LOW_RATING, UPSET, Reason
from baton.core.hard_stops import HardStop
from baton.core.pack import Pack, RequestType
from baton.core.playbook import Play
from baton.core.policy import Policy, with_overrides
from baton.flows import document
from baton.flows.check import Severity
from baton.flows.document import Flow
from baton.flows.steps.handoff import Handoff
from baton.services.flows import flow_checks
from baton.services.flows.flow_checks import PlacedFault
from baton.services.workspace import library, packs, playbooks
from baton.services.writing import documents
from baton.services.writing.documents import Document, InvalidDocument, Path, Problem

FEW_EXAMPLES = 10
"""A request type that is taught by fewer is often misread."""

_MEND = "write it as docs/packs.md shows; no workspace can be made from the pack before"
_RETENTION = "retention"


def check_folder(folder: Traversable) -> tuple[PlacedFault, ...]:
    """Return everything that is wrong in a pack's folder, by file and line."""
    try:
        pack = packs.read_pack(folder)
        plays = playbooks.plays_in(folder)
    except InvalidDocument as refused:
        return tuple(_fault("pack", Severity.ERROR, one, _MEND) for one in refused.problems)
    texts = packs.flow_texts_in(folder)
    found = flow_checks.check_flows_of(pack, texts)
    if any(fault.is_error for fault in found):
        return found
    return (*found, *_advice(folder, pack, plays))


def _advice(folder: Traversable, pack: Pack, plays: tuple[Play, ...]) -> Iterator[PlacedFault]:
    top = _source(folder, "pack.yaml")
    yield from _untaught(top, pack)
    yield from _without_a_card(top, pack, plays)
    yield from _answered_for_people(_source(folder, "knowledge.yaml"), pack)
    if (folder / playbooks.FILE).is_file():
        yield from _about_nothing(_source(folder, playbooks.FILE), pack)


def _untaught(top: Document, pack: Pack) -> Iterator[PlacedFault]:
    taught: Counter[str] = Counter()
    for intent in pack.intents:
        taught[intent.request_type] += len(intent.examples)
    for place, kind in enumerate(pack.request_types):
        if taught[kind.name] < FEW_EXAMPLES:
            message = f"{taught[kind.name]} examples teach {kind.name!r}"
            mend = f"write {FEW_EXAMPLES} or more under its intents, each worded differently"
            yield _warning(top, ("request_types", place, "name"), "few_examples", message, mend)


def _without_a_card(top: Document, pack: Pack, plays: tuple[Play, ...]) -> Iterator[PlacedFault]:
    limits = with_overrides(Policy(), pack.policy)
    for place, kind in enumerate(pack.request_types):
        is_hard = kind.emotion >= limits.human_min_emotion or _RETENTION in kind.tags
        if is_hard and playbook.find(plays, kind.name) is None:
            message = f"people who take {kind.name!r} have no card of the playbook"
            mend = f"add a play to playbook.yaml whose `when` names {kind.name}"
            yield _warning(top, ("request_types", place, "name"), "no_play", message, mend)


def _answered_for_people(known: Document, pack: Pack) -> Iterator[PlacedFault]:
    limits = with_overrides(Policy(), pack.policy)
    for place, article in enumerate(pack.articles):
        intent = pack.intent(article.intent)
        kind = pack.request_type(intent.request_type) if intent else None
        if kind and _is_for_people(kind, limits):
            message = f"{kind.name!r} is for people, so this is never given"
            mend = "remove the article, or lower the request type's complexity or emotion"
            yield _warning(known, ("articles", place, "intent"), "never_given", message, mend)


def _about_nothing(written: Document, pack: Pack) -> Iterator[PlacedFault]:
    known = {kind.name for kind in pack.request_types} | {*HardStop} | {*Reason}
    known |= {UPSET, LOW_RATING, AT_RISK}
    known |= set(_reasons_of(document.parse(raw) for raw in pack.flows.values()))
    known |= set(_reasons_of(template.flow for template in library.list_templates()))
    own = documents.parse_document(playbooks.PlaybookFile, written).plays
    for place, play in enumerate(own):
        for at, cause in enumerate(play.when):
            if cause not in known:
                message = f"nothing stops the bot for {cause!r}"
                mend = "name a hard stop, a request type, or the `because` of a flow"
                path = ("plays", place, "when", at)
                yield _warning(written, path, "unknown_cause", message, mend)


def _reasons_of(flows: Iterable[Flow]) -> Iterator[str]:
    for flow in flows:
        for step in flow.steps.values():
            if isinstance(step, Handoff):
                yield step.because


def _is_for_people(kind: RequestType, limits: Policy) -> bool:
    is_hard = kind.complexity >= limits.human_min_complexity
    return is_hard or kind.emotion >= limits.human_min_emotion


def _source(folder: Traversable, name: str) -> Document:
    return documents.read((folder / name).read_text("utf-8"), file=f"{folder.name}/{name}")


def _warning(source: Document, path: Path, rule: str, message: str, mend: str) -> PlacedFault:
    return _fault(rule, Severity.WARNING, source.problem(path, message), mend)


def _fault(rule: str, severity: Severity, problem: Problem, mend: str) -> PlacedFault:
    return PlacedFault(rule=rule, severity=severity, problem=problem, mend=mend)
