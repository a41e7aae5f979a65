"""Flow documents checked as people write them: every fault with its file, line and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from baton.core.errors import InvalidInput
from baton.core.pack import Pack
from baton.core.policy import Policy, with_overrides
from baton.flows import document
from baton.flows.check import UNKNOWN, Fault, Severity, Surroundings, check
from baton.flows.document import Flow
from baton.flows.scene import OPT_OUT, footers_in
from baton.services.workspace import library, packs
from baton.services.writing import documents
from baton.services.writing.documents import Document, InvalidDocument, Problem

UNREADABLE = "unreadable"
"""The rule of a file that is no YAML, and in which no flow can be looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFault:
    """A fault of a flow, and where in which file it stands."""

    rule: str
    severity: Severity
    problem: Problem
    mend: str

    @property
    def is_error(self) -> bool:
        """Return whether it keeps the flow from going live."""
        return self.severity is Severity.ERROR


def check_texts(
    texts: Mapping[str, str], around: Surroundings = UNKNOWN, *, is_whole: bool = False
) -> tuple[PlacedFault, ...]:
    """Return the faults of flow documents, by file and line; the texts are by file.

    With `is_whole` they are all the flows there are, and may name no other.
    """
    read: list[Document] = []
    found: list[PlacedFault] = []
    for file, text in texts.items():
        try:
            read.append(documents.read(text, file=file))
        except InvalidDocument as refused:
            found += [_unreadable(problem) for problem in refused.problems]
    if is_whole:
        around = replace(around, flows={**(around.flows or {}), **_flows_in(read)})
    for source in read:
        found += [_placed(fault, source) for fault in check(source.value, around)]
    return tuple(sorted(found, key=_place))


def check_pack(name: str) -> tuple[PlacedFault, ...]:
    """Return the faults of a pack's flows; raises NotFound."""
    return check_flows_of(packs.load_pack(name), packs.flow_texts_of(name))


def check_flows_of(pack: Pack, texts: Mapping[str, str]) -> tuple[PlacedFault, ...]:
    """Return the faults of a pack's flows, as they are written by file."""
    around = Surroundings(
        policy=with_overrides(Policy(), pack.policy),
        opt_out=pack.copy.get(OPT_OUT, UNKNOWN.opt_out),
        opt_outs=footers_in(pack.copy),
    )
    begun = {name: library.load_template(name).flow for name in pack.library}
    return check_texts(texts, replace(around, flows=begun), is_whole=True)


def check_library() -> tuple[PlacedFault, ...]:
    """Return the faults of the flows to start from."""
    return check_texts(library_texts(), is_whole=True)


def library_texts() -> dict[str, str]:
    """Return the flows to start from as they are written, by file."""
    return {f"library/{one.name}.yaml": one.source for one in library.list_templates()}


def _flows_in(read: Sequence[Document]) -> dict[str, Flow]:
    """Return the flows by name; what is none has faults of its own."""
    flows = {}
    for source in read:
        try:
            flow = document.parse(source.value)
        except InvalidInput:
            continue
        flows[flow.name] = flow
    return flows


def _placed(fault: Fault, source: Document) -> PlacedFault:
    field = source.problem(fault.path, fault.message)
    problem = source.problem(fault.path, fault.message, at=fault.at)
    if fault.at is not None and problem == field:  # folded over lines, or a field without text
        problem = replace(problem, message=f"{fault.message} (at character {fault.at + 1})")
    return PlacedFault(
        rule=fault.rule,
        severity=fault.severity,
        problem=replace(problem, path=fault.place),
        mend=fault.mend,
    )


def _unreadable(problem: Problem) -> PlacedFault:
    return PlacedFault(
        rule=UNREADABLE, severity=Severity.ERROR, problem=problem, mend="mend the YAML first"
    )


def _place(fault: PlacedFault) -> tuple[str, int, int]:
    return fault.problem.file, fault.problem.line, fault.problem.column
